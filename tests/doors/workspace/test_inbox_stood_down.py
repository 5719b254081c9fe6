"""Whoever answers an alarm of a missed look is told that somebody has looked since, and that the steps have ended."""

from datetime import timedelta
from uuid import uuid4

import pytest

from sojourn.program.safety.models import Alarm, AlarmEvent
from sojourn.program.treatment.receiving import receive
from sojourn.program.treatment.sent import Sent
from tests.program.treatment.test_missed_looks import open_session, steps, watch_for
from tests.support.courses import note_event, take_vitals
from tests.support.tokens import token_for

pytestmark = pytest.mark.django_db
INBOX = "/workspace/inbox/"
MINUTE = timedelta(minutes=1)
IN_TIME = "The look was taken in time and came in late: the steps have ended"
ENDED = "The steps have ended"


@pytest.fixture
def missed(ward, settings, tmp_path, time_machine):
    """A session at home whose look at 20 minutes nobody has seen for six: visit and time of the dose."""
    settings.DATA_DIR = tmp_path
    visit, dosed_at = open_session(ward)
    watch_for(minutes=26)
    assert steps(visit) == ["HOME-PROMPT", "HOME-SOUND", "HOME-CALL-PATIENT"]
    time_machine.move_to(dosed_at + 27 * MINUTE, tick=False)
    return visit, dosed_at


def kept_without_a_network(ward, visit, taken_at, arrives_at):
    facts = {"systolic": "121", "diastolic": "73"}
    sent = Sent(form_id=uuid4(), kind="vital_taken", facts=facts, taken_at=taken_at)
    receive(
        secret=token_for(ward, visit, "monitor", arrives_at),
        sent_at=arrives_at,
        events=[sent],
        now=arrives_at,
    )


def inbox(sign_in, ward):
    return " ".join(sign_in(ward.mona).get(INBOX).content.decode().split())


def test_while_nobody_has_looked_nothing_of_the_kind_is_said(ward, missed, sign_in):
    assert ENDED not in inbox(sign_in, ward)


def test_a_look_taken_in_time_that_came_in_late_ends_the_steps_and_the_inbox_says_why(ward, missed, sign_in):
    visit, dosed_at = missed
    mark = sign_in(ward.mona).get(INBOX).context["mark"]
    kept_without_a_network(ward, visit, dosed_at + 19 * MINUTE, dosed_at + 27 * MINUTE)
    assert watch_for(minutes=8) == 0
    page = inbox(sign_in, ward)
    assert IN_TIME in page
    assert "121/73 mmHg" in page
    assert "9:24 AM" in page, "when it was taken"
    assert "9:32 AM" in page, "when it came in"
    assert "I have all 3" in page, "somebody still answers"
    assert not AlarmEvent.objects.filter(what="closed").exists()
    assert sign_in(ward.mona).get(INBOX).context["mark"] != mark, "an open inbox shows it"


def test_a_look_taken_too_late_ends_the_steps_and_is_not_called_in_time(ward, missed, sign_in):
    visit, dosed_at = missed
    take_vitals(ward, visit, dosed_at + 27 * MINUTE)
    page = inbox(sign_in, ward)
    assert ENDED in page
    assert IN_TIME not in page


def test_a_look_that_is_too_old_to_count_ends_nothing(ward, missed, sign_in):
    visit, dosed_at = missed
    kept_without_a_network(ward, visit, dosed_at + 6 * MINUTE, dosed_at + 27 * MINUTE)
    assert watch_for(minutes=8) > 0
    assert ENDED not in inbox(sign_in, ward)


def test_an_alarm_of_a_session_that_ended_meanwhile_says_what_ended_it(ward, missed, sign_in):
    visit, dosed_at = missed
    note_event(ward, visit, "left", {"words": "Her sister drove her."}, dosed_at + 27 * MINUTE)
    assert watch_for(minutes=30) == 0
    page = inbox(sign_in, ward)
    assert ENDED in page
    assert "Her sister drove her." in page


def test_the_next_look_that_is_missed_is_not_said_to_be_taken(ward, missed, sign_in):
    visit, dosed_at = missed
    take_vitals(ward, visit, dosed_at + 27 * MINUTE)
    assert watch_for(minutes=14.2) == 1
    (entry,) = sign_in(ward.mona).get(INBOX).context["alarms"]
    told = {
        row.id: looked
        for row, looked in [
            (entry["row"], entry["looked"]),
            *((m["row"], m["looked"]) for m in entry["more"]),
        ]
    }
    newest = Alarm.objects.latest("raised_at").id
    assert told.pop(newest) is None
    assert len(told) == 3
    assert all(told.values())
