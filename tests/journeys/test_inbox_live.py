"""An open inbox: an alarm that somebody's answer raises stands there by itself, and nothing written is lost by it."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from sojourn.program.people.actors import MACHINE
from sojourn.program.safety import actions
from tests.support import histories
from tests.support.ward import open_ward

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INBOX = "/workspace/inbox/"
A_HAND_TAKES_MS = 900  # a press that meets what stands there only just is not taken


@pytest.fixture
def ward(transactional_db):
    return open_ward(datetime.now(UTC))


@pytest.fixture
def open_inbox(ward, hub, enter):
    page = enter(ward.ben)
    page.goto(page.url.split("/workspace/")[0] + INBOX)
    page.locator(".live:not(.is-stale) [data-live-line]", has_text="Live").wait_for()
    return page


def alarm(patient, says):
    now = datetime.now(UTC)
    return actions.raise_alarm(
        patient_id=patient.patient_id, reason="PHQ9-SELF-HARM", severity="red", says=says, facts={},
        about_kind="response", about_id=uuid4(), acknowledge_within=timedelta(minutes=60), raised_at=now, actor=MACHINE,
    )  # fmt: skip


def test_an_alarm_stands_in_an_open_inbox_within_a_second_and_goes_when_somebody_closes_it(
    ward, open_inbox, looks_right
):
    page = open_inbox
    assert page.get_by_text("No alarm is open").is_visible()
    began = time.monotonic()
    raised = alarm(ward.ada, "Thoughts of being better off dead")
    page.get_by_text("Thoughts of being better off dead").wait_for()
    assert time.monotonic() - began < 1.5  # with the time the browser itself takes
    assert page.get_by_text("1 alarm is open.").is_visible()
    looks_right(page)
    actions.acknowledge_alarm(alarm_id=raised, actor=ward.dora, now=datetime.now(UTC))
    page.get_by_text("has it since").wait_for()
    page.wait_for_timeout(A_HAND_TAKES_MS)
    with page.expect_navigation():  # what was put there later works as what was there
        page.get_by_text("Close this alarm").click()
        page.get_by_label("What was done").fill("Called her; she is safe with her sister.")
        page.get_by_role("button", name="Close the alarm").click()
    page.get_by_text("Alarm closed.").wait_for()


def test_an_open_inbox_says_that_the_reading_behind_an_alarm_was_struck_out(
    ward, open_inbox, looks_right_everywhere
):
    page = open_inbox
    now = datetime.now(UTC)
    course = histories.course(ward, ward.ada.patient_id, now - timedelta(days=5))
    running = histories.visit(ward, course, "dosing", 1, now - timedelta(minutes=50))
    histories.event(ward, running, "dosed", now - timedelta(minutes=45))
    read = histories.event(ward, running, "vital_taken", now, systolic=190, diastolic=90)
    actions.raise_alarm(
        patient_id=ward.ada.patient_id, reason="SYSTOLIC-RED", severity="red", says="Systolic pressure 190 mmHg",
        facts={"signal": "systolic", "value": 190, "session": 1}, about_kind="session event", about_id=read.id,
        acknowledge_within=timedelta(minutes=5), raised_at=now, actor=MACHINE,
    )  # fmt: skip
    page.get_by_role("heading", name="Systolic pressure 190 mmHg").wait_for()
    histories.event(ward, running, "struck", datetime.now(UTC), withdraws=read)
    page.get_by_text("The reading behind this was struck out since").wait_for()
    assert page.get_by_role("button", name="I have it").is_visible()
    looks_right_everywhere(page)


def test_the_list_waits_for_what_is_being_written_and_for_a_hand_that_moves(ward, open_inbox, looks_right):
    page = open_inbox
    alarm(ward.ada, "The first")
    page.get_by_text("The first").wait_for()
    page.get_by_text("Close this alarm").click()
    page.get_by_label("What was done").fill("Half a sente")
    alarm(ward.ada, "The second")
    page.get_by_text("The list has changed").wait_for()
    time.sleep(6)  # a hand at rest is no reason to lose a sentence
    assert page.get_by_label("What was done").input_value() == "Half a sente"
    assert not page.get_by_text("The second").is_visible()
    looks_right(page)
    page.get_by_label("What was done").fill("")
    page.mouse.move(100, 200)
    assert not page.get_by_text("The second").is_visible()
    page.get_by_role("button", name="Show it now").click()
    page.get_by_text("The second").wait_for()
    assert not page.get_by_text("The list has changed").is_visible()
