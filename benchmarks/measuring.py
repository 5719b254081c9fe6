"""The run itself: a database for each size, a server for it, every path in turn, figures and targets."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import median

from django.core.management import call_command
from django.db import connection

from benchmarks import report, rules, scoring
from benchmarks.counting import WrongAnswer, check, queries_of
from benchmarks.driver import drive
from benchmarks.figures import Figure, Run, figure_of, run_of
from benchmarks.paths import BARE_ROWS, MeasuredPath, all_paths
from benchmarks.processes import Meter, memory_mb
from benchmarks.records import Records, answering_of, make_records
from benchmarks.scratch_database import NoScratchDatabase, scratch_database
from benchmarks.server import NotServing, Serving, serving
from benchmarks.site.models import make_bare_table

MOST_A_RUN = 20_000  # requests that can be sent once only
ALONE_SHARE = 0.4  # a reader alone is measured for this part of the time
WARM_UP_S = 1.0
WORKER_SETTLES_S = 3.0
FASTEST_PER_S = 1500  # submissions; each can be sent once, so as many are prepared as could be sent


class OutOfRequests(Exception):
    """A path that can be sent once only was answered faster than requests were prepared."""


@dataclass(frozen=True)
class Plan:
    """What is measured, how long and how often."""

    practice_url: str
    database: str
    folder: Path
    sizes: tuple[int, ...]
    repeats: int
    seconds: float
    connections: int
    starts: int

    def requests_each(self, answering: int) -> int:
        """How many questionnaires wait for each of the patients who answer, so that none is answered twice."""
        loaded_s = WARM_UP_S + self.repeats * self.seconds * (1 + ALONE_SHARE)
        return ceil(loaded_s * FASTEST_PER_S / answering)

    @property
    def log(self) -> Path:
        return self.folder / "web.log"


def measure(plan: Plan) -> int:
    """Measure every size and print; returns the exit code."""
    _say(f"Sojourn benchmarks, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {_machine()}")
    _say(
        f"{plan.connections} connections, {plan.repeats} interleaved repeats of {plan.seconds:g} s, medians; "
        "the load comes from the same machine"
    )
    call_command("collectstatic", verbosity=0, interactive=False)
    for line in scoring.lines(scoring.measured()):
        _say(line)
    by_size = {}
    try:
        for size in plan.sizes:
            with scratch_database(plan.database, plan.practice_url) as url:
                by_size[size] = _measure_size(plan, size, url)
    except (NoScratchDatabase, NotServing, OutOfRequests, WrongAnswer) as error:
        _say(str(error))
        return 1
    if len(plan.sizes) > 1:
        small, large = plan.sizes[
            -2:
        ]  # the smallest practice fills no page, so its pages cost less by themselves
        _say(f"\n== from {small:,} to {large:,} patients")
        for line in report.target_lines(report.growth_targets(by_size[small], by_size[large])):
            _say(line)
    return 0


def _measure_size(plan: Plan, size: int, url: str) -> list[Figure]:
    paths = all_paths(_filled(size, plan))
    queries = {path.name: queries_of(path) for path in paths if not path.is_bare}
    by_the_rules = [*rules.one_patient(), *rules.everybody(size)]
    connection.close()
    connection.close_pool()  # the next size gets a new database of the same name
    start = _start_up(url, plan)
    with serving(url, plan.log) as server, Meter(server.pid, url, plan.database) as meter:
        figures = _figures(plan, paths, server, meter)
        if not meter.sees_the_database():
            _say("The database is on another machine: its CPU time is not counted.")
    for line in report.table(figures, queries):
        _say(line)
    _say(
        f"\nstart to first 200: {start.seconds:.2f} s (files in the system's cache); "
        f"at rest: web {start.web_mb:.0f} MB, worker {start.worker_mb:.0f} MB\n"
    )
    for line in report.target_lines(
        [*report.targets(figures, queries), *report.start_targets(start), *by_the_rules]
    ):
        _say(line)
    return figures


def _filled(size: int, plan: Plan) -> Records:
    """Migrate the empty database and fill it."""
    began = time.perf_counter()
    call_command("migrate", verbosity=0, interactive=False)
    make_bare_table(BARE_ROWS)
    requests_each = plan.requests_each(answering_of(size))
    records = make_records(patients=size, requests_each=requests_each, now=datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM measures_response")
        responses = cursor.fetchone()[0]
    _say(f"\n== {size:,} patients, {responses:,} responses (made in {time.perf_counter() - began:.0f} s)")
    return records


def _start_up(url: str, plan: Plan) -> report.StartUp:
    """Start the server several times, and look at the memory of web and worker at rest."""
    seconds = []
    web_mb = 0.0
    for _ in range(plan.starts):
        with serving(url, plan.log) as server:
            seconds.append(server.first_answer_s)
            web_mb = memory_mb(server.pid)
    with plan.log.open("ab") as output:
        command = [sys.executable, "-m", "django", "run_worker"]
        worker = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        time.sleep(WORKER_SETTLES_S)
        return report.StartUp(median(seconds), web_mb, memory_mb(worker.pid))
    finally:
        worker.kill()
        worker.wait()


def _figures(plan: Plan, paths: Sequence[MeasuredPath], server: Serving, meter: Meter) -> list[Figure]:
    """Load every path in turn, several times over, so that what disturbs the machine disturbs all alike."""
    runs: dict[str, list[Run]] = {path.name: [] for path in paths}
    alone: dict[str, list[Run]] = {path.name: [] for path in paths}
    for path in paths:
        _loaded(path, server, meter, plan.connections, min(WARM_UP_S, plan.seconds))
    for repeat in range(plan.repeats):
        for path in paths:
            _tell(f"repeat {repeat + 1} of {plan.repeats}: {path.name}")
            runs[path.name].append(_loaded(path, server, meter, plan.connections, plan.seconds))
            alone[path.name].append(_loaded(path, server, meter, 1, plan.seconds * ALONE_SHARE))
    _tell("")
    return [figure_of(path.name, runs[path.name], alone[path.name], is_bare=path.is_bare) for path in paths]


def _loaded(path: MeasuredPath, server: Serving, meter: Meter, connections: int, seconds: float) -> Run:
    requests = path.take(MOST_A_RUN)
    before = meter.read()
    tally = drive(
        port=server.port, connections=connections, seconds=seconds, requests=requests, again=not path.once
    )
    spent = meter.read().since(before)
    path.give_back(requests[tally.sent :])
    for status, example in tally.example.items():
        check(path, status, example)
    if not tally.latencies_ms:
        raise OutOfRequests(
            f"No request of “{path.name}” is left to send; raise FASTEST_PER_S in measuring.py."
        )
    return run_of(tally, spent)


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{os.cpu_count()} cores of {(models or ['an unnamed processor'])[0]}, Python {sys.version.split()[0]}"


def _say(line: str) -> None:
    print(line, flush=True)


def _tell(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{line:<60}\r")
        sys.stderr.flush()
