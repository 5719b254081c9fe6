"""Keeps the deadline of a running session: by when somebody must look, told in the transaction of each event.

Armed from what the record says is due, and counted by the database's clock. Only somebody who looked, called or took
an alarm on puts it off; once a step was taken because nobody had, or the last reading was bad, nothing that a device or
the patient's own hand records does. What else a session is followed for stands in `calls_and_sitters`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
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
from sojourn.program.audit.asking import put
from sojourn.program.safety import deadlines
from sojourn.program.safety.missing import take_first_step
from sojourn.program.treatment.calls_and_sitters import FOLLOWED_FOR, follow_call, follow_sitter
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.folded import Folded, asking_who_spoke_of_suicide, read_session
from sojourn.program.treatment.ladder_rungs import rungs

MOVING: Final = (
    Acknowledged, Called, Cancelled, Corrected, Discharged, Dosed, Left, Looked, Noticed, Rated, Struck, VitalTaken,
)  # fmt: skip
BEGINNING: Final = (Corrected, Dosed, Struck)
LOOKS_OF_NOBODY: Final = {EventSource.PATIENT, EventSource.DEVICE}


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A session to which these events, each with its source, were added.

    `session` is the session with them, where the caller has it; else it is read.
    """

    visit_id: UUID
    patient_id: UUID
    added: Sequence[tuple[Event, str]]
    received_at: datetime
    session: Folded | None = None

    @property
    def moving(self) -> list[tuple[Event, str]]:
        return [(event, source) for event, source in self.added if isinstance(event, MOVING)]


@dataclass(frozen=True)
class Looks:
    """The deadlines of sessions as they stand, their rows locked, and who of the patients spoke of suicide."""

    held: Mapping[UUID, deadlines.HeldLook]
    suicidal: Collection[UUID]


def keep_deadlines(sessions: Sequence[Moved], *, looks: Looks | None = None) -> None:
    """Arm, move or settle the deadlines of sessions after events were added to them.

    Inside the caller's transaction, which holds the lock of each visit. One exchange for all that changes nothing; none
    where the caller holds the `looks` already.
    """
    _keep_looks([moved for moved in sessions if moved.moving], looks)
    for moved in sessions:
        told: dict[str, Any] = {"patient_id": moved.patient_id, "now": moved.received_at}
        follow_call(moved.visit_id, moved.added, **told)
        follow_sitter(moved.visit_id, moved.added, **told)


def _keep_looks(sessions: Sequence[Moved], looks: Looks | None) -> None:
    if not sessions:
        return
    looks = looks or _looks_of(sessions)
    for moved in sessions:
        if moved.visit_id in looks.held or _begins(moved):
            is_suicidal = moved.patient_id in looks.suicidal
            _keep_look(moved, looks.held.get(moved.visit_id), is_suicidal=is_suicidal)


def _looks_of(sessions: Sequence[Moved]) -> Looks:
    held = deadlines.asking_to_hold([moved.visit_id for moved in sessions])
    suicidal = asking_who_spoke_of_suicide([moved.patient_id for moved in sessions])
    put(held, suicidal)
    return Looks(held.answer, suicidal.answer)


def _begins(moved: Moved) -> bool:
    return any(isinstance(event, BEGINNING) for event, _source in moved.moving)


def _keep_look(moved: Moved, held: deadlines.HeldLook | None, *, is_suicidal: bool) -> None:
    if held is not None and held.is_armed and held.is_overdue and not held.has_begun:
        take_first_step(moved.visit_id, rungs())
        held = deadlines.hold_look(moved.visit_id)
    somebody_looked = any(source not in LOOKS_OF_NOBODY for _event, source in moved.moving)
    arm_from_record(
        moved.visit_id,
        patient_id=moved.patient_id,
        now=moved.received_at,
        held=held,
        is_suicidal=is_suicidal,
        may_put_off=somebody_looked,
        session=moved.session,
    )


def arm_from_record(
    visit_id: UUID,
    *,
    patient_id: UUID,
    now: datetime,
    held: deadlines.HeldLook | None,
    is_suicidal: bool,
    may_put_off: bool = True,
    session: Folded | None = None,
) -> None:
    """Make the deadline of a session what its record asks for; `held` is the one that stands, its row locked."""
    session = session or read_session(visit_id, now=now)
    if session is None:
        return
    ladder = monitoring.ladder_for(session.plan.id)
    look = _next_look(session, ladder, now, is_suicidal=is_suicidal)
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
    session: Folded, ladder: monitoring.Ladder, now: datetime, *, is_suicidal: bool
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
        is_suicidal=is_suicidal,
    )
