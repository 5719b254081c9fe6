"""Copies a session that was kept on paper: all entries at once, each at the time written beside it.

The dose was given, so nothing is held in hindsight; what crossed a limit still raises its alarm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import Noticed
from sojourn.program.people.actors import Actor
from sojourn.program.treatment.actions import SessionNotFound, locked_session
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.consequences import raise_crossing, tell_alarms
from sojourn.program.treatment.recorder import NewEvent, add_events

__all__ = ["AlreadyRecorded", "PaperEntry", "SessionNotFound", "copy_session"]


class AlreadyRecorded(Exception):
    """Something of this session is on record; entries are then added one by one."""


@dataclass(frozen=True)
class PaperEntry:
    """One line of the paper: what happened and the time written beside it."""

    kind: str
    facts: Mapping[str, Any]
    taken_at: datetime


def copy_session(*, visit_id: UUID, entries: Sequence[PaperEntry], actor: Actor, now: datetime) -> int:
    """Record a whole session from paper, once; return how many entries were.

    Raises NotAllowed, SessionNotFound, AlreadyRecorded, EventInvalid.
    """
    with transaction.atomic():
        empty = locked_session(visit_id, actor, now)
        if empty.events:
            raise AlreadyRecorded
        read = [
            monitoring.read_event(kind=e.kind, facts=e.facts, taken_at=e.taken_at, event_id=str(number))
            for number, e in enumerate(sorted(entries, key=lambda entry: entry.taken_at))
        ]
        if not read:
            return 0
        rows = add_events(
            visit_id,
            [
                NewEvent(event=event, form_id=uuid5(visit_id, event.event_id), source=EventSource.PAPER)
                for event in read
            ],
            did="copied a session from paper",
            patient_id=empty.visit.patient_id,
            actor=actor,
            received_at=now,
        )
        raised = []
        state = monitoring.state_of(events=read, plan=empty.plan, now=now)
        for row, event in zip(rows, read, strict=True):
            crossed = monitoring.crossings_of(
                event,
                plan=empty.plan,
                baseline=state.baseline,
                after_dose=state.dosed_at is not None and event.taken_at > state.dosed_at,
                earlier_signs=[
                    e.sign for e in read if isinstance(e, Noticed) and e.taken_at < event.taken_at
                ],
            )
            for crossing in crossed:
                raise_crossing(crossing, row, empty, actor, now)
                raised.append((row, crossing))
        tell_alarms(raised, empty, actor, now)
    return len(rows)
