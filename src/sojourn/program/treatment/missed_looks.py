"""The ladders as the watch takes their steps, and the steps as the sealed record of a session tells them."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import Alarmed, Missed
from sojourn.program.people.actors import MACHINE
from sojourn.program.plans.models import Visit
from sojourn.program.safety import missing
from sojourn.program.safety.models import MissedStep
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.ladder_rungs import rungs
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import NewEvent, add_events

AT_ONCE: Final = 20


def take_due_steps() -> int:
    """Take every step that is due, until none is; return how many were."""
    taken = 0
    while count := missing.take_due_steps(rungs()):
        taken += count
    return taken


def tell_steps(*, at_once: int = AT_ONCE) -> int:
    """Put steps that were taken on the records of their sessions, the oldest first; return how many were."""
    waiting = list(MissedStep.objects.filter(told_at=None).order_by("taken_at")[:at_once])
    return sum(tell_step(step.id, wait=False) for step in waiting)


def tell_step(step_id: UUID, *, wait: bool = True) -> bool:
    """Put one step and its alarm on the record of its session, once; False when there was nothing to do.

    Without `wait` a session that somebody is writing to is left for later.
    """
    with transaction.atomic():
        step = MissedStep.objects.filter(pk=step_id, told_at=None).first()
        if step is None:
            return False
        # The visit first, as everybody who writes to a session does: two orders of locks would wait for each other.
        visits = Visit.objects.select_for_update(of=("self",), no_key=True, skip_locked=not wait)
        if visits.filter(pk=step.visit_id).first() is None:
            return False
        if not MissedStep.objects.filter(pk=step_id, told_at=None).exists():
            return False
        if not SessionEvent.objects.filter(pk=step_id).exists():
            _record(step)
        missing.mark_told(step_id)
    return True


def _record(step: MissedStep) -> None:
    ladder = next(each for each in monitoring.ladders() if each.id == step.ladder)
    told = ladder.steps[min(step.rung, len(ladder.steps) - 1)]
    missed = Missed(
        taken_at=step.taken_at,
        step=told.id,
        does=told.does,
        look_due_at=_iso(step.look_due_at),
        words=told.says,
    )
    alarmed = Alarmed(
        taken_at=step.taken_at,
        limit_id=told.id,
        severity=told.severity.value,
        about_id=str(step.id),
        words=told.says,
    )
    add_events(
        step.visit_id,
        [
            NewEvent(event=missed, form_id=step.id, id=step.id, source=EventSource.PROGRAM),
            NewEvent(event=alarmed, form_id=uuid5(step.id, told.id), source=EventSource.PROGRAM),
        ],
        did="recorded: missed",
        patient_id=step.patient_id,
        actor=MACHINE,
        received_at=step.taken_at,
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
