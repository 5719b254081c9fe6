"""What is said before a session is kept with who said it and when; the newest holds, and what is missing holds the dose."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from sojourn.program.intake.models import Consent
from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment import preparing, readiness
from sojourn.program.treatment.holding import holds_of
from sojourn.program.treatment.models import ReadinessFact
from tests.support import courses, histories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def first(ward):
    return courses.first_session(ward)


@pytest.fixture
def evening_before(first):
    return first.during.lower - 15 * HOUR


def item_of(ward, visit, kind, now):
    found = readiness.readiness_of(visit.id, actor=ward.cora, now=now)
    return next((item for item in found.items if item.kind == kind), None)


def test_a_patient_names_who_takes_them_home(ward, first, evening_before):
    preparing.say_companion(
        visit_id=first.id, name="Nils Núñez", phone="555 0123456", actor=ward.ada, now=evening_before
    )
    item = item_of(ward, first, "companion", evening_before)
    assert (item.is_ready, item.says, item.by, item.at) == (True, "Nils Núñez", "", evening_before)
    first.refresh_from_db()
    assert first.sitter_phone == "555 0123456"


def test_a_companion_renamed_elsewhere_is_not_said_to_be_the_patients_word(ward, first, evening_before):
    preparing.say_companion(
        visit_id=first.id, name="Nils", phone="555 0123456", actor=ward.ada, now=evening_before
    )
    courses.name_escort(ward, first)
    assert item_of(ward, first, "companion", evening_before).says == "Nils Núñez"
    assert item_of(ward, first, "companion", evening_before).at != evening_before


@pytest.mark.parametrize(
    ("hour", "is_ready"), [(time(7), True), (time(7, 1), False), (time(22), True), (time(9), False)]
)
def test_fasting_is_judged_by_the_clock_of_the_site(ward, first, evening_before, hour, is_ready):
    """The session begins at nine in Oakland; ten in the evening is the evening before."""
    preparing.say_fasting(visit_id=first.id, from_hour=hour, actor=ward.ada, now=evening_before)
    assert item_of(ward, first, "fasting", evening_before).is_ready is is_ready


def test_the_newest_that_was_said_holds_and_the_first_stays(ward, first, evening_before):
    preparing.say_fasting(visit_id=first.id, from_hour=time(8), actor=ward.ada, now=evening_before)
    preparing.say_fasting(visit_id=first.id, from_hour=time(6), actor=ward.cora, now=evening_before + HOUR)
    item = item_of(ward, first, "fasting", evening_before + HOUR)
    assert (item.is_ready, item.by) == (True, ward.cora.name)
    assert ReadinessFact.objects.filter(visit=first).count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        ReadinessFact.objects.all().delete()


def test_only_staff_note_a_pregnancy_test_and_a_positive_one_holds_the_dose(ward, first, evening_before):
    yesterday = (evening_before - 24 * HOUR).date()
    note = {"visit_id": first.id, "on": yesterday, "now": evening_before}
    with pytest.raises(NotAllowed):
        preparing.note_pregnancy_test(**note, result="negative", actor=ward.ada)
    with pytest.raises(preparing.NotSaid):
        preparing.note_pregnancy_test(**note | {"on": date(2027, 1, 1)}, result="negative", actor=ward.cora)
    preparing.note_pregnancy_test(**note, result="positive", actor=ward.cora)
    assert item_of(ward, first, "pregnancy", evening_before).holds
    at = courses.make_ready(ward, first)
    says = [hold.says for hold in holds_of(courses.session_at(ward, first, at), actor=ward.mona, now=at)]
    assert says == ["Pregnancy test: test positive: no dose."]


def test_a_negative_test_counts_for_the_sessions_of_four_weeks(ward, first, evening_before):
    yesterday = (evening_before - 24 * HOUR).date()
    preparing.note_pregnancy_test(
        visit_id=first.id, result="negative", on=yesterday, actor=ward.cora, now=evening_before
    )
    second = courses.visit_of(first.course, VisitKind.DOSING, 2)
    last = courses.visit_of(first.course, VisitKind.DOSING, 8)
    assert item_of(ward, second, "pregnancy", evening_before).is_ready
    assert (last.during.lower.date() - yesterday).days <= 28
    assert item_of(ward, last, "pregnancy", evening_before).is_ready


def test_a_test_of_an_earlier_day_that_is_noted_later_lifts_no_positive_one(ward, first, evening_before):
    yesterday = (evening_before - 24 * HOUR).date()
    for on, result in ((yesterday, "positive"), (yesterday - timedelta(days=5), "negative")):
        preparing.note_pregnancy_test(
            visit_id=first.id, result=result, on=on, actor=ward.cora, now=evening_before
        )
    assert item_of(ward, first, "pregnancy", evening_before).holds
    preparing.note_pregnancy_test(
        visit_id=first.id, result="negative", on=yesterday, actor=ward.cora, now=evening_before + HOUR
    )
    assert item_of(ward, first, "pregnancy", evening_before + HOUR).is_ready, (
        "of the same day the last one counts"
    )


def test_a_consent_counts_from_the_moment_it_was_signed(ward, first):
    at = first.during.lower
    item = item_of(ward, first, "consent", at)
    assert item.is_ready
    signed_at = Consent.objects.get(patient_id=ward.ada.patient_id).signed_at
    assert item_of(ward, first, "consent", signed_at).is_ready
    assert item_of(ward, first, "consent", signed_at - timedelta(seconds=1)).holds


def test_the_answers_of_the_assessment_say_which_medicines_are_talked_over(ward, first, evening_before):
    histories.assessed(ward.ada.patient_id, evening_before, medicines=["stimulant"])
    assert not item_of(ward, first, "medicines", evening_before).is_ready
    preparing.say_medicines(
        visit_id=first.id, words="The morning dose after the session.", actor=ward.ada, now=evening_before
    )
    assert item_of(ward, first, "medicines", evening_before).is_ready
    with pytest.raises(preparing.NotSaid):
        preparing.say_medicines(visit_id=first.id, words="  ", actor=ward.ada, now=evening_before)


def test_nobody_says_anything_about_anothers_session_nor_a_patient_once_it_began(ward, first):
    began = first.during.lower
    for actor in (ward.bea, ward.cleo):
        with pytest.raises(preparing.SessionNotToCome):
            preparing.say_fasting(visit_id=first.id, from_hour=time(6), actor=actor, now=began - HOUR)
    with pytest.raises(preparing.SessionNotToCome):
        preparing.say_fasting(visit_id=first.id, from_hour=time(6), actor=ward.ada, now=began)
    preparing.say_fasting(visit_id=first.id, from_hour=time(6), actor=ward.mona, now=began)
    with pytest.raises(NotAllowed):
        preparing.say_fasting(visit_id=first.id, from_hour=time(6), actor=ward.thea, now=began)


def test_the_hour_is_kept_as_a_moment(ward, first, evening_before):
    preparing.say_fasting(visit_id=first.id, from_hour=time(23, 30), actor=ward.ada, now=evening_before)
    kept = datetime.fromisoformat(ReadinessFact.objects.get().facts["food_from"])
    assert timedelta() < first.during.lower - kept < 24 * HOUR


@pytest.mark.parametrize(("hour", "waits"), [(15, True), (23, True), (24, False)])
def test_a_form_is_due_on_the_days_of_the_place_where_the_session_is(ward, first, hour, waits):
    """At four in the afternoon in Oakland it is tomorrow in Greenwich: what closes today is open there until midnight."""
    zone = ZoneInfo(first.course.site.timezone)
    on = first.during.lower.astimezone(zone).date() - timedelta(days=1)
    QuestionnaireRequest.objects.filter(patient=first.patient).delete()
    QuestionnaireRequest.objects.create(
        patient=first.patient, instrument_id="phq-9", occasion="week 1", opens_on=on, due_on=on, closes_on=on
    )
    now = datetime.combine(on, time(), zone) + timedelta(hours=hour, minutes=30)
    assert (item_of(ward, first, "forms", now).says == "waiting for answers") is waits
