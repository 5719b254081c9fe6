"""How findings add up: help first, absolute rules cannot be passed, unknown is never no, and no answer is "eligible"."""

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.clinical.protocols import (
    Disposition,
    FactsInvalid,
    Kind,
    Severity,
    evaluate,
    evaluation_from_json,
    facts_from_json,
    questions,
    read_facts,
    replay,
    rule_set,
)

ON = date(2026, 11, 23)
BASELINE = tomllib.loads((Path(__file__).parent / "vignettes" / "baseline.toml").read_text(encoding="utf-8"))[
    "baseline"
]


def evaluated(*, on=ON, setting="any", **answers):
    return evaluate(facts=read_facts({**BASELINE, **answers}), on=on, setting=setting)


def finding(evaluation, rule_id):
    return next(each for each in evaluation.findings if each.rule_id == rule_id)


choices = st.fixed_dictionaries(
    {},
    optional={
        question.id: st.sampled_from([option.value for option in question.options])
        for question in questions()
        if question.kind is not Kind.CHECKLIST and question.options
    },
)


@given(choices)
@settings(max_examples=50, deadline=None)
def test_findings_come_in_a_fixed_order_and_survive_being_stored(raw):
    facts = read_facts(raw)
    evaluation = evaluate(facts=facts, on=ON)
    order = [(each.severity.rank, each.rule_id) for each in evaluation.findings]
    assert order == sorted(order)
    stored = json.loads(json.dumps(evaluation.as_json()))
    assert evaluation_from_json(stored) == evaluation
    assert (
        replay(facts=facts_from_json(json.loads(json.dumps(facts.as_json()))), past=evaluation) == evaluation
    )


@given(choices)
@settings(max_examples=50, deadline=None)
def test_an_absolute_rule_left_open_is_always_listed_for_a_clinician(raw):
    evaluation = evaluate(facts=read_facts(raw), on=ON)
    open_absolutes = [
        each for each in evaluation.findings if each.unknown and each.severity is Severity.ABSOLUTE
    ]
    assert {each.rule_id for each in open_absolutes} <= set(evaluation.unresolved)


def test_a_form_with_nothing_in_it_asks_for_help_and_leaves_every_absolute_rule_open():
    evaluation = evaluate(facts=read_facts({}), on=ON)
    assert evaluation.disposition is Disposition.HELP_NOW
    assert {"ELIG-CV-01", "ELIG-CV-02", "ELIG-CV-03", "ELIG-HEP-01", "ELIG-REP-01", "ELIG-AGE-01"} <= set(
        evaluation.unresolved
    )
    assert len(evaluation.unanswered) == len(questions())


@pytest.mark.parametrize("disposition", Disposition)
def test_no_disposition_says_eligible(disposition):
    assert "eligible" not in disposition


def test_not_knowing_is_never_no():
    known_no, unknown = evaluated(), evaluated(aneurysm="unknown")
    assert "ELIG-CV-01" not in {each.rule_id for each in known_no.findings}
    assert finding(unknown, "ELIG-CV-01").unknown
    assert unknown.unresolved == ("ELIG-CV-01",)


def test_an_unknown_that_only_a_clinician_is_asked_about_does_not_send_to_a_specialist():
    evaluation = evaluated(blood_pressure="")
    assert evaluation.disposition is Disposition.MAY_BE_A_FIT
    assert finding(evaluation, "ELIG-CV-04").unknown


@pytest.mark.parametrize("question", ["heart_disease", "psychosis", "mania", "substance_use", "past_misuse"])
def test_an_unknown_that_counts_as_positive_sends_to_a_specialist_in_every_setting(question):
    evaluation = evaluated(**{question: "unknown"})
    assert evaluation.disposition is Disposition.SPECIALIST_FIRST
    assert {each.disposition for each in evaluation.by_setting} == {Disposition.SPECIALIST_FIRST}


@given(choices)
@settings(max_examples=60, deadline=None)
def test_leaving_a_question_open_is_never_better_than_the_best_answer_to_it(raw):
    """For each person, "I don't know" gives no lighter disposition than all honest answers allow."""
    for name, value in raw.items():
        if value != "unknown":
            continue
        asked = next(question for question in questions() if question.id == name)
        options = [option.value for option in asked.options if option.value != "unknown"]
        best = max(
            evaluate(facts=read_facts({**raw, name: other}), on=ON).disposition.rank for other in options
        )
        assert evaluate(facts=read_facts(raw), on=ON).disposition.rank <= best


def test_the_best_setting_counts_when_any_is_asked_and_the_finding_says_what_is_ruled_out():
    evaluation = evaluated(home_session="no_companion")
    assert evaluation.disposition is Disposition.MAY_BE_A_FIT
    assert finding(evaluation, "ELIG-SUI-02").where == (
        "This rules out ketamine at home, but not the other ways of treatment."
    )


def test_one_setting_can_be_asked_alone():
    assert evaluated(home_session="no_companion", setting="home").disposition is Disposition.NOT_A_FIT
    assert evaluated(home_session="no_companion", setting="clinic").findings == ()
    with pytest.raises(ValueError, match="moon"):
        evaluated(setting="moon")


def test_every_finding_names_its_source_its_reason_and_what_would_change_the_answer():
    for each in evaluate(facts=read_facts({}), on=ON).findings:
        assert each.citations
        assert each.because
        assert each.would_change_patient
        assert each.would_change_clinician


@pytest.mark.parametrize(
    ("on", "expired", "home"),
    [
        (date(2026, 12, 31), False, Disposition.MAY_BE_A_FIT),
        (date(2027, 1, 1), True, Disposition.NOT_A_FIT),
        (date(2030, 1, 1), True, Disposition.NOT_A_FIT),
    ],
)
def test_the_telehealth_rule_fails_closed_after_its_last_day(on, expired, home):
    evaluation = evaluated(on=on, examined_in_person="no")
    law = finding(evaluation, "LAW-TELE-01")
    assert law.expired is expired
    assert {each.setting: each.disposition for each in evaluation.by_setting}["home"] is home
    assert ("LAW-TELE-01" in evaluation.unresolved) is expired


def test_an_expired_rule_never_passes_silently_even_where_it_would_not_apply():
    law = finding(evaluated(on=date(2027, 1, 1)), "LAW-TELE-01")
    assert (law.expired, law.unknown, law.severity) == (True, True, Severity.CAUTION)


def test_a_day_before_the_rules_began_is_flagged_too():
    evaluation = evaluated(on=date(2020, 1, 1))
    assert all(each.expired for each in evaluation.findings)
    assert len(evaluation.findings) == len({rule.id for rule in rule_set().rules})


def test_a_birth_date_in_the_future_is_refused():
    with pytest.raises(FactsInvalid):
        evaluated(born_on=str(ON + timedelta(days=1)))


def test_a_patient_in_a_state_without_license_cannot_be_treated_at_home():
    facts = read_facts(BASELINE)
    evaluation = evaluate(facts=facts, on=ON, licensed_states=["NY", "NJ"])
    assert {each.setting: each.disposition for each in evaluation.by_setting}["home"] is Disposition.NOT_A_FIT
    assert replay(facts=facts, past=evaluation) == evaluation


def test_the_version_names_a_release_and_the_content():
    version = rule_set().version
    assert version == evaluated().rule_set_version
    assert len(version.split("+")[1]) == 12
