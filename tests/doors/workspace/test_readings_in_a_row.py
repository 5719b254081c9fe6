"""A device that sends each few seconds buries nothing: its readings in a row are one entry of the page, and each can be shown."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from sojourn.program.treatment.models import SessionEvent
from tests.support import courses
from tests.support.tokens import event, post, statuses, token_for

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def running(ward):
    """A session in its second hour with the token of a device."""
    visit = courses.first_session(ward)
    dosed_at = courses.give_dose(ward, visit)
    return visit, dosed_at, token_for(ward, visit, "device", dosed_at)


@pytest.fixture
def send(client, running):
    """Let the device send readings of oxygen, one each ten seconds from a minute on."""
    _, dosed_at, secret = running

    def _send(values, *, minute):
        sent_at = dosed_at + minute * MINUTE
        events = [
            event("vital_taken", sent_at + n * timedelta(seconds=10), spo2=spo2, heart_rate=64 + n % 3)
            for n, spo2 in enumerate(values)
        ]
        now = sent_at + 10 * MINUTE
        with time_machine.travel(now, tick=False):
            assert set(statuses(post(client, secret, events, now))) == {"recorded"}

    return _send


@pytest.fixture
def page(sign_in, ward, running):
    def _page(query=""):
        visit, dosed_at, _ = running
        with time_machine.travel(dosed_at + 90 * MINUTE, tick=False):
            answer = sign_in(ward.mona).get(reverse("workspace:session", args=[visit.id]) + query)
        return answer.content.decode().partition('id="told"')[2]

    return _page


def numbers(visit):
    sent = SessionEvent.objects.filter(visit=visit, source="device")
    return list(sent.values_list("sequence", flat=True))


def test_readings_in_a_row_are_one_entry_with_what_they_stayed_within(running, send, page):
    send([97, 96, 99] * 10, minute=20)
    told = page()
    assert "30 readings, heart rate 64–66/min, oxygen 96–99 %" in told
    assert told.count("Gateway 3") == 1
    for number in numbers(running[0]):  # where documents cite it
        assert told.count(f'id="event-{number}"') == 1


def test_each_of_them_is_shown_to_whoever_asks(running, send, page):
    send([97] * 30, minute=20)
    assert f'?readings=each#event-{max(numbers(running[0]))}"' in page()
    each = page("?readings=each")
    assert "30 readings" not in each
    assert each.count("oxygen 97 %") >= 30


def test_what_somebody_did_meanwhile_stands_between_them(ward, running, send, page):
    visit, dosed_at, _ = running
    send([97] * 12, minute=20)
    courses.take_vitals(ward, visit, dosed_at + 41 * MINUTE)
    send([98] * 12, minute=45)
    told = page()
    assert told.count(">12 readings") == 2
    assert told.index("oxygen 98 %") < told.index("mmHg") < told.index("oxygen 97 %")


def test_a_reading_that_raised_an_alarm_stands_by_itself(send, page):
    send([97] * 12 + [84] + [97] * 12, minute=20)
    told = page()
    assert told.count(">12 readings") == 2
    assert told.count("oxygen 84 %") >= 1


def test_a_few_readings_stand_each_by_itself(send, page):
    send([97] * 9, minute=20)
    assert " readings" not in page()


def test_a_long_row_costs_the_page_little(running, send, page):
    send([97] * 50, minute=20)
    before = len(page())
    for minute in range(30, 80, 10):
        send([97] * 50, minute=minute)
    assert len(page()) - before < 250 * 60, "an anchor each, and nothing else"
