"""A conversation booked for a dose that nobody had stays booked until a person calls it off or keeps it."""

from datetime import timedelta

import pytest

from sojourn.program.audit.models import Entry
from sojourn.program.intake.models import Consent
from sojourn.program.intake.signing import withdraw_consent
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans import booking
from sojourn.program.plans.actions import end_course
from sojourn.program.plans.asking import WAITS_AFTER
from sojourn.program.plans.checking import WantedVisit
from sojourn.program.plans.choices import EndedHow, VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment import without_dose
from sojourn.program.treatment.visits import call_off
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def course(ward):
    """Ada's course, booked, with her consent: nothing has happened yet."""
    started = courses.start(ward)
    courses.sign_consent(ward)
    courses.book(ward, started)
    return started


def integration(course, number=1):
    return courses.visit_of(course, VisitKind.INTEGRATION, number)


def dosing(course, number=1):
    return courses.visit_of(course, VisitKind.DOSING, number)


def waiting(ward, now, actor=None):
    found = without_dose.conversations_without_dose(actor or ward.cora, now=now).waiting
    return [(each.visit.number, each.why) for each in found]


def decided(ward, now):
    found = without_dose.conversations_without_dose(ward.cora, now=now).decided
    return [(each.visit.number, each.is_called_off, each.by) for each in found]


def end_without_dose(ward, course, words="Did not come."):
    at = courses.just_after(dosing(course))
    courses.note_event(ward, dosing(course), "cancelled", {"words": words}, at)
    return at + MINUTE


def give_first_dose(ward, course):
    courses.hold(ward, courses.visit_of(course, VisitKind.PREPARATION, 1))
    return courses.give_dose(ward, dosing(course))


