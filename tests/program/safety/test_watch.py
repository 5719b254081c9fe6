import threading
import time

import pytest
from django.db import OperationalError, connection

from sojourn.program.safety.watch import beat, watch_state
from sojourn.program.treatment import watching
from sojourn.program.treatment.watching import Watch

pytestmark = pytest.mark.django_db


def silent_for(worker, seconds):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE safety_watchbeat SET beat_at = clock_timestamp() - make_interval(secs => %s) WHERE worker = %s",
            [seconds, worker],
        )


def test_a_watch_that_never_ran_is_not_living():
    state = watch_state()
    assert (state.is_living, state.silent_for_s, state.workers) == (False, None, ())


def test_a_watch_lives_while_one_of_its_workers_beat_within_twelve_seconds():
    beat("watch 1")
    beat("watch 2")
    silent_for("watch 1", 300)
    silent_for("watch 2", 11)
    assert watch_state().is_living
    silent_for("watch 2", 12.1)
    state = watch_state()
    assert not state.is_living
    assert 12 < state.silent_for_s < 17
    beat("watch 1")
    assert watch_state().is_living


def test_a_beat_from_the_future_proves_no_life():
    """The database's clock was set back an hour: a worker that died before it must not live for an hour more."""
    beat("watch 1")
    silent_for("watch 1", -3600)
    assert not watch_state().is_living


def test_a_worker_has_one_row_however_often_it_beats():
    for _ in range(3):
        beat("watch 1")
    assert len(watch_state().workers) == 1


def test_a_watch_goes_on_when_the_database_comes_back(monkeypatch):
    monkeypatch.setattr(watching, "AGAIN_AFTER_S", 0.01)
    rounds = []

    def broken_twice(watch):
        rounds.append(1)
        if len(rounds) < 3:
            raise OperationalError
        watch.stop()

    monkeypatch.setattr(Watch, "round", broken_twice)
    monkeypatch.setattr(watching.connection, "close", lambda: None)
    Watch("watch 1", round_s=0.01).go()
    assert len(rounds) == 3


def test_a_worker_whose_round_hangs_ends_itself(monkeypatch):
    """A frozen database server answers nobody and closes nothing: waiting for it would last for ever."""
    monkeypatch.setattr(watching, "HUNG_AFTER_S", 0.1)
    frozen, ended = threading.Event(), threading.Event()
    codes = []
    watch = Watch("watch 1")
    monkeypatch.setattr(watch, "round", lambda: frozen.wait(10))
    watch.give_up_when_hung(end=lambda code: (codes.append(code), ended.set(), watch.stop(), frozen.set()))
    started = time.monotonic()
    watch.go()
    assert ended.wait(5)
    assert codes == [watching.HUNG]
    assert time.monotonic() - started < 5
