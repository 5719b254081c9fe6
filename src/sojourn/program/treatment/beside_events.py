"""Finds what the documents of a session read beside its events, and what was changed in it without a trace.

A visit, a patient and a member of staff change by right, and each change leaves a row in their history. One that is not what
its history says last was changed by somebody who owns the database and has put its guard out of the way.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import connection

# What it is, the table, and for each visit the rows of it that documents read.
READ: Final = (
    ("visit", "plans_visit", "SELECT visit, visit FROM unnest(%s::uuid[]) AS visit"),
    ("patient", "people_patient", "SELECT id, patient_id FROM plans_visit WHERE id = ANY(%s::uuid[])"),
    (
        "name of somebody who recorded",
        "people_staffmember",
        "SELECT DISTINCT visit_id, recorded_by_id FROM treatment_sessionevent WHERE visit_id = ANY(%s::uuid[])",
    ),
)
CHANGED: Final = """
SELECT read.visit_id, array_agg(DISTINCT told.key ORDER BY told.key)
FROM ({rows}) AS read (visit_id, row_id)
JOIN {table} AS stands ON stands.id = read.row_id
JOIN LATERAL (
    SELECT * FROM {table}history AS kept WHERE kept.pgh_obj_id = read.row_id ORDER BY pgh_id DESC LIMIT 1
) AS kept ON true
CROSS JOIN LATERAL jsonb_each(to_jsonb(kept)) AS told
WHERE jsonb_exists(to_jsonb(stands), told.key) AND to_jsonb(stands) -> told.key IS DISTINCT FROM told.value
GROUP BY read.visit_id
"""


def changed_unseen(visit_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Say for each of these visits what of it was changed unseen, in words; visits without such a change are missing.

    Three queries. What has no history at all is passed over.
    """
    found: dict[UUID, str] = {}
    with connection.cursor() as cursor:
        for what, table, rows in READ:
            cursor.execute(CHANGED.format(rows=rows, table=table), [list(visit_ids)])
            for visit_id, names in cursor.fetchall():
                said = f"the {what} is not what its history says ({', '.join(names)})"
                found.setdefault(visit_id, said)
    return found
