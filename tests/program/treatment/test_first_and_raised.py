"""A first dose and a raised one are observed for longer, and a form says whether it was the first: told by doses given."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from sojourn.program.plans import actions as plans
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment import actions, papers
from sojourn.program.treatment.floor import sessions_today
from sojourn.program.treatment.holding import holds_of
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses, histories

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def home(ward):
    found = courses.start(ward, "racemic_sl_home")
    courses.book(ward, found)
    return found


def given(ward, visit, mg):
    """A dose as it stands on record: what must be asked before it is not in question here."""
    at = visit.during.lower + 10 * MINUTE
    histories.event(ward, visit, "dosed", at, mg=mg)
    return at


def order(ward, course, mg, at):
    plans.order_dose(
        course_id=course.id, dose_mg=Decimal(mg), weight_kg=Decimal(70), why="As planned.", actor=ward.ben, now=at
    )  # fmt: skip


def asked(ward, visit, at):
    """The minutes asked for, as the session's page and the floor board say them."""
    minutes = courses.session_at(ward, visit, at).state.observe_minutes
    on_the_floor = {each.visit.id: each for each in sessions_today(ward.mona, now=at)}
    assert on_the_floor[visit.id].state.observe_minutes == minutes
    return minutes


def test_the_first_dose_of_a_course_is_observed_longer_in_whichever_session_it_is(ward, home):
    first, second, third = (courses.visit_of(home, VisitKind.DOSING, n) for n in (1, 2, 3))
    histories.event(ward, first, "cancelled", first.during.lower, words="Fever.")
    assert asked(ward, second, given(ward, second, 100.0)) == 180
    assert asked(ward, third, given(ward, third, 100.0)) == 120


def test_a_raised_dose_is_observed_longer_once_and_not_for_ever(ward, home):
    first, second, third = (courses.visit_of(home, VisitKind.DOSING, n) for n in (1, 2, 3))
    given(ward, first, 100.0)
    order(ward, home, 125, first.during.upper)
    assert asked(ward, second, second.during.lower) == 180, "ordered, and not given yet"
    assert asked(ward, second, given(ward, second, 125.0)) == 180
    assert asked(ward, third, given(ward, third, 125.0)) == 120


def test_an_order_of_later_changes_nothing_about_a_session_that_is_over(ward, home):
    """Else its note and incident report would say that the patient had left too early."""
    first, second = (courses.visit_of(home, VisitKind.DOSING, n) for n in (1, 2))
    given(ward, first, 100.0)
    at = given(ward, second, 100.0)
    before = courses.session_at(ward, second, at).state
    order(ward, home, 125, second.during.upper)
    assert courses.session_at(ward, second, at).state == before
    assert before.observe_minutes == 120


def test_the_form_of_a_second_course_is_not_of_a_first_treatment(ward):
    visit = courses.first_session(ward)
    left_at = courses.run_session(ward, visit)
    assert first_treatment(ward, visit, left_at) == ("yes", "no earlier dose of this kind on record")
    begun_at = left_at - 200 * DAY
    before = histories.course(
        ward, ward.ada.patient_id, begun_at, ended_at=begun_at + DAY, ended_because="moved"
    )
    histories.event(ward, histories.visit(ward, before, "dosing", 1, begun_at), "dosed", begun_at, mg=56.0)
    says, source = first_treatment(ward, visit, left_at)
    assert says == "no"
    assert source == f"dose of {begun_at.date().isoformat()} on record"


def test_the_first_dose_is_a_first_treatment_in_whichever_session_it_is(ward):
    course = courses.prepare(ward)
    first, second = (courses.visit_of(course, VisitKind.DOSING, n) for n in (1, 2))
    courses.note_event(ward, first, "cancelled", {"words": "Fever."}, first.during.lower)
    assert first_treatment(ward, second, courses.run_session(ward, second))[0] == "yes"


def first_treatment(ward, visit, at):
    (line,) = [
        line
        for section in papers.paper(visit.id, "form", actor=ward.mona, now=at).sections
        for line in section.lines
        if line.label == "First treatment session"
    ]
    return line.says, line.source


def test_a_dose_given_in_portions_is_one_dose_and_the_next_one_is_not_raised_by_it(ward, home):
    first, second = (courses.visit_of(home, VisitKind.DOSING, n) for n in (1, 2))
    at = given(ward, first, 50.0)
    histories.event(ward, first, "dosed", at + 10 * MINUTE, mg=50.0)
    assert asked(ward, second, given(ward, second, 100.0)) == 120


def test_a_dose_given_in_portions_counts_once_against_the_doses_of_a_week(ward, home):
    """Two doses in seven days may be given at home: the second of them is not a third for having come in portions."""
    first, second = (courses.visit_of(home, VisitKind.DOSING, n) for n in (1, 2))
    at = given(ward, first, 50.0)
    histories.event(ward, first, "dosed", at + 10 * MINUTE, mg=50.0)

    def held(now):
        says = [
            hold.says for hold in holds_of(courses.session_at(ward, second, now), actor=ward.mona, now=now)
        ]
        return [each for each in says if "7 days" in each or "hours" in each]

    assert held(at + 3 * DAY + 9 * MINUTE) != [], "72 hours count from the last portion"
    assert held(at + 3 * DAY + 10 * MINUTE) == []


def test_a_step_that_became_too_high_since_the_order_holds_the_dose(ward, home):
    """What had been given when it was ordered was corrected since."""
    first, second = (courses.visit_of(home, VisitKind.DOSING, n) for n in (1, 2))
    at = given(ward, first, 100.0)
    order(ward, home, 150, at)

    def held():
        now = second.during.lower
        return [
            hold.says
            for hold in holds_of(courses.session_at(ward, second, now), actor=ward.mona, now=now)
            if "Raised by more" in hold.says
        ]

    assert held() == []
    dosed = SessionEvent.objects.get(visit=first, kind="dosed")
    actions.correct_event(
        visit_id=first.id, form_id=uuid4(), wrong_id=dosed.id, facts={"mg": 50.0}, taken_at=at, why="Half of it was spat out.",
        actor=ward.mona, now=at + 10 * MINUTE,
    )  # fmt: skip
    assert held() == ["Raised by more than 50 mg since the last session."]
