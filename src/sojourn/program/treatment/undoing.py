"""Takes back what was pressed by mistake a moment ago. The entry stays on record; an undo strikes it out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from sojourn.program.people.actors import Actor
from sojourn.program.treatment.actions import locked_session, record_event
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.consequences import Recorded
from sojourn.program.treatment.session_refusals import NothingToStrike
from sojourn.program.treatment.sessions import EventRow

UNDO_WITHIN: Final = timedelta(minutes=5)  # program policy: after that a mistake is struck out, with a reason
UNDONE: Final = {
    EventKind.LOOKED,
    EventKind.NOTICED,
    EventKind.VITAL_TAKEN,
    EventKind.RATED,
    EventKind.NOTED,
    EventKind.CALLED,
}


class TooLateToUndo(Exception):
    """The time for taking this back has passed, or it is somebody else's, or of a kind that needs a reason."""


def undoable(events: Iterable[EventRow], *, staff_id: UUID | None, now: datetime) -> EventRow | None:
    """The entry this person recorded last, while it may still be taken back."""
    own = [row for row in events if row.by_id == staff_id and row.source == EventSource.ROOM]
    last = max((row for row in own if row.is_standing), key=lambda row: row.sequence, default=None)
    return last if last is not None and _may_undo(last, staff_id, now) else None


def undo_event(*, visit_id: UUID, event_id: UUID, actor: Actor, now: datetime) -> Recorded:
    """Strike out one's own entry of the last five minutes. Doing it twice is doing it once.

    Raises TooLateToUndo, NothingToStrike, and what `record_event` raises.
    """
    with transaction.atomic():
        found = locked_session(visit_id, actor, now)
        row = next((each for each in found.events if each.id == event_id), None)
        if row is None:
            raise NothingToStrike
        if not _may_undo(row, actor.staff_id, now):
            raise TooLateToUndo
        return record_event(
            visit_id=visit_id,
            form_id=uuid5(event_id, "undo"),
            kind=EventKind.STRUCK,
            facts={"struck_id": str(event_id), "words": "Undone at once."},
            taken_at=now,
            actor=actor,
            now=now,
        )


def _may_undo(row: EventRow, staff_id: UUID | None, now: datetime) -> bool:
    return (
        staff_id is not None
        and row.by_id == staff_id
        and row.kind in UNDONE
        and now - row.received_at <= UNDO_WITHIN
    )
