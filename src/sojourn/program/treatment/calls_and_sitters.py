"""What a session is followed for beside the next look: that a call for help is taken on, and that the sitter looks.

Each has a deadline of its own, kept in the transaction of the events that move it. A look, a reading or a press of the
patient or the sitter takes no call on: only somebody on duty does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import (
    Acknowledged,
    Alarmed,
    Called,
    Cancelled,
    Corrected,
    Discharged,
    Dosed,
    Event,
    HelpAsked,
    Left,
    Looked,
    Noticed,
    RoleAccepted,
    Struck,
)
from sojourn.program.safety import deadlines
from sojourn.program.safety.deadlines import CALL, SITTER_LOOK
from sojourn.program.safety.missing import take_first_step
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.folded import Folded, read_session, spoke_of_suicide
from sojourn.program.treatment.ladder_rungs import rungs
from sojourn.program.treatment.remembered import record_of

ANSWERS: Final = (Acknowledged, Called, Corrected, Struck)
ENDS: Final = (Cancelled, Discharged, Left)
OF_THE_SITTER: Final = (HelpAsked, Looked, Noticed, RoleAccepted)  # taking the role on is being there
FOLLOWED_FOR: Final = timedelta(
    days=1
)  # program policy: a session nobody ended is not followed up for longer


def follow_call(
    visit_id: UUID, added: Sequence[tuple[Event, str]], *, patient_id: UUID, now: datetime
) -> None:
    """Follow a call for help from its alarm until somebody on duty has taken it on, before, in or after a session."""
    called = any(
        isinstance(event, Alarmed) and event.limit_id == monitoring.HELP_ASKED for event, _source in added
    )
    if not called and not any(isinstance(event, ANSWERS) for event, _source in added):
        return
    held = deadlines.hold_look(visit_id, kind=CALL)
    if held is None and not called:
        return
    session = read_session(visit_id, now=now)
    if session is None:
        return
    ladder = monitoring.ladder_for(session.plan.id, follows=CALL)
    since = monitoring.call_waits_since(events=session.events, state=session.state, ladder=ladder, now=now)
    _follow(ladder, session, visit_id, patient_id, held, since=since, now=now)


def follow_sitter(
    visit_id: UUID, added: Sequence[tuple[Event, str]], *, patient_id: UUID, now: datetime
) -> None:
    """Follow the looks of a sitter at home, from the dose to the end, once they have taken their role on."""
    moves = [
        event
        for event, source in added
        if isinstance(event, (*ANSWERS, *ENDS, Dosed))
        or (source == EventSource.SITTER and isinstance(event, OF_THE_SITTER))
    ]
    if not moves:
        return
    held = deadlines.hold_look(visit_id, kind=SITTER_LOOK)
    if held is None and all(isinstance(event, (Acknowledged, Called, *ENDS)) for event in moves):
        return
    if held is not None and held.is_armed and held.is_overdue and not held.has_begun:
        take_first_step(visit_id, rungs(), kind=SITTER_LOOK)
    arm_sitter(visit_id, patient_id=patient_id, now=now)


def arm_sitter(visit_id: UUID, *, patient_id: UUID, now: datetime) -> None:
    """Make the deadline of the sitter's next look what the record asks for."""
    session = read_session(visit_id, now=now)
    if session is None or not session.plan.at_home:
        return
    ladder = monitoring.ladder_for(session.plan.id, follows=SITTER_LOOK)
    since = _sitter_looks_by(visit_id, session, ladder, now)
    held = deadlines.hold_look(visit_id, kind=SITTER_LOOK)
    _follow(ladder, session, visit_id, patient_id, held, since=since, now=now)


def _sitter_looks_by(
    visit_id: UUID, session: Folded, ladder: monitoring.Ladder, now: datetime
) -> datetime | None:
    standing = {event.event_id for event in session.events}
    said = [
        each.event
        for each in record_of(visit_id).written
        if each.source == EventSource.SITTER and each.event.event_id in standing
    ]
    dosed_at = session.state.dosed_at
    has_sitter = any(isinstance(event, RoleAccepted) for event in said)
    if not has_sitter or dosed_at is None or now - dosed_at > FOLLOWED_FOR:
        return None
    looked_at = [event.taken_at for event in said if isinstance(event, OF_THE_SITTER)]
    return monitoring.sitter_look_waits_since(
        looked_at=looked_at, events=session.events, state=session.state, ladder=ladder, now=now
    )


def _follow(
    ladder: monitoring.Ladder,
    session: Folded,
    visit_id: UUID,
    patient_id: UUID,
    held: deadlines.HeldLook | None,
    *,
    since: datetime | None,
    now: datetime,
) -> None:
    is_running = held is not None and held.is_armed
    if since is None:
        if is_running:
            deadlines.settle_look(visit_id, kind=ladder.follows)
        return
    if held is not None and is_running and held.look_due_at == since:
        return
    is_urgent = monitoring.is_urgent(
        state=session.state, ladder=ladder, is_suicidal=spoke_of_suicide(patient_id)
    )
    first = ladder.steps[0]
    # What a phone without a network kept was seen by nobody until now: its steps are counted from now.
    due_in = since - now if is_running else max(since - now, timedelta())
    deadlines.arm_look(
        visit_id=visit_id,
        patient_id=patient_id,
        ladder=ladder.id,
        look_due_at=since,
        due_in=due_in,
        is_urgent=is_urgent,
        facts={"session": session.number},
        kind=ladder.follows,
        first_after=first.after_urgent if is_urgent else first.after,
    )
