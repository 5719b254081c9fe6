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
from sojourn.clinical.monitoring.events import Cancelled, Noticed, Refused
from sojourn.program.safety.watch import watch_state
from sojourn.program.treatment import alarming, refusing
from sojourn.program.treatment.choices import EventKind, TokenRole
from sojourn.program.treatment.folded import Folded, folded
from sojourn.program.treatment.may_record import AFTER_THE_END, READINGS, why_not
from sojourn.program.treatment.plan_in_force import PlanInForce, plan_in_force
from sojourn.program.treatment.recorder import NewEvent, add_events
from sojourn.program.treatment.remembered import Record, Written, record_of
from sojourn.program.treatment.tokens import Token, TokenEnded, token_of

LATE_AT_MOST: Final = timedelta(hours=12)  # program policy: how much later something may arrive
CLOCKS_DIFFER: Final = timedelta(minutes=2)  # program policy: beyond this a clock is wrong, and is corrected
ELSEWHERE: Final = "This id belongs to another entry. Nothing was added."
OVER: Final = "The session has ended."
NOT_THEN: Final = "Give a time within the last 12 hours, not in the future."
NO_READING: Final = f"of: the kind of reading that was refused, one of {', '.join(sorted(READINGS))}."
BEFORE_DOSE: Final = "This is dated before a dose that had its readings already."


