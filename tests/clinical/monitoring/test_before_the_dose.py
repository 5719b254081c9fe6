"""What must be true before a dose, and what holds it."""

import pytest

from sojourn.clinical.monitoring import monitoring_plans
from tests.clinical.monitoring.sessions import Told

PLANS = [plan.id for plan in monitoring_plans()]


def holds(state):
    return [hold.id for hold in state.held_by]


@pytest.mark.parametrize("plan_id", PLANS)
def test_a_session_with_nothing_answered_is_being_checked(plan_id):
    state = Told(plan_id).state_at(-30)
    assert state.phase == "checking"
    assert state.unanswered
    assert not state.may_dose


@pytest.mark.parametrize("plan_id", PLANS)
def test_a_session_is_ready_when_all_is_answered_and_vital_signs_are_calm(plan_id):
    state = Told(plan_id).prepared().state_at(-10)
    assert state.phase == "ready"
    assert state.may_dose


@pytest.mark.parametrize(
    ("plan_id", "item"),
    [(plan.id, item.id) for plan in monitoring_plans() for item in plan.checklist if item.needed],
)
def test_one_open_item_keeps_a_session_from_being_ready(plan_id, item):
    told = Told(plan_id).prepared()
    told.events = [event for event in told.events if getattr(event, "item", "") != item]
    assert told.state_at(-10).phase == "checking"


@pytest.mark.parametrize(
    ("plan_id", "item"),
    [
        (plan.id, item.id)
        for plan in monitoring_plans()
        for item in plan.checklist
        if item.needed and item.red
    ],
)
def test_a_red_item_answered_with_no_holds_the_session_until_it_is_answered_with_yes(plan_id, item):
    told = Told(plan_id).prepared().at(-10, "checked", item=item, passed="no")
    assert told.state_at(-9).phase == "held"
    assert holds(told.state_at(-9)) == [item]
    assert told.at(-5, "checked", item=item, passed="yes").state_at(-4).phase == "ready"


def test_an_item_that_is_not_red_does_not_hold_the_session():
    told = Told("sl_home").prepared().at(-10, "checked", item="door", passed="no")
    assert told.state_at(-9).phase == "ready"


def test_a_session_without_vital_signs_is_not_ready():
    told = Told().prepared()
    told.events.pop()
    assert told.state_at(-10).phase == "checking"
    assert told.state_at(-10).needs_baseline == ("systolic", "heart_rate", "spo2")


@pytest.mark.parametrize(
    ("vitals", "held_by"),
    [
        ({"systolic": "140", "diastolic": "90"}, []),
        ({"systolic": "141"}, ["BEFORE-SYSTOLIC-GUIDE"]),
        ({"diastolic": "91"}, ["BEFORE-DIASTOLIC-GUIDE"]),
        ({"systolic": "160"}, ["BEFORE-SYSTOLIC"]),
        ({"diastolic": "100"}, ["BEFORE-DIASTOLIC"]),
        ({"heart_rate": "110"}, []),
        ({"heart_rate": "111"}, ["BEFORE-HEART-FAST"]),
        ({"heart_rate": "50"}, []),
        ({"heart_rate": "49"}, ["BEFORE-HEART-SLOW"]),
        ({"spo2": "94"}, []),
        ({"spo2": "93"}, ["BEFORE-OXYGEN"]),
        ({"spo2": "91"}, ["BEFORE-OXYGEN-LOW"]),
    ],
)
def test_vital_signs_before_the_dose_hold_the_session_at_their_limits(vitals, held_by):
    state = Told().prepared(**vitals).state_at(-10)
    assert holds(state) == held_by
    assert state.phase == ("held" if held_by else "ready")


@pytest.mark.parametrize(("systolic", "held_by"), [("139", []), ("140", ["BEFORE-SYSTOLIC-HOME"])])
def test_at_home_no_session_starts_at_140_or_more(systolic, held_by):
    assert holds(Told("sl_home").prepared(systolic=systolic).state_at(-10)) == held_by


def test_the_prescriber_may_lift_a_value_above_the_guide_but_not_a_red_one():
    assert (
        Told()
        .prepared(systolic="150")
        .at(-10, "checked", item="prescriber_decision", passed="yes")
        .state_at(-9)
        .may_dose
    )
    red = (
        Told()
        .prepared(systolic="165")
        .at(-10, "checked", item="prescriber_decision", passed="yes")
        .state_at(-9)
    )
    assert holds(red) == ["BEFORE-SYSTOLIC"]


def test_a_decision_taken_before_the_reading_does_not_lift_it():
    told = Told().at(-30, "checked", item="prescriber_decision", passed="yes").prepared(systolic="150")
    assert holds(told.state_at(-10)) == ["BEFORE-SYSTOLIC-GUIDE"]


def test_a_calm_recheck_lifts_the_hold():
    told = Told().prepared(systolic="170").at(-5, "vital_taken", systolic="128", diastolic="80")
    assert told.state_at(-4).phase == "ready"


def test_a_dose_given_while_held_is_recorded_as_a_departure():
    state = Told().prepared(systolic="170").dosed().state_at(5)
    assert state.phase == "dosing"
    assert [departure.id for departure in state.departures] == ["dosed-early"]


def test_a_session_cancelled_before_the_dose_is_over():
    state = (
        Told().prepared(systolic="170").at(-5, "cancelled", words="Blood pressure stayed high.").state_at(60)
    )
    assert state.phase == "cancelled"
    assert state.next_due is None
    assert not state.may_dose
