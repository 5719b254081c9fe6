from datetime import timedelta
from html import unescape

import pytest

from sojourn.program.audit import actions as audit
from sojourn.program.intake import actions as intake
from sojourn.program.measures import actions as measures
from sojourn.program.treatment import notes
from tests.support import courses, histories
from tests.support.assessments import judged
from tests.support.questionnaires import TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
PAGE = "/my-record/"


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def read(client):
    response = client.get(PAGE)
    assert response.status_code == 200
    return unescape(response.content.decode())


def answer(ward, days_ago, instrument_id="phq-9", **answers):
    at = NOW - timedelta(days=days_ago)
    measures.submit_response(
        request_id=ask(ward, instrument_id, due_on=TODAY - timedelta(days=days_ago)),
        raw_answers=all_zero(instrument_id, **answers),
        answered_at=at,
        actor=ward.ada,
        accept_blanks=True,
    )


def test_a_new_record_says_what_will_appear(ward, sign_in):
    page = read(sign_in(ward.ada))
    assert "No score yet" in page
    assert "No visit so far" in page
    assert "Nobody so far" in page


def test_scores_are_told_in_plain_words_with_the_table_beside_the_drawing(ward, sign_in):
    answer(ward, 14, q1=3, q2=3, q3=3, q4=3, q5=3, q6=3)
    answer(ward, 0, q1=3, q2=3)
    page = read(sign_in(ward.ada))
    assert "Your score was 18 at the start and is 6 now. Lower is better." in page
    assert 'class="chart trajectory"' in page
    assert "strong symptoms" in page
    assert "<td>mild symptoms</td>" in page
    assert "remission" not in page


def test_a_missed_questionnaire_is_drawn_as_missing_and_never_as_zero(ward, sign_in):
    answer(ward, 30, q1=3, q2=2)
    ask(ward, due_on=TODAY - timedelta(days=20))
    page = read(sign_in(ward.ada))
    assert "1 due and not done" in page
    assert "<td>not done</td>" in page


def test_answers_stand_in_the_words_of_the_questions(ward, sign_in):
    answer(ward, 0, q1=2, q2=None)
    page = read(sign_in(ward.ada))
    assert "Little interest or pleasure in doing things" in page
    assert "More than half the days" in page
    assert "left blank" in page


def test_too_many_blanks_are_no_score(ward, sign_in):
    answer(ward, 0, q1=2, q2=None, q3=None, q4=None)
    page = read(sign_in(ward.ada))
    assert "No score: 6 of the questions were answered." in page
    assert "there is no score, because too many questions were left blank" in page


def test_the_assessment_is_shown_as_it_was_answered(ward, sign_in):
    facts, evaluation = judged(weight="180 lb", blood_pressure="124/78")
    intake.keep_assessment(
        facts=facts, evaluation=evaluation, patient_id=ward.ada.patient_id, actor=ward.ada, now=NOW
    )
    page = read(sign_in(ward.ada))
    assert "What was your last blood pressure reading?" in page
    assert "124/78 mmHg" in page
    assert "81.6 kg" in page


def test_visits_that_took_place_are_told_apart_from_those_to_come(ward, sign_in):
    course = histories.course(ward, ward.ada.patient_id, NOW - timedelta(days=20))
    histories.session(ward, course, 1, NOW - timedelta(days=10))
    histories.visit(ward, course, "dosing", 2, NOW - timedelta(days=3))
    histories.visit(ward, course, "dosing", 3, NOW + timedelta(days=3))
    client = sign_in(ward.ada)
    record = client.get(PAGE).context["record"]
    assert [(line.name, line.took_place) for line in record.past] == [
        ("Dosing session 2", False),
        ("Dosing session 1", True),
    ]
    assert [line.name for line in record.coming] == ["Dosing session 3"]
    assert "Nothing is on record for it." in read(client)


def test_who_looked_is_named_with_role_and_moment(ward, sign_in):
    for did in ("saw the chart", "acknowledged an alarm"):
        audit.record(ward.ben, did, about=("patient", None), at=NOW, patient_id=ward.ada.patient_id)
    page = read(sign_in(ward.ada))
    assert "Nov 24, 2026, 7:00 AM PST: Ben Adeyemi (prescriber) opened your record." in page
    assert "read what you answered and is following it up" in page
    assert "Ben Adeyemi" not in read(sign_in(ward.bea))


def test_private_notes_and_what_was_written_to_the_prescriber_stay_where_they_are(ward, sign_in):
    course = histories.course(ward, ward.ada.patient_id, NOW - timedelta(days=20))
    dose = histories.session(ward, course, 1, NOW - timedelta(days=10))
    histories.integrated(ward, course, 1, dose, NOW - timedelta(days=9))
    notes.write_private_note(
        patient_id=ward.ada.patient_id, text="A thought of my own.", actor=ward.thea, now=NOW
    )
    page = read(sign_in(ward.ada))
    assert "A thought of my own." not in page
    assert "Sleeps better." not in page


@pytest.mark.parametrize("weeks", [1, 12])
def test_the_page_asks_a_fixed_number_of_times(ward, sign_in, weeks, django_assert_num_queries):
    courses.book(ward, courses.start(ward))
    courses.sign_consent(ward)
    for week in range(weeks):
        answer(ward, 7 * week, q1=3)
        audit.record(
            ward.ben, "saw the chart", about=("patient", None), at=NOW, patient_id=ward.ada.patient_id
        )
    client = sign_in(ward.ada)
    read(client)
    with django_assert_num_queries(17):
        read(client)
