"""The same counts by an analytical engine in memory, and by plain SQL in PostgreSQL: what a recount is held beside."""
# ruff: noqa: S608 - every part of every statement is a constant of this module

from datetime import date

import duckdb
from django.db import connection

from sojourn.clinical.outcomes.practice import USUAL_WINDOWS
from sojourn.clinical.outcomes.recount import NEVER
from sojourn.clinical.outcomes.reports import Yardstick
from sojourn.program.results.loading import Loaded

TOTALS = (
    "enrolled",
    "baseline",
    "dosed",
    "reached",
    "observed",
    "responded",
    "remitted",
    "worse",
    "without_baseline",
)
Counts = dict[str, tuple[int, ...]]

PLACE = " ".join(
    f"WHEN day BETWEEN {window.opens} AND {window.closes} THEN {place}"
    for place, window in enumerate(USUAL_WINDOWS, 1)
)
APART = " ".join(
    f"WHEN day BETWEEN {window.opens} AND {window.closes} THEN 2 * abs(day - {window.target}) + (day > {window.target})::int"
    for window in USUAL_WINDOWS
)


def _counts(source: str, column: str, window_closes: int, *, first: str, as_of: str, by: str) -> str:
    """One window's chain by unit, from one row a person with the baseline b and a score for each window."""
    can, reached = "(b >= 10000)", f"coalesce({first} + {window_closes} <= {as_of}, false)"
    return f"""
    SELECT {by}, count(*) AS enrolled, count(*) FILTER (WHERE {can}) AS baseline,
      count(*) FILTER (WHERE {can} AND {first} IS NOT NULL) AS dosed,
      count(*) FILTER (WHERE {can} AND {reached}) AS reached,
      count(*) FILTER (WHERE {can} AND {reached} AND {column} IS NOT NULL) AS observed,
      count(*) FILTER (WHERE {can} AND {reached} AND 100 * (b - {column}) >= 50 * b) AS responded,
      count(*) FILTER (WHERE {can} AND {reached} AND {column} < 5000) AS remitted,
      count(*) FILTER (WHERE {can} AND {reached} AND {column} - b >= {{reliable}}) AS worse,
      count(*) FILTER (WHERE b IS NULL AND {reached}) AS without_baseline
    FROM {source} GROUP BY {by}"""


class Analytical:
    """DuckDB with the raw scores in a table in memory."""

    def __init__(self, loaded: Loaded, yardstick: Yardstick, as_of: int) -> None:
        self.reliable = int((yardstick.reliable_points or 0) * 1000)
        self.as_of = as_of
        self.engine = duckdb.connect(":memory:")
        people, readings = loaded.people, loaded.readings
        given = {"first": people.first_dose_day, "unit": people.unit}
        scores = {"person": readings.person, "day": readings.day, "value": readings.value}
        self.engine.register("people_in", given)
        self.engine.register("readings_in", scores)
        self.engine.execute(
            f"CREATE TABLE people AS SELECT row_number() OVER () - 1 AS n, nullif(first, {NEVER}) AS first, unit "
            "FROM people_in"
        )
        self.engine.execute("CREATE TABLE readings AS SELECT person, day, value FROM readings_in")

    def counts(self) -> Counts:
        """Count every window by unit from the raw scores, and add the units up."""
        columns = ", ".join(
            f"max(v) FILTER (WHERE place = {n}) AS s{n}" for n in range(1, len(USUAL_WINDOWS) + 1)
        )
        self.engine.execute(f"""
            CREATE OR REPLACE TEMP TABLE scored AS
            WITH placed AS (
              SELECT person, value, row, on_day,
                CASE WHEN first IS NULL OR day BETWEEN -7 AND 0 THEN 0 {PLACE} ELSE -1 END AS place,
                CASE WHEN first IS NULL THEN {self.as_of} - on_day WHEN day <= 0 THEN -day {APART} ELSE 0 END AS apart
              FROM (SELECT person, readings.day AS on_day, readings.day - first AS day, value, readings.rowid AS row, first
                    FROM readings JOIN people ON people.n = person)
            ),
            best AS (
              SELECT person, place, arg_min(value, apart::bigint * 67108864 - row) AS v FROM placed
              WHERE place >= 0 AND on_day <= {self.as_of} GROUP BY person, place
            )
            SELECT person, max(v) FILTER (WHERE place = 0) AS b, {columns} FROM best GROUP BY person
        """)
        found: Counts = {}
        for place, window in enumerate(USUAL_WINDOWS, 1):
            by_unit = _counts(
                "people LEFT JOIN scored ON person = n", f"s{place}", window.closes, first="first", as_of=str(self.as_of),
                by="unit",
            ).replace("{reliable}", str(self.reliable))  # fmt: skip
            sums = ", ".join(f"sum({name})::bigint" for name in TOTALS)
            row = self.engine.execute(f"SELECT {sums} FROM ({by_unit})").fetchone()
            found[window.id] = tuple(int(n) for n in row or ())
        return found


