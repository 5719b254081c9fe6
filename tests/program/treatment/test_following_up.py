"""After a first dose somebody is reached between one day and two; each attempt stays with who made it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans.asking import WAITS_AFTER, ask_for_open_courses
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment import following_up, visits
from sojourn.program.treatment.deadlines import deadlines_for
from sojourn.program.treatment.driving import driving_of
from sojourn.program.treatment.models import FollowUp, SessionEvent
from sojourn.program.treatment.owed_integrations import owed_integrations
from sojourn.program.treatment.papers import owed_forms
from tests.support import courses

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def course(ward):
    return courses.prepare(ward)


@pytest.fixture
def first(course):
    return courses.visit_of(course, VisitKind.DOSING, 1)


@pytest.fixture
def dosed_at(ward, first):
    return courses.give_dose(ward, first)


def call(first, actor, now, reached=True, form_id=None, words="Slept well, steady."):
    following_up.follow_up(
        visit_id=first.id, form_id=form_id or uuid4(), reached=reached, words=words, actor=actor, now=now
    )


def test_a_call_is_owed_until_the_patient_is_reached(ward, first, dosed_at):
    (owed,) = following_up.owed_contacts(ward.ben, now=dosed_at + HOUR)
    assert (owed.from_at, owed.due_at) == (dosed_at + 24 * HOUR, dosed_at + 48 * HOUR)
    call(first, ward.ben, dosed_at + 25 * HOUR, reached=False, words="No answer.")
    (owed,) = following_up.owed_contacts(ward.ben, now=dosed_at + 26 * HOUR)
    assert owed.tried == 1
    call(first, ward.thea, dosed_at + 30 * HOUR)
    assert following_up.owed_contacts(ward.ben, now=dosed_at + 31 * HOUR) == ()
    latest, before = following_up.attempts_of(first.id, actor=ward.ben)
    assert (latest.by, latest.settles, before.settles) == (ward.thea.name, True, False)


@pytest.mark.parametrize(("after", "settles"), [(24 * HOUR - MINUTE, False), (24 * HOUR, True)])
def test_a_call_within_a_day_settles_nothing(ward, first, dosed_at, after, settles):
    call(first, ward.ben, dosed_at + after)
    assert (following_up.owed_contacts(ward.ben, now=dosed_at + 30 * HOUR) == ()) is settles


def test_an_overdue_call_is_marked_among_the_days_to_keep(ward, first, dosed_at):
    def of(now):
        (found,) = [each for each in deadlines_for(ward.cora, now=now) if "is to be called" in each.says]
        return found

    assert of(dosed_at + 48 * HOUR - MINUTE).marked == ""
    assert "48 hours" in of(dosed_at + 48 * HOUR + MINUTE).marked
    assert of(dosed_at + 49 * HOUR).visit_id == first.id


def test_only_the_first_dose_owes_a_call(ward, course, first):
    courses.run_session(ward, first)
    courses.hold(ward, courses.visit_of(course, VisitKind.INTEGRATION, 1))
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    left_at = courses.run_session(ward, second)
    assert [owed.number for owed in following_up.owed_contacts(ward.ben, now=left_at)] == [1]


def test_a_first_dose_in_the_second_session_owes_its_call(ward, course, first):
    courses.note_event(ward, first, "cancelled", {"words": "Fever."}, first.during.lower)
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    left_at = courses.run_session(ward, second)
    assert [owed.visit_id for owed in following_up.owed_contacts(ward.ben, now=left_at)] == [second.id]


def test_nobody_is_called_before_a_dose_nor_by_a_stranger(ward, first):
    with pytest.raises(following_up.NothingToFollow):
        call(first, ward.ben, first.during.lower)
    courses.give_dose(ward, first)
    for actor, refusal in (
        (ward.cleo, following_up.NothingToFollow),
        (ward.cora, NotAllowed),
        (ward.ada, NotAllowed),
    ):
        with pytest.raises(refusal):
            call(first, actor, first.during.lower + 30 * HOUR)
    with pytest.raises(following_up.WordsMissing):
        call(first, ward.ben, first.during.lower + 30 * HOUR, words=" ")


def test_pressing_twice_notes_one_attempt_and_none_is_changed(ward, first, dosed_at):
    form_id = uuid4()
    for _ in range(2):
        call(first, ward.ben, dosed_at + 30 * HOUR, form_id=form_id)
    assert FollowUp.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        FollowUp.objects.update(words="Never called.")


def asked_the_day_after(course):
    of_course = QuestionnaireRequest.objects.filter(course_id=course.id, withdrawn_at=None)
    return list(of_course.filter(instrument_id="next-day").values_list("due_on", flat=True))


def asked_in(course):
    of_course = QuestionnaireRequest.objects.filter(course_id=course.id, withdrawn_at=None)
    return set(of_course.values_list("instrument_id", "due_on"))


def never_begun(ward, first):
    pass


def checked_and_refused(ward, first):
    courses.check_all(ward, first, first.during.lower, ride=False)


def refused_and_ended(ward, first):
    courses.check_all(ward, first, first.during.lower, ride=False)
    courses.note_event(ward, first, "cancelled", {"words": "Fever."}, first.during.lower)


def left_before_the_dose(ward, first):
    courses.check_all(ward, first, first.during.lower)
    courses.note_event(ward, first, "left", {"words": "Went home."}, first.during.lower)


def dose_struck_out(ward, first):
    dosed_at = courses.give_dose(ward, first)
    dose = SessionEvent.objects.get(visit=first, kind="dosed")
    courses.note_event(
        ward, first, "struck", {"struck_id": str(dose.id), "words": "Not swallowed."}, dosed_at
    )


def called_off(ward, first):
    visits.call_off(visit_id=first.id, because="Ill.", actor=ward.cora, now=first.during.lower - HOUR)


WITHOUT_A_DOSE = (
    never_begun, checked_and_refused, refused_and_ended, left_before_the_dose, dose_struck_out, called_off,
)  # fmt: skip


@pytest.mark.parametrize("happens", WITHOUT_A_DOSE)
def test_nobody_is_asked_about_a_dose_they_did_not_have(ward, course, first, happens):
    happens(ward, first)
    morning = first.during.lower + 24 * HOUR
    assert asked_the_day_after(course) == []
    ask_for_open_courses(now=morning)
    assert asked_the_day_after(course) == []
    assert following_up.owed_contacts(ward.ben, now=morning) == ()
    assert owed_integrations(ward.ben, now=morning) == ()
    assert owed_forms(ward.ben) == ()
    assert driving_of(ward.ada.patient_id, actor=ward.ada, now=morning) is None


@pytest.mark.parametrize("happens", [never_begun, checked_and_refused, left_before_the_dose])
def test_a_session_whose_time_passed_without_a_dose_moves_the_weeks_that_count_from_it(
    ward, course, first, happens
):
    happens(ward, first)
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    ask_for_open_courses(now=first.during.upper + WAITS_AFTER - MINUTE)
    first_day, second_day = (local_date(each.during.lower, "America/Los_Angeles") for each in (first, second))
    assert ("phq-9", first_day) in asked_in(course)
    ask_for_open_courses(now=first.during.upper + WAITS_AFTER)
    assert ("phq-9", second_day) in asked_in(course)


def test_who_had_a_dose_is_asked_the_day_after_at_once(ward, course, first):
    assert asked_the_day_after(course) == []
    dosed_at = courses.give_dose(ward, first)
    after = local_date(dosed_at, "America/Los_Angeles") + timedelta(days=1)
    assert asked_the_day_after(course) == [after]
    ask_for_open_courses(now=dosed_at + 24 * HOUR)
    assert asked_the_day_after(course) == [after]
