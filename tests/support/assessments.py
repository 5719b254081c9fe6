"""Answers to the free assessment, as a form sends them. `answered()` is somebody against whom no rule speaks."""

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sojourn.clinical import protocols

VIGNETTES = Path(__file__).parents[1] / "clinical" / "protocols" / "vignettes" / "baseline.toml"
ON = date(2026, 11, 23)
ASKED = {question.id for question in protocols.questions()}
BASELINE: dict[str, str | list[str]] = {
    name: answer for name, answer in tomllib.loads(VIGNETTES.read_text())["baseline"].items() if name in ASKED
}


def answered(**changed: str | list[str]) -> dict[str, str | list[str]]:
    """Answer every question so that nothing speaks against treatment, but for the changed ones; "" is blank."""
    return {**BASELINE, **changed}


def judged(
    on: date = ON, licensed_states: Sequence[str] = ("CA", "NY"), **changed: str | list[str]
) -> tuple[protocols.Facts, protocols.Evaluation]:
    """Read such answers and judge them by the rules of a day."""
    facts = protocols.read_facts(answered(**changed))
    return facts, protocols.evaluate(facts=facts, on=on, licensed_states=licensed_states)