def test_a_series_as_it_was_booked_asks_nothing(ward, course, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = without_dose.conversations_without_dose(ward.cora, now=NOW)
    assert found == without_dose.Conversations((), ())


def test_a_session_that_ended_without_a_dose_asks_about_its_own_conversation_only(ward, course):
    now = end_without_dose(ward, course)
    assert waiting(ward, now) == [(1, "Session 1 ended without a dose: Did not come.")]
    assert integration(course).cancelled_at is None, "nothing is cancelled by itself"


def test_a_session_called_off_before_its_day_asks_until_it_is_booked_again(ward, course):
    dose = dosing(course)
    booking.cancel_visit(visit_id=dose.id, because="Has a cold.", actor=ward.cora, now=NOW)
    assert waiting(ward, NOW) == [(1, "Session 1 was cancelled: Has a cold.")]
    again = WantedVisit("dosing", 1, dose.during.lower, dose.clinician_id, dose.chair_id)
    booking.book_series(course_id=course.id, visits=[again], actor=ward.cora, now=NOW + MINUTE)
    assert waiting(ward, NOW + MINUTE) == []


def test_a_dose_booked_again_only_after_its_conversation_still_asks(ward, course):
    """The conversation would come before what it is about."""
    dose, talk = dosing(course), integration(course)
    for number in range(2, 9):
        booking.cancel_visit(
            visit_id=dosing(course, number).id, because="All moved.", actor=ward.cora, now=NOW
        )
    booking.apply_move(
        visit_id=dose.id,
        to=dose.during.lower + timedelta(days=7),
        whole_series=False,
        actor=ward.cora,
        now=NOW,
    )
    assert talk.during.lower < dosing(course).during.lower
    assert waiting(ward, NOW)[0] == (1, "Session 1 is booked only after it.")


def test_a_session_whose_time_passed_without_a_record_asks(ward, course):
    over = dosing(course).during.upper + WAITS_AFTER
    assert waiting(ward, over - MINUTE) == []
    assert waiting(ward, over) == [(1, "The time of session 1 passed and no dose is on record.")]


def test_a_dose_that_was_given_asks_nothing(ward, course):
    given = give_first_dose(ward, course)
    assert waiting(ward, given) == []
    assert waiting(ward, integration(course).during.lower - MINUTE) == []


def test_a_consent_taken_back_asks_about_every_conversation_to_come_until_it_is_signed_again(ward, course):
    give_first_dose(ward, course)
    now = dosing(course).during.upper
    withdraw_consent(consent_id=Consent.objects.get().id, actor=ward.ada, now=now)
    asked = waiting(ward, now)
    assert [number for number, _ in asked] == list(range(2, 9)), "dose 1 was given: its conversation stands"
    assert {why for _, why in asked} == {f"The consent was taken back before dose {n}." for n in range(2, 9)}
    courses.sign_consent(ward, now=now)
    assert waiting(ward, now) == []


def test_a_consent_that_was_never_signed_asks_nothing(ward):
    courses.book(ward, courses.start(ward))
    assert waiting(ward, NOW) == []


def test_called_off_frees_its_time_says_why_and_who_and_may_be_undone(ward, course):
    now, talk = end_without_dose(ward, course), integration(course)
    assert without_dose.call_off_conversations(visit_ids=[talk.id], actor=ward.cora, now=now) == 1
    talk.refresh_from_db()
    assert talk.cancelled_because == "Session 1 ended without a dose: Did not come."
    assert (waiting(ward, now), decided(ward, now)) == ([], [(1, True, "Cora Whitfield")])
    without_dose.undo_decision(visit_id=talk.id, actor=ward.cora, now=now + MINUTE)
    assert integration(course).id == talk.id
    assert integration(course).during == talk.during
    assert [number for number, _ in waiting(ward, now + MINUTE)] == [1]
    assert decided(ward, now + MINUTE) == []


def test_kept_asks_no_more_and_may_be_undone(ward, course):
    now, talk = end_without_dose(ward, course), integration(course)
    without_dose.keep_conversations(visit_ids=[talk.id], actor=ward.ben, now=now)
    assert (waiting(ward, now), decided(ward, now)) == ([], [(1, False, "Ben Adeyemi")])
    assert integration(course).id == talk.id
    without_dose.undo_decision(visit_id=talk.id, actor=ward.cora, now=now)
    assert [number for number, _ in waiting(ward, now)] == [1]


def test_what_was_kept_for_one_reason_is_asked_again_for_another(ward, course):
    dose = dosing(course)
    booking.cancel_visit(visit_id=dose.id, because="Has a cold.", actor=ward.cora, now=NOW)
    without_dose.keep_conversations(visit_ids=[integration(course).id], actor=ward.cora, now=NOW + MINUTE)
    again = WantedVisit("dosing", 1, dose.during.lower, dose.clinician_id, dose.chair_id)
    booking.book_series(course_id=course.id, visits=[again], actor=ward.cora, now=NOW + 2 * MINUTE)
    assert waiting(ward, end_without_dose(ward, course)) == [
        (1, "Session 1 ended without a dose: Did not come.")
    ]


def test_a_decision_can_be_undone_for_a_day_and_while_the_visit_is_to_come(ward, course):
    booking.cancel_visit(visit_id=dosing(course).id, because="Has a cold.", actor=ward.cora, now=NOW)
    talk = integration(course)
    without_dose.call_off_conversations(visit_ids=[talk.id], actor=ward.cora, now=NOW)
    late = NOW + timedelta(days=1, minutes=1)
    assert decided(ward, late) == []
    with pytest.raises(without_dose.NoSuchConversation):
        without_dose.undo_decision(visit_id=talk.id, actor=ward.cora, now=late)


def test_a_time_that_was_given_away_is_not_taken_back(ward, course):
    """The refusal says who is taken; nothing changes."""
    now, talk = end_without_dose(ward, course), integration(course)
    without_dose.call_off_conversations(visit_ids=[talk.id], actor=ward.cora, now=now)
    second = integration(course, 2)
    Visit.objects.filter(pk=second.id).update(during=talk.during)
    with pytest.raises(booking.DoubleBooked):
        without_dose.undo_decision(visit_id=talk.id, actor=ward.cora, now=now)
    talk.refresh_from_db()
    assert talk.cancelled_at == now


def test_a_conversation_booked_anew_meanwhile_is_not_offered_twice(ward, course):
    now, talk = end_without_dose(ward, course), integration(course)
    without_dose.call_off_conversations(visit_ids=[talk.id], actor=ward.cora, now=now)
    again = WantedVisit("integration", 1, talk.during.lower, talk.clinician_id)
    booking.book_series(course_id=course.id, visits=[again], actor=ward.cora, now=now)
    with pytest.raises(without_dose.NoSuchConversation):
        without_dose.undo_decision(visit_id=talk.id, actor=ward.cora, now=now)


def test_two_people_decide_once(ward, course):
    now, talk = end_without_dose(ward, course), integration(course)
    without_dose.keep_conversations(visit_ids=[talk.id], actor=ward.cora, now=now)
    with pytest.raises(without_dose.NoSuchConversation):
        without_dose.call_off_conversations(visit_ids=[talk.id], actor=ward.ben, now=now)
    assert integration(course).cancelled_at is None
    assert Entry.objects.filter(did="kept a visit", about_id=talk.id).count() == 1


def test_all_or_none_of_what_was_ticked_is_decided(ward, course):
    now = end_without_dose(ward, course)
    both = [integration(course).id, integration(course, 2).id]
    with pytest.raises(without_dose.NoSuchConversation):
        without_dose.call_off_conversations(visit_ids=both, actor=ward.cora, now=now)
    assert not Visit.objects.exclude(cancelled_at=None).exists()


def test_a_course_that_ended_asks_nothing(ward, course):
    now = end_without_dose(ward, course)
    end_course(course_id=course.id, how=EndedHow.STOPPED, because="Moves away.", actor=ward.ben, now=now)
    assert (waiting(ward, now), decided(ward, now)) == ([], [])


def test_a_conversation_cancelled_before_its_dose_was_lost_is_not_offered_back(ward, course):
    """It was somebody's other reason, and stays."""
    at = courses.just_after(dosing(course))
    booking.cancel_visit(
        visit_id=integration(course).id, because="On leave.", actor=ward.cora, now=at - MINUTE
    )
    now = end_without_dose(ward, course)
    assert (waiting(ward, now), decided(ward, now)) == ([], [])


def test_another_site_neither_sees_nor_decides(ward, course):
    now, talk = end_without_dose(ward, course), integration(course)
    assert waiting(ward, now, ward.cleo) == []
    with pytest.raises(without_dose.NoSuchConversation):
        without_dose.call_off_conversations(visit_ids=[talk.id], actor=ward.cleo, now=now)
    for nobody in (ward.thea, ward.mona, ward.ada):
        with pytest.raises(NotAllowed):
            without_dose.keep_conversations(visit_ids=[talk.id], actor=nobody, now=now)


def test_calling_the_dose_off_after_its_session_ended_changes_only_the_words(ward, course):
    now = end_without_dose(ward, course)
    call_off(visit_id=dosing(course).id, because="Book again next week.", actor=ward.cora, now=now)
    assert waiting(ward, now) == [(1, "Session 1 was cancelled: Book again next week.")]