def plain_sql(instrument_id: str, today: date) -> Counts:
    """Count from the raw answers with one ordinary statement for each window and one for the scores that count."""
    from sojourn.clinical import instruments
    from sojourn.clinical.outcomes.reports import yardstick_of

    reliable = int((yardstick_of(instruments.get(instrument_id)).reliable_points or 0) * 1000)
    columns = ", ".join(
        f"max(v) FILTER (WHERE place = {n}) AS s{n}" for n in range(1, len(USUAL_WINDOWS) + 1)
    )
    found: Counts = {}
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(
            f"""
            CREATE TEMP TABLE plain AS
            WITH placed AS (
              SELECT patient_id, v, answered_on, answered_at, id,
                CASE WHEN first IS NULL OR day BETWEEN -7 AND 0 THEN 0 {PLACE} ELSE -1 END AS place,
                CASE WHEN first IS NULL THEN %(today)s - answered_on WHEN day <= 0 THEN -day {APART}
                ELSE 0 END AS apart
              FROM (
                SELECT r.patient_id, (1000 * r.value)::int AS v, r.answered_on, r.answered_at, r.id,
                  person.first_dose_on AS first, r.answered_on - person.first_dose_on AS day
                FROM measures_response r JOIN results_personfollowed person ON person.patient_id = r.patient_id
                WHERE r.instrument_id = %(instrument)s AND r.value IS NOT NULL AND NOT r.prorated AND r.scale_id = ''
                  AND NOT EXISTS (SELECT FROM measures_response later WHERE later.corrects_id = r.id)
              ) readings
            ),
            best AS (
              SELECT DISTINCT ON (patient_id, place) patient_id, place, v FROM placed
              WHERE place >= 0 ORDER BY patient_id, place, apart, answered_at DESC, id DESC
            )
            SELECT person.site_id, person.first_dose_on, scored.*
            FROM results_personfollowed person
            LEFT JOIN (
              SELECT patient_id, max(v) FILTER (WHERE place = 0) AS b, {columns} FROM best GROUP BY patient_id
            ) scored ON scored.patient_id = person.patient_id
            """,
            {"instrument": instrument_id, "today": today},
        )
        for place, window in enumerate(USUAL_WINDOWS, 1):
            by_site = _counts(
                "plain",
                f"s{place}",
                window.closes,
                first="first_dose_on",
                as_of=f"'{today}'::date",
                by="site_id",
            ).replace("{reliable}", str(reliable))
            sums = ", ".join(f"sum({name})::bigint" for name in TOTALS)
            cursor.execute(f"SELECT {sums} FROM ({by_site}) by_site")
            found[window.id] = tuple(int(n) for n in cursor.fetchone() or ())
        cursor.execute("DROP TABLE plain")
        cursor.execute("RESET work_mem")
    return found
