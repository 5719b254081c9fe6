"""Readings that cannot be true: kept as what was typed and why it was refused, and never taken for a value."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sojourn.clinical.monitoring.events import UNITS, Refused

LONGEST_TYPED: Final = 500
# Other writings of a unit that devices send for the same thing.
SAME_UNIT: Final = {
    "mm[Hg]": "mmHg",
    "/min": "per minute",
    "bpm": "per minute",
    "{beats}/min": "per minute",
    "beats/min": "per minute",
    "breaths/min": "per minute",
    "{breaths}/min": "per minute",
}


def typed_of(facts: Mapping[str, Any], units: Mapping[str, Any] | None = None) -> str:
    """Write what was typed as one line that any database keeps: "systolic 0, diastolic 0"."""
    units = units or {}
    said = (
        f"{name} {value}{f' {units[name]}' if name in units else ''}" for name, value in sorted(facts.items())
    )
    text = ", ".join(said) or "nothing"
    return _writable(text)[:LONGEST_TYPED].strip()


def unwritable(facts: Mapping[str, Any]) -> str:
    """Say that a text holds what no database keeps (NUL, half a character), or "" when all can be kept."""
    texts = [value for value in facts.values() if isinstance(value, str)]
    if any(text != _writable(text) for text in texts):
        return "A text holds a character that cannot be kept."
    return ""


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def wrong_units(facts: Mapping[str, Any], units: Mapping[str, Any]) -> str:
    """Say which unit is asked for where another was sent, or "" when all agree. Nothing is ever converted."""
    for name, unit in units.items():
        asked = UNITS.get(name)
        if asked is None or name not in facts:
            return "A unit was sent for something that was not measured."
        if unit != asked and SAME_UNIT.get(str(unit)) != SAME_UNIT.get(asked, asked):
            return f"Send {name} in {asked}."
    return ""


def refused(*, of: str, typed: str, why: str, at: datetime) -> Refused:
    """The event that keeps a refused reading."""
    return Refused(taken_at=at, of=of, typed=typed, why=why)
