"""The ladders as the watch takes their steps, and the steps as the sealed record of a session tells them."""

import logging
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from django.db import InterfaceError, OperationalError, transaction

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import Alarmed, Missed
from sojourn.program.people.actors import MACHINE
from sojourn.program.plans.models import Visit
from sojourn.program.safety import missing
from sojourn.program.safety.models import MissedStep
from sojourn.program.safety.setting_aside import SetAside
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.ladder_rungs import rungs
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import NewEvent, add_events

log = logging.getLogger("sojourn.watch")

AT_ONCE: Final = 20
BATCHES_AT_MOST: Final = 8  # more than the steps of a ladder, and soon over
HELD_FOR_S: Final = 0.2  # a session that somebody is writing to is asked again after this


def take_due_steps(*, aside: SetAside | None = None) -> int:
    """Take the steps that are due, until none is or many were; return how many were. What fails is set `aside`.

    In a storm something is always due again: without an end, a worker would come to nothing else.
    """
    taken = 0
    aside = aside or SetAside()
    for _ in range(BATCHES_AT_MOST):
        count = missing.take_due_steps(rungs, aside=aside)
        if not count:
            break
        taken += count
    return taken


def tell_steps(*, at_once: int = AT_ONCE, aside: SetAside | None = None) -> int:
    """Put steps that were taken on the records of their sessions, the oldest first; return how many were.

    A step that cannot be told, or not now, is set `aside` and lets the younger ones pass.
    """
    aside = aside or SetAside()
    waiting = MissedStep.objects.filter(told_at=None).exclude(pk__in=aside.ids()).order_by("taken_at")
    return sum(_told(step_id, aside) for step_id in waiting.values_list("pk", flat=True)[:at_once])


def _told(step_id: UUID, aside: SetAside) -> bool:
    try:
        is_told = tell_step(step_id, wait=False)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("the record of a session cannot be told of the step %s", step_id)
        aside.add(step_id)
        return False
    if not is_told:
        aside.add(step_id, for_s=HELD_FOR_S)
    return is_told


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
