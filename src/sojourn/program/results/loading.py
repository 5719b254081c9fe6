"""People and all their scores as columns, streamed out of the database in its binary form: no row becomes an object."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from sojourn.clinical.outcomes.recount import NEVER, People, Readings
from sojourn.clinical.outcomes.reports import Yardstick
from sojourn.program.people.actors import Actor
from sojourn.program.results.counting import Asked, people_asked

HEADER: Final = 19  # bytes before the first row of COPY in binary form
FIELD: Final = [("size", ">i4"), ("value", ">i4")]

MAKE_PEOPLE: Final = """
CREATE TEMP TABLE followed_here ON COMMIT DROP AS
SELECT (row_number() OVER (ORDER BY patient_id) - 1)::int AS n, patient_id, site_id, prescriber_id, protocol_id,
  coalesce(first_dose_on - date '1970-01-01', %(never)s) AS first_day,
  (dense_rank() OVER (ORDER BY site_id, prescriber_id) - 1)::int AS unit
FROM ({people}) person
WHERE {asked}
"""
COPY_PEOPLE: Final = "SELECT n, first_day, unit FROM followed_here ORDER BY n"
COPY_READINGS: Final = """
SELECT here.n, response.answered_on - date '1970-01-01', (1000 * response.value)::int
FROM followed_here here
JOIN measures_response response ON response.patient_id = here.patient_id
WHERE response.instrument_id = %(instrument)s AND response.scale_id = ''
  AND response.value BETWEEN %(low)s AND %(high)s AND NOT response.prorated AND response.received_at <= %(cut)s
  AND NOT EXISTS (
    SELECT FROM measures_response later WHERE later.corrects_id = response.id AND later.received_at <= %(cut)s
  )
ORDER BY here.n, response.answered_on, response.answered_at, response.id
"""


@dataclass(frozen=True)
class Loaded:
    """Columns of the people asked for. `units`: site, prescriber of each unit; `protocols`: of each person, by number."""

    people: People
    readings: Readings
    units: tuple[tuple[UUID, UUID], ...]


def load(
    actor: Actor, asked: Asked, *, yardstick: Yardstick, tell: Callable[[str], None] = lambda _: None
) -> Loaded:
    """Read everybody the actor may see and asks for, and every score of one scale that may count: none outside it.

    `tell` is called before the transaction begins: what it writes is seen at once, and locks nothing meanwhile.
    """
    tell("Finding the people and their scores")
    statement, values = people_asked(actor, asked, MAKE_PEOPLE)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("DROP TABLE IF EXISTS followed_here")
        cursor.execute(statement, {**values, "never": NEVER})
        cursor.execute("ANALYZE followed_here")
        cursor.execute("SELECT DISTINCT unit, site_id, prescriber_id FROM followed_here ORDER BY unit")
        units = tuple((site, prescriber) for _, site, prescriber in cursor.fetchall())
        _, first_day, unit = _columns(COPY_PEOPLE, {}, 3)
        ends = {"low": float(yardstick.low), "high": float(yardstick.high)}
        of = {"instrument": yardstick.id, "cut": asked.cut or "infinity", **ends}
        readings = _columns(COPY_READINGS, of, 3)
    return Loaded(People(first_day, unit, max(len(units), 1)), Readings(*readings), units)


def _columns(statement: str, values: dict[str, Any], width: int) -> list[NDArray[np.int32]]:
    """Copy a statement's columns, all of them whole numbers and never empty."""
    row = np.dtype([("fields", ">i2"), *((f"c{place}", FIELD) for place in range(width))])
    parts: list[list[NDArray[np.int32]]] = [[] for _ in range(width)]
    left = b""
    with connection.cursor() as cursor:
        copied = cursor.cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT binary)", values)
        with copied as copy:
            skip, held, size = HEADER, [], 0
            for chunk in copy:
                held.append(bytes(chunk))
                size += len(chunk)
                if size > 1 << 22:
                    left = _take(b"".join([left, *held])[skip:], row, parts)
                    skip, held, size = 0, [], 0
            _take(b"".join([left, *held])[skip:], row, parts)
    return [np.concatenate(part) if part else np.empty(0, dtype=np.int32) for part in parts]


def _take(text: bytes, row: np.dtype[Any], parts: list[list[NDArray[np.int32]]]) -> bytes:
    """Take whole rows off the front, and give back what is left; the last two bytes of all are the end mark."""
    whole = len(text) // row.itemsize
    rows = np.frombuffer(text, dtype=row, count=whole)
    for place, part in enumerate(parts):
        part.append(rows[f"c{place}"]["value"].astype(np.int32))
    return text[whole * row.itemsize :]
