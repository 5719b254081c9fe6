"""People written as data, read by clinicians, judged by the rules."""

import tomllib
from pathlib import Path

import pytest

from sojourn.clinical.protocols import evaluate, read_facts

FILES = sorted((Path(__file__).parent / "vignettes").glob("*.toml"))
CASES = [
    pytest.param(told, vignette, id=vignette["who"])
    for told in (tomllib.loads(file.read_text(encoding="utf-8")) for file in FILES)
    for vignette in told["vignette"]
]


@pytest.mark.parametrize(("told", "vignette"), CASES)
def test_a_person_gets_the_answer_a_clinician_expects(told, vignette):
    facts = read_facts({**told["baseline"], **vignette["answers"]})
    evaluation = evaluate(facts=facts, on=vignette.get("on", told["on"]))

    by_setting = {outcome.setting.value: outcome.disposition.value for outcome in evaluation.by_setting}
    expected_settings = {name: vignette[name] for name in by_setting if name in vignette}
    assert evaluation.disposition == vignette["disposition"]
    assert {finding.rule_id for finding in evaluation.findings} == set(vignette.get("findings", []))
    assert set(evaluation.unresolved) == set(vignette.get("open", []))
    assert {name: by_setting[name] for name in expected_settings} == expected_settings


def test_there_are_enough_vignettes_to_trust_the_rules():
    assert len(CASES) >= 25
