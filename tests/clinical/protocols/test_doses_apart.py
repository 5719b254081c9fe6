"""A dose is judged in the moment before it is given: by real time, by the site's calendar, against every dose there was."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sojourn.clinical.protocols import Visit, VisitKind, breaches, course_protocol, course_protocols
from sojourn.clinical.protocols.courses import LimitKind
from sojourn.clinical.protocols.doses_apart import GivenDose, dose_now

OAKLAND = ZoneInfo("America/Los_Angeles")
AT = datetime(2026, 11, 24, 18, tzinfo=UTC)
SPRAY = course_protocol("esketamine_clinic")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A_MOMENT = timedelta(microseconds=1)


def given(*before, mg=56.0, drug="esketamine", in_course=True, at=AT):
    return [GivenDose(at - ago, mg, drug, in_course) for ago in before]


def broken(doses, *, protocol=SPRAY, mg=56.0, weight_kg=70.0, at=AT, zone=OAKLAND):
    found = dose_now(protocol=protocol, given=doses, mg=mg, weight_kg=weight_kg, at=at, zone=zone)
    return [breach.rule_id for breach in found if breach.needs == "never"]


@pytest.mark.parametrize("protocol", course_protocols(), ids=lambda protocol: protocol.id)
def test_the_interval_of_each_protocol_holds_to_the_microsecond(protocol):
    hours = protocol.limit(LimitKind.MIN_HOURS_BETWEEN_DOSES).value * HOUR
    mg = max(protocol.dose.first_allowed_mg, default=0) or protocol.dose.low * (
        70 if protocol.dose.unit == "mg/kg" else 1
    )
    for ago, found in ((hours, False), (hours - A_MOMENT, True)):
        doses = given(ago, mg=mg, drug=protocol.drug)
        assert ("SPACING-INTERVAL" in broken(doses, protocol=protocol, mg=mg)) is found


@pytest.mark.parametrize(("hour", "real_hours"), [(9, 47), (10, 48)])
def test_the_interval_is_real_time_when_the_clock_springs_forward(hour, real_hours):
    """Between Saturday and Monday of March 8, 2026 the clock on the wall shows an hour that nobody lived."""
    before = datetime(2026, 3, 7, 9, tzinfo=OAKLAND)
    at = datetime(2026, 3, 9, hour, tzinfo=OAKLAND)
    doses = [GivenDose(before, 56.0, "esketamine", True)]
    assert (at.astimezone(UTC) - before.astimezone(UTC)) == real_hours * HOUR
    assert ("SPACING-INTERVAL" in broken(doses, at=at)) is (real_hours < 48)
    visits = [Visit(VisitKind.DOSING, 1, before), Visit(VisitKind.DOSING, 2, at)]
    found = {breach.rule_id for breach in breaches(protocol=SPRAY, series=visits)}
    assert ("SPACING-INTERVAL" in found) is (real_hours < 48)


def test_the_interval_is_real_time_when_the_clock_falls_back():
    before = datetime(2026, 10, 31, 9, tzinfo=OAKLAND)
    doses = [GivenDose(before, 56.0, "esketamine", True)]
    assert broken(doses, at=datetime(2026, 11, 2, 8, tzinfo=OAKLAND)) == []
    assert "SPACING-INTERVAL" in broken(doses, at=datetime(2026, 11, 2, 7, 59, tzinfo=OAKLAND))


@pytest.mark.parametrize(("days", "is_broken"), [(6, True), (7, False)])
def test_seven_days_are_counted_by_the_calendar_of_the_site(days, is_broken):
    doses = given(days * DAY, (days - 3) * DAY)
    assert ("SPACING-WEEK" in broken(doses)) is is_broken


def test_the_same_moments_are_other_days_at_another_site():
    """Two in the morning in New York is still the evening before in Oakland."""
    at = datetime(2026, 11, 24, 7, tzinfo=UTC)
    doses = [
        GivenDose(datetime(2026, 11, 17, 9, tzinfo=UTC), 56.0, "esketamine", True),
        GivenDose(datetime(2026, 11, 20, 9, tzinfo=UTC), 56.0, "esketamine", True),
    ]
    assert "SPACING-WEEK" not in broken(doses, at=at, zone=ZoneInfo("America/New_York"))
    assert "SPACING-WEEK" in broken(doses, at=at, zone=OAKLAND)


@pytest.mark.parametrize(
    ("ago", "mg", "is_broken"),
    [
        (7 * DAY - A_MOMENT, 84.0, True),
        (7 * DAY, 84.0, False),
        (6 * DAY, 28.0, False),
    ],
)
def test_no_more_than_168_mg_in_any_seven_days(ago, mg, is_broken):
    doses = [*given(ago, mg=mg), *given(3 * DAY, mg=84.0)]
    assert ("DOSE-WEEK" in broken(doses, mg=56.0)) is is_broken


def test_the_cap_counts_the_same_drug_and_the_interval_any():
    other = given(3 * DAY, 5 * DAY, mg=84.0, drug="ketamine", in_course=False)
    assert "DOSE-WEEK" not in broken(other)
    assert "SPACING-WEEK" in broken(other)
    assert "SPACING-INTERVAL" in broken(given(24 * HOUR, drug="ketamine", mg=40.0, in_course=False))


def test_a_new_course_begins_with_a_first_dose_whatever_came_before():
    earlier = given(30 * DAY, mg=84.0, in_course=False)
    assert broken(earlier, mg=84.0) == ["DOSE-FIRST"]
    assert broken(given(30 * DAY, mg=56.0), mg=84.0) == []


def test_a_dose_told_late_is_judged_against_the_one_given_after_it():
    assert "SPACING-INTERVAL" in broken(given(-24 * HOUR))
    assert broken(given(-48 * HOUR)) == []


def test_doses_long_ago_that_were_too_close_do_not_hold_the_next_one():
    assert broken(given(90 * DAY, 90 * DAY - HOUR)) == []


def test_each_breach_names_its_source():
    doses = given(24 * HOUR, 25 * HOUR, mg=84.0)
    for breach in dose_now(protocol=SPRAY, given=doses, mg=84.0, weight_kg=None, at=AT, zone=OAKLAND):
        assert breach.citation.in_words
