"""Nobody leaves on time alone: every criterion must hold, and each one missing is named."""

import pytest

from sojourn.clinical.monitoring import monitoring_plans
from tests.clinical.monitoring.sessions import CALM, Told

PLANS = [plan.id for plan in monitoring_plans()]


def missing(state):
    return [each.criterion for each in state.discharge_missing]


@pytest.mark.parametrize("plan_id", PLANS)
def test_a_patient_may_leave_when_every_criterion_holds(plan_id):
    state = Told(plan_id).prepared().dosed().ready_to_leave_at(120).state_at(121)
    assert missing(state) == []
    assert state.may_discharge


@pytest.mark.parametrize("plan_id", PLANS)
def test_nobody_leaves_a_minute_before_the_minimum(plan_id):
    state = Told(plan_id).prepared().dosed().ready_to_leave_at(118).state_at(119)
    assert missing(state) == ["observed"]
    assert state.discharge_missing[0].why == "minute 119 of 120, 1 to go"
    assert not state.may_discharge


def test_a_first_session_at_home_is_observed_for_three_hours():
    told = Told("sl_home").prepared().dosed().ready_to_leave_at(170)
    assert missing(told.state_at(179, observe_longer=True)) == ["observed"]
    assert missing(told.state_at(180, observe_longer=True)) == []


def test_time_alone_is_not_enough():
    state = Told().prepared().dosed().state_at(500)
    assert "observed" not in missing(state)
    assert {"awake", "present", "pressure", "oxygen", "breathing", "escort", "signed"} <= set(missing(state))
    assert not state.may_discharge


@pytest.mark.parametrize(
    ("plan_id", "criterion"),
    [(p.id, c.id) for p in monitoring_plans() for c in p.criteria if c.kind in {"confirmed", "named"}],
)
def test_one_criterion_left_open_keeps_the_patient(plan_id, criterion):
    told = Told(plan_id).prepared().dosed().ready_to_leave_at(125, without={criterion})
    assert missing(told.state_at(126)) == [criterion]


def test_an_escort_needs_a_name():
    told = Told().prepared().dosed().ready_to_leave_at(125, without={"escort"})
    told.at(125, "confirmed", criterion="escort", words=" ")
    assert missing(told.state_at(126)) == ["escort"]


@pytest.mark.parametrize(
    ("kind", "facts", "criterion"),
    [
        ("rated", {"moaas": "4"}, "awake"),
        ("rated", {"dissociation": "3"}, "present"),
        ("rated", {"dissociation": "2"}, None),
        ("vital_taken", {**CALM, "spo2": "93"}, "oxygen"),
        ("vital_taken", {**CALM, "spo2": "94"}, None),
        ("vital_taken", {**CALM, "respiratory_rate": "21"}, "breathing"),
        ("vital_taken", {**CALM, "respiratory_rate": "20"}, None),
        ("vital_taken", {**CALM, "respiratory_rate": "11"}, "breathing"),
        ("vital_taken", {**CALM, "systolic": "141"}, "pressure"),
        ("vital_taken", {**CALM, "systolic": "140"}, None),
        ("vital_taken", {**CALM, "diastolic": "89"}, "pressure"),
        ("vital_taken", {**CALM, "diastolic": "88"}, None),
        ("vital_taken", {**CALM, "systolic": "99"}, "pressure"),
        ("vital_taken", {**CALM, "systolic": "100"}, None),
    ],
)
def test_signs_must_have_resolved(kind, facts, criterion):
    told = Told().prepared().dosed().ready_to_leave_at(125).at(126, kind, **facts)
    assert missing(told.state_at(127)) == ([criterion] if criterion else [])


def test_a_declining_pressure_below_160_over_100_needs_the_clinicians_agreement():
    told = (
        Told().prepared().dosed().at(40, "vital_taken", **{**CALM, "systolic": "170"}).ready_to_leave_at(125)
    )
    told.at(126, "vital_taken", **{**CALM, "systolic": "150"})
    assert missing(told.state_at(127)) == ["pressure"]
    assert missing(told.at(127, "confirmed", criterion="pressure_agreed").state_at(128)) == []


def test_a_pressure_that_is_still_at_its_highest_cannot_be_agreed_to():
    told = Told().prepared().dosed().ready_to_leave_at(125).at(126, "confirmed", criterion="pressure_agreed")
    told.at(127, "vital_taken", **{**CALM, "systolic": "150", "diastolic": "92"})
    assert missing(told.state_at(128)) == ["pressure"]


def test_values_older_than_twenty_minutes_do_not_count():
    told = Told().prepared().dosed().ready_to_leave_at(125)
    assert missing(told.state_at(145)) == []
    assert missing(told.state_at(146)) == ["awake", "present", "pressure", "oxygen", "breathing"]


def test_leaving_early_is_recorded_as_a_departure_with_what_was_missing():
    state = Told().prepared().dosed().calm_at(40).at(60, "discharged").state_at(300)
    assert state.phase == "discharged"
    assert state.minutes_since_dose == 60
    assert [departure.id for departure in state.departures] == ["left-early"]
    assert "observed" in state.departures[0].says


def test_a_regular_discharge_leaves_no_departure():
    state = Told().prepared().dosed().ready_to_leave_at(125).at(126, "discharged").state_at(300)
    assert state.phase == "discharged"
    assert state.departures == ()
    assert state.next_due is None
