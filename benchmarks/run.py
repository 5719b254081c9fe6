"""`./sojourn bench`: one run that measures the pages beside the bare ceilings, and prints ratios and targets."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
FEWEST_PATIENTS = 100  # fewer would leave a phase empty
NO_DATABASE = "SOJOURN_DATABASE_URL is not set. Run ./sojourn bench."


def main() -> int:
    """Measure and print; returns the exit code."""
    options = _options()
    if options.burst:
        from benchmarks.burst import measure_burst

        return measure_burst(options.burst)
    if options.alarms:
        from benchmarks.alarms import measure_alarms

        return measure_alarms(options.alarms, plant=options.plant)
    practice_url = os.environ.get("SOJOURN_DATABASE_URL", "")
    if not practice_url:
        print(NO_DATABASE)
        return 1
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as folder:
        _set_up_django(practice_url, options.database, folder)
        if options.papers:
            from benchmarks import papers

            return papers.measure(options.papers)
        if options.coverage:
            from benchmarks import holding_intervals

            return holding_intervals.measure(options.coverage)
        if options.outcomes:
            from benchmarks import outcomes

            size = outcomes.Size(
                options.outcomes,
                clinics=min(200, options.outcomes // FEWEST_PATIENTS),
                repeats=options.repeats,
            )
            return outcomes.measure(size, database=options.database, practice_url=practice_url)
        if options.floor:
            from benchmarks.floor import FloorPlan, measure_floor

            quick = {"sizes": ((12, 5),), "finished_rows": (300, 600)} if options.quick else {}
            return measure_floor(
                FloorPlan(
                    practice_url=practice_url,
                    database=options.database,
                    log=Path(folder) / "web.log",
                    seconds=1.0 if options.quick else options.seconds,
                    repeats=1 if options.quick else options.repeats,
                    **quick,
                )
            )
        if options.watch:
            from benchmarks import watching

            afternoon = watching.Afternoon(options.watch, seed=options.seed, plant=options.plant)
            return watching.measure(afternoon, database=options.database, practice_url=practice_url)
        from benchmarks import measuring  # only now can the product be imported

        plan = measuring.Plan(
            practice_url=practice_url,
            database=options.database,
            folder=Path(folder),
            sizes=tuple(options.patients or ((200,) if options.quick else (100, 1000, 100_000))),
            repeats=1 if options.quick else options.repeats,
            seconds=0.4 if options.quick else options.seconds,
            connections=options.connections,
            starts=1 if options.quick else 5,
        )
        return measuring.measure(plan)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./sojourn bench", description="Measure the pages beside a bare server."
    )
    parser.add_argument(
        "--patients",
        type=int,
        nargs="+",
        metavar="N",
        help="sizes (100 1000 100000); growth is taken from the last but one",
    )
    parser.add_argument(
        "--papers",
        type=int,
        metavar="N",
        help="derive and set each document of a session N times, and nothing else",
    )
    parser.add_argument(
        "--coverage",
        type=int,
        metavar="RUNS",
        help="instead: how often the intervals of outcomes hold a known truth",
    )
    parser.add_argument(
        "--outcomes",
        type=int,
        metavar="N",
        help="instead: results of N patients with ten scores each, beside DuckDB and bare SQL",
    )
    parser.add_argument(
        "--watch",
        type=int,
        metavar="N",
        help="instead: a simulated afternoon with N missed looks and workers killed, and the watch's speed",
    )
    parser.add_argument("--seed", type=int, default=1, help="with --watch: what is the same again (1)")
    parser.add_argument(
        "--plant",
        action="store_true",
        help="with --watch, --alarms: plant a fault, which the check must find",
    )
    parser.add_argument("--repeats", type=int, default=5, help="interleaved repeats (5)")
    parser.add_argument(
        "--seconds", type=float, default=2.5, help="how long each path is loaded at a time (2.5)"
    )
    parser.add_argument("--connections", type=int, default=16, help="keep-alive connections (16)")
    parser.add_argument(
        "--quick", action="store_true", help="a smoke test of the benchmarks; no figures to quote"
    )
    parser.add_argument(
        "--floor", action="store_true", help="readings, live boards and their cost instead of the pages"
    )
    parser.add_argument(
        "--burst",
        type=int,
        metavar="N",
        help="N readings while web and database are killed, in a practice of its own",
    )
    parser.add_argument(
        "--alarms",
        type=int,
        metavar="N",
        help="N answers that call for help at once, to open inboxes, and while the web server is killed",
    )
    parser.add_argument("--database", default="sojourn_bench", help="the database that is made and dropped")
    options = parser.parse_args()
    if any(size < FEWEST_PATIENTS for size in options.patients or ()):
        parser.error(f"--patients: at least {FEWEST_PATIENTS}")
    return options


def _set_up_django(practice_url: str, database: str, folder: str) -> None:
    """Point this process, and those it starts, to the benchmarks' own database and folder."""
    from benchmarks.scratch_database import address_of

    os.environ |= {
        "SOJOURN_DATABASE_URL": address_of(database, practice_url),
        "SOJOURN_DATA_DIR": folder,
        "DJANGO_SETTINGS_MODULE": "benchmarks.site.settings",
        "PYTHONPATH": os.pathsep.join(sys.path[:2]),
    }
    os.environ.setdefault("SOJOURN_SECRET_KEY", "only-for-the-benchmarks-own-database-" + "0" * 20)
    import logging

    import django

    django.setup()
    # A seal for each of thousands of made events would hide the figures, and connections end with their database.
    logging.getLogger("sojourn.seals").setLevel(logging.WARNING)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
