"""Forms are read strictly, with a message beside each field; what is stored reads back the same."""

from datetime import UTC, datetime

import pytest

from sojourn.clinical.monitoring import (
    KINDS,
    EventInvalid,
    UnknownPlan,
    facts_of,
    kind_of,
    monitoring_plan,
    read_event,
)

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)

GOOD = {
    "checked": {"item": "ride", "passed": "no", "words": "The brother is late."},
    "dose_checked": {
        "name_matches": "yes",
        "birth_matches": "no",
        "drug": "esketamine",
        "route": "intranasal",
        "mg": "56",
        "lot": "L7",
        "expires_on": "2027-03-31",
        "ordered_drug": "esketamine",
        "ordered_route": "intranasal",
        "ordered_mg": "56",
        "count": "2",
        "unit": "devices",
    },
    "accounted": {
        "drug": "ketamine",
        "unit": "mg",
        "dispensed": "50",
        "given": "35",
        "wasted": "15",
        "returned": "0",
    },
    "witnessed": {"about_id": "e0"},
    "dosed": {"mg": "37.5", "words": "lot 12"},
    "vital_taken": {"systolic": "120", "diastolic": "80", "heart_rate": "", "spo2": "97", "symptoms": "on"},
    "rated": {"moaas": "0", "dissociation": "10"},
    "noticed": {"sign": "vomiting"},
    "confirmed": {"criterion": "escort", "words": "\u200fليلى O’Brien"},
    "looked": {"words": "Asleep, breathing quietly."},
    "called": {"whom": "Nils", "reached": "no"},
    "medicated": {"drug": "ondansetron", "amount": "4", "unit": "mg", "words": "by mouth"},
    "alarmed": {
        "limit_id": "SBP-RED",
        "severity": "red",
        "about_id": "e0",
        "words": "Systolic pressure 190 mmHg.",
    },
    "acknowledged": {"limit_id": "SBP-RED", "about_id": "e0"},
    "help_asked": {},
    "role_accepted": {"words": "Nils Núñez: sober, present, reachable."},
    "picked_up": {"words": "In the car."},
    "next_morning": {"slept": "yes", "well": "no", "words": "A headache."},
    "serious": {
        "happened": "yes",
        "what": "Fell.",
        "treatment": "None.",
        "hospital": "no",
        "outcome": "Well.",
    },
    "refused": {"of": "vital_taken", "typed": "systolic 0, diastolic 0", "why": "Give the upper number."},
    "missed": {
        "step": "HOME-SOUND",
        "does": "sound",
        "look_due_at": "2026-11-24T10:20:00+00:00",
        "words": "No check-in for 3 minutes.",
    },
    "left": {"words": "With Nils."},
    "corrected": {"struck_id": "7", "replaced_by": "8", "words": "Typed 80 for 98."},
    "noted": {"words": "<script>alert(1)</script>"},
    "discharged": {},
    "cancelled": {"words": "Fever."},
    "struck": {"struck_id": "7", "words": "Wrong patient."},
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_event_is_stored_and_read_back_the_same(kind):
    event = read_event(kind=kind, facts=GOOD[kind], taken_at=AT, event_id="e1")
    assert kind_of(event) == kind
    assert read_event(kind=kind, facts=facts_of(event), taken_at=AT, event_id="e1") == event


@pytest.mark.parametrize(
    ("kind", "facts", "fields"),
    [
        ("vital_taken", {"systolic": "12", "diastolic": "80"}, ["systolic"]),
        ("vital_taken", {"systolic": "120", "diastolic": "200"}, ["systolic"]),
        ("vital_taken", {"systolic": "120"}, ["diastolic"]),
        ("vital_taken", {"heart_rate": "seventy", "spo2": "101"}, ["heart_rate", "spo2"]),
        ("vital_taken", {"spo2": "9٧"}, ["spo2"]),
        ("vital_taken", {"heart_rate": "-70"}, ["heart_rate"]),
        ("vital_taken", {}, ["systolic"]),
        ("rated", {"moaas": "6"}, ["moaas"]),
        ("called", {"whom": "Nils"}, ["reached"]),
        ("medicated", {"drug": "ondansetron", "amount": "0", "unit": "mg"}, ["amount"]),
        ("medicated", {"drug": "ondansetron", "amount": "4", "unit": "spoons"}, ["unit"]),
        ("medicated", {"drug": "oxygen", "amount": "1e9", "unit": "L/min"}, ["amount"]),
        ("left", {}, ["words"]),
        ("next_morning", {"slept": "yes"}, ["well"]),
        ("serious", {}, ["happened"]),
        ("serious", {"happened": "yes"}, ["hospital", "what", "treatment", "outcome"]),
        ("role_accepted", {"words": " "}, ["words"]),
        ("refused", {"of": "vital_taken"}, ["typed", "why"]),
        ("rated", {"dissociation": "11"}, ["dissociation"]),
        ("rated", {}, ["moaas"]),
        ("dosed", {"mg": "0"}, ["mg"]),
        ("dose_checked", GOOD["dose_checked"] | {"mg": "0"}, ["mg"]),
        ("dose_checked", GOOD["dose_checked"] | {"mg": "-56"}, ["mg"]),
        ("dose_checked", GOOD["dose_checked"] | {"lot": " "}, ["lot"]),
        ("dose_checked", GOOD["dose_checked"] | {"expires_on": "2027-02-30"}, ["expires_on"]),
        ("dose_checked", GOOD["dose_checked"] | {"name_matches": ""}, ["name_matches"]),
        ("dose_checked", GOOD["dose_checked"] | {"count": "-1"}, ["count"]),
        ("dose_checked", GOOD["dose_checked"] | {"unit": "spoons"}, ["unit"]),
        ("accounted", GOOD["accounted"] | {"wasted": "14"}, ["dispensed"]),
        ("accounted", GOOD["accounted"] | {"wasted": "-15", "returned": "30"}, ["wasted"]),
        ("accounted", GOOD["accounted"] | {"given": "nan"}, ["given"]),
        ("dosed", {"mg": "nan"}, ["mg"]),
        ("dosed", {"mg": "5e1"}, ["mg"]),
        ("dosed", {"mg": "5_6"}, ["mg"]),
        ("dosed", {"mg": "56,0"}, ["mg"]),
        ("dosed", {"mg": "٥٦"}, ["mg"]),
        ("dosed", {"mg": "-56"}, ["mg"]),
        ("dosed", {"mg": "1000.1"}, ["mg"]),
        ("dosed", {"mg": ""}, ["mg"]),
        ("checked", {"item": "ride"}, ["passed"]),
        ("checked", {"item": "ride", "passed": ["yes"]}, ["passed"]),
        ("missed", {"step": "HOME-SOUND"}, ["does", "look_due_at"]),
        ("noted", {"words": "  "}, ["words"]),
        ("noted", {"words": "x" * 2001}, ["words"]),
        ("struck", {"struck_id": "7"}, ["words"]),
        ("danced", {}, ["kind"]),
    ],
)
def test_what_cannot_be_true_is_refused_beside_its_field(kind, facts, fields):
    with pytest.raises(EventInvalid) as refused:
        read_event(kind=kind, facts=facts, taken_at=AT)
    assert sorted(refused.value.problems) == sorted(fields)


def test_a_time_without_its_zone_is_refused():
    with pytest.raises(EventInvalid):
        read_event(kind="discharged", facts={}, taken_at=AT.replace(tzinfo=None))


def test_a_plan_that_does_not_exist_is_refused():
    with pytest.raises(UnknownPlan):
        monitoring_plan("oral_home")
