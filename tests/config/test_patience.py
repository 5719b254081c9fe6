"""A database that hangs keeps no page hanging: each request is answered in bounded time, and the pages come back alone."""

import threading
import time
from contextlib import contextmanager

import psycopg
import pytest
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from sojourn.config import errors
from sojourn.config.postgresql import patience
from sojourn.config.postgresql.base import DatabaseWrapper
from sojourn.config.postgresql.patience import ANOTHER_ASKS_S, Silence

WITHIN_S = 0.4


@pytest.fixture
def impatient(transactional_db):
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "ANSWERS_WITHIN_S", WITHIN_S)
        patch.setattr(DatabaseWrapper, "_silences", {})
        yield connection
    connection.close()
    connection.close_pool()  # its connections are impatient for good


def ask(statement="SELECT 1"):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def seconds(deed):
    began = time.monotonic()
    deed()
    return time.monotonic() - began


def test_a_statement_without_an_answer_is_given_up_with_its_connection(impatient):
    def hang():
        with pytest.raises(OperationalError, match="did not answer in time"):
            ask("SELECT pg_sleep(3)")

    assert WITHIN_S <= seconds(hang) < WITHIN_S + 2
    connection.close()
    time.sleep(patience.REST_S + 0.05)
    assert ask() == 1, "a request after that has another connection"


def test_an_answer_in_time_is_an_answer_however_many_there_are(impatient):
    for _ in range(4):
        ask(f"SELECT count(*) FROM pg_sleep({WITHIN_S / 2})")


def test_without_a_bound_commands_wait_as_long_as_it_takes(transactional_db):
    connection.close()
    assert connection.settings_dict["ANSWERS_WITHIN_S"] == 0
    assert ask("SELECT count(*) FROM pg_sleep(0.6)") == 1


def test_while_one_asks_whether_the_server_is_back_the_others_are_told_at_once():
    silence, asked, told = Silence(), threading.Event(), threading.Event()
    silence.stands = True

    def probe():
        with silence.asking_for_all():
            asked.set()
            told.wait(10)

    first = threading.Thread(target=probe)
    first.start()
    asked.wait(10)

    def others():
        with pytest.raises(psycopg.OperationalError), silence.asking_for_all():
            pytest.fail("two asked at once")

    assert seconds(others) < ANOTHER_ASKS_S + 1
    told.set()
    first.join(10)
    assert not silence.stands, "what one learned holds for all"


def test_a_request_that_waited_in_vain_does_not_wait_again_and_after_a_moment_another_asks(monkeypatch):
    monkeypatch.setattr(patience, "REST_S", 0.2)
    silence = Silence()
    silence.begin()
    for _ in range(3):
        with pytest.raises(psycopg.OperationalError, match="lately"), silence.asking_for_all():
            pytest.fail("it asked again at once")
    time.sleep(0.25)
    with pytest.raises(psycopg.OperationalError, match="still"), silence.asking_for_all():
        raise psycopg.OperationalError("still")
    assert silence.stands
    with pytest.raises(psycopg.OperationalError, match="lately"), silence.asking_for_all():
        pytest.fail("it asked again at once")
    time.sleep(0.25)
    with silence.asking_for_all():
        pass
    assert not silence.stands


def test_pages_say_what_to_do_with_a_database_that_does_not_answer(impatient):
    """The page itself asks nothing: it would hang where the page before it hung."""
    pages = Client(raise_request_exception=False)
    assert "cannot be shown at this moment" in render_to_string("503.html", {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseWrapper, "get_new_connection", _nobody_there)
        connection.close()
        answer = pages.get("/account/login/")
        sent = pages.post("/sitter/", {"do": "looked"}, headers={"Cookie": "sojourn_sitter=x"})
    assert (answer.status_code, sent.status_code) == (503, 503)
    assert answer["Retry-After"] == errors.AGAIN_AFTER_S
    assert "Not recorded" in sent.content.decode()
    assert "send the same again" in sent.content.decode()
    assert 'href="tel:988"' in sent.content.decode()


def _nobody_there(*_words, **_more):
    raise psycopg.OperationalError("nobody there")


def test_an_error_that_is_not_the_databases_is_no_503():
    with pytest.raises(ValueError, match="x"), errors_said(RequestFactory().get("/")) as said:
        int("x")
    assert said == [500]


@contextmanager
def errors_said(request):
    """What the error page says of an exception, while it is handled."""
    said = []
    try:
        yield said
    except Exception:
        said.append(errors.server_error(request).status_code)
        raise
