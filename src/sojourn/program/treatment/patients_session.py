"""What a patient sees of their own session while it runs: a clock, the next look, and what became of a call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sojourn.program.people.actors import Actor
from sojourn.program.plans.asking import WAITS_AFTER
from sojourn.program.safety.watch import watch_state
from sojourn.program.treatment.choices import EventSource, TokenRole
from sojourn.program.treatment.floor import sessions_today
from sojourn.program.treatment.sessions import Session, session_by_token
from sojourn.program.treatment.sitting import Call, calls_of
from sojourn.program.treatment.tokens import TokenEnded, TokenUnknown, token_of

OPENS_BEFORE: Final = timedelta(
    minutes=60
)  # program policy: the checklist of a session begins an hour before it


@dataclass(frozen=True)
class PatientsSession:
    """One session as its patient sees it. Nothing measured is in it."""

    visit_id: UUID
    starts_at: datetime
    timezone: str
    is_at_home: bool
    companion: str
    dosed_at: datetime | None
    ended_at: datetime | None
    next_look_at: datetime | None
    calls: tuple[Call, ...]
    is_watched: bool


def session_now(actor: Actor, *, now: datetime) -> Session | None:
    """The session a patient is in, or about to begin within the hour; None at any other time. Three queries."""
    for each in sessions_today(actor, now=now):
        if not each.is_over and (each.is_running or _is_open(each, now)):
            return each
    return None


def patients_session(secret: str, *, now: datetime) -> PatientsSession:
    """The session of a patient's token. Raises TokenUnknown, TokenEnded."""
    token = token_of(secret)
    if token.role is not TokenRole.PATIENT:
        raise TokenUnknown
    of = session_by_token(token.visit_id, now=now)
    if of is None or not token.works_at(now, ended_at=of.state.ended_at):
        raise TokenEnded
    due = of.state.next_due
    return PatientsSession(
        visit_id=of.visit.id,
        starts_at=of.visit.starts_at,
        timezone=of.visit.timezone,
        is_at_home=of.plan.at_home,
        companion=of.visit.sitter_name,
        dosed_at=of.state.dosed_at,
        ended_at=of.state.ended_at,
        next_look_at=due.due_at if due else None,
        calls=calls_of(of, EventSource.PATIENT),
        is_watched=watch_state().is_living,
    )


def _is_open(each: Session, now: datetime) -> bool:
    return each.visit.starts_at - OPENS_BEFORE <= now <= each.visit.ends_at + WAITS_AFTER
