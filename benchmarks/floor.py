"""`./sojourn bench --floor`: readings in, boards told, and what a board costs, each beside its ceiling in the same run."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from uuid import uuid4

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks.driver import drive
from benchmarks.fanout import measured as fanned_out
from benchmarks.figures import share
from benchmarks.floor_records import ROWS_EACH, FloorRecords, make_finished, make_floor
from benchmarks.processes import Meter, cpu_ms, memory_mb
from benchmarks.report import Target, target_lines
from benchmarks.scratch_database import scratch_database
from benchmarks.server import Serving, free_port, serving
from launcher.binaries import server_programs
from sojourn.live.tickets import Ticket, signed

LISTENING = Path(__file__).with_name("listening.py")
CLIENTS = 32
ARRAY = 50
PLAIN_INSERT = """
INSERT INTO bench_reading (visit, facts, at) VALUES (gen_random_uuid(), '{"systolic": 124, "diastolic": 78}', now());
"""
BATCH_OF_FIFTY = """
INSERT INTO bench_reading (visit, facts, at)
SELECT gen_random_uuid(), '{"systolic": 124, "diastolic": 78}', now() FROM generate_series(1, 50);
"""
A_SECOND = 20  # readings
EACH_5_S = 5  # P6: a reading of every session each five seconds
FINISHED_ROWS = (10_000, 1_000_000)
BOARD = "/workspace/sessions/"


@dataclass(frozen=True)
class FloorPlan:
    """What the run needs to know."""

    practice_url: str
    database: str
    log: Path
    seconds: float
    repeats: int
    sizes: tuple[tuple[int, int], ...] = ((200, 100), (500, 20))  # sessions, open boards
    finished_rows: tuple[int, ...] = FINISHED_ROWS


def measure_floor(plan: FloorPlan) -> int:
    """Measure and print; returns the exit code."""
    _say(
        f"The floor, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {os.cpu_count()} cores; load and boards on the same machine"
    )
    call_command("collectstatic", verbosity=0, interactive=False)
    targets = _fan_out(plan)
    for place, (sessions, boards) in enumerate(plan.sizes):
        with scratch_database(plan.database, plan.practice_url) as url:
            targets += _measure_size(plan, url, sessions, boards, is_first=place == 0)
            connection.close()
            connection.close_pool()
    _say("")
    for line in target_lines(targets):
        _say(line)
    return 0


def _fan_out(plan: FloorPlan) -> list[Target]:
    runs = [
        (fanned_out("bare", seconds=plan.seconds), fanned_out("product", seconds=plan.seconds))
        for _ in range(plan.repeats)
    ]
    bare, hub = (median(run[n]["deliveries_per_s"] for run in runs) for n in (0, 1))
    many = fanned_out("product", subscribers=2000, seconds=0.3)
    lost = sum(run[1]["lost"] for run in runs)
    _say(
        f"fan-out, 200 streams: bare hub {bare:,.0f}/s, hub {hub:,.0f}/s, "
        f"{median(run[1]['cpu_us'] for run in runs):.1f} us a delivery"
    )
    return [
        Target("P5", "deliveries/s in one hub", 60_000, hub),
        Target("P5", "deliveries per bare hub's", 0.35, hub / bare),
        Target("P5", "deliveries lost", 0, lost, lower_is_better=True),
        Target("P5", "KB an open stream (of 2,000)", 40, many["kb_each"], lower_is_better=True),
    ]


def _measure_size(plan: FloorPlan, url: str, sessions: int, boards: int, *, is_first: bool) -> list[Target]:
    call_command("migrate", verbosity=0, interactive=False)
    began = time.perf_counter()
    now = datetime.now(UTC)
    records = make_floor(sessions, now=now)
    _say(
        f"\n== {sessions} running sessions, {boards} open boards (made in {time.perf_counter() - began:.0f} s)"
    )
    targets = []
    with serving(url, plan.log) as server, _hub(url, server.port, plan.log) as (hub_pid, hub_port):
        targets += _boards(server, records, sessions)
        rates = {A_SECOND} if is_first else {A_SECOND, max(A_SECOND, sessions // EACH_5_S)}
        for rate in sorted(rates):
            targets += _live(plan, url, records, server, (hub_pid, hub_port), boards, rate)
        if is_first:
            targets += _readings(plan, url, records, server)
            targets += _growth(plan, records, server, now)
    return targets


def _boards(server: Serving, records: FloorRecords, sessions: int) -> list[Target]:
    """How long the first board after a start takes, and those after it."""
    first = _timed(server, records)
    again = median(_timed(server, records) for _ in range(5))
    _say(f"board page: {first:.0f} ms the first, two seconds after a start, {again:.0f} ms after that")
    return [
        Target("P6", f"first board of {sessions}: ms of the server", 150, first, lower_is_better=True),
        Target("P6", f"board of {sessions}: ms of the server", 150, again, lower_is_better=True),
    ]


def _timed(server: Serving, records: FloorRecords) -> float:
    line = HTTPConnection("127.0.0.1", server.port, timeout=60)
    began = time.perf_counter()
    line.request(
        "GET",
        BOARD,
        headers={"Host": "127.0.0.1", "Cookie": f"{settings.SESSION_COOKIE_NAME}={records.cookie}"},
    )
    answer = line.getresponse()
    page = answer.read()
    line.close()
    if answer.status != 200 or page.count(b"data-visit=") < len(records.visits):  # noqa: PLR2004
        raise RuntimeError(f"the board answered {answer.status} with {page.count(b'data-visit=')} rows")
    return (time.perf_counter() - began) * 1000


def _live(
    plan: FloorPlan,
    url: str,
    records: FloorRecords,
    server: Serving,
    hub: tuple[int, int],
    boards: int,
    rate: int,
) -> list[Target]:
    """So many readings a second while boards are open: from the moment each is sent to every other screen."""
    hub_pid, hub_port = hub
    seconds = max(4.0, plan.seconds * 3)
    listener = subprocess.Popen(
        [sys.executable, str(LISTENING), str(hub_port), str(boards), "0", _ticket(records)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert listener.stdin is not None
    assert listener.stdout is not None
    listener.stdout.readline()
    time.sleep(2.0)
    with Meter(server.pid, url, plan.database) as meter:
        before, hub_before, began = meter.read(), cpu_ms(hub_pid), time.monotonic()
        sent = _paced(server, records, seconds, rate)
        lasted = time.monotonic() - began
        spent, hub_spent = meter.read().since(before), cpu_ms(hub_pid) - hub_before
    time.sleep(2.0)  # what is told later than that counts as lost
    listener.stdin.close()
    told = json.loads(listener.stdout.readline())
    heard = [(visit, at) for _, visit, at in told["heard"]]
    listener.wait(30)
    delays = _delays(sent, heard)
    cores = (spent.web_ms + spent.database_ms + hub_spent) / 1000 / lasted
    says = f"{len(sent) / lasted:.0f} readings/s, {boards} boards"
    _say(
        f"{says}: acknowledged p50 {share([a - s for _, s, a in sent], 0.5) * 1000:.0f} ms; on the other screens "
        f"p50 {share(delays, 0.5) * 1000:.0f} ms, p99 {share(delays, 0.99) * 1000:.0f} ms; "
        f"{len(delays):,} of {len(sent) * boards:,} told; web {spent.web_ms / lasted / 10:.0f} %, "
        f"database {spent.database_ms / lasted / 10:.0f} %, hub {hub_spent / lasted / 10:.0f} % of a core; "
        f"hub {memory_mb(hub_pid):.0f} MB"
    )
    end_to_end = Target(
        "P5", f"{says}: ms to screens, p99", 25, share(delays, 0.99) * 1000, lower_is_better=True
    )
    return [
        *([end_to_end] if boards <= 20 else []),  # noqa: PLR2004 - as the target has it
        Target("P6", f"{says}: s to screens, p99", 1.0, share(delays, 0.99), lower_is_better=True),
        Target("P6", f"{says}: cores, all of it", 0.25 if boards <= 20 else 2.0, cores, lower_is_better=True),  # noqa: PLR2004
        Target(
            "P5",
            f"{says}: boards without the last",
            0,
            _left_behind(sent, heard, boards),
            lower_is_better=True,
        ),
        Target("P5", f"{says}: lost or out of order", 0, told["gaps"], lower_is_better=True),
    ]


def _left_behind(
    sent: Sequence[tuple[str, float, float]], heard: Sequence[tuple[str, float]], boards: int
) -> int:
    """How many times a board was never told of the last reading of a session."""
    last = {visit: began for visit, began, _ in sent}
    told = Counter(visit for visit, at in heard if at > last.get(visit, at))
    return sum(max(0, boards - told[visit]) for visit in last)


def _paced(
    server: Serving, records: FloorRecords, seconds: float, rate: int
) -> list[tuple[str, float, float]]:
    """Post readings at an even pace; gives (visit, sent, acknowledged) of each."""

    def post(place: int) -> tuple[str, float, float]:
        visit, secret = (
            records.visits[place % len(records.visits)],
            records.secrets[place % len(records.visits)],
        )
        line = HTTPConnection("127.0.0.1", server.port, timeout=30)
        began = time.monotonic()
        body = _body(1, 100 + place % 40)
        line.request(
            "POST",
            "/record/",
            body,
            {"Host": "127.0.0.1", "Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )
        answer = line.getresponse()
        said = answer.read()
        acknowledged = time.monotonic()
        line.close()
        if answer.status != 200 or b'"recorded"' not in said:  # noqa: PLR2004
            raise RuntimeError(f"{answer.status}: {said[:200]!r}")
        return str(visit), began, acknowledged

    began = time.monotonic()
    with ThreadPoolExecutor(8) as hands:
        waiting = []
        for place in range(int(seconds * rate)):
            time.sleep(max(0.0, began + place / rate - time.monotonic()))
            waiting.append(hands.submit(post, place))
        return [each.result() for each in waiting]


def _delays(sent: Sequence[tuple[str, float, float]], heard: Sequence[tuple[str, float]]) -> list[float]:
    """For each reading and board, the time until the row came; a row belongs to the last reading before it."""
    by_visit: dict[str, list[float]] = {}
    for visit, began, _ in sent:
        by_visit.setdefault(visit, []).append(began)
    found = []
    for visit, at in heard:
        before = [began for began in by_visit.get(visit, ()) if began < at]
        if before:
            found.append(at - before[-1])
    return found


def _readings(plan: FloorPlan, url: str, records: FloorRecords, server: Serving) -> list[Target]:
    """Single readings and arrays of fifty, beside single-row inserts and batches on the same database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_reading (id bigserial PRIMARY KEY, visit uuid, facts jsonb, at timestamptz)"
        )
    singles, arrays, plain, batches, spent_ms = [], [], [], [], []
    for _ in range(plan.repeats):
        plain.append(_pgbench(plan, url, PLAIN_INSERT, CLIENTS))
        with Meter(server.pid, url, plan.database) as meter:
            before = meter.read()
            began = time.perf_counter()
            singles.append(_posted(plan, records, server, 1, CLIENTS))
            spent = meter.read().since(before)
            count = singles[-1] * (time.perf_counter() - began)
            spent_ms.append((spent.web_ms + spent.database_ms) / count)
        batches.append(_pgbench(plan, url, BATCH_OF_FIFTY, 1) * ARRAY)
        arrays.append(_posted(plan, records, server, ARRAY, 4) * ARRAY)
    one, many = median(singles), median(arrays)
    _say(
        f"readings: {one:,.0f}/s one at a time ({median(spent_ms):.1f} ms of CPU each),"
        f" {many:,.0f}/s in arrays of {ARRAY}; plain durable inserts "
        f"{median(plain):,.0f}/s by {CLIENTS} clients, {median(batches):,.0f} rows/s in batches by one"
    )
    return [
        Target("P3", "readings/s, one a request", 2000, one),
        Target("P3", "readings per plain durable insert", 0.18, one / median(plain)),
        Target("P4", "readings/s in arrays of 50", 20_000, many),
        Target("P4", "readings per row of a bare batch", 0.28, many / median(batches)),
    ]


