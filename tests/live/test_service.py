"""The hub between a real database and a real web server: what one person records, all others see."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from sojourn.live.serving import Station, Where
from sojourn.live.tickets import Ticket, signed
from sojourn.program.people.models import StaffMember, User
from sojourn.program.safety.watch import beat
from sojourn.program.treatment import actions
from tests.support import histories
from tests.support.live import Listener, database_url, hub_for
from tests.support.ward import open_ward

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ward(transactional_db):
    return open_ward(datetime.now(UTC))


@pytest.fixture
def visit(ward):
    """A session of Ada's that runs since half an hour."""
    now = datetime.now(UTC)
    course = histories.course(ward, ward.ada.patient_id, now - timedelta(days=5))
    running = histories.visit(ward, course, "dosing", 1, now - timedelta(minutes=35))
    histories.event(ward, running, "dosed", now - timedelta(minutes=30))
    return running


@pytest.fixture
def port(ward, visit, live_server):
    with hub_for(database=database_url(), pages=live_server.url, secret=settings.SECRET_KEY) as port:
        yield port


def ticket(who, visit_id=""):
    given = Ticket(
        user_id=str(who.user_id),
        roles=tuple(role.value for role in who.roles),
        sites=None if "medical_director" in who.roles else tuple(map(str, who.site_ids)),
        visit_id=visit_id,
        given_at=time.time(),
    )
    return signed(given, secret=settings.SECRET_KEY)


def look(ward, visit, words="Asleep."):
    now = datetime.now(UTC)
    actions.record_event(
        visit_id=visit.id, form_id=uuid4(), kind="looked", facts={"words": words}, taken_at=now, actor=ward.mona, now=now
    )  # fmt: skip


def vitals(ward, visit, systolic):
    now = datetime.now(UTC)
    facts = {"systolic": systolic, "diastolic": 80}
    actions.record_event(
        visit_id=visit.id, form_id=uuid4(), kind="vital_taken", facts=facts, taken_at=now, actor=ward.mona, now=now
    )  # fmt: skip


def test_what_is_recorded_reaches_every_open_board_and_page_within_a_second(ward, visit, port):
    boards = [Listener(port, ticket(who)) for who in (ward.mona, ward.ben, ward.dora)]
    page = Listener(port, ticket(ward.ben, str(visit.id)))
    elsewhere = Listener(port, ticket(ward.cleo))
    for board in (*boards, elsewhere):
        assert board.next("marks")[2] == {} or board in boards
    began = time.monotonic()
    vitals(ward, visit, 143)
    for board in boards:
        _, _, row = board.next("row")
        assert "143/80" in row["html"]
        assert row["visit"] == str(visit.id)
    page.next("changed")
    assert time.monotonic() - began < 1.0
    with pytest.raises(TimeoutError):
        elsewhere.next("row", within_s=0.5)


def test_who_was_away_for_a_moment_is_told_what_was_missed(ward, visit, port):
    board, other = Listener(port, ticket(ward.mona)), Listener(port, ticket(ward.ben))
    board.next("marks")
    vitals(ward, visit, 131)
    _, last, _ = board.next("row")
    board.close()
    other.next("row")
    vitals(ward, visit, 142)
    other.next("row")
    again = Listener(port, ticket(ward.mona), after=last)
    assert "142/80" in again.next("row", "marks")[2]["html"]


def test_a_tick_says_the_databases_time_and_whether_the_watch_lives(port, ward):
    board = Listener(port, ticket(ward.mona))
    while "watch" not in (told := board.next("tick")[2]):
        pass  # the hub has not asked the database yet
    assert told["watch"] is False
    assert told["silent_s"] is None
    assert abs(datetime.fromisoformat(told["at"]) - datetime.now(UTC)) < timedelta(seconds=5)
    beat("one")
    began = time.monotonic()
    while not (told := board.next("tick")[2])["watch"]:
        assert time.monotonic() - began < 5
    assert told["silent_s"] <= 5


def test_a_watch_that_was_silent_for_twelve_seconds_is_called_silent(port, ward):
    beat("one")
    board = Listener(port, ticket(ward.mona))
    while not board.next("tick")[2]["watch"]:
        pass
    with connection.cursor() as cursor:
        cursor.execute("UPDATE safety_watchbeat SET beat_at = clock_timestamp() - interval '10 seconds'")
    began = time.monotonic()
    while board.next("tick")[2]["watch"]:
        assert time.monotonic() - began < 15
    assert time.monotonic() - began < 5


def test_a_first_beat_that_comes_back_before_its_answer_is_no_tick():
    station = Station(
        Where("127.0.0.1", 0, "postgresql:///nowhere", "secret", "http://127.0.0.1:1", "localhost")
    )
    told = []
    station.hub.tell_all = lambda name, state: told.append((name, state))
    station._tick()
    assert told == []
    station.state = {"at": "2026-11-25T10:00:00+00:00", "watch": True, "silent_s": 0}
    station._tick()
    assert told == [("tick", station.state)]


@pytest.mark.parametrize(
    "change",
    [
        lambda ward: User.objects.filter(pk=ward.mona.user_id).update(is_active=False),
        lambda ward: StaffMember.objects.filter(pk=ward.mona.staff_id).update(roles=["coordinator"]),
        lambda ward: StaffMember.objects.filter(pk=ward.mona.staff_id).update(left_on="2026-01-01"),
        lambda ward: StaffMember.objects.get(pk=ward.mona.staff_id).sites.set([ward.brooklyn]),
    ],
    ids=["disabled", "another role", "left", "another site"],
)
def test_a_stream_is_closed_within_five_seconds_of_a_change_of_its_reader(ward, port, change):
    board = Listener(port, ticket(ward.mona))
    board.next("tick")
    change(ward)
    began = time.monotonic()
    assert board.next("closed", "end")[0] == "closed"
    assert time.monotonic() - began < 5
    assert Listener(port, ticket(ward.mona)).status == 403


def test_a_change_told_while_the_listener_was_cut_off_is_found(ward, visit, port):
    board = Listener(port, ticket(ward.mona))
    board.next("marks")
    with psycopg.connect(database_url(), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'sojourn live'"
        )
    vitals(ward, visit, 147)
    began = time.monotonic()
    _, _, row = board.next("row")
    assert "147/80" in row["html"]
    assert time.monotonic() - began < 5
    board.next("tick")


def test_no_tick_is_sent_while_the_pages_cannot_tell_how_a_session_stands(ward, visit):
    with hub_for(database=database_url(), pages="http://127.0.0.1:1", secret=settings.SECRET_KEY) as port:
        board = Listener(port, ticket(ward.mona))
        board.next("tick")  # nothing is late yet
        look(ward, visit)
        time.sleep(4)
        heard = []
        try:
            while True:
                heard.append(board.next("tick", within_s=2.5))
        except TimeoutError:
            pass
        assert len(heard) <= 2, "only what came before the change was late"
