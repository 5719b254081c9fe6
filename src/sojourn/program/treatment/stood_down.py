"""Steps for a look that somebody has taken since, or that nobody waits for any more: what ended them, for who answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sojourn.clinical.monitoring import MonitoringPlan, ladders, monitoring_plan
from sojourn.clinical.monitoring.ladders import CALL
from sojourn.clinical.protocols import course_protocol
from sojourn.program.plans.models import Visit
from sojourn.program.safety.models import Deadline, MissedStep
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.sessions import EventRow, read_events

ENDS_STEPS: Final = (
    EventKind.VITAL_TAKEN,
    EventKind.RATED,
    EventKind.LOOKED,
    EventKind.CALLED,
    EventKind.MEDICATED,
    EventKind.NOTICED,
    EventKind.DISCHARGED,
    EventKind.LEFT,
    EventKind.CANCELLED,
)
AT_ONCE: Final = timedelta(minutes=1)  # what comes in sooner after it was true is not called late


@dataclass(frozen=True)
class StoodDown:
    """The entry on record that ended the steps. `plan` is that of its session, for putting it into words."""

    entry: EventRow
    look_due_at: datetime
    plan: MonitoringPlan

    @property
    def came_late(self) -> bool:
        return self.entry.received_at - self.entry.taken_at > AT_ONCE

    @property
    def was_in_time(self) -> bool:
        return self.came_late and self.entry.taken_at <= self.look_due_at


def stood_down(step_ids: Iterable[UUID]) -> dict[UUID, StoodDown]:
    """Of these steps for a missed look, give those whose ladder is not climbed any more, for whoever may see them.

    One query where none is a step, four more where any is. Steps for a call for help end when somebody takes it on,
    and are not given.
    """
    follows = {ladder.id: ladder.follows for ladder in ladders()}
    steps = [
        step
        for step in MissedStep.objects.filter(pk__in=list(step_ids))
        if follows.get(step.ladder, CALL) != CALL
    ]
    if not steps:
        return {}
    visit_ids = {step.visit_id for step in steps}
    waiting = Deadline.objects.filter(is_armed=True, about_id__in=visit_ids, kind__in=set(follows.values()))
    still = set(waiting.values_list("about_id", "kind", "look_due_at"))
    ended = [step for step in steps if (step.visit_id, follows[step.ladder], step.look_due_at) not in still]
    return _with_what_ended_them(ended) if ended else {}


def _with_what_ended_them(steps: Iterable[MissedStep]) -> dict[UUID, StoodDown]:
    """The first entry after each step in the numbers of its record: which clock was right when does not matter."""
    steps = tuple(steps)
    visit_ids = {step.visit_id for step in steps}
    told = SessionEvent.objects.filter(pk__in=[step.id for step in steps])
    number_of = dict(told.values_list("pk", "sequence"))
    entries = _entries(visit_ids)
    plans = _plans(visit_ids)
    found = {}
    for step in steps:
        number = number_of.get(step.id)
        later = (row for row in entries if row.visit_id == step.visit_id and number and row.sequence > number)
        if (entry := next(later, None)) is not None:
            found[step.id] = StoodDown(entry, step.look_due_at, plans[step.visit_id])
    return found


def _entries(visit_ids: Iterable[UUID]) -> list[EventRow]:
    """What may have ended steps of these sessions, as it came in."""
    rows = read_events(
        SessionEvent.objects.filter(visit_id__in=visit_ids, kind__in=ENDS_STEPS, withdrawn_by=None)
    )
    return sorted(rows, key=lambda row: row.sequence)


def _plans(visit_ids: Iterable[UUID]) -> dict[UUID, MonitoringPlan]:
    found = Visit.objects.filter(pk__in=visit_ids).values_list("pk", "course__protocol_id")
    return {visit_id: monitoring_plan(course_protocol(named).monitoring) for visit_id, named in found}
