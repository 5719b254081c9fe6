from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sojourn.program.people import actions as people
from sojourn.program.people.models import Credential
from sojourn.program.plans import booking, proposing
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.desk import CourseNotFound
from sojourn.program.plans.holidays import holidays_between, holidays_of
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
OAKLAND = ZoneInfo("America/Los_Angeles")


def propose(ward, course, first_dose_on=courses.FIRST_DOSE_ON):
    return proposing.propose(course_id=course.id, first_dose_on=first_dose_on, actor=ward.cora, now=NOW)


@pytest.mark.parametrize(
    ("protocol_id", "doses"),
    [
        ("esketamine_clinic", 8),
        ("racemic_iv_clinic", 6),
        ("racemic_im_clinic", 6),
        ("racemic_sl_home", 4),
    ],
)
def test_a_proposal_holds_the_whole_series_and_breaks_nothing(ward, protocol_id, doses):
    proposal = propose(ward, courses.start(ward, protocol_id))
    kinds = [visit.kind for visit in proposal.visits]
    assert (kinds.count("preparation"), kinds.count("dosing"), kinds.count("integration")) == (
        1,
        doses,
        doses,
    )
    assert all(visit.wanted for visit in proposal.visits)
    assert proposal.problems == ()


def test_proposed_times_lie_in_the_hours_of_the_site(ward):
    proposal = propose(ward, courses.start(ward))
    for visit in proposal.visits:
        begin = visit.wanted.starts_at.astimezone(OAKLAND)
        assert begin.weekday() < 5
        assert begin.hour >= 8
        assert (begin + proposal.desk.lasting(visit.kind)).hour <= 18


@pytest.mark.parametrize(
    ("protocol_id", "has_chair"), [("racemic_sl_home", False), ("racemic_iv_clinic", True)]
)
def test_a_dose_in_the_clinic_has_a_chair_and_one_at_home_none(ward, protocol_id, has_chair):
    proposal = propose(ward, courses.start(ward, protocol_id))
    assert {bool(visit.wanted.chair_id) for visit in proposal.visits if visit.kind == "dosing"} == {has_chair}


def test_the_patients_own_therapist_is_proposed_for_conversations(ward):
    proposal = propose(ward, courses.start(ward))
    talks = [visit.wanted.clinician_id for visit in proposal.visits if visit.kind != VisitKind.DOSING]
    assert set(talks) == {ward.thea.staff_id}


