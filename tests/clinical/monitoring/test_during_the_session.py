"""What is due, what alarms, and that the order of arrival does not matter."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.clinical.monitoring import monitoring_plan, monitoring_plans, state_of
from tests.clinical.monitoring.sessions import CALM, DOSE_AT, Told

PLANS = [plan.id for plan in monitoring_plans()]


def current(state):
    return [(crossing.limit_id, crossing.severity.value) for crossing in state.alarms]


@pytest.mark.parametrize(
    ("plan_id", "first"), [("esketamine_clinic", 40), ("iv_clinic", 10), ("im_clinic", 10), ("sl_home", 20)]
)
def test_the_first_look_is_due_as_the_route_says(plan_id, first):
    due = Told(plan_id).prepared().dosed().state_at(5).next_due
    assert (due.what, due.minute, due.overdue) == ("vitals", first, False)


def test_a_look_is_overdue_only_after_its_minute():
    told = Told().prepared().dosed()
    assert not told.state_at(40).next_due.overdue
    assert told.state_at(41).next_due.overdue


@pytest.mark.parametrize(
    ("taken", "next_minute"), [(34, 40), (35, 80), (41, 80), (75, 120), (121, 140), (140, 160)]
)
def test_a_look_up_to_five_minutes_early_counts_for_its_time(taken, next_minute):
    assert Told().prepared().dosed().calm_at(taken).state_at(taken).next_due.minute == next_minute


@pytest.mark.parametrize("plan_id", PLANS)
def test_readings_of_an_oximeter_however_many_stand_in_for_no_blood_pressure(plan_id):
    told = Told(plan_id).prepared().dosed()
    first = told.state_at(1).next_due.minute
    for minute in range(1, first + 30):
        told.at(minute, "vital_taken", spo2="98", heart_rate="70")
    late = told.state_at(first + 16)
    assert (late.next_due.minute, late.next_due.overdue) == (first, True)
    assert first in told.state_at(first + 60).missed
    assert told.calm_at(first + 16).state_at(first + 16).next_due.minute > first


def test_a_high_pressure_is_looked_at_again_by_a_pressure_and_low_oxygen_by_oxygen():
    told = Told().prepared().dosed().at(20, "vital_taken", systolic="185", diastolic="95")
    told.at(22, "vital_taken", spo2="98")
    assert told.state_at(23).next_due.what == "recheck"
    assert told.at(24, "vital_taken", systolic="130", diastolic="80").state_at(25).next_due.what == "vitals"
    told.at(26, "vital_taken", spo2="89").at(27, "vital_taken", systolic="130", diastolic="80")
    assert told.state_at(28).next_due.what == "recheck"
    assert told.at(29, "vital_taken", spo2="97").state_at(30).next_due.what == "vitals"


def test_a_look_that_nobody_took_is_named_as_missed():
    told = Told("iv_clinic").prepared().dosed().calm_at(10).calm_at(31)
    assert told.state_at(31).missed == (20,)
    assert told.state_at(56).missed == (20, 40)


def test_the_infusion_is_dosing_for_forty_minutes_and_then_observing():
    told = Told("iv_clinic").prepared().dosed("37.5")
    assert told.state_at(39).phase == "dosing"
    assert told.state_at(40).phase == "observing"
    assert told.state_at(40).dose_mg == 37.5


LIMITS = [
    ("systolic", "149", []),
    ("systolic", "150", [("SYSTOLIC-RISE", "amber")]),
    ("systolic", "160", [("SYSTOLIC-AMBER", "amber")]),
    ("systolic", "179", [("SYSTOLIC-AMBER", "amber")]),
    ("systolic", "180", [("SYSTOLIC-RED", "red")]),
    ("diastolic", "97", []),
    ("diastolic", "98", [("DIASTOLIC-RISE", "amber")]),
    ("diastolic", "100", [("DIASTOLIC-AMBER", "amber")]),
    ("diastolic", "109", [("DIASTOLIC-AMBER", "amber")]),
    ("diastolic", "110", [("DIASTOLIC-RED", "red")]),
    ("heart_rate", "110", []),
    ("heart_rate", "111", [("HEART-FAST-AMBER", "amber")]),
    ("heart_rate", "131", [("HEART-FAST-RED", "red")]),
    ("heart_rate", "150", [("HEART-FAST-RED", "red")]),
    ("heart_rate", "151", [("HEART-FAST-EMERGENCY", "emergency")]),
    ("heart_rate", "50", []),
    ("heart_rate", "49", [("HEART-SLOW-AMBER", "amber")]),
    ("heart_rate", "44", [("HEART-SLOW-RED", "red")]),
    ("spo2", "94", []),
    ("spo2", "93", [("OXYGEN-AMBER", "amber")]),
    ("spo2", "91", [("OXYGEN-RED", "red")]),
    ("spo2", "90", [("OXYGEN-RED", "red")]),
    ("spo2", "89", [("OXYGEN-EMERGENCY", "emergency")]),
    ("respiratory_rate", "12", []),
    ("respiratory_rate", "11", [("BREATHING-AMBER", "amber")]),
    ("respiratory_rate", "9", [("BREATHING-RED", "red")]),
    ("respiratory_rate", "7", [("BREATHING-EMERGENCY", "emergency")]),
    ("respiratory_rate", "0", [("BREATHING-EMERGENCY", "emergency")]),
]


@pytest.mark.parametrize("plan_id", PLANS)
@pytest.mark.parametrize(("signal", "value", "expected"), LIMITS)
def test_a_vital_sign_alarms_exactly_at_its_limit(plan_id, signal, value, expected):
    told = Told(plan_id).prepared().dosed().at(20, "vital_taken", **{**CALM, signal: value})
    assert current(told.state_at(21)) == expected


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ({"moaas": "5", "dissociation": "6"}, []),
        ({"moaas": "4"}, [("SEDATION-AMBER", "amber")]),
        ({"moaas": "3"}, [("SEDATION-AMBER", "amber")]),
        ({"moaas": "2"}, [("SEDATION-RED", "red")]),
        ({"moaas": "1"}, [("SEDATION-EMERGENCY", "emergency")]),
        ({"dissociation": "7"}, [("DISSOCIATION-AMBER", "amber")]),
        ({"dissociation": "9"}, [("DISSOCIATION-RED", "red")]),
    ],
)
def test_a_rating_alarms_exactly_at_its_limit(ratings, expected):
    assert current(Told().prepared().dosed().at(20, "rated", **ratings).state_at(21)) == expected


@pytest.mark.parametrize(
    ("vitals", "expected"),
    [
        ({"systolic": "179"}, [("SYSTOLIC-AMBER", "amber")]),
        ({"systolic": "180"}, [("SYSTOLIC-EMERGENCY", "emergency")]),
        (
            {"systolic": "190", "diastolic": "119"},
            [("SYSTOLIC-EMERGENCY", "emergency"), ("DIASTOLIC-RED", "red")],
        ),
        (
            {"systolic": "190", "diastolic": "120"},
            [("SYSTOLIC-EMERGENCY", "emergency"), ("DIASTOLIC-EMERGENCY", "emergency")],
        ),
    ],
)
def test_very_high_blood_pressure_with_symptoms_is_an_emergency(vitals, expected):
    told = Told().prepared().dosed().at(20, "vital_taken", **{**CALM, **vitals, "symptoms": "yes"})
    assert sorted(current(told.state_at(21))) == sorted(expected)


def test_a_crossed_limit_asks_for_another_look_in_five_minutes():
    told = Told().prepared().dosed().at(20, "vital_taken", **{**CALM, "spo2": "93"})
    due = told.state_at(24).next_due
    assert (due.what, due.due_at.minute, due.overdue) == ("recheck", 25, False)
    assert told.state_at(26).next_due.overdue


def test_a_crossing_stays_on_record_after_the_value_is_calm_again():
    told = Told().prepared().dosed().at(20, "vital_taken", **{**CALM, "spo2": "91"}).calm_at(26)
    state = told.state_at(27)
    assert current(state) == []
    assert [(crossing.limit_id, crossing.is_current) for crossing in state.limits_crossed] == [
        ("OXYGEN-RED", False)
    ]
    assert state.next_due.what == "vitals"


def test_vomiting_twice_is_more_urgent_than_once():
    told = Told().prepared().dosed().at(20, "noticed", sign="vomiting")
    assert current(told.state_at(21)) == [("SIGN-vomiting", "amber")]
    assert ("SIGN-vomiting", "red") in current(told.at(22, "noticed", sign="vomiting").state_at(23))


def test_a_struck_reading_counts_no_more():
    told = Told().prepared().dosed().at(20, "vital_taken", **{**CALM, "spo2": "70"})
    mistaken = told.events[-1].event_id
    told.at(21, "struck", struck_id=mistaken, words="Finger was out of the clip.")
    assert current(told.state_at(22)) == []


def test_an_event_that_arrives_twice_counts_once():
    told = Told().prepared().dosed()
    told.events.append(told.events[-1])
    assert told.state_at(5).dose_mg == 56


def test_every_alarm_names_its_source():
    for plan in monitoring_plans():
        for limit in (*plan.limits_before, *plan.limits_after):
            assert limit.citations


@st.composite
def tellings(draw):
    """A session with readings, ratings and signs at any minute."""
    told = Told(draw(st.sampled_from(PLANS))).prepared(systolic=str(draw(st.integers(110, 165)))).dosed()
    for minute in draw(st.lists(st.integers(1, 180), max_size=6)):
        vitals = {
            **CALM,
            "systolic": str(draw(st.integers(100, 190))),
            "spo2": str(draw(st.integers(88, 99))),
        }
        told.at(minute, "vital_taken", **vitals)
        told.at(
            minute, "rated", moaas=str(draw(st.integers(0, 5))), dissociation=str(draw(st.integers(0, 10)))
        )
    if draw(st.booleans()):
        told.at(draw(st.integers(1, 60)), "noticed", sign="vomiting")
    if draw(st.booleans()):
        told.ready_to_leave_at(draw(st.integers(100, 200))).at(201, "discharged")
    return told


@given(tellings(), st.integers(0, 240), st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_the_order_of_arrival_does_not_matter(told, minute, rng: random.Random):
    expected = told.state_at(minute)
    rng.shuffle(told.events)
    assert told.state_at(minute) == expected


@given(st.permutations(range(6)))
def test_events_without_ids_at_the_same_moment_fold_the_same_in_any_order(order):
    told = Told().prepared().dosed().calm_at(40)
    same = [event for event in told.events if event.taken_at == told.events[-1].taken_at]
    shuffled = [told.events[place] for place in order if place < len(told.events)] + told.events[6:]
    state = state_of(events=shuffled, plan=monitoring_plan("esketamine_clinic"), now=DOSE_AT)
    assert len(same) == 2
    assert state == state_of(events=told.events, plan=told.plan, now=DOSE_AT)
