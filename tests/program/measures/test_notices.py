"""Inviting, reminding, and noting what lapsed; messages that tell nothing."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from sojourn.program.measures import actions
from sojourn.program.measures.messages import messages_for, send_waiting
from sojourn.program.measures.models import AnswerLink, Notice, QuestionnaireRequest
from sojourn.program.measures.notices import give_notices, note_lapsed
from sojourn.program.safety import queries as safety
from tests.support.questionnaires import TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
NINE = NOW + timedelta(hours=2)  # 9 in the morning in Oakland
A_DAY = timedelta(days=1)


@pytest.fixture
def request_id(ward):
    asked = ask(ward)
    QuestionnaireRequest.objects.filter(pk=asked).update(point="screening")  # reminds on days 2 and 5
    return asked


@pytest.fixture
def mail_leaves(settings):
    settings.MAIL_LEAVES = True
    settings.ADDRESS = "https://practice.example"


def given():
    return sorted(Notice.objects.values_list("kind", "number"))


def test_a_patient_is_invited_once_when_the_window_is_open(request_id):
    assert give_notices(now=NINE) == 1
    assert give_notices(now=NINE + timedelta(minutes=5)) == 0
    assert given() == [("invited", 1)]
    link = AnswerLink.objects.get()
    assert (link.request_id, link.expires_at - link.made_at) == (request_id, timedelta(hours=72))


def test_nobody_is_written_to_before_eight(request_id):
    assert give_notices(now=NOW + timedelta(minutes=59)) == 0
    assert give_notices(now=NOW + timedelta(minutes=60)) == 1


def test_a_window_that_is_not_open_yet_invites_nobody(ward):
    ask(ward, due_on=TODAY + A_DAY)
    assert give_notices(now=NINE) == 0


def test_reminders_come_on_their_days_and_missed_ones_are_not_made_up_for(request_id):
    give_notices(now=NINE)
    assert give_notices(now=NINE + A_DAY) == 0
    assert give_notices(now=NINE + 2 * A_DAY) == 1
    assert give_notices(now=NINE + 6 * A_DAY) == 1
    assert given() == [("invited", 1), ("reminded", 1), ("reminded", 2)]


def test_only_the_last_of_missed_reminders_is_given(request_id):
    give_notices(now=NINE)
    give_notices(now=NINE + 6 * A_DAY)
    give_notices(now=NINE + 6 * A_DAY + timedelta(hours=1))
    assert given() == [("invited", 1), ("reminded", 2)]


def test_who_has_answered_is_not_reminded(ward, request_id):
    give_notices(now=NINE)
    actions.submit_response(request_id=request_id, raw_answers=all_zero(), answered_at=NINE, actor=ward.ada)
    assert give_notices(now=NINE + 3 * A_DAY) == 0


def test_staff_ratings_and_unworded_instruments_invite_no_patient(ward):
    for instrument_id in ("cgi", "madrs", "who-5"):
        ask(ward, instrument_id)
    assert give_notices(now=NINE) == 0


def test_a_window_that_closed_is_noted_once(request_id):
    assert note_lapsed(now=NINE + 7 * A_DAY) == 0
    assert note_lapsed(now=NINE + 8 * A_DAY) == 1
    assert note_lapsed(now=NINE + 8 * A_DAY) == 0


def test_a_form_begun_and_never_sent_raises_the_alarm_of_its_blank_suicide_item(ward, request_id):
    actions.save_draft(request_id=request_id, raw_answers={"q1": "3"}, now=NINE, actor=ward.ada)
    note_lapsed(now=NINE + 8 * A_DAY)
    assert [row.reason for row in safety.open_alarms_for(ward.ben)] == ["phq-9.item-9.not-answered"]


def test_a_form_never_begun_raises_no_alarm(ward, request_id):
    note_lapsed(now=NINE + 8 * A_DAY)
    assert safety.open_alarms_for(ward.ben) == ()


@pytest.mark.usefixtures("mail_leaves")
def test_a_message_leaves_once_for_all_that_waits_and_tells_nothing(ward, request_id):
    ask(ward, "gad-7")
    give_notices(now=NINE)
    assert send_waiting(now=NINE) == 1
    assert send_waiting(now=NINE) == 0
    (message,) = mail.outbox
    assert message.to == [ward.email_of(ward.ada)]
    assert message.body.count("https://practice.example/questionnaires/by-link/") == 2
    text = (message.subject + message.body).lower()
    for word in ("phq", "gad", "depress", "mood", "anxi", "worry", "ketamine", "ada", "núñez"):
        assert word not in text


@pytest.mark.usefixtures("mail_leaves")
def test_the_link_of_a_message_opens_the_questionnaire(client, request_id, time_machine):
    time_machine.move_to(NINE, tick=False)
    give_notices(now=NINE)
    send_waiting(now=NINE)
    path = next(word for word in mail.outbox[0].body.split() if "/by-link/" in word)
    assert client.get(path.removeprefix("https://practice.example")).status_code == 200


@pytest.mark.usefixtures("mail_leaves")
def test_a_message_that_cannot_leave_stays_and_is_tried_again(request_id, monkeypatch):
    def refuse(*args, **more):
        raise ConnectionRefusedError

    give_notices(now=NINE)
    with monkeypatch.context() as broken:
        broken.setattr("sojourn.program.measures.messages.send_mail", refuse)
        assert send_waiting(now=NINE) == 0
    assert Notice.objects.get().not_sent_because == "ConnectionRefusedError"
    assert send_waiting(now=NINE) == 1


def test_without_a_mail_server_messages_stay_in_the_outbox(ward, request_id):
    give_notices(now=NINE)
    assert send_waiting(now=NINE) == 0
    (row,) = messages_for(ward.cora)
    assert (row.patient_name, row.not_sent_because, row.words) == (
        "Ada Núñez",
        "no mail server is set up",
        None,
    )


def test_the_outbox_shows_only_patients_the_reader_may_see(ward, request_id, sign_in, time_machine):
    time_machine.move_to(NINE, tick=False)
    ask(ward, patient=ward.bea)
    give_notices(now=NINE + timedelta(hours=3))
    page = sign_in(ward.cora).get(reverse("workspace:messages")).content.decode()
    assert "Ada Núñez" in page
    assert "Bea" not in page
    assert "by-link" not in page
