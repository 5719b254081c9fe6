"""What this process remembers of the events of sessions on the floor, so that a board reads only what is new.

As in `remembered`: events never change, and a seal covers all before it. Where the event of that number still bears the
seal that was seen, all before it is as it was. Where it does not, everything is read anew.
"""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sojourn.clinical import monitoring
from sojourn.program.audit.asking import Asked, answer_to
from sojourn.program.treatment.bounded import BoundedMemory
from sojourn.program.treatment.sessions import EventRow, Recorded

MOST_EVENTS: Final = 60_000  # of all sessions together: 200 of them for 300 readings each
HOLDS_S: Final = 600.0  # names of those who recorded are read again by then
_NEW: Final = """
SELECT event.id, event.visit_id, event.kind, event.facts, event.taken_at, event.received_at, event.recorded_by_id,
       coalesce(staff.name, ''), event.source, event.device, event.sequence, event.seal, event.withdraws_id,
       later.received_at, event.clock_said
FROM ({}) AS known (visit_id, head)
JOIN treatment_sessionevent event ON event.visit_id = known.visit_id AND event.sequence >= known.head
LEFT JOIN people_staffmember staff ON staff.id = event.recorded_by_id
LEFT JOIN treatment_sessionevent later ON later.withdraws_id = event.id
ORDER BY event.visit_id, event.sequence
"""
# PostgreSQL keeps the plan for one visit. For some of them it would make a new one each time, as it cannot know how many.
NEW_OF_ONE: Final = _NEW.format("SELECT (%(visits)s::uuid[])[1], (%(heads)s::int[])[1]")
NEW: Final = _NEW.format("SELECT * FROM unnest(%(visits)s::uuid[], %(heads)s::int[])")
NOTHING: Final = Recorded((), monitoring.in_order(()))
FACTS: Final = 3  # the column that is JSON


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as it is on record; `last` is the event with the highest number."""

    recorded: Recorded
    last: EventRow
    read_at: float


memory: Final = BoundedMemory[Kept](most=MOST_EVENTS, events_in=lambda kept: len(kept.recorded.events))


def recorded_at(visit_ids: Sequence[UUID]) -> dict[UUID, Recorded]:
    """What is on record of these visits. One query, of what is new alone."""
    kept = {visit_id: _kept(visit_id) for visit_id in visit_ids}
    new = _read({visit_id: each.last.sequence if each else 0 for visit_id, each in kept.items()})
    changed = [visit_id for visit_id, each in kept.items() if each and not _goes_on(each, new[visit_id])]
    for visit_id in changed:  # rolled back, or no longer what was seen
        kept[visit_id] = None
    new |= _read(dict.fromkeys(changed, 0)) if changed else {}
    found = {}
    for visit_id, each in kept.items():
        found[visit_id] = _remembered(visit_id, each, new[visit_id])
    return found


def _kept(visit_id: UUID) -> Kept | None:
    kept = memory.get(visit_id)
    return kept if kept is not None and time.monotonic() - kept.read_at < HOLDS_S else None


def _goes_on(kept: Kept, new: Sequence[EventRow]) -> bool:
    return bool(new) and new[0].sequence == kept.last.sequence and new[0].seal == kept.last.seal


def _remembered(visit_id: UUID, kept: Kept | None, new: list[EventRow]) -> Recorded:
    if kept is not None and len(new) == 1:
        return kept.recorded
    if not new:
        return NOTHING
    struck = {row.withdraws_id: row.received_at for row in new if row.withdraws_id is not None}
    before = kept.recorded.events if kept else ()
    added = new[1:] if kept else new
    events = [replace(row, struck_at=struck[row.id]) if row.id in struck else row for row in before]
    events += added
    events.sort(key=lambda row: (row.taken_at, row.received_at, row.id))
    read_at = kept.read_at if kept else time.monotonic()
    told = monitoring.told_with(
        kept.recorded.told if kept else NOTHING.told, (row.as_event() for row in added)
    )
    recorded = Recorded(tuple(events), told)
    memory.keep(visit_id, Kept(recorded, new[-1], read_at))
    return recorded


def _read(heads: dict[UUID, int]) -> dict[UUID, list[EventRow]]:
    given = {"visits": list(heads), "heads": list(heads.values())}
    found: dict[UUID, list[EventRow]] = {visit_id: [] for visit_id in heads}
    ask = NEW_OF_ONE if len(heads) == 1 else NEW
    for event in answer_to(Asked(ask, given, lambda rows: [_event(row) for row in rows])):
        found[event.visit_id].append(event)
    return found


def _event(row: Iterable[Any]) -> EventRow:
    columns = list(row)
    columns[FACTS] = json.loads(columns[FACTS])
    return EventRow(*columns)
