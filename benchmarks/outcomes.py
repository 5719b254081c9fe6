"""Results of a practice of a million: the page's queries beside bare SQL, and a full recount beside an analytical engine.

Everything happens in one run on one set of data (`outcomes.sql`, the same for one seed), in a database of its own. Counts of
all engines must be identical, or the run fails.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from uuid import UUID

import numpy as np
from django.core.management import call_command
from django.db import connection

from benchmarks.analytical import TOTALS, Analytical, plain_sql
from benchmarks.scratch_database import scratch_database
from sojourn.clinical import instruments
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS
from sojourn.clinical.outcomes.recount import Tallies, day_number, scores_that_count, tallies
from sojourn.clinical.outcomes.reports import yardstick_of
from sojourn.program.people.actors import Actor
from sojourn.program.people.roles import Role
from sojourn.program.results.counting import Asked, Counted, chain_from, counted, harms_among
from sojourn.program.results.loading import Loaded, load
from sojourn.program.treatment.trajectories import trajectories_of

STATEMENTS = Path(__file__).with_name("outcomes.sql")
TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)
SEED = 20_260_101
PHQ9 = yardstick_of(instruments.get("phq-9"))
HEADLINE = USUAL_WINDOWS[2]
DIRECTOR = Actor(user_id=UUID(int=1), name="Director", roles=frozenset({Role.MEDICAL_DIRECTOR}))
BATCH = 10_000


class CountsDiffer(Exception):
    """Two engines counted differently on the same data."""


@dataclass(frozen=True)
class Size:
    """How many patients, and how many clinics they are spread over."""

    patients: int
    clinics: int = 200
    repeats: int = 5


def measure(size: Size, *, database: str, practice_url: str) -> int:
    """Make the practice, measure, print; returns the exit code."""
    with scratch_database(database, practice_url):
        call_command("migrate", verbosity=0, interactive=False)
        _make(Size(10, clinics=2))
        _one_patient(Size(10, clinics=2))
        connection.close()
    with scratch_database(database, practice_url):
        call_command("migrate", verbosity=0, interactive=False)
        _make(size)
        _pages(size)
        _one_patient(size)
        loaded = _loaded()
        try:
            _recount(size, loaded)
        except CountsDiffer as differ:
            print(f"FAILED: {differ}")
            return 1
        finally:
            connection.close()
    return 0


def _make(size: Size) -> None:
    start = time.perf_counter()
    text = STATEMENTS.read_text(encoding="utf-8")
    for name, value in (
        ("patients", size.patients), ("sites", size.clinics), ("seed", SEED), ("today", f"'{TODAY}'"),
        ("definition", PHQ9.definition_hash),
    ):  # fmt: skip
        text = text.replace(f"{{{name}}}", str(value))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET work_mem = '256MB'")
        for statement in text.strip().split(";\n"):
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
        made = time.perf_counter()
        cursor.execute("SELECT count(*) FROM measures_response")
        [scores] = cursor.fetchone()
        _say(
            f"{size.patients:,} patients and {scores:,} scores at {size.clinics} clinics, made in {made - start:.0f} s"
        )
        for keep in ("results_follow", "treatment_stand"):
            began = time.perf_counter()
            for first in range(1, size.patients + 1, BATCH):
                cursor.execute(
                    f"SELECT {keep}(ARRAY(SELECT bench_id(4, n) FROM generate_series(%s::bigint, %s) n))",  # noqa: S608
                    [first, min(first + BATCH - 1, size.patients)],
                )
            _say(f"{keep}: every row made anew in {time.perf_counter() - began:.0f} s")
        cursor.execute("VACUUM ANALYZE")


def _pages(size: Size) -> None:
    """The page's queries for one clinic and for all, beside the same counts in bare SQL on the covering index."""
    sites = [UUID(f"01930001-0000-7000-8000-{number:012x}") for number in range(1, size.clinics + 1)]
    asked = {site: Asked(TODAY, site_id=site) for site in sites}

    def page(site: UUID) -> None:
        counted(DIRECTOR, asked[site], yardstick=PHQ9)

    def bare(site: UUID) -> None:
        with connection.cursor() as cursor:
            cursor.execute(BARE, [TODAY, PHQ9.id, site])
            cursor.fetchall()

    timed: dict[str, list[float]] = {"page": [], "bare": []}
    warming = sites[:20]
    for site in (*warming, *sites[:100]):
        for name, run in (("page", page), ("bare", bare)):
            timed[name].append(_seconds(lambda run=run, site=site: run(site)))
    ours, theirs = (sorted(times[len(warming) :]) for times in timed.values())
    _say(
        f"one clinic of {size.patients // size.clinics:,}, all seven windows: p50 {1000 * median(ours):.1f} ms, "
        f"p99 {1000 * ours[int(0.99 * len(ours))]:.1f} ms; bare SQL of one window on the index "
        f"{1000 * median(theirs):.1f} ms: {median(ours) / median(theirs):.1f}x"
    )
    for says, run in (
        ("all clinics by prescriber, the window of the headline",
         lambda: counted(DIRECTOR, Asked(TODAY), yardstick=PHQ9, windows=[HEADLINE])),
        ("all clinics by prescriber, all seven windows", lambda: counted(DIRECTOR, Asked(TODAY), yardstick=PHQ9)),
        ("harms of everybody", lambda: harms_among(DIRECTOR, Asked(TODAY))),
    ):  # fmt: skip
        _say(f"{says}: {_median_of(run, size.repeats):.2f} s")


