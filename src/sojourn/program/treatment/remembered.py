"""What this process remembers of a session: its events as values, proved by the seal of the last of them.

Events never change, and a seal covers all before it. Where the event of that number still bears the seal that was seen,
all before it is as it was, and only what came after is read. Where it does not, everything is read anew.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import Any, Final, Self
from uuid import UUID

from django.db import connection

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.sealing import Witness
from sojourn.program.audit.asking import Asked, Rows, answer_to
from sojourn.program.treatment.bounded import BoundedMemory

MOST_EVENTS: Final = 100_000  # of all sessions together: 200 of them for 500 readings each
NAMES: Final = (
    "id", "visit_id", "form_id", "kind", "facts", "taken_at", "source", "device", "withdraws_id", "clock_said",
    "sequence", "seal",
)  # fmt: skip
READ: Final = f"""
SELECT {", ".join(NAMES)}
FROM unnest(%s::uuid[], %s::int[]) AS asked (visit, since)
JOIN treatment_sessionevent event ON event.visit_id = asked.visit AND event.sequence >= asked.since
ORDER BY visit_id, sequence
"""  # noqa: S608 - of constants
ELSEWHERE: Final = "SELECT form_id FROM treatment_sessionevent WHERE form_id = ANY(%s) AND visit_id <> %s"


@dataclass(frozen=True, slots=True)
class Written:
    """One event on record, and how it came there."""

    event: monitoring.Event
    form_id: UUID
    source: str
    device: str
    clock_said: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """The events of a session in the order of their numbers, and by the forms they came with.

    `head` names the last of them, `told` is what they tell.
    """

    written: tuple[Written, ...]
    by_form: Mapping[UUID, Written]
    head: Witness | None
    told: monitoring.Telling

    def with_more(self, added: Sequence[Written], head: Witness) -> Self:
        """The record with what came after."""
        told = monitoring.told_with(self.told, (each.event for each in added))
        by_form = {**self.by_form, **{each.form_id: each for each in added}}
        return type(self)((*self.written, *added), by_form, head, told)

    @property
    def last(self) -> int:
        """The number of the last event; 0 where there is none."""
        return self.head.sequence if self.head else 0


NOTHING: Final = Record((), {}, None, monitoring.in_order(()))


memory: Final = BoundedMemory[Record](most=MOST_EVENTS, events_in=lambda record: len(record.written))


def record_of(visit_id: UUID) -> Record:
    """Read the record of a session. One query, of what is new alone."""
    return records_of([visit_id])[visit_id]


def records_of(visit_ids: Sequence[UUID]) -> dict[UUID, Record]:
    """Read the records of sessions. One query, of what is new alone; another where something is not as it was."""
    return answer_to(asking_for_records(visit_ids))


def asking_for_records(visit_ids: Sequence[UUID]) -> Asked[dict[UUID, Record]]:
    """`records_of` as a question, to be put with others."""
    held = {visit_id: memory.get(visit_id) or NOTHING for visit_id in visit_ids}
    since = [record.last for record in held.values()]
    return Asked(READ, [list(held), since], lambda rows: _found(held, rows))


def _found(held: Mapping[UUID, Record], rows: Rows) -> dict[UUID, Record]:
    """What is held with what is new, where its last seal still stands; the others anew."""
    new: dict[UUID, list[dict[str, Any]]] = {visit_id: [] for visit_id in held}
    for row in rows:
        told = dict(zip(NAMES, row, strict=True))
        new[told["visit_id"]].append(told)
    found = {
        visit_id: _after(before, new[visit_id])
        for visit_id, before in held.items()
        if _goes_on(before, new[visit_id])
    }
    for visit_id, record in found.items():
        memory.keep(visit_id, record)
    if anew := [visit_id for visit_id in held if visit_id not in found]:
        for visit_id in anew:
            memory.forget(visit_id)
        found |= records_of(anew)
    return found


def _goes_on(before: Record, new: Sequence[dict[str, Any]]) -> bool:
    """False where the last event was rolled back, or is no longer what was seen."""
    return before.head is None or (bool(new) and new[0]["seal"] == before.head.seal)


def forms_elsewhere(visit_id: UUID, form_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these forms that belong to another session. One query."""
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, [list(form_ids), visit_id])
        return frozenset(row[0] for row in cursor.fetchall())


def remember(visit_id: UUID, before: Record, added: Sequence[Written], head: Witness) -> None:
    """Keep what was just added in mind; like all that is kept, the next reader holds its last seal against the record."""
    memory.keep(visit_id, before.with_more(added, head))


def _after(before: Record, new: Sequence[dict[str, Any]]) -> Record:
    """The record with what is new, which begins with its last event, where it has one."""
    rows = new[1:] if before.head is not None else new
    if not rows:
        return before
    return before.with_more([_written(row) for row in rows], Witness(rows[-1]["sequence"], rows[-1]["seal"]))


def _written(row: dict[str, Any]) -> Written:
    facts = json.loads(row["facts"])
    struck = {"struck_id": str(row["withdraws_id"])} if row["withdraws_id"] else {}
    event = monitoring.read_event(
        kind=row["kind"], facts=facts | struck, taken_at=row["taken_at"], event_id=str(row["id"])
    )
    source, device = intern(row["source"]), intern(row["device"])  # one text for thousands of events
    return Written(event, row["form_id"], source, device, row["clock_said"])
