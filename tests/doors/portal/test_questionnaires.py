import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from sojourn.program.measures import actions
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.safety import queries as safety
from sojourn.program.safety.models import Alarm
from tests.support.questionnaires import TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
AFTER_ANSWERS = "/help/after-answers/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def client(ward, sign_in):
    return sign_in(ward.ada)


def page_for(request_id):
    return reverse("portal:questionnaire", args=[request_id])


def sent(**changed):
    """What a browser sends: a question left blank is not in it."""
    return {name: value for name, value in all_zero(**changed).items() if value is not None}


def chosen(page):
    """How many choices a page shows as chosen."""
    return len(re.findall(r"<input[^>]* checked", page))


def test_every_item_is_a_choice_and_none_is_chosen_beforehand(ward, client):
    response = client.get(page_for(ask(ward)))
    page = response.content.decode()
    assert page.count('type="radio"') == 40
    assert chosen(page) == 0
    assert not any(field.field.required for field in response.context["form"])


def test_complete_answers_are_recorded_and_lead_back_to_today(ward, client):
    assert client.post(page_for(ask(ward)), sent(q1="2")).headers["Location"] == "/today/"
    assert Response.objects.get().value == 2


@pytest.mark.parametrize("item_9", ["1", "3"])
def test_an_answer_about_self_harm_shows_help_and_stands_in_the_inbox(ward, client, item_9):
    response = client.post(page_for(ask(ward)), sent(q9=item_9), follow=True)
    assert response.redirect_chain[-1][0].startswith(AFTER_ANSWERS)
    page = response.content.decode()
    assert 'href="tel:988"' in page
    further = QuestionnaireRequest.objects.get(instrument_id="asq")
    assert page_for(further.id) in page, "the suicide screen follows in the same sitting"
    assert [row.patient_name for row in safety.open_alarms_for(ward.ben)] == ["Ada Núñez"]


def test_item_9_left_blank_raises_the_alarm_shows_help_and_keeps_what_was_chosen(ward, client):
    response = client.post(page_for(ask(ward)), sent(q9=None, q3="2"))
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert page.index("tel:988") < page.index("<h1>")
    assert "A clinician has been told what you answered so far." in page
    assert response.context["form"].errors == {"q9": ["You left this one out."]}
    assert response.context["form"]["q3"].value() == "2"
    assert chosen(page) == 9
    assert Response.objects.count() == 0
    assert [row.reason for row in safety.open_alarms_for(ward.ben)] == ["phq-9.item-9.not-answered"]


def test_sending_it_as_it_is_records_it_and_raises_no_second_alarm(ward, client):
    request_id = ask(ward)
    client.post(page_for(request_id), sent(q9=None))
    response = client.post(page_for(request_id), {**sent(q9=None), "as_it_is": "1"})
    assert response.headers["Location"].startswith(AFTER_ANSWERS)
    kept = Response.objects.get()
    assert (kept.answers["values"]["q9"], kept.answered, kept.prorated) == (None, 8, True)
    assert Alarm.objects.count() == 1


def test_another_blank_is_asked_again_without_alarm(ward, client):
    response = client.post(page_for(ask(ward)), sent(q2=None))
    assert response.context["form"].errors == {"q2": ["You left this one out."]}
    assert "tel:988" not in unescape(response.content.decode()).partition("<main")[2].partition("</main")[0]
    assert Alarm.objects.count() == 0


def test_the_back_button_and_a_second_press_change_nothing(ward, client):
    request_id = ask(ward)
    client.post(page_for(request_id), sent(q1="1"))
    for again in (client.post(page_for(request_id), sent(q1="3")), client.get(page_for(request_id))):
        assert again.status_code == 200
        assert "You have answered this one" in again.content.decode()
    assert Response.objects.get().value == 1
    assert Alarm.objects.count() == 0


def test_danger_told_when_it_is_too_late_or_told_twice_shows_help_first(ward, client):
    late, answered = ask(ward, due_on=TODAY - timedelta(days=8)), ask(ward)
    client.post(page_for(answered), sent())
    for request_id in (late, answered):
        page = client.post(page_for(request_id), sent(q9="3")).content.decode()
        assert page.partition("<main")[2].index("tel:988") < page.partition("<main")[2].index("<h1>")
        assert "A clinician has been told" in page
    assert Alarm.objects.count() == 2
    assert Response.objects.get().value == 0


@pytest.mark.parametrize("due_in_days", [-8, 1])
def test_outside_its_window_a_questionnaire_says_when_it_is_open(ward, client, due_in_days):
    request_id = ask(ward, due_on=TODAY + timedelta(days=due_in_days))
    for response in (client.get(page_for(request_id)), client.post(page_for(request_id), sent())):
        assert "This questionnaire is not open today" in response.content.decode()
    assert Response.objects.count() == 0


def test_a_questionnaire_taken_back_while_it_was_open_on_the_screen_is_not_recorded(ward, client):
    request_id = ask(ward)
    client.get(page_for(request_id))
    actions.withdraw_requests(patient_id=ward.ada.patient_id, actor=ward.ben, now=NOW)
    assert client.post(page_for(request_id), sent()).status_code == 200
    assert Response.objects.count() == 0


def test_another_patients_questionnaire_does_not_exist(ward, client):
    theirs = ask(ward, patient=ward.bea)
    for address in (page_for(theirs), page_for(uuid4())):
        assert client.get(address).status_code == 404
        assert client.post(address, sent(q9="3")).status_code == 404
    assert Alarm.objects.count() == 0


@pytest.mark.parametrize("value", ["4", "<script>alert(1)</script>", "1.0", "٣"])
def test_a_choice_that_was_not_offered_is_refused_beside_its_question(ward, client, value):
    response = client.post(page_for(ask(ward)), sent(q1=value, q5="2"))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["q1"]
    assert response.context["form"]["q5"].value() == "2"
    assert "<script>alert" not in response.content.decode()
    assert Response.objects.count() == 0


def test_the_anxiety_questionnaire_is_answered_on_the_same_page(ward, client):
    request_id = ask(ward, "gad-7")
    assert "anxi" in client.get(page_for(request_id)).content.decode().lower()
    client.post(page_for(request_id), dict.fromkeys(all_zero("gad-7"), "1"))
    kept = Response.objects.get()
    assert (kept.instrument_id, kept.value, kept.band) == ("gad-7", 7, "mild")


def test_nothing_about_health_stands_in_an_address(ward, client):
    response = client.post(page_for(ask(ward)), sent(q9="3"), follow=True)
    for address, _ in response.redirect_chain:
        assert "?" not in address


@pytest.mark.parametrize("past_weeks", [0, 12])
def test_the_page_and_its_answer_ask_a_fixed_number_of_queries(
    ward, client, past_weeks, django_assert_num_queries
):
    for week in range(1, past_weeks + 1):
        actions.submit_response(
            request_id=ask(ward, due_on=TODAY - timedelta(weeks=week)),
            raw_answers=all_zero(),
            answered_at=NOW - timedelta(weeks=week),
            actor=ward.ada,
        )
    request_id = ask(ward)
    with django_assert_num_queries(5):
        client.get(page_for(request_id))
    with django_assert_num_queries(6):
        client.post(page_for(request_id), sent())