def _one_patient(size: Size) -> None:
    """What a trajectory page asks of the database and of clinical, for patients all over the practice."""
    people = [UUID(f"01930004-0000-7000-8000-{1 + n * size.patients // 50:012x}") for n in range(50)]
    for person in people:
        trajectories_of(person, actor=DIRECTOR, now=NOW)
    times = sorted(
        _seconds(lambda person=person: trajectories_of(person, actor=DIRECTOR, now=NOW)) for person in people
    )
    _say(
        f"one patient's trajectories among {size.patients:,}: p50 {1000 * median(times):.1f} ms, "
        f"slowest of 50 {1000 * times[-1]:.1f} ms"
    )


# One window's chain of one clinic, as bare as it can be said.
BARE = """
SELECT count(*) FILTER (WHERE baseline >= 10000), count(*) FILTER (WHERE baseline >= 10000 AND first_dose_on + 41 <= %s
  AND 2 * week_4 <= baseline)
FROM results_scoresfollowed WHERE instrument_id = %s AND site_id = %s
"""


def _loaded() -> Loaded:
    began = time.perf_counter()
    loaded = load(DIRECTOR, Asked(TODAY), yardstick=PHQ9)
    _say(
        f"raw scores read as columns: {len(loaded.readings.person):,} in {time.perf_counter() - began:.1f} s"
    )
    return loaded


def _recount(size: Size, loaded: Loaded) -> None:
    """All clinics, all windows, from raw scores; interleaved with the other engines."""
    as_of = day_number(TODAY)

    def ours() -> tuple[Tallies, ...]:
        scores = scores_that_count(loaded.people, loaded.readings, windows=USUAL_WINDOWS, as_of=as_of)
        return tallies(loaded.people, scores, yardstick=PHQ9, windows=USUAL_WINDOWS, as_of=as_of)

    engine = Analytical(loaded, PHQ9, as_of)
    timed: dict[str, list[float]] = {"ours": [], "duckdb": []}
    for _ in range(size.repeats):
        timed["ours"].append(_seconds(ours))
        timed["duckdb"].append(_seconds(engine.counts))
    began = time.perf_counter()
    by_sql = plain_sql(PHQ9.id, TODAY)
    plain = time.perf_counter() - began
    found = {tally.window.id: _totals(tally) for tally in ours()}
    rows = counted(DIRECTOR, Asked(TODAY), yardstick=PHQ9)
    answers = {
        "DuckDB": engine.counts(),
        "plain SQL": by_sql,
        "the page": {
            window.id: _totals_of([r for r in rows if r.visit == window.id]) for window in USUAL_WINDOWS
        },
    }
    for name, other in answers.items():
        if other != found:
            raise CountsDiffer(f"{name} counts {other}, the recount {found}")
    mine, theirs = median(timed["ours"]), median(timed["duckdb"])
    _say(
        f"full recount of {len(loaded.readings.person):,} raw scores, {size.clinics} clinics by prescriber, 7 windows: "
        f"{mine:.2f} s, one thread; DuckDB in memory {theirs:.2f} s ({mine / theirs:.1f}x); "
        f"plain SQL in PostgreSQL {plain:.1f} s "
        f"({plain / mine:.1f} times as long). Counts identical: {', '.join(answers)}."
    )
    _say(f"{', '.join(TOTALS)} at {HEADLINE.id}: {', '.join(f'{n:,}' for n in found[HEADLINE.id])}")
    _say(f"memory of a recount alone, columns and all: {_memory_alone(loaded):,.0f} MiB")


def _memory_alone(loaded: Loaded) -> float:
    """The highest memory of a process that does nothing but read the columns from a file and recount."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "columns.npz"
        np.savez(
            path, first=loaded.people.first_dose_day, unit=loaded.people.unit, person=loaded.readings.person,
            day=loaded.readings.day, value=loaded.readings.value,
        )  # fmt: skip
        ran = subprocess.run(
            [sys.executable, "-m", "benchmarks.recount_alone", str(path), str(day_number(TODAY))],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    return float(ran.stdout)


def _totals(tally: Tallies) -> tuple[int, ...]:
    return tuple(int(getattr(tally, name).sum()) for name in TOTALS)


def _totals_of(rows: list[Counted]) -> tuple[int, ...]:
    chain = chain_from(rows, lambda row: row.responded)
    return (
        chain.enrolled, chain.baseline, chain.dosed, chain.reached, chain.observed, chain.met,
        sum(row.remitted for row in rows), chain.worse, chain.reached_without_baseline,
    )  # fmt: skip


def _median_of(run: Callable[[], object], repeats: int) -> float:
    return median(_seconds(run) for _ in range(repeats))


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _say(line: str) -> None:
    print(line, flush=True)