def _posted(plan: FloorPlan, records: FloorRecords, server: Serving, count: int, connections: int) -> float:
    """Requests a second; each goes to the next session, so that two seldom meet at one."""
    requests = []
    for place in range(int(plan.seconds * (1500 if count == 1 else 100))):
        body = _body(count, 100 + place % 40)
        secret = records.secrets[place % len(records.secrets)]
        head = f"POST /record/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {secret}\r\n"
        requests.append(
            f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
    tally = drive(
        port=server.port, connections=connections, seconds=plan.seconds, requests=requests, again=False
    )
    if set(tally.statuses) != {200}:
        raise RuntimeError(f"recording answered {dict(tally.statuses)}: {tally.example}")
    return len(tally.latencies_ms) / tally.seconds


def _body(count: int, systolic: int) -> str:
    now = datetime.now(UTC)
    events = [
        {
            "form_id": str(uuid4()), "kind": "vital_taken", "taken_at": (now - timedelta(milliseconds=place)).isoformat(),
            "facts": {"systolic": systolic, "diastolic": 78, "heart_rate": 70, "spo2": 97},
        }
        for place in range(count)
    ]  # fmt: skip
    return json.dumps({"sent_at": now.isoformat(), "events": events})


def _pgbench(plan: FloorPlan, url: str, statement: str, clients: int) -> float:
    """Transactions a second of one statement, by PostgreSQL's own load program."""
    script = plan.log.with_name("statement.sql")
    script.write_text(statement)
    program = server_programs(Path(sys.prefix)).folder / "pgbench"
    how = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(plan.seconds)))]
    ran = subprocess.run(
        [str(program), *how, "-f", str(script), url], capture_output=True, text=True, check=True
    )
    return next(
        float(line.split("=")[1].split()[0]) for line in ran.stdout.splitlines() if line.startswith("tps")
    )


