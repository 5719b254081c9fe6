"""Proposed series keep every rule; alternatives are told which rule they break."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.clinical.protocols.breaches import Visit, breaches, dose_hold
from sojourn.clinical.protocols.course_files import course_protocol, course_protocols
from sojourn.clinical.protocols.courses import VisitKind
from sojourn.clinical.protocols.series import NoSuchVisit, complete_series, propose_series, shift_series

DOSING, INTEGRATION, PREPARATION = VisitKind.DOSING, VisitKind.INTEGRATION, VisitKind.PREPARATION
MONDAY = date(2026, 11, 30)


def booked(series, hour=10):
    return [
        Visit(v.kind, v.number, datetime(v.on.year, v.on.month, v.on.day, hour, tzinfo=UTC)) for v in series
    ]


def rules_broken(protocol, series):
    return [breach.rule_id for breach in breaches(protocol=protocol, series=booked(series))]


def days_of(series, kind):
    return [visit.on for visit in series if visit.kind is kind]


@given(
    st.sampled_from(course_protocols()),
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.sets(st.integers(0, 60), max_size=6),
)
@settings(max_examples=150, deadline=None)
def test_a_proposed_series_breaks_no_rule_and_avoids_weekends_and_closed_days(
    protocol, start_on, closed_after
):
    closed = {start_on + timedelta(days=days) for days in closed_after}
    series = propose_series(protocol=protocol, start_on=start_on, closed_on=closed)
    assert rules_broken(protocol, series) == []
    assert all(visit.on.weekday() < 5 and visit.on not in closed for visit in series)
    assert len(days_of(series, DOSING)) == len(days_of(series, INTEGRATION)) == protocol.doses


@given(st.sampled_from(course_protocols()), st.integers(1, 4), st.integers(0, 20))
@settings(max_examples=150, deadline=None)
def test_postponing_a_dose_moves_the_rest_without_breaking_a_rule(protocol, number, later):
    series = propose_series(protocol=protocol, first_dose_on=MONDAY)
    to = next(v.on for v in series if (v.kind, v.number) == (DOSING, number)) + timedelta(days=later)
    while to.weekday() > 4:
        to += timedelta(days=1)
    shifted = shift_series(protocol=protocol, series=series, moved=(DOSING, number), to=to)
    assert rules_broken(protocol, shifted) == []
    assert days_of(shifted, DOSING)[: number - 1] == days_of(series, DOSING)[: number - 1]
    assert len(shifted) == len(series)


def test_the_preparation_comes_before_a_first_dose_whose_day_was_given():
    series = propose_series(protocol=course_protocol("esketamine_clinic"), first_dose_on=MONDAY)
    assert days_of(series, PREPARATION) == [date(2026, 11, 27)]
    assert days_of(series, DOSING)[0] == MONDAY


def test_esketamine_induction_is_eight_doses_in_four_weeks():
    days = days_of(
        propose_series(protocol=course_protocol("esketamine_clinic"), first_dose_on=MONDAY), DOSING
    )
    assert len(days) == 8
    assert (days[-1] - days[0]).days < 28


def test_a_series_is_proposed_from_one_day_and_not_from_two_or_none():
    protocol = course_protocol("racemic_sl_home")
    with pytest.raises(ValueError, match="one of the two"):
        propose_series(protocol=protocol)
    with pytest.raises(ValueError, match="one of the two"):
        propose_series(protocol=protocol, start_on=MONDAY, first_dose_on=MONDAY)


def test_moving_the_preparation_behind_the_first_dose_moves_the_first_dose():
    protocol = course_protocol("racemic_iv_clinic")
    series = propose_series(protocol=protocol, first_dose_on=MONDAY)
    shifted = shift_series(protocol=protocol, series=series, moved=(PREPARATION, 1), to=date(2026, 12, 2))
    assert days_of(shifted, DOSING)[0] == date(2026, 12, 4)
    assert rules_broken(protocol, shifted) == []


def test_a_first_dose_pulled_before_the_preparation_pulls_the_preparation_along():
    protocol = course_protocol("racemic_iv_clinic")
    series = propose_series(protocol=protocol, first_dose_on=MONDAY)
    shifted = shift_series(protocol=protocol, series=series, moved=(DOSING, 1), to=date(2026, 11, 24))
    assert days_of(shifted, PREPARATION) == [date(2026, 11, 23)]


def test_a_moved_visit_stays_on_the_day_asked_for_and_says_what_it_breaks():
    protocol = course_protocol("racemic_sl_home")
    series = propose_series(protocol=protocol, first_dose_on=MONDAY)
    shifted = shift_series(protocol=protocol, series=series, moved=(INTEGRATION, 1), to=date(2026, 12, 4))
    assert rules_broken(protocol, shifted) == ["SERIES-INTEGRATION-DAYS"]


def test_only_the_visits_that_are_left_may_be_shifted():
    protocol = course_protocol("racemic_iv_clinic")
    left = [visit for visit in propose_series(protocol=protocol, first_dose_on=MONDAY) if visit.number > 2]
    shifted = shift_series(protocol=protocol, series=left, moved=(DOSING, 4), to=date(2026, 12, 14))
    assert days_of(shifted, DOSING)[1] == date(2026, 12, 14)
    assert len(shifted) == len(left)


def test_a_visit_that_is_not_in_the_series_cannot_be_moved():
    protocol = course_protocol("racemic_iv_clinic")
    with pytest.raises(NoSuchVisit):
        shift_series(protocol=protocol, series=[], moved=(DOSING, 1), to=MONDAY)


@pytest.mark.parametrize(("hours", "broken"), [(47, True), (48, False)])
def test_two_doses_in_the_clinic_are_48_hours_apart(hours, broken):
    start = datetime(2026, 11, 30, 10, tzinfo=UTC)
    series = [
        Visit(PREPARATION, 1, start - timedelta(days=2)),
        Visit(DOSING, 1, start),
        Visit(INTEGRATION, 1, start + timedelta(days=1)),
        Visit(DOSING, 2, start + timedelta(hours=hours)),
        Visit(INTEGRATION, 2, start + timedelta(days=3)),
    ]
    found = breaches(protocol=course_protocol("racemic_iv_clinic"), series=series)
    assert ("SPACING-INTERVAL" in [breach.rule_id for breach in found]) is broken
    assert all(breach.holds and breach.citation.source_id == "program-policy" for breach in found)


@pytest.mark.parametrize(("days", "broken"), [((0, 2, 6), True), ((0, 2, 7), False)])
def test_esketamine_is_given_twice_in_any_seven_days_at_most(days, broken):
    start = datetime(2026, 11, 30, 10, tzinfo=UTC)
    doses = [Visit(DOSING, number, start + timedelta(days=day)) for number, day in enumerate(days, 1)]
    found = [
        breach.rule_id for breach in breaches(protocol=course_protocol("esketamine_clinic"), series=doses)
    ]
    assert ("SPACING-WEEK" in found) is broken


def test_an_earlier_hour_a_week_later_is_no_third_dose_in_the_week():
    start = datetime(2026, 11, 30, 10, tzinfo=UTC)
    hours = (0, 72, 7 * 24 - 2)
    doses = [Visit(DOSING, number, start + timedelta(hours=hour)) for number, hour in enumerate(hours, 1)]
    found = [
        breach.rule_id for breach in breaches(protocol=course_protocol("esketamine_clinic"), series=doses)
    ]
    assert "SPACING-WEEK" not in found


def test_a_first_dose_without_preparation_breaks_a_rule():
    doses = [Visit(DOSING, 1, datetime(2026, 11, 30, 10, tzinfo=UTC))]
    found = breaches(protocol=course_protocol("racemic_iv_clinic"), series=doses)
    assert [breach.rule_id for breach in found] == ["SERIES-PREPARATION"]


@pytest.mark.parametrize(("days", "broken"), [(0, True), (1, False), (3, False), (4, True)])
def test_integration_takes_place_on_day_one_to_three(days, broken):
    start = datetime(2026, 11, 30, 10, tzinfo=UTC)
    series = [
        Visit(PREPARATION, 1, start - timedelta(days=2)),
        Visit(DOSING, 1, start),
        Visit(INTEGRATION, 1, start + timedelta(days=days, hours=1)),
    ]
    found = [
        breach.rule_id for breach in breaches(protocol=course_protocol("racemic_iv_clinic"), series=series)
    ]
    assert found == (["SERIES-INTEGRATION-DAYS"] if broken else [])


def test_the_first_dose_is_held_until_preparation_is_done():
    protocol = course_protocol("racemic_sl_home")
    held = dose_hold(protocol=protocol, number=1, preparations_held=0, integrations_held=())
    assert [(breach.rule_id, breach.holds) for breach in held] == [("SERIES-PREPARATION", True)]
    assert dose_hold(protocol=protocol, number=1, preparations_held=1, integrations_held=()) == ()


def test_a_dose_without_the_last_integration_is_marked_and_not_held():
    protocol = course_protocol("racemic_sl_home")
    marked = dose_hold(protocol=protocol, number=3, preparations_held=1, integrations_held={1})
    assert [(breach.rule_id, breach.holds, breach.about) for breach in marked] == [
        ("SERIES-INTEGRATION-FIRST", False, ("integration", 2))
    ]
    assert dose_hold(protocol=protocol, number=3, preparations_held=1, integrations_held={1, 2}) == ()


@pytest.mark.parametrize("protocol", course_protocols(), ids=lambda p: p.id)
def test_what_a_series_lacks_goes_where_it_belongs(protocol):
    """Days of a series without holidays come back, whichever visits are taken out of it."""
    whole = propose_series(protocol=protocol, first_dose_on=MONDAY)
    for missing in whole:
        standing = [visit for visit in whole if visit is not missing]
        proposed = complete_series(protocol=protocol, standing=standing, first_dose_on=date(2027, 3, 1))
        assert [(v.kind, v.number) for v in proposed] == [(missing.kind, missing.number)]
        if missing.kind is not PREPARATION:
            assert proposed[0].on == missing.on


def test_an_integration_follows_its_dose_to_the_day_the_dose_was_moved_to():
    protocol = course_protocol("esketamine_clinic")
    whole = propose_series(protocol=protocol, first_dose_on=MONDAY)
    last = next(visit for visit in whole if (visit.kind, visit.number) == (DOSING, 8))
    dose = replace(last, on=last.on + timedelta(days=7))
    standing = [v for v in whole if v is not last and (v.kind, v.number) != (INTEGRATION, 8)] + [dose]
    (proposed,) = complete_series(protocol=protocol, standing=standing, first_dose_on=MONDAY)
    assert proposed.on > dose.on
    assert rules_broken(protocol, [*standing, proposed]) == []


def test_without_a_dose_that_stands_the_whole_series_is_proposed():
    protocol = course_protocol("racemic_iv_clinic")
    whole = propose_series(protocol=protocol, first_dose_on=MONDAY)
    assert complete_series(protocol=protocol, standing=(), first_dose_on=MONDAY) == whole
