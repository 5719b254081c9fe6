"""The database is gone, frozen or killed, for longer than anything waits for it: nobody hangs, all say so, nothing is lost."""

import json
import logging
import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from benchmarks.served import ask, kill, post, practice, press
from launcher.findings import lookout
from launcher.running import Running
from tests.support.live import Listener

pytestmark = pytest.mark.slow
log = logging.getLogger(__name__)
GONE_S = 20.0  # longer than each of: a page's patience (8 s), its wait for a connection (10 s), a hung round (12 s), blindness (15 s)
ANSWERED_WITHIN_S = 11.5  # the longest of these waits, and what a busy machine adds
BLIND_WITHIN_S = 17.5  # fifteen seconds of silence, told by files that are written and read once a second
SAID_WITHIN_S = 15.0
DUE_AFTER_S = 8.0


@dataclass
class Client:
    """Sends readings and presses without a pause, each again until it is on record; keeps what it was told, and when."""

    served: object
    number: int
    stopped: threading.Event = field(default_factory=threading.Event)
    acknowledged: list[str] = field(default_factory=list)
    answers: list[tuple[float, float, int]] = field(default_factory=list)  # when, how long it took, status

    def go(self):
        while not self.stopped.is_set():
            form_id, taken_at = str(uuid4()), datetime.now(UTC).isoformat()
            while not self.sent(form_id, taken_at):
                if self.stopped.is_set():
                    return
                time.sleep(0.2)
            self.acknowledged.append(form_id)
            time.sleep(0.05)

    def sent(self, form_id, taken_at):
        of, began = self.served, time.monotonic()
        if self.number % 2:
            status, _ = press(of, of.visits[self.number % len(of.visits)], form_id, within_s=60)
        else:
            event = {
                "form_id": form_id,
                "kind": "vital_taken",
                "facts": {"heart_rate": 71},
                "taken_at": taken_at,
            }
            status, _ = post(of, of.secrets[self.number % len(of.secrets)], event, within_s=60)
        self.answers.append((began, time.monotonic() - began, status))
        return status in {200, 302}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with practice(tmp_path_factory.mktemp("served") / "practice", whole=True) as found:
        until(found, lambda: not state(found).get("is_blind", True), within_s=60)
        yield found
    listening = [thread for thread in threading.enumerate() if isinstance(thread, Ticks)]
    for thread in listening:
        thread.join(5)
    assert not any(thread.is_alive() for thread in listening), (
        "somebody listens to a board that nobody serves"
    )


def state(served):
    try:
        return json.loads((served.data / "watch" / "state.json").read_text())
    except (OSError, ValueError):
        return {}


