"""Takes in what is recorded by token: by monitors, patients, sitters and devices, in arrays, late, twice, or wrongly.

One transaction and one extension of the chain for each array. Each event is answered by itself: one that is refused
holds up no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import Noticed, Refused
from sojourn.program.safety.watch import watch_state
from sojourn.program.treatment import alarming, refusing
from sojourn.program.treatment.choices import EventKind, TokenRole
from sojourn.program.treatment.may_record import AFTER_THE_END, READINGS, why_not
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import NewEvent, add_events
from sojourn.program.treatment.sessions import Session, session_by_token
from sojourn.program.treatment.tokens import Token, TokenEnded, token_of

LATE_AT_MOST: Final = timedelta(hours=12)  # program policy: how much later something may arrive
CLOCKS_DIFFER: Final = timedelta(minutes=2)  # program policy: beyond this a clock is wrong, and is corrected
ELSEWHERE: Final = "This id belongs to another entry. Nothing was added."
OVER: Final = "The session has ended."
NOT_THEN: Final = "Give a time within the last 12 hours, not in the future."
BEFORE_DOSE: Final = "This is dated before a dose that had its readings already."


class Status(StrEnum):
    RECORDED = "recorded"
    REPEAT = "repeat"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An event as it was sent. `taken_at` is by the sender's clock; `units`, where given, name a unit for a fact."""

    form_id: UUID
    kind: str
    facts: Mapping[str, Any]
    taken_at: datetime
    device: str = ""
    units: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of one event; `why` it was refused, in words for whoever sent it."""

    form_id: UUID
    status: Status
    why: str = ""


@dataclass(frozen=True)
class Tick:
    """All that a token may know of its session: when the next look is due, whether it is over, whether anybody watches."""

    next_due_at: datetime | None
    ended: bool
    is_watched: bool


@dataclass(frozen=True)
class Received:
    outcomes: tuple[Outcome, ...]
    tick: Tick


@dataclass
class _Adding:
    """An array on its way into the record."""

    token: Token
    of: Session
    now: datetime
    ahead: timedelta  # how far the sender's clock is ahead of ours; zero where they agree
    new: list[NewEvent] = field(default_factory=list)
    causes: list[alarming.Cause] = field(default_factory=list)


def tick(secret: str, *, now: datetime) -> Tick:
    """Say what a token may know. Raises TokenUnknown, TokenEnded."""
    return _tick(_working(token_of(secret), now).state)


def receive(*, secret: str, sent_at: datetime, events: Sequence[Sent], now: datetime) -> Received:
    """Record an array of events in one transaction; give an outcome for each, in order, and the tick after them.

    The same form again is the same event. `sent_at` is the sender's clock as it sent: where that differs from ours
    by more than two minutes, each event is placed by our clock, and what the other said is kept with it.
    Raises TokenUnknown, TokenEnded.
    """
    try:
        return _received(secret, sent_at, events, now)
    except IntegrityError:
        # The same id was recorded in another session meanwhile; now it is found there, and refused by itself.
        return _received(secret, sent_at, events, now)


def _received(secret: str, sent_at: datetime, events: Sequence[Sent], now: datetime) -> Received:
    with transaction.atomic():
        token = token_of(secret, lock=True)
        of = _working(token, now)
        ahead = sent_at - now
        adding = _Adding(token, of, now, ahead if abs(ahead) > CLOCKS_DIFFER else timedelta())
        known = _known([each.form_id for each in events])
        outcomes = []
        for each in events:
            before = known.get(each.form_id)
            outcomes.append(_again(each, before, token) if before else _added(each, adding))
            if before is None and adding.new and adding.new[-1].form_id == each.form_id:
                known[each.form_id] = _as_row(adding.new[-1], token)
        state = of.state
        if adding.new:
            _keep(adding)
            state = _state_after(adding)
        return Received(tuple(outcomes), _tick(state))


def _working(token: Token, now: datetime) -> Session:
    of = session_by_token(token.visit_id, now=now)
    if of is None or not token.works_at(now, ended_at=of.state.ended_at):
        raise TokenEnded
    return of


def _state_after(adding: _Adding) -> monitoring.SessionState:
    """The session with what was added, without asking the database for what is known."""
    of = adding.of
    told = [*(row.as_event() for row in of.events), *(new.event for new in adding.new)]
    return monitoring.state_of(events=told, plan=of.plan, now=adding.now, observe_longer=of.observes_longer)


def _tick(state: monitoring.SessionState) -> Tick:
    due = state.next_due
    return Tick(
        next_due_at=due.due_at if due else None,
        ended=state.ended_at is not None,
        is_watched=watch_state().is_living,
    )


def _known(form_ids: Sequence[UUID]) -> dict[UUID, SessionEvent]:
    return {row.form_id: row for row in SessionEvent.objects.filter(form_id__in=form_ids)}


def _as_row(new: NewEvent, token: Token) -> SessionEvent:
    """An event of this array, as a later one with the same id meets it."""
    return SessionEvent(
        visit_id=token.visit_id,
        form_id=new.form_id,
        kind=new.kind,
        facts=monitoring.facts_of(new.event),
        source=new.source,
        device=new.device,
        clock_said=new.clock_said,
    )


def _again(sent: Sent, row: SessionEvent, token: Token) -> Outcome:
    """A form that was sent before: harmless when it says the same, a forged or doubled id when it does not."""
    if row.visit_id != token.visit_id or row.source != token.source:
        return Outcome(sent.form_id, Status.REFUSED, ELSEWHERE)
    if row.clock_said is not None and row.clock_said != sent.taken_at:
        return Outcome(sent.form_id, Status.REFUSED, ELSEWHERE)
    if row.kind == EventKind.REFUSED:
        is_same = row.facts.get("of") == sent.kind and row.facts.get("typed") == refusing.typed_of(
            sent.facts, sent.units
        )
        return Outcome(sent.form_id, Status.REFUSED, str(row.facts["why"]) if is_same else ELSEWHERE)
    try:
        event = monitoring.read_event(kind=sent.kind, facts=sent.facts, taken_at=sent.taken_at)
    except monitoring.EventInvalid:
        return Outcome(sent.form_id, Status.REFUSED, ELSEWHERE)
    if row.kind != sent.kind or monitoring.facts_of(event) != row.facts:
        return Outcome(sent.form_id, Status.REFUSED, ELSEWHERE)
    return Outcome(sent.form_id, Status.REPEAT)


def _added(sent: Sent, adding: _Adding) -> Outcome:
    token, of, now = adding.token, adding.of, adding.now
    if why := why_not(token.role, sent.kind, frozenset(sent.facts)):
        return Outcome(sent.form_id, Status.REFUSED, why)
    kind = EventKind(sent.kind)
    taken_at = sent.taken_at - adding.ahead
    if of.state.ended_at is not None and kind not in AFTER_THE_END and taken_at > of.state.ended_at:
        return Outcome(sent.form_id, Status.REFUSED, OVER)
    row_id = uuid7()
    why, event = _read(sent, kind, taken_at, str(row_id), adding)
    if event is None:
        if kind not in READINGS:
            return Outcome(sent.form_id, Status.REFUSED, why)
        event = refusing.refused(
            of=kind, typed=refusing.typed_of(sent.facts, sent.units), why=why, at=_near(taken_at, now)
        )
    adding.new.append(
        NewEvent(
            event=event,
            form_id=sent.form_id,
            source=token.source,
            device=sent.device or token.label,
            id=row_id,
            token_id=token.id,
            clock_said=sent.taken_at,
        )
    )
    adding.causes += _causes(event, row_id, adding)
    return Outcome(sent.form_id, Status.REFUSED if why else Status.RECORDED, why)


def _read(
    sent: Sent, kind: EventKind, taken_at: datetime, event_id: str, adding: _Adding
) -> tuple[str, monitoring.Event | None]:
    """The event, or in words why it is none."""
    now, state = adding.now, adding.of.state
    if not now - LATE_AT_MOST <= taken_at <= now + CLOCKS_DIFFER:
        return NOT_THEN, None
    if why := refusing.wrong_units(sent.facts, sent.units) or refusing.unwritable(sent.facts):
        return why, None
    try:
        event = monitoring.read_event(kind=kind, facts=sent.facts, taken_at=taken_at, event_id=event_id)
    except monitoring.EventInvalid as invalid:
        return " ".join(dict.fromkeys(invalid.problems.values())), None
    had_readings = state.dosed_at is not None and not state.needs_baseline
    if kind in READINGS and had_readings and min(taken_at, now) <= state.dosed_at:  # type: ignore[operator]
        return BEFORE_DOSE, None
    return "", event


def _near(taken_at: datetime, now: datetime) -> datetime:
    """The time a refused reading stands at: its own, or ours where its own cannot be true."""
    return taken_at if now - LATE_AT_MOST <= taken_at <= now + CLOCKS_DIFFER else now


def _causes(event: monitoring.Event, row_id: UUID, adding: _Adding) -> list[alarming.Cause]:
    of, state = adding.of, adding.of.state
    kind = monitoring.kind_of(event)
    if kind == EventKind.HELP_ASKED:
        return [alarming.help_asked(about_id=row_id, taken_at=event.taken_at, by=adding.token.source)]
    if kind == EventKind.LEFT and of.is_running:
        return [alarming.left_early(about_id=row_id, taken_at=event.taken_at)]
    if isinstance(event, Refused):
        return _technical(event, row_id, adding)
    crossings = monitoring.crossings_of(
        event,
        plan=of.plan,
        baseline=state.baseline,
        after_dose=state.dosed_at is not None and event.taken_at > state.dosed_at,
        earlier_signs=_earlier_signs(event, adding) if isinstance(event, Noticed) else (),
    )
    return [alarming.crossed(crossing, about_id=row_id) for crossing in crossings]


def _earlier_signs(event: Noticed, adding: _Adding) -> list[str]:
    told = (
        *monitoring.in_order(row.as_event() for row in adding.of.events),
        *(new.event for new in adding.new),
    )
    return [each.sign for each in told if isinstance(each, Noticed) and each.taken_at < event.taken_at]


def _technical(event: Refused, row_id: UUID, adding: _Adding) -> list[alarming.Cause]:
    """A device is looked at once for its first reading that was refused; a person reads the refusal on their page."""
    device = adding.new[-1].device
    told = any(row.kind == EventKind.REFUSED and row.device == device for row in adding.of.events) or any(
        isinstance(new.event, Refused) and new.device == device for new in adding.new[:-1]
    )
    if told or adding.token.role is not TokenRole.DEVICE:
        return []
    return [
        alarming.reading_refused(about_id=row_id, taken_at=event.taken_at, typed=event.typed, device=device)
    ]


def _keep(adding: _Adding) -> None:
    token, of = adding.token, adding.of
    actor = token.actor
    add_events(
        token.visit_id,
        [*adding.new, *(cause.as_event() for cause in adding.causes)],
        did=f"recorded by {token.role.label}",
        patient_id=token.patient_id,
        actor=actor,
        received_at=adding.now,
    )
    for cause in adding.causes:
        alarming.raise_for(
            cause, patient_id=token.patient_id, number=of.visit.number, actor=actor, now=adding.now
        )
