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
    assert "Observed for the minimum time" in state.departures[0].says


def test_a_regular_discharge_leaves_no_departure():
    state = Told().prepared().dosed().ready_to_leave_at(125).at(126, "discharged").state_at(300)
    assert state.phase == "discharged"
    assert state.departures == ()
    assert state.next_due is None


OF_THE_PATIENT = ["oriented", "walks", "mind_clear", "signed"]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("noticed", {"sign": "vomiting"}),
        ("noticed", {"sign": "panic"}),
        ("rated", {"moaas": "2"}),
        ("rated", {"dissociation": "9"}),
        ("vital_taken", {"spo2": "91"}),
        ("help_asked", {}),
    ],
)
@pytest.mark.parametrize("arrives", ["in order", "late"])
def test_what_was_confirmed_of_the_patient_is_asked_again_after_what_spoke_against_it(kind, facts, arrives):
    told = Told().prepared().dosed().ready_to_leave_at(115)
    if arrives == "in order":
        told.at(116, kind, **facts).calm_at(121)
    else:
        told.calm_at(121).at(116, kind, **facts)
    state = told.state_at(122)
    assert missing(state) == OF_THE_PATIENT
    assert "since" in state.discharge_missing[0].why
    for criterion in OF_THE_PATIENT:
        told.at(123, "confirmed", criterion=criterion)
    assert missing(told.state_at(124)) == []


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("rated", {"moaas": "3"}),
        ("rated", {"dissociation": "8"}),
        ("vital_taken", {"spo2": "92"}),
        ("looked", {}),
    ],
)
def test_what_only_calls_for_another_look_is_settled_by_it(kind, facts):
    told = Told().prepared().dosed().ready_to_leave_at(115).at(116, kind, **facts).calm_at(121)
    assert missing(told.state_at(122)) == []


def test_what_was_struck_out_speaks_against_nothing():
    told = Told().prepared().dosed().ready_to_leave_at(115).at(116, "noticed", sign="panic")
    told.at(117, "struck", struck_id=told.events[-1].event_id, words="Another patient.")
    assert missing(told.state_at(122)) == []


def test_what_was_confirmed_before_the_effect_began_is_not_so_two_hours_later():
    told = Told().prepared().dosed()
    for criterion in OF_THE_PATIENT:
        told.at(2, "confirmed", criterion=criterion)
    told.ready_to_leave_at(121, without=set(OF_THE_PATIENT))
    state = told.state_at(122)
    assert missing(state) == OF_THE_PATIENT
    assert state.discharge_missing[0].why == "not confirmed in the last 60 minutes"


@pytest.mark.parametrize(("minute", "is_missing"), [(122, False), (123, True)])
def test_the_last_minute_of_what_was_confirmed(minute, is_missing):
    told = Told().prepared().dosed().at(62, "confirmed", criterion="walks")
    told.ready_to_leave_at(110, without={"walks"})
    assert missing(told.state_at(minute)) == (["walks"] if is_missing else [])


def test_an_agreement_is_to_the_pressure_that_was_seen_and_to_no_higher_one():
    told = (
        Told().prepared().dosed().at(40, "vital_taken", **{**CALM, "systolic": "170"}).ready_to_leave_at(115)
    )
    told.at(116, "vital_taken", **{**CALM, "systolic": "148"}).at(
        117, "confirmed", criterion="pressure_agreed"
    )
    assert missing(told.state_at(120)) == []
    told.at(121, "vital_taken", **{**CALM, "systolic": "149"})
    assert missing(told.state_at(122)) == ["pressure"]
    told.at(123, "vital_taken", **{**CALM, "systolic": "147"})
    assert missing(told.state_at(124)) == [], "lower again: what was agreed to holds"


def test_an_agreement_given_before_any_pressure_was_seen_agrees_to_nothing():
    told = Told().prepared().dosed().at(1, "confirmed", criterion="pressure_agreed")
    told.at(40, "vital_taken", **{**CALM, "systolic": "170"}).ready_to_leave_at(120)
    told.at(121, "vital_taken", **{**CALM, "systolic": "150"})
    assert missing(told.state_at(122)) == ["pressure"]


def test_twice_the_same_events_in_any_order_of_arrival_ask_the_same():
    told = Told().prepared().dosed().ready_to_leave_at(115).at(116, "noticed", sign="distress").calm_at(121)
    asked = missing(told.state_at(122))
    told.events = [*reversed(told.events), *told.events]
    assert missing(told.state_at(122)) == asked


@pytest.mark.parametrize(
    ("drug", "amount", "unit", "is_missing"),
    [
        ("Oxygen by mask", "4", "L/min", True),
        ("nasal cannula", "2", "L/min", True),
        ("O2", "4", "mL", True),
        ("ondansetron", "4", "mg", False),
    ],
)
def test_once_oxygen_was_given_it_is_measured_without(drug, amount, unit, is_missing):
    told = Told().prepared().dosed().at(60, "medicated", drug=drug, amount=amount, unit=unit)
    told.ready_to_leave_at(121)
    state = told.state_at(122)
    assert missing(state) == (["oxygen"] if is_missing else [])
    if is_missing:
        assert "measure without it" in state.discharge_missing[0].why
        assert missing(told.at(123, "confirmed", criterion="room_air").state_at(124)) == []


def test_what_was_said_of_room_air_before_oxygen_was_given_again_counts_no_more():
    told = Told().prepared().dosed().at(60, "medicated", drug="oxygen", amount="2", unit="L/min")
    told.at(100, "confirmed", criterion="room_air").at(
        110, "medicated", drug="oxygen", amount="2", unit="L/min"
    )
    assert missing(told.ready_to_leave_at(121).state_at(122)) == ["oxygen"]


def test_room_air_does_not_make_a_low_value_enough():
    told = Told().prepared().dosed().at(60, "medicated", drug="oxygen", amount="2", unit="L/min")
    told.ready_to_leave_at(121).at(122, "confirmed", criterion="room_air").at(123, "vital_taken", spo2="93")
    assert missing(told.state_at(124)) == ["oxygen"]


@pytest.mark.parametrize(
    ("beside", "criterion"),
    [
        ({"spo2": "91"}, "oxygen"),
        ({"respiratory_rate": "8"}, "breathing"),
        ({"systolic": "165", "diastolic": "95"}, "pressure"),
        ({"systolic": "88", "diastolic": "50"}, "pressure"),
    ],
)
def test_of_two_readings_of_one_moment_each_has_to_be_fit(beside, criterion):
    """Two devices measured at once and differ: neither is taken for the truth, whichever came last."""
    for other_last in (True, False):
        told = Told().prepared().dosed()
        if not other_last:
            told.at(125, "vital_taken", **beside)
        told.ready_to_leave_at(125)
        if other_last:
            told.at(125, "vital_taken", **beside)
        assert criterion in missing(told.state_at(126))
        told.at(127, "vital_taken", **CALM)
        assert criterion not in missing(told.state_at(128)), "measured again"


@pytest.mark.parametrize(
    ("beside", "criterion"), [({"moaas": "4"}, "awake"), ({"dissociation": "3"}, "present")]
)
def test_of_two_ratings_of_one_moment_each_has_to_be_fit(beside, criterion):
    told = Told().prepared().dosed().at(125, "rated", **beside).ready_to_leave_at(125)
    assert missing(told.state_at(126)) == [criterion]