def test_a_therapist_who_is_busy_is_proposed_at_another_hour(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    dev = people.join_practice(
        name="Dev Iyer",
        born_on=date(1980, 1, 1),
        email="dev@example.org",
        password="a-quiet-well-lit-room",
        phone="555-0101",
        state="CA",
        site_id=ward.oakland,
        now=NOW,
    )
    second = propose(ward, courses.start(replace(ward, ada=dev)))
    assert second.problems == ()
    first_talk = next(visit.wanted for visit in second.visits if visit.kind == "preparation")
    assert first_talk.clinician_id == ward.thea.staff_id
    assert first_talk.starts_at.astimezone(OAKLAND).hour != 9


def test_a_monitor_whose_papers_end_before_the_day_is_not_proposed(ward):
    course = courses.start(ward)
    Credential.objects.filter(staff_member_id=ward.mona.staff_id, kind="life_support").update(
        expires_on=date(2026, 12, 10)
    )
    monitors = {
        v.wanted.clinician_id
        for v in propose(ward, course).visits
        if v.kind == "dosing" and v.on > date(2026, 12, 10)
    }
    assert monitors == {ward.ben.staff_id}


def test_doses_keep_the_hour_of_the_first_one_across_the_change_of_clocks(ward):
    course = courses.start(ward, now=NOW)
    proposal = propose(ward, course, date(2027, 3, 9))
    hours = {v.wanted.starts_at.astimezone(OAKLAND).hour for v in proposal.visits if v.kind == "dosing"}
    utc_hours = {
        v.wanted.starts_at.astimezone(ZoneInfo("UTC")).hour for v in proposal.visits if v.kind == "dosing"
    }
    assert hours == {9}
    assert utc_hours == {16, 17}


def test_what_is_booked_already_is_not_proposed_again(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    assert propose(ward, course).visits == ()


def test_reading_a_desk_and_the_calendar_takes_the_same_number_of_queries_for_any_series(
    ward, django_assert_num_queries
):
    course = courses.start(ward)
    with django_assert_num_queries(8):
        propose(ward, course)
    courses.book(ward, course)
    with django_assert_num_queries(7):
        propose(ward, course)


def test_moving_a_dose_shifts_what_follows_and_says_what_the_alternative_breaks(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    second = courses.visit_of(course, VisitKind.DOSING, 2)  # Friday December 4
    to = second.during.lower + timedelta(days=3)  # Monday
    plan = proposing.propose_move(visit_id=second.id, to=to, actor=ward.cora, now=NOW)
    moved = {(m.visit.kind, m.visit.number): m.to.starts_at.astimezone(OAKLAND).date() for m in plan.shifted}
    assert moved["dosing", 2] == date(2026, 12, 7)
    assert moved["dosing", 3] > date(2026, 12, 8)
    assert ("dosing", 1) not in moved
    assert ("preparation", 1) not in moved
    assert not any(problem.refuses for problem in plan.shifted_problems)
    broken = {problem.says for problem in plan.alone_problems if problem.refuses}
    assert "At least 48 hours between two doses in the clinic." in broken
    assert all(problem.source for problem in plan.alone_problems if problem.about == "spacing")


def test_a_visit_that_has_begun_is_not_moved(ward):
    course = courses.start(ward)
    visits = courses.book(ward, course)
    with pytest.raises(proposing.VisitHasBegun):
        proposing.propose_move(
            visit_id=visits[0].id, to=NOW + timedelta(days=40), actor=ward.cora, now=visits[0].during.lower
        )


def test_a_colleague_of_another_site_gets_no_proposal(ward):
    course = courses.start(ward)
    with pytest.raises(CourseNotFound):
        proposing.propose(course_id=course.id, first_dose_on=date(2026, 12, 1), actor=ward.cleo, now=NOW)


def test_no_visit_is_proposed_on_a_holiday(ward):
    proposal = propose(ward, courses.start(ward), date(2026, 12, 22))
    days = {visit.on for visit in proposal.visits}
    assert not days & {date(2026, 12, 25), date(2027, 1, 1)}


def test_holidays_fall_where_the_calendar_has_them():
    assert date(2026, 11, 26) in holidays_of(2026)
    assert date(2026, 5, 25) in holidays_of(2026)
    assert date(2026, 9, 7) in holidays_of(2026)
    assert holidays_between(date(2026, 12, 25), date(2027, 1, 1)) == {date(2026, 12, 25), date(2027, 1, 1)}


def test_a_desk_keeps_the_clock_of_the_site(ward):
    course = courses.start(ward)
    first = propose(ward, course).visits[0].wanted
    assert first.starts_at == datetime(2026, 11, 27, 9, 0, tzinfo=OAKLAND)


def test_a_missing_dose_is_proposed_between_its_neighbors_not_behind_the_series(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    lost = courses.visit_of(course, VisitKind.DOSING, 3)
    booking.cancel_visit(visit_id=lost.id, because="The patient has a cold.", actor=ward.cora, now=NOW)
    proposal = propose(ward, course, first_dose_on=date(2027, 3, 1))
    (missing,) = proposal.visits
    assert (missing.place, missing.wanted.starts_at) == (("dosing", 3), lost.during.lower)
    assert proposal.continues
    assert proposal.problems == ()


def test_a_dose_out_of_its_order_is_refused(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    third = courses.visit_of(course, VisitKind.DOSING, 3)
    last = courses.visit_of(course, VisitKind.DOSING, 8)
    plan = proposing.propose_move(
        visit_id=third.id, to=last.during.lower + timedelta(days=7), actor=ward.cora, now=NOW
    )
    refused = [problem.says for problem in plan.alone_problems if problem.refuses]
    assert "Dosing session 4 would come before dosing session 3." in refused
    assert not any(problem.about == "order" for problem in plan.shifted_problems)
