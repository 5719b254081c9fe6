from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment import between, deadlines, notes, owed_integrations, readiness
from sojourn.program.treatment.models import PrivateNote, VisitNote
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(ward):
    found = courses.start(ward)
    courses.book(ward, found)
    courses.sign_consent(ward)
    return found


def write(ward, visit, actor=None, at=None, shared="A quiet hour."):
    return notes.write_visit_note(
        visit_id=visit.id,
        shared=shared,
        to_prescriber="Sleeps badly.",
        actor=actor or ward.thea,
        now=at or visit.during.upper,
    )


def prepared(ward, course):
    courses.hold(ward, courses.visit_of(course, VisitKind.PREPARATION, 1))
    return courses.visit_of(course, VisitKind.DOSING, 1)


def test_a_note_holds_its_visit_once_and_for_good(ward, course):
    visit = courses.visit_of(course, VisitKind.PREPARATION, 1)
    write(ward, visit)
    with pytest.raises(notes.AlreadyWritten):
        write(ward, visit, shared="Another.")
    with pytest.raises(DatabaseError), transaction.atomic():
        VisitNote.objects.update(shared="changed")
    [note] = notes.notes_of(ward.ada.patient_id, actor=ward.ben)
    assert (note.shared, note.to_prescriber, note.author) == (
        "A quiet hour.",
        "Sleeps badly.",
        "Thea Lindqvist",
    )


def test_no_note_is_written_before_its_visit_or_without_words(ward, course):
    visit = courses.visit_of(course, VisitKind.PREPARATION, 1)
    with pytest.raises(notes.NotYet):
        write(ward, visit, at=visit.during.lower - timedelta(minutes=1))
    with pytest.raises(notes.NothingWritten):
        write(ward, visit, shared=" \n ")


def test_an_integration_note_is_tied_to_the_dose_of_its_number(ward, course):
    dose = prepared(ward, course)
    talk = courses.visit_of(course, VisitKind.INTEGRATION, 1)
    with pytest.raises(notes.DoseNotGiven):
        write(ward, talk)
    courses.run_session(ward, dose)
    write(ward, talk)
    assert VisitNote.objects.get(visit=talk).about_dose_visit_id == dose.id


def test_a_dosing_session_takes_no_visit_note_and_a_monitor_writes_none(ward, course):
    with pytest.raises(notes.VisitNotFound):
        write(ward, courses.visit_of(course, VisitKind.DOSING, 1))
    with pytest.raises(NotAllowed):
        write(ward, courses.visit_of(course, VisitKind.PREPARATION, 1), actor=ward.mona)


def test_a_therapist_outside_the_care_team_writes_and_sees_nothing(ward, course):
    visit = courses.visit_of(course, VisitKind.PREPARATION, 1)
    with pytest.raises(notes.VisitNotFound):
        write(ward, visit, actor=ward.theo)
    write(ward, visit)
    assert notes.notes_of(ward.ada.patient_id, actor=ward.theo) == ()


def test_a_private_note_is_read_by_its_author_and_by_nobody_else(ward):
    given = {"patient_id": ward.ada.patient_id, "text": "My own unease about the father.", "actor": ward.thea}
    kept = notes.write_private_note(**given, now=NOW)
    assert notes.write_private_note(**given, now=NOW + timedelta(minutes=1)) == kept
    assert PrivateNote.objects.count() == 1
    assert [note.text for note in notes.private_notes_of(ward.ada.patient_id, actor=ward.thea)] == [
        given["text"]
    ]
    for other in (ward.dora, ward.ben, ward.mona, ward.cora, ward.theo, ward.ada):
        assert notes.private_notes_of(ward.ada.patient_id, actor=other) == ()


def test_nobody_but_a_therapist_keeps_private_notes(ward):
    for other in (ward.dora, ward.ben, ward.mona, ward.cora):
        with pytest.raises(NotAllowed):
            notes.write_private_note(patient_id=ward.ada.patient_id, text="x", actor=other, now=NOW)


def test_a_dose_is_owed_its_integration_for_three_days_and_marks_the_next_one(ward, course):
    dose = prepared(ward, course)
    left_at = courses.run_session(ward, dose)
    talk = courses.visit_of(course, VisitKind.INTEGRATION, 1)
    [owed] = owed_integrations.owed_integrations(ward.thea, now=left_at)
    assert (owed.number, owed.due_on, owed.marks_next_dose) == (
        1,
        (dose.during.lower + timedelta(days=3)).date(),
        False,
    )
    [owed] = owed_integrations.owed_integrations(ward.thea, now=talk.during.upper + timedelta(hours=1))
    assert owed.marks_next_dose
    [deadline] = [
        d
        for d in deadlines.deadlines_for(ward.cora, now=talk.during.upper + timedelta(hours=1))
        if "integration" in d.says
    ]
    assert "Dose 2 is booked and integration 1 is not held" in deadline.marked
    write(ward, talk)
    assert owed_integrations.owed_integrations(ward.thea, now=talk.during.upper) == ()


def test_readiness_names_what_is_missing_and_what_holds(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    dose = courses.visit_of(course, VisitKind.DOSING, 1)
    ready = readiness.readiness_of(dose.id, actor=ward.cora, now=NOW)
    assert {item.name for item in ready.missing if item.holds} == {"Consent", "Preparation", "Escort"}
    courses.sign_consent(ward)
    courses.hold(ward, courses.visit_of(course, VisitKind.PREPARATION, 1))
    courses.name_escort(ward, dose)
    ready = readiness.readiness_of(dose.id, actor=ward.cora, now=dose.during.lower - timedelta(days=2))
    assert [item.name for item in ready.missing] == ["Fasting", "Pregnancy test"]
    assert not any(item.holds for item in ready.missing)


def test_readiness_of_many_visits_takes_seven_queries(ward, course, django_assert_num_queries):
    far = NOW + timedelta(days=60)
    with django_assert_num_queries(7):
        assert len(readiness.readiness_between(ward.cora, begin=NOW, end=far, now=NOW)) == 17
    with django_assert_num_queries(4):
        assert (
            len(readiness.readiness_between(ward.cora, begin=NOW, end=NOW + timedelta(days=5), now=NOW)) == 1
        )


def test_a_therapist_sees_days_since_and_until_each_dose(ward, course, django_assert_num_queries):
    dose = prepared(ward, course)
    courses.run_session(ward, dose)
    now = dose.during.upper
    with django_assert_num_queries(2):
        [row] = between.patients_between_doses(ward.thea, now=now)
    assert (row.last_dose, row.next_dose, row.owed.number) == (1, 2, 1)
    assert between.patients_between_doses(ward.theo, now=now) == ()
    [talk] = between.conversations_to_note(ward.ada.patient_id, actor=ward.thea, now=now + timedelta(days=1))
    assert (talk.kind, talk.number) == ("integration", 1)
