"""Keeps the deadline of a running session: by when somebody must look, told in the transaction of each event.

Armed from what the record says is due, and counted by the database's clock. Only somebody who looked, called or took
an alarm on puts it off; once a step was taken because nobody had, or the last reading was bad, nothing that a device or
the patient's own hand records does. What else a session is followed for stands in `calls_and_sitters`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sojourn.clinical import monitoring
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
from sojourn.program.treatment.calls_and_sitters import FOLLOWED_FOR, follow_call, follow_sitter
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.folded import Folded, read_session, spoke_of_suicide
from sojourn.program.treatment.ladder_rungs import rungs

MOVING: Final = (
    Acknowledged, Called, Cancelled, Corrected, Discharged, Dosed, Left, Looked, Noticed, Rated, Struck, VitalTaken,
)  # fmt: skip
BEGINNING: Final = (Corrected, Dosed, Struck)
LOOKS_OF_NOBODY: Final = {EventSource.PATIENT, EventSource.DEVICE}


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
    _keep_look(visit_id, added, patient_id=patient_id, received_at=received_at, session=session)
    follow_call(visit_id, added, patient_id=patient_id, now=received_at)
    follow_sitter(visit_id, added, patient_id=patient_id, now=received_at)


def _keep_look(
    visit_id: UUID,
    added: Sequence[tuple[Event, str]],
    *,
    patient_id: UUID,
    received_at: datetime,
    session: Folded | None,
) -> None:
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
    session = session or read_session(visit_id, now=now)
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
            deadlines.hasten_looks(visit_id)
        if not may_put_off and (held.has_begun or held.is_urgent):
            return
        if held.look_due_at == look.begins_at and (look.is_urgent or not held.is_urgent):
            return
    if held is not None and held.is_urgent and not look.is_urgent:
        deadlines.let_wait(visit_id)
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
        is_suicidal=spoke_of_suicide(patient_id),
    )
