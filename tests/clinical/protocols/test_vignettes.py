"""People written as data, read by clinicians, judged by the rules."""

import tomllib
from pathlib import Path

import pytest

from sojourn.clinical.protocols import FactsInvalid, evaluate, read_facts, rule_set

FOLDER = Path(__file__).parent / "vignettes"
TOLD = {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.toml"))}
BASELINE = TOLD.pop("baseline")["baseline"]
EVERYBODY = [(told, vignette) for told in TOLD.values() for vignette in told["vignette"]]
CASES = [
    pytest.param(told, vignette, id=vignette["who"])
    for told, vignette in EVERYBODY
    if "refused" not in vignette
]
REFUSED = [pytest.param(vignette, id=vignette["who"]) for _, vignette in EVERYBODY if "refused" in vignette]
WORDS = {
    "who", "on", "answers", "disposition", "findings", "open", "refused", "esketamine", "clinic", "home",
}  # fmt: skip


@pytest.mark.parametrize(("told", "vignette"), CASES)
def test_a_person_gets_the_answer_a_clinician_expects(told, vignette):
    facts = read_facts({**BASELINE, **vignette["answers"]})
    evaluation = evaluate(facts=facts, on=vignette.get("on", told["on"]))

    by_setting = {outcome.setting.value: outcome.disposition.value for outcome in evaluation.by_setting}
    expected_settings = {name: vignette[name] for name in by_setting if name in vignette}
    assert {finding.rule_id for finding in evaluation.findings} == set(vignette.get("findings", []))
    assert evaluation.disposition == vignette["disposition"]
    assert set(evaluation.unresolved) == set(vignette.get("open", []))
    assert {name: by_setting[name] for name in expected_settings} == expected_settings


@pytest.mark.parametrize("vignette", REFUSED)
def test_answers_that_cannot_all_be_true_are_refused_at_the_right_question(vignette):
    with pytest.raises(FactsInvalid) as refused:
        read_facts({**BASELINE, **vignette["answers"]})
    assert sorted(refused.value.problems) == vignette["refused"]


def test_there_are_enough_vignettes_to_trust_the_rules():
    assert len(EVERYBODY) >= 60


def test_no_vignette_holds_a_word_the_test_would_not_read():
    for _, vignette in EVERYBODY:
        assert set(vignette) <= WORDS, vignette["who"]


def test_every_family_of_rules_has_a_vignette_in_which_it_speaks():
    spoken = {rule_id for _, vignette in EVERYBODY for rule_id in vignette.get("findings", [])}
    silent = {rule.family for rule in rule_set().rules} - {
        rule.family for rule in rule_set().rules if rule.id in spoken
    }
    assert not silent
