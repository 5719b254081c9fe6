"""What the trainee of a drill did, read from the record of its session and from what was refused."""

from sojourn.clinical import monitoring
from sojourn.clinical.rehearsal import Deed, DrillClock
from sojourn.program.rehearsals.models import Drill, RefusedDeed
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.sessions import EventRow, events_of


def clock_of(drill: Drill) -> DrillClock:
    """The clock of a drill. It began with the drill, and stands since its end."""
    return DrillClock(
        began_at=drill.began_at, started_at=drill.began_at, speed=drill.speed, stopped_at=drill.stopped_at
    )


def deeds_of(drill: Drill) -> tuple[Deed, ...]:
    """Everything done since the drill began by a person in the room, and everything tried and refused; two queries.

    What was struck out was done all the same: a dose given by mistake is not undone by a line through it.
    """
    done = [
        Deed(row.as_event(), row.received_at)
        for row in events_of([drill.visit_id])[drill.visit_id]
        if row.received_at > drill.began_at and _is_of_a_hand(row)
    ]
    tried = [
        Deed(
            monitoring.read_event(kind=row.kind, facts=row.facts, taken_at=row.at, event_id=str(row.id)),
            row.at,
            was_refused=True,
        )
        for row in RefusedDeed.objects.filter(drill_id=drill.id).order_by("at")
    ]
    return (*done, *tried)


def _is_of_a_hand(row: EventRow) -> bool:
    """Hold for what was entered in the room; an alarm is taken on by a hand, too, though the program writes it down."""
    if row.kind in {EventKind.STRUCK, EventKind.CORRECTED, EventKind.ALARMED}:
        return False
    return row.source == EventSource.ROOM or row.kind == EventKind.ACKNOWLEDGED
