"""A burst of readings while web server and database are killed: every acknowledged one must be there, once, chain intact.

`./sojourn bench --burst 10000` runs it in a practice of its own, under the supervisor of `./sojourn up`.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from benchmarks.server import free_port
from launcher.binaries import server_programs
from launcher.children import Child, Program
from launcher.cluster import APPLICATION, prepared_cluster
from launcher.places import made_data_folder
from launcher.practice import log_folder, practice_environment, serve_cluster
from launcher.privileges import server_account
from launcher.processes import end, marked
from launcher.supervisor import Supervisor

SESSIONS = 4
SENDERS = 6
AGAIN_AFTER_S = (0.05, 0.1, 0.3, 0.6)
GIVE_UP_AFTER_S = 120.0
PREPARE = """
import json, sys, django
django.setup()
from datetime import UTC, datetime
from django.core.management import call_command
from benchmarks.floor_records import make_floor
from sojourn.program.audit.privileges import grant_to
call_command("migrate", verbosity=0, interactive=False)
grant_to(sys.argv[1], make=True)
found = make_floor(int(sys.argv[2]), now=datetime.now(UTC))
print(json.dumps(found.secrets))
"""


@dataclass
class Practice:
    """A practice served by the supervisor, with the secret of a gateway for each running session."""

    supervisor: Supervisor
    port: int
    url: str
    variables: dict[str, str]
    secrets: list[str]
    database: Child
    web: Child


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


@contextmanager
def practice(folder: Path) -> Iterator[Practice]:
    """Serve a durable practice with running sessions; everything is ended in any case."""
    data = made_data_folder(folder)
    with Supervisor(str(data), delays_s=(0.3,), tell=lambda _: None) as supervisor:
        try:
            cluster = prepared_cluster(data, server_programs(Path(sys.prefix)), server_account())
            serve_cluster(supervisor, cluster, log_folder(data) / "postgres.log")
            owner = practice_environment(data, cluster.url())
            command = [sys.executable, "-c", PREPARE, APPLICATION, str(SESSIONS)]
            made = subprocess.run(command, env=owner, capture_output=True, text=True, check=False)
            if made.returncode:
                raise RuntimeError(made.stderr[-2000:])
            variables = practice_environment(data, cluster.url(role=APPLICATION)) | {"SOJOURN_DEBUG": "1"}
            port = free_port()
            pages = (
                *(
                    sys.executable,
                    "-m",
                    "granian",
                    "--interface",
                    "wsgi",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(port),
                ),
                *("--workers", "1", "--blocking-threads", "6", "--no-ws", "--log-level", "warning"),
                "sojourn.config.wsgi:application",
            )
            web = supervisor.start(Program("The web server", pages, variables, log_folder(data) / "web.log"))
            database = supervisor.children[0]
            yield Practice(supervisor, port, cluster.url(), owner, json.loads(made.stdout), database, web)
        finally:
            supervisor.stop()
            end(marked(str(data), but_not="postgres"), signal.SIGKILL, wait_s=5)


def burst(of: Practice, *, events: int, kills: int, seed: int = 1) -> tuple[Log, Verdict]:
    """Send readings until so many are acknowledged, killing web server and database in turn meanwhile."""
    log, chance = Log(), random.Random(seed)
    senders = [
        threading.Thread(target=_send, args=(of, log, events // SENDERS + (n < events % SENDERS), n))
        for n in range(SENDERS)
    ]
    _wait_for_pages(of)
    for sender in senders:
        sender.start()
    killed = 0
    while any(sender.is_alive() for sender in senders):
        of.supervisor.look(wait_s=0.05)
        done = len(log.acknowledged)
        if killed < kills and done >= (killed + 1) * events // (kills + 1) and chance.random() < 0.5:  # noqa: PLR2004
            _kill(of.web if killed % 2 else of.database)
            killed += 1
    of.supervisor.look(wait_s=0.5)
    return log, verdict(of, log, kills=killed)


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
            of.supervisor.look(wait_s=0.2)
    counted = dict(rows)
    proved = subprocess.run(
        [sys.executable, "-m", "django", "verify_session", "--all"],
        env=of.variables,
        capture_output=True,
        check=False,
    )
    return Verdict(
        acknowledged=len(log.acknowledged),
        lost=sum(form_id not in counted for form_id in log.acknowledged),
        doubled=sum(count > 1 for count in counted.values()),
        is_intact=proved.returncode == 0,
        kills=kills,
        asked_again=log.asked_again,
    )


def _send(of: Practice, log: Log, count: int, place: int) -> None:
    """Send readings one after the other; each again, with the same id, until somebody says that it is recorded."""
    for n in range(count):
        form_id, taken_at = uuid4(), datetime.now(UTC).isoformat()
        secret = of.secrets[(place + n) % len(of.secrets)]
        deadline = time.monotonic() + GIVE_UP_AFTER_S
        tries = 0
        while not _recorded(of.port, secret, form_id, taken_at, log):
            if time.monotonic() > deadline:
                return
            time.sleep(AGAIN_AFTER_S[min(tries, len(AGAIN_AFTER_S) - 1)])
            tries += 1
        with log.kept:
            log.acknowledged.add(form_id)
            log.asked_again += tries


def _recorded(port: int, secret: str, form_id: UUID, taken_at: str, log: Log) -> bool:
    facts = {"systolic": 118 + form_id.int % 20, "diastolic": 76, "spo2": 97}
    event = {"form_id": str(form_id), "kind": "vital_taken", "taken_at": taken_at, "facts": facts}
    line = HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        line.request(
            "POST", "/record/", json.dumps({"sent_at": datetime.now(UTC).isoformat(), "events": [event]}),
            {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )  # fmt: skip
        answer = line.getresponse()
        said = answer.read()
    except (OSError, HTTPException):
        return False
    finally:
        line.close()
    if answer.status == 200 and (b'"recorded"' in said or b'"repeat"' in said):  # noqa: PLR2004
        return True
    if answer.status < 500:  # noqa: PLR2004
        log.refused.append(f"{answer.status}: {said[:200]!r}")
    return False


def _kill(child: Child) -> None:
    """End a program and what it started, as a power cut would: nobody is asked."""
    if child.process is None:
        return
    try:
        if child.program.owns_group:
            os.killpg(child.process.pid, signal.SIGKILL)
        else:
            child.process.send_signal(signal.SIGKILL)
    except ProcessLookupError:
        return


def _wait_for_pages(of: Practice) -> None:
    deadline = time.monotonic() + GIVE_UP_AFTER_S
    while time.monotonic() < deadline:
        of.supervisor.look(wait_s=0.1)
        line = HTTPConnection("127.0.0.1", of.port, timeout=10)
        try:
            line.request("GET", "/health/")
            if line.getresponse().status == 200:  # noqa: PLR2004
                return
        except (OSError, HTTPException):
            continue
        finally:
            line.close()
    raise RuntimeError("the pages are not served")


def measure_burst(events: int) -> int:
    """Run a burst and print the verdict; the exit code says whether it is good."""
    with tempfile.TemporaryDirectory(prefix="sojourn-burst-") as folder, practice(Path(folder)) as served:
        began = time.monotonic()
        log, found = burst(served, events=events, kills=max(4, events // 500))
        print(f"{found}; {time.monotonic() - began:.0f} s; refused: {log.refused[:3]}")
    return int(bool(found.lost or found.doubled or not found.is_intact or found.acknowledged < events))
