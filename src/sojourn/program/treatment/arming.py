"""Keeps the one deadline of a running session: by when somebody must look, told in the transaction of each event.

Armed from what the record says is due, and counted by the database's clock. Only somebody who looked, called or took
an alarm on puts it off; once a step was taken because nobody had, or the last reading was bad, nothing that a device or
the patient's own hand records does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from sojourn.clinical import instruments, monitoring
from sojourn.clinical.monitoring.events import (
    Acknowledged,
    Called,
    Cancelled,
    Corrected,
    Discharged,
    Dosed,
    Event,
    Left,
    Looked,
    Noticed,
    Rated,
    Struck,
    VitalTaken,
)
from sojourn.program.safety import deadlines
from sojourn.program.safety.missing import take_first_step
from sojourn.program.safety.queries import has_open_alarm
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.ladder_rungs import rungs
from sojourn.program.treatment.plan_in_force import PlanInForce, plan_in_force
from sojourn.program.treatment.remembered import record_of

MOVING: Final = (
    Acknowledged, Called, Cancelled, Corrected, Discharged, Dosed, Left, Looked, Noticed, Rated, Struck, VitalTaken,
)  # fmt: skip
BEGINNING: Final = (Corrected, Dosed, Struck)
LOOKS_OF_NOBODY: Final = {EventSource.PATIENT, EventSource.DEVICE}
FOLLOWED_FOR: Final = timedelta(
    days=1
)  # program policy: a session nobody ended is not followed up for longer


@dataclass(frozen=True)
class Folded:
    """A session as its deadline asks for it. `events` are in order of time, without those taken back."""

    plan: monitoring.MonitoringPlan
    number: int
    events: tuple[Event, ...]
    state: monitoring.SessionState


def folded(events: Iterable[Event], *, by: PlanInForce, now: datetime) -> Folded:
    """Fold the events of a session, in any order of arrival, by the plan in force."""
    told = monitoring.in_order(events)
    return Folded(by.plan, by.number, told, monitoring.state_of(events=told, plan=by.plan, now=now))


def keep_deadline(
    visit_id: UUID,
    added: Sequence[tuple[Event, str]],
    *,
    patient_id: UUID,
    received_at: datetime,
    session: Folded | None = None,
) -> None:
    """Arm, move or settle the deadline of a session after these events (each with its source) were added.

    `session` is the session with them, where the caller has it; else it is read. Inside the caller's transaction, which
    holds the visit's lock.
    """
    moving = [(event, source) for event, source in added if isinstance(event, MOVING)]
    if not moving:
        return
    held = deadlines.hold_look(visit_id)
    if held is None and not any(isinstance(event, BEGINNING) for event, _source in moving):
        return
    if held is not None and held.is_armed and held.is_overdue and not held.has_begun:
        take_first_step(visit_id, rungs())
        held = deadlines.hold_look(visit_id)
    somebody_looked = any(source not in LOOKS_OF_NOBODY for _event, source in moving)
    arm_from_record(
        visit_id,
        patient_id=patient_id,
        now=received_at,
        held=held,
        may_put_off=somebody_looked,
        session=session,
    )


def arm_from_record(
    visit_id: UUID,
    *,
    patient_id: UUID,
    now: datetime,
    held: deadlines.HeldLook | None,
    may_put_off: bool = True,
    session: Folded | None = None,
) -> None:
    """Make the deadline of a session what its record asks for; `held` is the one that stands, its row locked."""
    session = session or _read(visit_id, now)
    if session is None:
        return
    ladder = monitoring.ladder_for(session.plan.id)
    look = _next_look(session, ladder, patient_id, now)
    is_running = held is not None and held.is_armed
    if look is None:
        if is_running:
            deadlines.settle_look(visit_id)
        return
    if held is not None and held.is_armed:
        if look.is_urgent and not held.is_urgent:
            deadlines.hasten_look(visit_id)
        if not may_put_off and (held.has_begun or held.is_urgent):
            return
        if held.look_due_at == look.begins_at and (look.is_urgent or not held.is_urgent):
            return
    deadlines.arm_look(
        visit_id=visit_id,
        patient_id=patient_id,
        ladder=ladder.id,
        look_due_at=look.begins_at,
        due_in=look.begins_at - now,
        is_urgent=look.is_urgent,
        facts={"session": session.number},
        # A clock set back makes an old look due "again": that puts nothing off.
        no_later=held is not None and held.is_armed and look.begins_at < held.look_due_at,
    )


def _read(visit_id: UUID, now: datetime) -> Folded | None:
    by = plan_in_force(visit_id)
    return folded(record_of(visit_id).events, by=by, now=now) if by else None


def _next_look(
    session: Folded, ladder: monitoring.Ladder, patient_id: UUID, now: datetime
) -> monitoring.NextLook | None:
    state = session.state
    if state.dosed_at is None or now - state.dosed_at > FOLLOWED_FOR:
        return None
    return monitoring.next_look_of(
        events=session.events,
        state=state,
        plan=session.plan,
        ladder=ladder,
        now=now,
        is_suicidal=has_open_alarm(patient_id, reasons=reasons_about_suicide()),
    )


@cache
def reasons_about_suicide() -> frozenset[str]:
    """The reasons of alarms after which nothing is waited for."""
    return instruments.reasons_about_suicide(instruments.all_instruments()) | {"assessment.danger"}