def _growth(plan: FloorPlan, records: FloorRecords, server: Serving, now: datetime) -> list[Target]:
    """What a board costs while finished sessions grow."""
    have, costs = 0, []
    for rows in plan.finished_rows:
        want = rows // ROWS_EACH
        make_finished(records, have=have, want=want, now=now)
        have = want
        _timed(server, records)
        costs.append(median(_timed(server, records) for _ in range(9)))
        _say(f"board page beside {rows:,} rows of finished sessions: {costs[-1]:.0f} ms")
    return [
        Target("P6", "board: growth with finished sessions", 1.15, costs[-1] / costs[0], lower_is_better=True)
    ]


@contextmanager
def _hub(url: str, pages_port: int, log: Path) -> Iterator[tuple[int, int]]:
    port = free_port()
    told = {
        "SOJOURN_DATABASE_URL": url, "SOJOURN_LIVE_PORT": str(port), "SOJOURN_LIVE_PAGES": f"http://127.0.0.1:{pages_port}",
        "SOJOURN_SECRET_KEY": settings.SECRET_KEY, "SOJOURN_ALLOWED_HOSTS": "127.0.0.1",
    }  # fmt: skip
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sojourn.live"], env={**os.environ, **told}, stdout=output, stderr=output
        )
    try:
        time.sleep(2.0)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(10)


def _ticket(records: FloorRecords) -> str:
    roles = tuple(role.value for role in records.director.roles)
    given = Ticket(user_id=str(records.director.user_id), roles=roles, sites=None, given_at=time.time())
    return signed(given, secret=settings.SECRET_KEY)


def _say(line: str) -> None:
    print(line, flush=True)
