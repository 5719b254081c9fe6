"""What this process remembers of a session: its events as values, proved by the seal of the last of them.

Events never change, and a seal covers all before it. Where the event of that number still bears the seal that was seen,
all before it is as it was, and only what came after is read. Where it does not, everything is read anew.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.sealing import Witness

MOST_EVENTS: Final = 30_000  # of all sessions together: some 40 MB
READ: Final = """
SELECT id, visit_id, form_id, kind, facts, taken_at, source, device, withdraws_id, clock_said, sequence, seal
FROM treatment_sessionevent
WHERE (visit_id = %(visit)s AND sequence >= %(since)s) OR form_id = ANY(%(forms)s)
ORDER BY sequence
"""


@dataclass(frozen=True, slots=True)
class Written:
    """One event on record, and how it came there. `facts` are as they are stored."""

    event: monitoring.Event
    facts: dict[str, Any]
    form_id: UUID
    source: str
    device: str
    clock_said: datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """The events of a session in the order of their numbers; `head` names the last of them.

    `elsewhere` are those of the forms asked for that belong to another session.
    """

    written: tuple[Written, ...]
    head: Witness | None
    elsewhere: frozenset[UUID] = frozenset()

    @property
    def events(self) -> tuple[monitoring.Event, ...]:
        return tuple(each.event for each in self.written)


class Memory:
    """The records read last, as many as fit. Threads share it."""

    def __init__(self) -> None:
        self._records: OrderedDict[UUID, Record] = OrderedDict()
        self._events = 0
        self._lock = threading.Lock()

    def __contains__(self, visit_id: UUID) -> bool:
        return visit_id in self._records

    def get(self, visit_id: UUID) -> Record | None:
        return self._records.get(visit_id)

    def keep(self, visit_id: UUID, record: Record) -> None:
        with self._lock:
            self._drop(visit_id)
            self._records[visit_id] = record
            self._events += len(record.written)
            while self._events > MOST_EVENTS:
                self._drop(next(iter(self._records)))

    def forget(self, visit_id: UUID) -> None:
        with self._lock:
            self._drop(visit_id)

    def _drop(self, visit_id: UUID) -> None:
        if dropped := self._records.pop(visit_id, None):
            self._events -= len(dropped.written)


memory = Memory()


def record_of(visit_id: UUID, *, form_ids: Collection[UUID] = ()) -> Record:
    """Read the record of a session, and which of these forms are in another. One query, of what is new alone."""
    held = memory.get(visit_id)
    since = held.head.sequence if held and held.head else 0
    rows = _rows(visit_id, since, form_ids)
    own = [row for row in rows if row["visit_id"] == visit_id and row["sequence"] >= since]
    if since:
        assert held is not None
        assert held.head is not None
        if not own or own[0]["seal"] != held.head.seal:
            memory.forget(visit_id)  # rolled back, or no longer what was seen
            return record_of(visit_id, form_ids=form_ids)
        del own[0]
    found = _after(held, own)
    memory.keep(visit_id, found)
    elsewhere = frozenset(row["form_id"] for row in rows if row["visit_id"] != visit_id)
    return Record(found.written, found.head, elsewhere)


def _rows(visit_id: UUID, since: int, form_ids: Iterable[UUID]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(READ, {"visit": visit_id, "since": since, "forms": list(form_ids)})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _after(held: Record | None, rows: list[dict[str, Any]]) -> Record:
    before = held or Record((), None)
    if not rows:
        return before
    return Record(
        (*before.written, *(_written(row) for row in rows)), Witness(rows[-1]["sequence"], rows[-1]["seal"])
    )


def _written(row: dict[str, Any]) -> Written:
    facts = json.loads(row["facts"])
    struck = {"struck_id": str(row["withdraws_id"])} if row["withdraws_id"] else {}
    event = monitoring.read_event(
        kind=row["kind"], facts=facts | struck, taken_at=row["taken_at"], event_id=str(row["id"])
    )
    return Written(event, facts, row["form_id"], row["source"], row["device"], row["clock_said"])
