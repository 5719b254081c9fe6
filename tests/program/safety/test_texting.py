"""A text counts as delivered when the provider said yes, and at no other time; each try is a row, and no secret leaves."""

import http.server
import json
import threading
import time
from urllib.parse import parse_qs

import pytest

from sojourn.config.texts import TextProvider
from sojourn.program.people import actions as people
from sojourn.program.people.roles import Role
from sojourn.program.safety.escalating import escalate_overdue
from sojourn.program.safety.gateways import TextOutbox, gateways
from sojourn.program.safety.texting import NO_NUMBER, NO_YES, NOT_REACHED, HttpTexts
from sojourn.program.safety.ways import Message, NotTaken, Recipient
from tests.program.safety.test_delivering import QUARTER, Refuses, deliver, raise_one, story
from tests.support.clock import let_pass
from tests.support.ward import NOW

KEY, NUMBER = "Bearer secret-key", "+15105550123"
ANSWERS = [
    (200, b'{"status": "queued"}', ""),
    (201, b'{"status": "sent"}', NO_YES),
    (200, b'{"status": null}', NO_YES),
    (200, b"[]", NO_YES),
    (200, b"OK", NO_YES),
    (200, b"", NO_YES),
    (204, b"", "the provider of text messages answered 204"),
    (302, b"", "the provider of text messages answered 302"),
    (401, b"bad secret-key", "the provider of text messages answered 401"),
    (429, b"", "the provider of text messages answered 429"),
    (500, b"", "the provider of text messages answered 500"),
]


class Provider(http.server.ThreadingHTTPServer):
    """A provider on this machine that answers what it is told to, one answer after the other, the last one for good."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers, self.taken, self.waits_s = [(200, b'{"status": "queued"}')], [], 0.0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/messages"


class Answering(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, dict(self.headers), body))
        time.sleep(self.server.waits_s)
        status, words = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    do_GET = do_POST  # noqa: N815 - the name http.server calls

    def log_message(self, *_):
        pass


@pytest.fixture
def provider():
    with Provider() as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield served
        served.shutdown()


def texts(provider, **different):
    said = {
        "url": provider.url, "is_json": False, "timeout_s": 2.0, "headers": {"Authorization": KEY},
        "fields": {"To": "{number}", "Body": "{words}"}, "yes_status": frozenset({200, 201}), "yes_field": "status",
        "yes_values": frozenset({"queued"}), "numbers": {"ben@example.org": NUMBER},
    } | different  # fmt: skip
    return HttpTexts(TextProvider(**said))


def why_not(way, email="Ben@example.org", words="An alarm waits & {number} 100 %"):
    try:
        way.send(Recipient(None, email), Message("Sojourn", words))
    except NotTaken as refused:
        return str(refused)
    return ""


def tell_by_text(alarm, way):
    """Let a screen nobody opens and a letter nobody takes lead to the text; give what came after them."""
    deliver(email=Refuses(), text=way)
    let_pass(minutes=1)
    deliver(email=Refuses(), text=way)
    return [row for row in story(alarm) if row[0] == "text"]


@pytest.mark.parametrize("is_json", [False, True])
def test_a_text_is_handed_over_as_the_provider_asks(provider, is_json):
    assert why_not(texts(provider, is_json=is_json), words="An alarm waits & 100 %") == ""
    ((path, headers, body),) = provider.taken
    sent = (
        json.loads(body) if is_json else {name: value for name, (value,) in parse_qs(body.decode()).items()}
    )
    assert sent == {"To": NUMBER, "Body": "An alarm waits & 100 %"}
    assert (path, headers["Authorization"]) == ("/messages", KEY)
    assert ("json" in headers["Content-Type"]) is is_json


@pytest.mark.parametrize(("status", "words", "why"), ANSWERS)
def test_only_the_yes_that_was_agreed_on_is_a_yes(provider, status, words, why):
    provider.answers = [(status, words)]
    assert why_not(texts(provider)) == why
    assert len(provider.taken) == 1, "a redirect is not followed"


def test_without_a_field_the_status_alone_is_the_yes(provider):
    provider.answers = [(201, b"")]
    assert why_not(texts(provider, yes_field="", yes_values=frozenset())) == ""


def test_a_provider_that_is_not_there_or_silent_took_nothing(provider):
    provider.waits_s = 1.0
    assert why_not(texts(provider, timeout_s=0.2)) == NOT_REACHED
    assert why_not(texts(provider, url="http://127.0.0.1:9/")) == NOT_REACHED


def test_nobody_without_a_number_is_sent_a_text(provider):
    assert why_not(texts(provider), email="mona@example.org") == NO_NUMBER
    assert not provider.taken


@pytest.mark.django_db
def test_each_try_is_an_attempt_on_record_and_delivered_follows_the_yes(ward, provider, caplog):
    provider.answers = [(503, b""), (200, b'{"status": "queued"}')]
    alarm = raise_one(ward)
    assert tell_by_text(alarm, texts(provider)) == [
        ("text", "Ben", "the provider of text messages answered 503"),
        ("text", "Ben", "delivered"),
    ]
    for private in ("secret-key", NUMBER, "Ada", "Systolic"):
        assert private not in caplog.text
        assert private.encode() not in provider.taken[0][2] or private == NUMBER


def hire_second_prescriber(ward):
    people.add_staff_member(
        name="Bo Lund", email="bo@example.org", password="a-quiet-well-lit-room", roles=[Role.PRESCRIBER],
        site_ids=[ward.oakland], actor=ward.dora, now=NOW,
    )  # fmt: skip


@pytest.mark.django_db
def test_whoever_has_no_number_is_one_attempt_that_says_so_and_the_director_is_told_at_once(ward, provider):
    alarm = raise_one(ward)
    assert tell_by_text(alarm, texts(provider, numbers={})) == [("text", "Ben", NO_NUMBER)]
    assert not provider.taken
    assert escalate_overdue(again_after=QUARTER) == 1, "nothing is waited for"


@pytest.mark.django_db
def test_only_those_who_have_a_number_are_tried_once_more(ward, provider):
    hire_second_prescriber(ward)
    provider.answers = [(500, b"")]
    alarm = raise_one(ward)
    refused = "the provider of text messages answered 500"
    assert sorted(tell_by_text(alarm, texts(provider))) == [
        ("text", "Ben", refused),
        ("text", "Ben", refused),
        ("text", "Bo", NO_NUMBER),
    ]


@pytest.mark.django_db
def test_one_who_is_reached_is_enough_beside_one_without_a_number(ward, provider):
    hire_second_prescriber(ward)
    alarm = raise_one(ward)
    assert sorted(tell_by_text(alarm, texts(provider))) == [
        ("text", "Ben", "delivered"),
        ("text", "Bo", NO_NUMBER),
    ]
    assert escalate_overdue(again_after=QUARTER) == 0


@pytest.mark.django_db
def test_when_no_try_is_taken_the_alarm_goes_on_to_the_director(ward, provider):
    provider.answers = [(500, b"")]
    alarm = raise_one(ward)
    assert [how for *_, how in tell_by_text(alarm, texts(provider))] == [
        "the provider of text messages answered 500"
    ] * 2


def test_the_provider_that_is_set_up_takes_the_place_of_the_outbox(provider, settings):
    assert isinstance(gateways()["text"], TextOutbox)
    settings.TEXT_PROVIDER = texts(provider)._provider
    assert isinstance(gateways()["text"], HttpTexts)
