"""The practice may set its own numbers where only program policy says them, and never loosen an absolute rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.evidence import Basis
from sojourn.clinical.protocols import Severity, evaluate, read_facts, rule_set
from sojourn.clinical.protocols.questions import PATIENT, question
from sojourn.clinical.protocols.thresholds import (
    FEWER_WHEN_HIGHER,
    Adopted,
    ThresholdRefused,
    refuse_threshold,
    thresholds,
    with_thresholds,
)
from tests.clinical.protocols.days import TODAY

ALT = Adopted("ELIG-HEP-03", "2026.11.0", "alt_times_uln", "above", 2)
ALL = thresholds(rule_set())


def refused(wanted):
    with pytest.raises(ThresholdRefused) as why:
        refuse_threshold(rule_set(), wanted)
    assert with_thresholds(rule_set(), [wanted]) is rule_set()
    return str(why.value)


def speaks(rules, rule_id, **raw):
    found = {f.rule_id: f for f in evaluate(facts=read_facts(raw), on=TODAY, rules=rules).findings}
    return found.get(rule_id)


def test_an_adopted_number_takes_the_place_of_the_one_that_ships():
    rules = with_thresholds(rule_set(), [ALT])
    assert speaks(rule_set(), "ELIG-HEP-03", alt_times_uln="2.5") is None
    finding = speaks(rules, "ELIG-HEP-03", alt_times_uln="2.5")
    assert finding.rule_version == "2026.11.0+practice"
    assert "This practice's own policy: ALT or AST" in finding.clinician_says
    assert finding.citations[-1].locator.startswith("this practice")
    assert speaks(rules, "ELIG-HEP-03", alt_times_uln="2") is None


def test_the_version_names_the_numbers_of_the_practice():
    rules = with_thresholds(rule_set(), [ALT])
    assert rules.version.startswith(f"{rule_set().version}+practice.")
    assert rules.version == with_thresholds(rule_set(), [ALT]).version
    assert rules.version != with_thresholds(rule_set(), [replace(ALT, limit=2.5)]).version
    assert with_thresholds(rule_set(), []) is rule_set()


def test_a_number_may_be_looser_where_no_absolute_rule_stands():
    assert (
        speaks(with_thresholds(rule_set(), [replace(ALT, limit=5)]), "ELIG-HEP-03", alt_times_uln="4") is None
    )


@pytest.mark.parametrize(
    ("rule_id", "fact", "relation", "looser", "stricter"),
    [
        ("ELIG-AIR-02-NO-DOSE", "spo2_percent", "below", 91, 93),
        ("ELIG-AIR-02-SPO2", "spo2_percent", "below", 93, 95),
        ("RX-ONE-ROUTE", "hours_since_other_route", "below", 23, 48),
        ("SUI-02", "phq9_item9", "at_least", 2, 0),
        ("SUI-07", "phq9_rise", "at_least", 6, 4),
    ],
)
def test_an_absolute_rule_and_one_that_looks_for_danger_may_only_become_stricter(
    rule_id, fact, relation, looser, stricter
):
    version = next(rule.version for rule in rule_set().rules if rule.id == rule_id)
    assert "stricter" in refused(Adopted(rule_id, version, fact, relation, looser))
    refuse_threshold(rule_set(), Adopted(rule_id, version, fact, relation, stricter))


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Adopted("ELIG-PSY-02-YMRS", "2026.11.0", "ymrs_total", "above", 6), "program policy alone"),
        (Adopted("ELIG-CV-04", "2026.11.0", "systolic", "above", 160), "program policy alone"),
        (Adopted("RX-REFILLS", "2026.11.1", "refills_ordered", "above", 4), "program policy alone"),
        (Adopted("ELIG-WT-01", "2026.11.0", "weight_kg", "above", 130), "no such number"),
        (replace(ALT, fact="bmi"), "no such number"),
        (replace(ALT, relation="below"), "no such number"),
        (replace(ALT, rule_version="2020.1.0"), "any more"),
        (replace(ALT, rule_id="HEARSAY"), "any more"),
        (replace(ALT, limit=300), "from 0 to 200"),
        (replace(ALT, limit=float("nan")), "from 0 to 200"),
    ],
)
def test_what_the_practice_may_not_set_is_refused_with_the_reason(wanted, told):
    assert told in refused(wanted)


def test_every_number_that_may_be_set_rests_on_program_policy_and_is_asked_of_a_clinician():
    assert len(ALL) >= 12
    for threshold in ALL:
        rule = next(each for each in rule_set().rules if (each.id, each.version) == threshold.key[:2])
        assert {weight.basis for weight in rule.weights} == {Basis.PROGRAM_POLICY}
        assert question(threshold.fact).asked_of != PATIENT
        absolute = {weight.severity for weight in rule.weights} & {
            Severity.ABSOLUTE,
            Severity.HELP_NOW,
        }
        assert threshold.only_stricter or not absolute


@given(data=st.data())
def test_no_number_a_practice_can_adopt_silences_an_absolute_finding(data):
    threshold = data.draw(st.sampled_from([each for each in ALL if each.only_stricter]))
    limit = data.draw(st.integers(int(threshold.low), int(threshold.high)))
    value = data.draw(st.integers(int(threshold.low), int(threshold.high)))
    wanted = Adopted(*threshold.key, limit)
    rules = with_thresholds(rule_set(), [wanted])
    raw = {threshold.fact: str(value)}
    if speaks(rule_set(), threshold.rule_id, **raw):
        assert speaks(rules, threshold.rule_id, **raw)


def test_what_a_visitor_is_asked_is_answered_the_same_whatever_the_practice_adopts():
    rules = with_thresholds(
        rule_set(),
        [Adopted(*each.key, each.low if each.relation in FEWER_WHEN_HIGHER else each.high) for each in ALL],
    )
    facts = read_facts({"born_on": "1950-01-01", "weight": "130 kg", "blood_pressure": "170/100"})
    shipped, own = (evaluate(facts=facts, on=TODAY, rules=each) for each in (rule_set(), rules))
    assert [(f.rule_id, f.by_setting) for f in own.findings] == [
        (f.rule_id, f.by_setting) for f in shipped.findings
    ]
