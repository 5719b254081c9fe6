"""The day before: a patient says what is settled, sees that it was heard, and is told when they may drive again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from sojourn.clinical import instruments
from sojourn.program.measures import actions as measures
from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.treatment.models import ReadinessFact
from tests.support import courses

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PAGE = "/getting-ready/"


@pytest.fixture
def first(ward):
    return courses.first_session(ward)


@pytest.fixture
def evening_before(first, time_machine):
    at = first.during.lower - 15 * HOUR
    time_machine.move_to(at, tick=False)
    return at


@pytest.fixture
def ada(ward, sign_in, evening_before):
    return sign_in(ward.ada)


def text_of(response):
    return response.content.decode()


def test_the_day_before_today_leads_to_what_is_to_be_said(ada):
    answered = QuestionnaireRequest.objects.filter(response=None)
    answered.update(withdrawn_at=QuestionnaireRequest.objects.earliest("opens_on").due_on)
    page = ada.get("/today/")
    assert page.context["next_step"].url == PAGE
    assert "Somebody who takes you home" in page.context["next_step"].about


def test_what_is_waiting_is_a_press_away_and_no_sentence_is_in_shorthand(ward, first, sign_in, time_machine):
    time_machine.move_to(first.during.lower - 2 * HOUR, tick=False)
    page = text_of(sign_in(ward.ada).get(PAGE))
    assert "Answer what is waiting." in page
    assert 'href="/today/"' in page.split("See what is waiting")[0].rsplit("<a", 1)[1]
    assert "N+1" not in page


def test_a_patient_says_who_takes_them_home_and_from_when_they_fast(ada, first):
    page = text_of(
        ada.post(PAGE, {"kind": "companion", "name": "Nils Núñez", "phone": "555 0123456"}, follow=True)
    )
    assert "Thank you. The practice sees it." in page
    page = text_of(ada.post(PAGE, {"kind": "fasting", "from_hour": "06:30"}, follow=True))
    assert "Eats nothing from 6:30 AM" in page
    first.refresh_from_db()
    assert first.sitter_name == "Nils Núñez"


def test_what_cannot_be_read_is_asked_for_beside_its_field(ada):
    page = ada.post(PAGE, {"kind": "companion", "name": "Nils", "phone": "call me"})
    assert page.status_code == 422
    assert "Give a telephone number" in text_of(page)
    assert 'value="call me"' in text_of(page)
    assert not ReadinessFact.objects.exists()


def test_a_patient_does_not_note_a_test_nor_anything_once_the_session_began(
    ada, first, time_machine, ward, sign_in
):
    refused = ada.post(PAGE, {"kind": "pregnancy", "result": "negative", "on": "11/30/2026"})
    assert refused.status_code == 403
    time_machine.move_to(first.during.lower + HOUR, tick=False)
    later = sign_in(ward.ada).post(PAGE, {"kind": "fasting", "from_hour": "06:30"}, follow=True)
    assert not ReadinessFact.objects.filter(visit=first).exists()
    assert later.status_code in {200, 422}


def test_nobody_drives_until_a_restful_sleep_was_told(ward, first, sign_in, time_machine):
    left_at = courses.run_session(ward, first)

    def driving(at):
        time_machine.move_to(at, tick=False)
        return sign_in(ward.ada).get("/today/")

    forbidden = "Do not drive or use machines until the next day, after a restful sleep."
    assert forbidden in text_of(driving(left_at + 3 * HOUR))
    morning = left_at + 20 * HOUR
    assert forbidden in text_of(driving(morning))
    request = QuestionnaireRequest.objects.get(instrument_id="next-day", due_on=morning.date())
    well = dict.fromkeys(("q1", "q2", "q3", "q4", "q5", "q6"), "0")
    assert set(well) == {item.id for item in instruments.get("next-day").items}
    measures.submit_response(request_id=request.id, raw_answers=well, answered_at=morning, actor=ward.ada)
    page = text_of(driving(morning + HOUR))
    assert forbidden not in page
    assert "You may drive again if you feel rested and steady." in page


@pytest.mark.parametrize("different", [{"q2": "1"}, {"q2": "2"}, {"q3": "2"}])
def test_a_bad_night_or_unsteady_feet_clear_nothing(ward, first, sign_in, time_machine, different):
    morning = courses.run_session(ward, first) + 20 * HOUR
    time_machine.move_to(morning, tick=False)
    request = QuestionnaireRequest.objects.get(instrument_id="next-day", due_on=morning.date())
    answers = dict.fromkeys(("q1", "q2", "q3", "q4", "q5", "q6"), "0") | different
    measures.submit_response(request_id=request.id, raw_answers=answers, answered_at=morning, actor=ward.ada)
    assert "Do not drive or use machines" in text_of(sign_in(ward.ada).get("/today/"))


def test_every_patient_page_of_the_day_of_a_session_says_that_nobody_drives(
    ward, first, sign_in, time_machine
):
    time_machine.move_to(first.during.lower - HOUR, tick=False)
    assert "Do not drive" in text_of(sign_in(ward.ada).get(PAGE))
    left_at = courses.run_session(ward, first)
    time_machine.move_to(left_at + HOUR, tick=False)
    assert "Do not drive" in text_of(sign_in(ward.ada).get(reverse("portal:today")))