class Status(StrEnum):
    RECORDED = "recorded"
    REPEAT = "repeat"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An event as it was sent. `taken_at` is by the sender's clock; `units`, where given, name a unit for a fact.

    `is_dated_here`: the sender names no time of its own, so the same sent again is dated later.
    """

    form_id: UUID
    kind: str
    facts: Mapping[str, Any]
    taken_at: datetime
    device: str = ""
    units: Mapping[str, Any] = field(default_factory=dict)
    is_dated_here: bool = False


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


@dataclass(frozen=True)
class _Working:
    """The session of a token that works: its record as read, and what is so in it."""

    by: PlanInForce
    record: Record
    bearings: monitoring.Bearings

    @property
    def is_running(self) -> bool:
        return self.bearings.dosed_at is not None and self.bearings.ended_at is None

    def folded(self, added: Sequence[NewEvent] = (), *, now: datetime) -> Folded:
        """The session with what is added to it."""
        return folded((*self.record.events, *(new.event for new in added)), by=self.by, now=now)


@dataclass
class _Adding:
    """An array on its way into the record."""

    token: Token
    of: _Working
    now: datetime
    ahead: timedelta  # how far the sender's clock is ahead of ours; zero where they agree
    new: list[NewEvent] = field(default_factory=list)
    causes: list[alarming.Cause] = field(default_factory=list)


def tick(secret: str, *, now: datetime) -> Tick:
    """Say what a token may know. Raises TokenUnknown, TokenEnded."""
    return _tick(_working(token_of(secret), now).folded(now=now).state)


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
        of = _working(token, now, form_ids=[each.form_id for each in events])
        ahead = sent_at - now
        adding = _Adding(token, of, now, ahead if abs(ahead) > CLOCKS_DIFFER else timedelta())
        known = {row.form_id: row for row in of.record.written}
        outcomes = []
        for each in events:
            before = known.get(each.form_id)
            if each.form_id in of.record.elsewhere:
                outcomes.append(Outcome(each.form_id, Status.REFUSED, ELSEWHERE))
                continue
            outcomes.append(_again(each, before, token) if before else _added(each, adding))
            if before is None and adding.new and adding.new[-1].form_id == each.form_id:
                known[each.form_id] = _as_written(adding.new[-1])
        return Received(tuple(outcomes), _tick(_keep(adding)))


def _working(token: Token, now: datetime, *, form_ids: Sequence[UUID] = ()) -> _Working:
    by = plan_in_force(token.visit_id)
    if by is None:
        raise TokenEnded
    record = record_of(token.visit_id, form_ids=form_ids)
    of = _Working(by, record, monitoring.bearings_of(record.events))
    # A visit called off keeps its tokens only where its session had ended without a dose.
    stands = not by.is_called_off or any(isinstance(event, Cancelled) for event in record.events)
    if not stands or not token.works_at(now, ended_at=of.bearings.ended_at):
        raise TokenEnded
    return of


def _tick(state: monitoring.SessionState) -> Tick:
    due = state.next_due
    return Tick(
        next_due_at=due.due_at if due else None,
        ended=state.ended_at is not None,
        is_watched=watch_state().is_living,
    )


def _as_written(new: NewEvent) -> Written:
    """An event of this array, as a later one with the same id meets it."""
    return Written(
        new.event, monitoring.facts_of(new.event), new.form_id, new.source, new.device, new.clock_said
    )


def _again(sent: Sent, row: Written, token: Token) -> Outcome:
    """A form that was sent before: harmless when it says the same, a forged or doubled id when it does not."""
    is_dated_as_before = sent.is_dated_here or row.clock_said in {None, sent.taken_at}
    if row.source != token.source or not is_dated_as_before:
        return Outcome(sent.form_id, Status.REFUSED, ELSEWHERE)
    if isinstance(row.event, Refused) and sent.kind != EventKind.REFUSED:
        typed = refusing.typed_of(sent.facts, sent.units)
        is_same = (row.facts.get("of"), row.facts.get("typed")) == (sent.kind, typed)
        return Outcome(sent.form_id, Status.REFUSED, str(row.facts["why"]) if is_same else ELSEWHERE)
    try:
        event = monitoring.read_event(kind=sent.kind, facts=sent.facts, taken_at=sent.taken_at)
    except monitoring.EventInvalid:
        return Outcome(sent.form_id, Status.REFUSED, ELSEWHERE)
    if type(event) is not type(row.event) or monitoring.facts_of(event) != row.facts:
        return Outcome(sent.form_id, Status.REFUSED, ELSEWHERE)
    return Outcome(sent.form_id, Status.REPEAT)


def _added(sent: Sent, adding: _Adding) -> Outcome:
    token, of, now = adding.token, adding.of, adding.now
    if why := why_not(token.role, sent.kind, frozenset(sent.facts)):
        return Outcome(sent.form_id, Status.REFUSED, why)
    kind = EventKind(sent.kind)
    taken_at = sent.taken_at - adding.ahead
    ended_at = of.bearings.ended_at
    if ended_at is not None and kind not in AFTER_THE_END and taken_at > ended_at:
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
    now, so = adding.now, adding.of.bearings
    if not now - LATE_AT_MOST <= taken_at <= now + CLOCKS_DIFFER:
        return NOT_THEN, None
    if why := refusing.wrong_units(sent.facts, sent.units) or refusing.unwritable(sent.facts):
        return why, None
    if kind is EventKind.REFUSED and sent.facts.get("of") not in READINGS:
        return NO_READING, None
    try:
        event = monitoring.read_event(kind=kind, facts=sent.facts, taken_at=taken_at, event_id=event_id)
    except monitoring.EventInvalid as invalid:
        return " ".join(dict.fromkeys(invalid.problems.values())), None
    had_readings = so.dosed_at is not None and not so.needs_baseline
    if kind in READINGS and had_readings and min(taken_at, now) <= so.dosed_at:  # type: ignore[operator]
        return BEFORE_DOSE, None
    return "", event


def _near(taken_at: datetime, now: datetime) -> datetime:
    """The time a refused reading stands at: its own, or ours where its own cannot be true."""
    return taken_at if now - LATE_AT_MOST <= taken_at <= now + CLOCKS_DIFFER else now


def _causes(event: monitoring.Event, row_id: UUID, adding: _Adding) -> list[alarming.Cause]:
    of, so = adding.of, adding.of.bearings
    kind = monitoring.kind_of(event)
    if kind == EventKind.HELP_ASKED:
        return [alarming.help_asked(about_id=row_id, taken_at=event.taken_at, by=adding.token.source)]
    if kind == EventKind.LEFT and of.is_running:
        return [alarming.left_early(about_id=row_id, taken_at=event.taken_at)]
    if isinstance(event, Refused):
        return _technical(event, row_id, adding)
    crossings = monitoring.crossings_of(
        event,
        plan=of.by.plan,
        baseline=so.baseline,
        after_dose=so.dosed_at is not None and event.taken_at > so.dosed_at,
        earlier_signs=_earlier_signs(event, adding) if isinstance(event, Noticed) else (),
    )
    return [alarming.crossed(crossing, about_id=row_id) for crossing in crossings]


def _earlier_signs(event: Noticed, adding: _Adding) -> list[str]:
    told = (
        *monitoring.in_order(adding.of.record.events),
        *(new.event for new in adding.new),
    )
    return [each.sign for each in told if isinstance(each, Noticed) and each.taken_at < event.taken_at]


def _technical(event: Refused, row_id: UUID, adding: _Adding) -> list[alarming.Cause]:
    """A device is looked at once for its first reading that was refused; a person reads the refusal on their page."""
    device = adding.new[-1].device
    before: list[Written | NewEvent] = [*adding.of.record.written, *adding.new[:-1]]
    told = any(isinstance(each.event, Refused) and each.device == device for each in before)
    if told or adding.token.role is not TokenRole.DEVICE:
        return []
    return [
        alarming.reading_refused(about_id=row_id, taken_at=event.taken_at, typed=event.typed, device=device)
    ]


def _keep(adding: _Adding) -> monitoring.SessionState:
    """Record what was taken in, with its alarms; give the session as it is then."""
    token, of, actor = adding.token, adding.of, adding.token.actor
    new = [*adding.new, *(cause.as_event() for cause in adding.causes)]
    session = of.folded(new, now=adding.now)
    if not new:
        return session.state
    add_events(
        token.visit_id,
        new,
        did=f"recorded by {token.role.label}",
        patient_id=token.patient_id,
        actor=actor,
        received_at=adding.now,
        after=of.record.head,
        session=session,
    )
    for cause in adding.causes:
        alarming.raise_for(
            cause, patient_id=token.patient_id, number=of.by.number, actor=actor, now=adding.now
        )
    return session.state