def until(served, holds, *, within_s):
    """Look after the programs until something is so; gives how long that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, "this did not come true"
        served.look(0.05)
    return time.monotonic() - began


def rows(served, statement, *values):
    with psycopg.connect(served.url, connect_timeout=5) as owner:
        return owner.execute(statement, values).fetchall()


def let_a_look_be_due(served, visit, in_s):
    with psycopg.connect(served.url) as owner:
        owner.execute(
            "UPDATE safety_deadline SET is_armed = true, rung = 0, times = 0, look_due_at = clock_timestamp(),"
            " began_at = clock_timestamp() + make_interval(secs => %(s)s), due_at = clock_timestamp() + make_interval(secs => %(s)s)"
            " WHERE kind = 'look' AND about_id = %(visit)s",
            {"s": in_s, "visit": visit},
        )


def steps(served, visit, since):
    return rows(
        served,
        "SELECT step.rung, step.times, alarm.raised_at FROM safety_missedstep step JOIN safety_alarm alarm"
        " ON alarm.id = step.alarm_id WHERE step.visit_id = %s AND step.taken_at > %s",
        visit, since,
    )  # fmt: skip


def freeze(served):
    for pid in served.servers():
        signal_to(pid, signal.SIGSTOP)


def thaw(served):
    for pid in served.servers():
        signal_to(pid, signal.SIGCONT)


def signal_to(pid, number):
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def kill_all_of_it(served):
    for pid in served.servers():
        signal_to(pid, signal.SIGKILL)
    until(served, lambda: served.database.next_start_at is not None, within_s=10)
    served.database.next_start_at = time.monotonic() + 3600


def start_it_again(served):
    served.database.next_start_at = time.monotonic()


def board(served):
    headers = {"Cookie": f"sojourn_session={served.cookie}"}
    status, said = ask(served.port, "GET", "/workspace/sessions/ticket/", headers=headers, within_s=30)
    assert status == 200
    return Listener(served.live_port, json.loads(said)["ticket"])


class Ticks(threading.Thread):
    """A board that listens, and notes when it was told that nothing is missing."""

    def __init__(self, served):
        super().__init__(daemon=True)
        self.listener, self.at = board(served), []

    def run(self):
        try:
            while self.listener.next("tick", within_s=120)[0] == "tick":  # and not the end of the stream
                self.at.append(time.monotonic())
        except (OSError, TimeoutError, ValueError):
            return


@pytest.mark.parametrize(("take", "give_back"), [(freeze, thaw), (kill_all_of_it, start_it_again)])
def test_a_database_that_is_gone_hangs_nobody_and_is_missed_by_everybody(served, take, give_back):
    (since,) = rows(served, "SELECT clock_timestamp()")[0]
    visit = served.visits[3]
    ticks = Ticks(served)
    ticks.start()
    clients = [
        Client(served, number) for number in (0, 1, 2, 4, 5)
    ]  # more than half of the threads; none at the visit
    threads = [threading.Thread(target=client.go, daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    served.look(2)
    let_a_look_be_due(served, visit, DUE_AFTER_S)
    gone_at = time.monotonic()
    take(served)
    try:
        blind_s = until(served, lambda: state(served).get("is_blind"), within_s=BLIND_WITHIN_S)
        told = json.loads(ask(served.port, "GET", "/health/watch/", within_s=ANSWERED_WITHIN_S)[1])
        assert told["is_blind"], "the pages say so without a database"
        (found,) = lookout(served.data, Running(1, "up", "http://localhost/"))
        assert found.grade == "problem"
        assert "Monitoring is blind" in found.sentence
        served.look(max(0.0, GONE_S - (time.monotonic() - gone_at)))
    finally:
        give_back(served)
    back_at = time.monotonic()
    back_s = until(served, lambda: ask(served.port, "GET", "/health/", within_s=1)[0] == 200, within_s=15)
    until(served, lambda: not state(served).get("is_blind", True), within_s=15)
    taken_s = until(served, lambda: steps(served, visit, since), within_s=10)
    served.look(3)
    for client in clients:
        client.stopped.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "somebody still waits for an answer"

    answers = [each for client in clients for each in client.answers]
    longest = max(took for _, took, _ in answers)
    while_gone = [each for each in answers if gone_at + ANSWERED_WITHIN_S < each[0] < back_at - 1]
    assert longest < ANSWERED_WITHIN_S, f"somebody waited {longest:.1f} s"
    assert {status for _, _, status in answers} <= {200, 302, 503}
    assert while_gone, "everybody hung"
    quick = sorted(took for _, took, _ in while_gone)[len(while_gone) // 2]
    assert quick < 1, f"once one waited in vain the others are told at once, and not after {quick:.1f} s"
    assert blind_s < BLIND_WITHIN_S

    silent = [at for at in ticks.at if gone_at + 4 < at < back_at]
    assert silent == [], "a board was told that nothing is missing, without a database to know it from"
    assert [at for at in ticks.at if at > back_at] or Ticks(served).listener.next("tick", within_s=15)

    taken = steps(served, visit, since)
    assert len(taken) == 1, (
        f"a look that fell due meanwhile is missed once, {taken_s:.1f} s after the database was back"
    )
    acknowledged = [form_id for client in clients for form_id in client.acknowledged]
    on_record = [form_id for (form_id,) in rows(served, "SELECT form_id::text FROM treatment_sessionevent")]
    assert len(acknowledged) > len(clients)
    assert set(acknowledged) <= set(on_record)
    assert len(on_record) == len(set(on_record))
    assert served.is_intact()
    log.warning(
        "%s: longest answer %.1f s, median while gone %.2f s, blind after %.1f s, pages back after %.1f s,"
        " the missed look taken %.1f s after that",
        take.__name__, longest, quick, blind_s, back_s, taken_s,
    )  # fmt: skip


def test_workers_of_the_watch_that_are_dead_are_missed_and_what_fell_due_meanwhile_is_taken_once(served):
    (since,) = rows(served, "SELECT clock_timestamp()")[0]
    visit = served.visits[2]
    headers = {"Authorization": f"Bearer {served.secrets[2]}"}

    def watched():
        return json.loads(ask(served.port, "GET", "/record/tick", headers=headers, within_s=30)[1])["watch"]

    assert watched()
    workers = [child for child in served.supervisor.children if child.program.name.startswith("Watch")]
    assert len(workers) >= 2
    for worker in workers:
        kill(worker)
    until(served, lambda: all(worker.next_start_at for worker in workers), within_s=10)
    for worker in workers:
        worker.next_start_at = time.monotonic() + 3600
    died_at = time.monotonic()
    let_a_look_be_due(served, visit, DUE_AFTER_S)
    told = board(served)
    until(served, lambda: not watched(), within_s=SAID_WITHIN_S)
    while told.next("tick", within_s=10)[2]["watch"] is not False:
        assert time.monotonic() - died_at < SAID_WITHIN_S, "the board does not say that nobody watches"
    assert time.monotonic() - died_at < SAID_WITHIN_S
    until(
        served, lambda: state(served).get("is_blind"), within_s=BLIND_WITHIN_S - (time.monotonic() - died_at)
    )
    served.look(max(0.0, GONE_S - (time.monotonic() - died_at)))
    assert steps(served, visit, since) == []
    for worker in workers:
        worker.next_start_at = time.monotonic()
    until(served, lambda: steps(served, visit, since), within_s=15)
    until(served, watched, within_s=10)
    served.look(3)
    assert len(steps(served, visit, since)) == 1
