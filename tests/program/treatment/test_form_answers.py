"""What a form asks of people is asked once and stands on every form after it; what is not known is never a no."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from sojourn.program.intake.models import Assessment
from sojourn.program.people.policy import NotAllowed
from sojourn.program.safety.queries import open_alarms_for
from sojourn.program.treatment import form_answers, papers
from sojourn.program.treatment.medicines import record_medicine_change
from sojourn.program.treatment.models import FormAnswer
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
MEDICINES = {
    "Benzodiazepines",
    "Other sedative-hypnotics",
    "Psychostimulants",
    "MAO inhibitors",
    "Opioids (wording of 2025)",
}


@pytest.fixture
def first(ward):
    return courses.first_session(ward)


@pytest.fixture
def left_at(ward, first):
    return courses.run_session(ward, first)


def form(ward, visit, now):
    made = papers.paper(visit.id, "form", actor=ward.mona, now=now)
    return {line.label.removesuffix(" *"): line for section in made.sections for line in section.lines}


def answer(ward, visit, now, actor=None, **said):
    form_answers.answer_form(
        visit_id=visit.id, monitor_id=ward.mona.staff_id, actor=actor or ward.mona, now=now, **said
    )


def assessed(ward, medicines, at=NOW):
    newest = Assessment.objects.filter(patient_id=ward.ada.patient_id).order_by("-taken_at").first()
    newest.pk, newest.taken_at, newest._state.adding = None, at, True
    newest.facts = {**newest.facts, "medicines": medicines}
    newest.save(force_insert=True)


def changed(ward, medicine, what, on):
    record_medicine_change(
        patient_id=ward.ada.patient_id, medicine=medicine, what=what, on=on, detail="", actor=ward.mona,
        now=NOW + timedelta(days=60),
    )  # fmt: skip


def test_what_was_never_asked_says_so(ward, first, left_at):
    said = form(ward, first, left_at)
    assert "not asked yet" in said["Sex"].lacks
    assert "not noted yet" in said["Enrolled in the program"].lacks
    assert "telephone not noted yet" in said["Phone and e-mail"].lacks
    assert (
        "not answered yet" in said["Serious adverse event: what, onset, treatment, hospital, outcome"].lacks
    )


def test_asked_once_it_stands_on_the_form_with_who_was_told_it(ward, first, left_at):
    answer(ward, first, left_at, sex="female", enrolled_on=date(2026, 11, 1), phone="555-0100")
    said = form(ward, first, left_at)
    day = left_at.date().isoformat()
    assert said["Sex"].says == "female"
    assert said["Sex"].source.startswith(f"told to {ward.mona.name} on {day[:7]}")
    assert said["Enrolled in the program"].says == "yes, since 2026-11-01"
    assert said["Phone and e-mail"].says.startswith("555-0100, ")
    session = courses.session_at(ward, first, left_at)
    assert not papers.still_asked(session).anything


def test_who_was_enrolled_after_the_session_was_not_enrolled_in_it(ward, first, left_at):
    answer(ward, first, left_at + timedelta(days=3), enrolled_on=left_at.date() + timedelta(days=2))
    said = form(ward, first, left_at + timedelta(days=3))
    assert said["Enrolled in the program"].says.startswith("no: enrolled on")


def test_the_newest_answer_holds_and_the_older_one_stays(ward, first, left_at):
    answer(ward, first, left_at, sex="male")
    answer(ward, first, left_at + timedelta(minutes=1), sex="female")
    assert form(ward, first, left_at)["Sex"].says == "female"
    assert FormAnswer.objects.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        FormAnswer.objects.update(value="male")


@pytest.mark.parametrize(
    ("said", "field"), [({"sex": "x"}, "sex"), ({"enrolled_on": date(2031, 1, 1)}, "enrolled_on")]
)
def test_an_answer_that_cannot_be_is_refused(ward, first, left_at, said, field):
    with pytest.raises(form_answers.AnswerImpossible, match=field):
        answer(ward, first, left_at, **said)


def test_nobody_else_answers(ward, first, left_at):
    with pytest.raises(NotAllowed):
        answer(ward, first, left_at, actor=ward.cora, sex="male")
    with pytest.raises(form_answers.SessionNotFound):
        answer(ward, first, left_at, actor=ward.cleo, sex="male")


def test_medicines_come_from_the_assessment_with_its_day(ward, first, left_at):
    assessed(ward, ["benzodiazepine", "lithium"])
    said = form(ward, first, left_at)
    assert said["Benzodiazepines"].says == "yes"
    assert said["Psychostimulants"].says == "no"
    assert {said[name].source for name in MEDICINES} == {f"assessment of {NOW.date().isoformat()}"}


def test_i_do_not_know_is_never_a_no(ward, first, left_at):
    assessed(ward, ["unknown"])
    said = form(ward, first, left_at)
    for name in MEDICINES:
        assert said[name].says == ""
        assert "I do not know" in said[name].lacks


def test_an_assessment_of_after_the_session_says_nothing_about_it(ward, first, left_at):
    assessed(ward, ["benzodiazepine"])
    assessed(ward, ["none"], at=left_at + timedelta(days=1))
    assert form(ward, first, left_at + timedelta(days=2))["Benzodiazepines"].says == "yes"


def test_a_medicine_started_since_then_is_a_yes_and_one_stopped_is_to_be_asked(ward, first, left_at):
    assessed(ward, ["stimulant"])
    changed(ward, "Lorazepam 1 mg", "started", left_at.date())
    changed(ward, "modafinil", "stopped", left_at.date())
    said = form(ward, first, left_at)
    assert said["Benzodiazepines"].says == f"yes: Lorazepam 1 mg (started {left_at.date().isoformat()})"
    assert said["Psychostimulants"].says == ""
    assert "modafinil stopped" in said["Psychostimulants"].lacks


def test_a_medicine_of_after_the_session_does_not_stand_on_its_form(ward, first, left_at):
    assessed(ward, ["none"])
    changed(ward, "lorazepam", "started", left_at.date() + timedelta(days=1))
    assert form(ward, first, left_at)["Benzodiazepines"].says == "no"


def test_a_serious_event_is_on_the_form_and_the_director_hears_of_it(ward, first, left_at):
    facts = {
        "happened": True,
        "what": "Fainted",
        "treatment": "laid flat",
        "hospital": True,
        "outcome": "well again",
    }
    courses.note_event(ward, first, "serious", facts, left_at)
    said = form(ward, first, left_at)["Serious adverse event: what, onset, treatment, hospital, outcome"]
    assert "Fainted" in said.says
    assert said.cites
    assert any("within the hour" in alarm.says for alarm in open_alarms_for(ward.dora))


def test_no_serious_event_is_an_answer_and_no_alarm(ward, first, left_at):
    before = len(open_alarms_for(ward.dora))
    courses.note_event(ward, first, "serious", {"happened": False}, left_at)
    said = form(ward, first, left_at)["Serious adverse event: what, onset, treatment, hospital, outcome"]
    assert said.says == "no serious adverse event"
    assert len(open_alarms_for(ward.dora)) == before


def test_who_monitored_is_who_let_the_patient_go(ward, first, left_at):
    said = form(ward, first, left_at)
    assert said["Name"].says == ward.mona.name
    assert said["Name"].cites
