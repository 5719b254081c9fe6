"""The server stops and starts again while a monitor records, and answers get lost: everything is on record once."""

import pytest
from django.db import OperationalError
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler
from pytest_django.live_server_helper import LiveServer

from sojourn.program.treatment import receiving
from tests.support.offline import Tablets, dosed_session, is_kept, systolics, take_vitals

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Unkeeping(QuietWSGIRequestHandler):
    """Keeps no connection: a server that stops must not go on answering on the open ones."""

    protocol_version = "HTTP/1.0"


def on_a_port_that_can_be_taken_over(thread, connections_override=None):
    return thread.server_class(
        (thread.host, thread.port),
        Unkeeping,
        allow_reuse_address=True,
        connections_override=connections_override,
    )


@pytest.fixture
def live_server(monkeypatch):
    """In place of the server that all journeys share: one that this test may stop."""
    monkeypatch.setattr(LiveServerThread, "_create_server", on_a_port_that_can_be_taken_over)
    server = LiveServer("localhost")
    yield server
    server.stop()


def lose_two_answers(monkeypatch):
    """Let the first two requests be recorded and their answers fail; the list fills with what became of each."""
    received, receive = [], receiving.receive

    def receive_and_lose(**sent):
        done = receive(**sent)
        received.append(done.outcomes[0].status)
        if len(received) < 3:
            raise OperationalError
        return done

    monkeypatch.setattr(receiving, "receive", receive_and_lose)
    return received


def test_a_server_that_restarts_and_answers_that_get_lost_record_everything_once(
    ward, enter, time_machine, live_server, monkeypatch
):
    story = Tablets(ward, enter, None, time_machine, live_server.url, *dosed_session(ward))
    page = story.given_the_session_is_open_on_a_tablet()
    received = lose_two_answers(monkeypatch)
    live_server.stop()
    take_vitals(page, 134)
    is_kept(page)
    assert received == []
    again = LiveServer(live_server.url.removeprefix("http://"))
    story.then_everything_is_sent(page)
    again.stop()
    assert received == ["recorded", "repeat", "repeat"]
    assert systolics(story.visit) == [134]
