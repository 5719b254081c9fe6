"""After a first dose somebody is reached between one day and two; each attempt stays with who made it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans.asking import ask_for_open_courses
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment import following_up
from sojourn.program.treatment.deadlines import deadlines_for
from sojourn.program.treatment.models import FollowUp
from tests.support import courses

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def course(ward):
    found = courses.start(ward)
    courses.book(ward, found)
    courses.sign_consent(ward)
    courses.hold(ward, courses.visit_of(found, VisitKind.PREPARATION, 1))
    return found


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


def test_nobody_is_asked_about_a_dose_they_did_not_have(ward, course, first):
    def asked():
        of_course = QuestionnaireRequest.objects.filter(course_id=course.id, withdrawn_at=None)
        return set(of_course.filter(instrument_id="next-day").values_list("due_on", flat=True))

    ended_at = first.during.lower
    days = asked()
    after_first = local_date(ended_at, "America/Los_Angeles") + timedelta(days=1)
    assert after_first in days
    courses.note_event(ward, first, "cancelled", {"words": "Fever."}, ended_at)
    assert asked() == days - {after_first}
    ask_for_open_courses(now=ended_at + HOUR)
    assert asked() == days - {after_first}


def test_who_had_a_dose_is_asked_the_day_after(ward, course, first):
    dosed_at = courses.give_dose(ward, first)
    ask_for_open_courses(now=dosed_at + HOUR)
    due = local_date(dosed_at, "America/Los_Angeles") + timedelta(days=1)
    assert QuestionnaireRequest.objects.filter(
        course_id=course.id, withdrawn_at=None, instrument_id="next-day", due_on=due
    ).exists()
