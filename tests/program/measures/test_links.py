"""A link opens one questionnaire of one patient, for 72 hours, and nothing else."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sojourn.program.measures import actions, links, queries
from sojourn.program.measures.models import AnswerLink, Draft, Response
from sojourn.program.safety import queries as safety
from tests.support.questionnaires import TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def request_id(ward):
    return ask(ward)


@pytest.fixture
def token(request_id):
    return links.token_of(links.make_link(request_id, now=NOW).id)


def chosen(page):
    return len(re.findall(r"<input[^>]* checked", page))


def address(token):
    return reverse("portal:questionnaire_by_link", args=[token])


def test_a_link_opens_its_questionnaire_without_a_login(client, token):
    page = client.get(address(token))
    assert page.status_code == 200
    assert page.content.decode().count('type="radio"') == 40
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]


def test_answers_by_link_are_recorded_as_the_patients_and_raise_their_alarms(ward, client, request_id, token):
    page = client.post(address(token), all_zero(q9="2"))
    assert page.status_code == 200
    assert "tel:988" in page.content.decode()
    kept = Response.objects.get()
    assert (kept.request_id, kept.patient_id, kept.source) == (request_id, ward.ada.patient_id, "patient")
    assert [row.reason for row in safety.open_alarms_for(ward.ben)] == ["phq-9.item-9.often"]


def test_the_suicide_screen_follows_by_a_link_of_its_own(client, token):
    page = client.post(address(token), all_zero(q9="1"))
    further = AnswerLink.objects.exclude(request__instrument_id="phq-9").get()
    assert further.request.instrument_id == "asq"
    assert address(links.token_of(further.id)) in page.content.decode()
    assert client.get(address(links.token_of(further.id))).status_code == 200


@pytest.mark.parametrize(("hours", "status"), [(71, 200), (72, 410), (100, 410)])
def test_a_link_ends_after_72_hours(client, token, time_machine, hours, status):
    time_machine.move_to(NOW + timedelta(hours=hours), tick=False)
    page = client.get(address(token))
    assert page.status_code == status
    assert ("This link has ended" in page.content.decode()) is (status == 410)


def test_a_link_that_was_changed_opens_nothing_and_asks_the_database_nothing(
    client, token, django_assert_num_queries
):
    made_up = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        f"{uuid4().hex}-{token.split('-', 1)[1]}",
        "x",
        token.upper(),
    ]
    for wrong in made_up:
        with pytest.raises(links.LinkUnknown), django_assert_num_queries(0):
            links.follow_link(wrong, now=NOW)
        assert client.get(address(wrong)).status_code == 404


def test_the_database_holds_nothing_a_link_could_be_made_from(token):
    kept = AnswerLink.objects.values().get()
    assert token not in str(kept)
    assert token.split("-", 1)[1] not in str(kept)


def test_a_link_is_refused_when_it_is_used_more_often_than_a_person_would(client, token, time_machine):
    AnswerLink.objects.update(uses_in_hour=240)
    assert client.get(address(token)).status_code == 429
    time_machine.move_to(NOW + timedelta(minutes=61), tick=False)
    assert client.get(address(token)).status_code == 200


def test_a_link_after_its_answer_says_so_and_shows_no_answer(client, token):
    client.post(address(token), all_zero(q1="3"))
    page = client.get(address(token)).content.decode()
    assert "You have answered this one" in page
    assert chosen(page) == 0


def test_a_link_to_a_window_that_has_closed_records_nothing(ward, client):
    closed = ask(ward, due_on=TODAY - timedelta(days=8))
    page = client.post(address(links.token_of(links.make_link(closed, now=NOW).id)), all_zero())
    assert "not open today" in page.content.decode()
    assert Response.objects.count() == 0


def test_a_link_opens_no_other_page(client, token):
    client.get(address(token))
    assert client.get(reverse("portal:my_record")).status_code == 302
    assert "sojourn_session" not in client.cookies


def test_the_one_who_came_by_link_may_answer_this_request_and_no_other(ward, token):
    linked = links.follow_link(token, now=NOW)
    assert linked.actor.user_id is None
    bea = ask(ward, patient=ward.bea)
    with pytest.raises(actions.NotThisPatients):
        actions.submit_response(request_id=bea, raw_answers=all_zero(), answered_at=NOW, actor=linked.actor)


def test_a_draft_is_kept_by_link_and_comes_back_chosen(client, request_id, token):
    kept = client.post(reverse("portal:questionnaire_draft_by_link", args=[token]), {"q1": "2", "q5": "1"})
    assert kept.json() == {"kept": True, "offer_help": False}
    page = client.get(address(token)).content.decode()
    assert "You began this one" in page
    assert chosen(page) == 2
    assert Draft.objects.get().request_id == request_id


def test_a_draft_with_a_critical_answer_raises_its_alarm_at_once_and_only_once(ward, client, token):
    where = reverse("portal:questionnaire_draft_by_link", args=[token])
    assert client.post(where, {"q9": "1"}).json()["offer_help"]
    client.post(where, {"q9": "1", "q1": "0"})
    client.post(address(token), all_zero(q9="1"))
    assert [row.reason for row in safety.open_alarms_for(ward.ben)] == ["phq-9.item-9.some"]


def test_blanks_of_a_draft_raise_nothing_yet(ward, client, token):
    client.post(reverse("portal:questionnaire_draft_by_link", args=[token]), {"q1": "3"})
    assert safety.open_alarms_for(ward.ben) == ()


def test_a_draft_keeps_what_can_be_read_and_nothing_else(ward, client, token, request_id):
    client.post(
        reverse("portal:questionnaire_draft_by_link", args=[token]), {"q1": "7", "q2": "1", "bad": "x"}
    )
    kept = queries.draft_of(request_id, actor=ward.ada)
    assert (kept.values["q1"], kept.values["q2"]) == (None, 1)
    assert "bad" not in kept.values


def test_without_scripts_the_form_is_kept_by_its_button(client, token):
    page = client.post(address(token), {"q1": "2", "later": "1"})
    assert "Kept for later" in page.content.decode()
    assert chosen(client.get(address(token)).content.decode()) == 1
    assert Response.objects.count() == 0


def test_a_draft_after_the_answer_changes_nothing_but_its_danger_is_heard(ward, client, token):
    client.post(address(token), all_zero())
    late = client.post(reverse("portal:questionnaire_draft_by_link", args=[token]), {"q9": "3"})
    assert (late.status_code, late.json()) == (409, {"kept": False, "offer_help": True})
    assert [row.reason for row in safety.open_alarms_for(ward.ben)] == ["phq-9.item-9.often"]
    assert Response.objects.get().answers["values"]["q9"] == 0


def test_nobody_sees_anothers_draft(ward, client, sign_in, request_id, token):
    client.post(reverse("portal:questionnaire_draft_by_link", args=[token]), {"q1": "2"})
    assert queries.draft_of(request_id, actor=ward.bea) is None
    assert sign_in(ward.bea).get(reverse("portal:questionnaire", args=[request_id])).status_code == 404
