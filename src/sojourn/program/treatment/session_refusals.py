"""What a session refuses to have on record now: a wrong time, a held dose, an early leave, an entry that stands for good."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sojourn.clinical import monitoring
from sojourn.program.people.actors import Actor
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.holding import Hold, holds_of
from sojourn.program.treatment.may_record import READINGS
from sojourn.program.treatment.sessions import EventRow, Session, session, telling_of

LATE_AT_MOST: Final = timedelta(hours=12)  # program policy: how much later something may be recorded
A_HAIR: Final = 1e-6  # mg; two writings of one number
CLOCKS_DIFFER: Final = timedelta(minutes=2)  # program policy: beyond this a clock is wrong
AFTERWARDS: Final = {
    EventKind.NOTED,
    EventKind.SERIOUS,
    EventKind.CALLED,
    EventKind.LEFT,
    EventKind.STRUCK,
    EventKind.ACCOUNTED,
    EventKind.WITNESSED,
}
BY_THE_PROGRAM: Final = {
    EventKind.MISSED,
    EventKind.ALARMED,
    EventKind.ACKNOWLEDGED,
    EventKind.CORRECTED,
    EventKind.REFUSED,
    EventKind.DOSE_CHECKED,
    EventKind.WITNESSED,
    EventKind.ACCOUNTED,
}  # never typed in a form
FROM_OUTSIDE: Final = {
    EventKind.HELP_ASKED,
    EventKind.ROLE_ACCEPTED,
    EventKind.PICKED_UP,
    EventKind.NEXT_MORNING,
}  # said by patient or sitter with their own hand, and not taken back by another's
TURNING_POINTS: Final = {EventKind.DOSED, EventKind.DISCHARGED, EventKind.LEFT, EventKind.CANCELLED}


class SessionOver(Exception):
    """The session has ended; only notes and corrections are added."""


class DoseHeld(Exception):
    """Something holds the dose; `holds` say what, and who says so."""

    def __init__(self, holds: tuple[Hold, ...]) -> None:
        super().__init__("; ".join(hold.says for hold in holds))
        self.holds = holds


class DoseDiffers(Exception):
    """The dose in hand is not the dose ordered."""


class AlreadyDosed(Exception):
    """The dose of this session is on record."""


class MayNotLeave(Exception):
    """Something is missing before the patient may leave; `missing` names each criterion and why."""

    def __init__(self, missing: tuple[Any, ...]) -> None:
        super().__init__("; ".join(f"{each.criterion}: {each.why}" for each in missing))
        self.missing = missing


class WrongTime(Exception):
    """An event is recorded for a moment between twelve hours ago and now."""


class DoseBeforeChecks(Exception):
    """At the moment named the checks before the dose were not all on record."""


class BeforeTheDose(Exception):
    """A reading dated before a dose that has its readings before it would change what the others are judged by."""


class NothingToStrike(Exception):
    """The entry is not in this session, or it was struck out already."""


class StandsForGood(Exception):
    """Once a session has ended, its dose and its end are not struck out: a note says what was wrong with them."""


class NotRecordedByHand(Exception):
    """Events of this kind follow from a deed of their own: an alarm, its acknowledgment, a correction."""


def refuse_time(taken_at: datetime, now: datetime, *, told_at: datetime | None = None) -> None:
    """Refuse a moment long past or to come. Raises WrongTime.

    What is told anew, however long afterwards, may also stand near `told_at`, when the wrong entry says it was.
    """
    is_recent = now - LATE_AT_MOST <= taken_at
    is_near = told_at is not None and abs(taken_at - told_at) <= LATE_AT_MOST
    if not (is_recent or is_near) or taken_at > now + CLOCKS_DIFFER:
        raise WrongTime


def refuse_time_of(
    kind: str, taken_at: datetime, of: Session, now: datetime, *, told_at: datetime | None = None
) -> None:
    """Refuse a moment at which an event of this kind is not told now. Raises WrongTime.

    Something serious is told whenever it becomes known, and from when it began: at any time since the dose.
    """
    begun_at = of.state.dosed_at
    if kind == EventKind.SERIOUS and begun_at is not None and begun_at <= taken_at <= now:
        return
    refuse_time(taken_at, now, told_at=told_at)


def refuse(kind: str, event: monitoring.Event, of: Session, *, actor: Actor, now: datetime) -> None:
    """Ask what a dose, a discharge and a late reading must answer. A clock that runs ahead brings none of them forward.

    Raises BeforeTheDose, AlreadyDosed, DoseBeforeChecks, DoseHeld, DoseDiffers, MayNotLeave.
    """
    at = min(event.taken_at, now)
    dosed_at = of.state.dosed_at
    if kind in READINGS and dosed_at is not None and at <= dosed_at and not of.state.needs_baseline:
        raise BeforeTheDose
    if kind == EventKind.DOSED:
        _refuse_dose(event, of, actor=actor, at=at)
    if kind == EventKind.DISCHARGED:
        _refuse_leaving(of, actor=actor, at=at)


def _refuse_dose(event: monitoring.Event, of: Session, *, actor: Actor, at: datetime) -> None:
    if of.state.dosed_at is not None:
        raise AlreadyDosed
    was_ready = _as_of(of, event.taken_at).may_dose
    if of.state.may_dose and not was_ready:
        raise DoseBeforeChecks
    holds = holds_of(of, actor=actor, now=at)
    if holds:
        raise DoseHeld(holds)
    if not was_ready:
        raise DoseBeforeChecks
    if of.ordered_mg is None or abs(float(of.ordered_mg) - event.mg) > A_HAIR:  # type: ignore[union-attr]
        raise DoseDiffers


def _refuse_leaving(of: Session, *, actor: Actor, at: datetime) -> None:
    then = session(of.visit.id, actor=actor, now=at)
    assert then is not None
    if not then.state.may_discharge:
        raise MayNotLeave(then.state.discharge_missing)


def _as_of(of: Session, at: datetime) -> monitoring.SessionState:
    """The session by what was true until this moment."""
    told = telling_of(row for row in of.events if row.taken_at <= at)
    return monitoring.state_of(events=told, plan=of.plan, now=at)


def struck_by(facts: Mapping[str, Any], of: Session) -> UUID:
    """The entry a form strikes out. Raises NothingToStrike, StandsForGood."""
    return standing_entry(facts.get("struck_id"), of).id


def standing_entry(event_id: Any, of: Session) -> EventRow:
    """The entry as it stands. What the program wrote, or a patient or sitter said, is not struck out by another.

    Raises NothingToStrike, StandsForGood.
    """
    found = next((e for e in of.events if str(e.id) == str(event_id) and e.is_standing), None)
    if found is None or found.kind in BY_THE_PROGRAM | FROM_OUTSIDE:
        raise NothingToStrike
    if of.is_over and found.kind in TURNING_POINTS:
        raise StandsForGood
    return found
