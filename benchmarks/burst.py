"""A burst of readings, looks and taps while every program is killed: what was acknowledged must be there, once, sealed.

`./sojourn bench --burst 10000` runs it in a practice of its own, under the supervisor of `./sojourn up`.
"""

import random
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from benchmarks.served import Practice, kill, post, practice, press, tap
from launcher.children import Child

SENDERS = 6
AGAIN_AFTER_S = (0.05, 0.1, 0.3, 0.6)
GIVE_UP_AFTER_S = 120.0


@dataclass
class Log:
    """The senders' own log: what was acknowledged, and how often somebody had to ask again."""

    acknowledged: set[UUID] = field(default_factory=set)
    asked_again: int = 0
    refused: list[str] = field(default_factory=list)
    kept: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Verdict:
    """What the database says about the senders' log."""

    acknowledged: int
    lost: int
    doubled: int
    is_intact: bool
    kills: int
    asked_again: int


def burst(of: Practice, *, events: int, kills: int, seed: int = 1) -> tuple[Log, Verdict]:
    """Send until so many are acknowledged, killing a program by chance meanwhile; web server and database most often."""
    log, chance = Log(), random.Random(seed)
    senders = [
        threading.Thread(target=_send, args=(of, log, events // SENDERS + (n < events % SENDERS), n))
        for n in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    killed = 0
    while any(sender.is_alive() for sender in senders):
        of.look()
        done = len(log.acknowledged)
        if killed < kills and done >= (killed + 1) * events // (kills + 1) and chance.random() < 0.5:  # noqa: PLR2004
            kill(_victim(of, killed, chance))
            killed += 1
    of.look(0.5)
    return log, verdict(of, log, kills=killed)


def _victim(of: Practice, killed: int, chance: random.Random) -> Child:
    others = [each for each in of.supervisor.children if each is not of.web and each is not of.database]
    if others and killed % 3 == 2:  # noqa: PLR2004
        return chance.choice(others)
    return of.web if killed % 2 else of.database


def verdict(of: Practice, log: Log, *, kills: int = 0) -> Verdict:
    """Hold the senders' log beside the database, and prove every chain."""
    deadline = time.monotonic() + GIVE_UP_AFTER_S
    while True:
        try:
            with psycopg.connect(of.url) as connection:
                rows = connection.execute(
                    "SELECT form_id, count(*) FROM treatment_sessionevent GROUP BY 1"
                ).fetchall()
            break
        except psycopg.Error:
            if time.monotonic() > deadline:
                raise
            of.look(0.2)
    counted = dict(rows)
    return Verdict(
        acknowledged=len(log.acknowledged),
        lost=sum(form_id not in counted for form_id in log.acknowledged),
        doubled=sum(count > 1 for count in counted.values()),
        is_intact=of.is_intact(),
        kills=kills,
        asked_again=log.asked_again,
    )


def _send(of: Practice, log: Log, count: int, place: int) -> None:
    """Send one after the other; each again, with the same id, until somebody says that it is recorded."""
    way = WAYS[place % len(WAYS)]
    for n in range(count):
        form_id, taken_at = uuid4(), datetime.now(UTC).isoformat()
        session = (place + n) % len(of.visits)
        deadline = time.monotonic() + GIVE_UP_AFTER_S
        tries = 0
        while not _recorded(way(of, session, form_id, taken_at), log):
            if time.monotonic() > deadline:
                return
            time.sleep(AGAIN_AFTER_S[min(tries, len(AGAIN_AFTER_S) - 1)])
            tries += 1
        with log.kept:
            log.acknowledged.add(form_id)
            log.asked_again += tries


def _recorded(answer: tuple[int, str], log: Log) -> bool:
    status, said = answer
    if 400 <= status < 500:  # noqa: PLR2004
        log.refused.append(f"{status}: {said[:200]!r}")
    return status in {200, 302}


def _by_a_gateway(of: Practice, session: int, form_id: UUID, taken_at: str) -> tuple[int, str]:
    facts = {"systolic": 118 + form_id.int % 20, "diastolic": 76, "spo2": 97}
    event = {"form_id": str(form_id), "kind": "vital_taken", "taken_at": taken_at, "facts": facts}
    return post(of, of.secrets[session], event)


def _by_a_sitters_outbox(of: Practice, session: int, form_id: UUID, taken_at: str) -> tuple[int, str]:
    event = {"form_id": str(form_id), "kind": "looked", "taken_at": taken_at, "facts": {}}
    return post(of, of.sitters[session], event)


def _by_a_sitters_page(of: Practice, session: int, form_id: UUID, _taken_at: str) -> tuple[int, str]:
    return tap(of, of.sitters[session], str(form_id))


def _on_the_board(of: Practice, session: int, form_id: UUID, _taken_at: str) -> tuple[int, str]:
    return press(of, of.visits[session], str(form_id))


WAYS = (_by_a_gateway, _on_the_board, _by_a_sitters_page, _by_a_gateway, _by_a_sitters_outbox, _on_the_board)


def measure_burst(events: int) -> int:
    """Run a burst and print the verdict; the exit code says whether it is good."""
    with (
        tempfile.TemporaryDirectory(prefix="sojourn-burst-") as folder,
        practice(Path(folder), whole=True, sessions=50) as served,
    ):
        began = time.monotonic()
        log, found = burst(served, events=events, kills=max(4, events // 500))
        print(f"{found}; {time.monotonic() - began:.0f} s; refused: {log.refused[:3]}")
    return int(bool(found.lost or found.doubled or not found.is_intact or found.acknowledged < events))
