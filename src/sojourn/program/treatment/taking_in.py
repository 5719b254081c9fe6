"""Holds each event that was sent against the session it is for: new, a repeat, or refused, in words.

Nothing here reads or writes the database. An event that is refused holds up no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import Cancelled, HelpAsked, Noticed, Refused
from sojourn.program.treatment import alarming, refusing
from sojourn.program.treatment.choices import EventKind, TokenRole
from sojourn.program.treatment.folded import Folded, folded
from sojourn.program.treatment.may_record import AFTER_THE_END, READINGS, why_not
from sojourn.program.treatment.plan_in_force import PlanInForce
from sojourn.program.treatment.recorder import Addition, NewEvent
from sojourn.program.treatment.remembered import Record, Written
from sojourn.program.treatment.sent import Outcome, Sent, SentArray, Status
from sojourn.program.treatment.session_refusals import CLOCKS_DIFFER, LATE_AT_MOST
from sojourn.program.treatment.tokens import Token, TokenEnded

ELSEWHERE: Final = "This id belongs to another entry. Nothing was added."
OVER: Final = "The session has ended."
NOT_THEN: Final = "Give a time within the last 12 hours, not in the future."
LONGEST_CALL: Final = 500
NO_READING: Final = f"of: the kind of reading that was refused, one of {', '.join(sorted(READINGS))}."
SAME_MOMENT: Final = timedelta(
    seconds=2
)  # two tellings of one moment, each by a clock that was read on its way
BEFORE_DOSE: Final = "This is dated before a dose that had its readings already."


@dataclass(frozen=True)
class OpenSession:
    """The session of a token that works: its record as read, and what is so in it."""

    token: Token
    by: PlanInForce
    record: Record
    bearings: monitoring.Bearings

    @property
    def is_running(self) -> bool:
        return self.bearings.dosed_at is not None and self.bearings.ended_at is None

    def folded(self, added: Sequence[NewEvent] = (), *, now: datetime) -> Folded:
        """The session with what is added to it."""
        told = monitoring.told_with(self.record.told, (new.event for new in added))
        return folded(told, by=self.by, now=now)


def open_session(token: Token, record: Record, *, now: datetime) -> OpenSession:
    """Give the session that a token may add to. Raises TokenEnded."""
    by = token.by
    if by is None:
        raise TokenEnded
    of = OpenSession(token, by, record, monitoring.bearings_of(record.told))
    # A visit called off keeps its tokens only where its session had ended without a dose.
    stands = not by.is_called_off or any(isinstance(each.event, Cancelled) for each in record.written)
    if not stands or not token.works_at(now, ended_at=of.bearings.ended_at):
        raise TokenEnded
    return of


@dataclass
class TakenIn:
    """An array on its way into the record: what is new in it, what that calls for, and an outcome for each event.

    `sent_at` is the sender's clock as it sent: where that differs from ours by more than two minutes, each event is
    placed by our clock, and what the other said is kept with it.
    """

    of: OpenSession
    now: datetime
    ahead: timedelta  # how far the sender's clock is ahead of ours; zero where they agree
    new: list[NewEvent] = field(default_factory=list)
    causes: list[alarming.Cause] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def told(self) -> list[NewEvent]:
        """All that goes on record: the events, and an entry for each alarm that they raise."""
        return [*self.new, *(cause.as_event() for cause in self.causes)]

    def addition(self, session: Folded) -> Addition:
        """What is added to the session, which is `session` with it."""
        token = self.of.token
        return Addition(
            visit_id=token.visit_id,
            patient_id=token.patient_id,
            events=self.told,
            did=f"recorded by {token.role.label}",
            actor=token.actor,
            received_at=self.now,
            after=self.of.record.head,
            session=session,
        )


def take_in(array: SentArray, of: OpenSession, *, elsewhere: frozenset[UUID] = frozenset()) -> TakenIn:
    """Hold an array against its session. `elsewhere` are the ids in it that are known to belong to another session."""
    ahead = array.sent_at - array.now
    taken = TakenIn(of, array.now, ahead if abs(ahead) > CLOCKS_DIFFER else timedelta())
    known: dict[UUID, Written] = {}  # of this array
    for each in array.events:
        before = known.get(each.form_id) or of.record.by_form.get(each.form_id)
        if each.form_id in elsewhere:
            outcome = Outcome(each.form_id, Status.REFUSED, ELSEWHERE)
        elif before is not None:
            outcome = _again(each, before, taken)
        else:
            outcome = _added(each, taken)
            if taken.new and taken.new[-1].form_id == each.form_id:
                known[each.form_id] = as_written(taken.new[-1])
        taken.outcomes.append(outcome)
    return taken


def as_written(new: NewEvent) -> Written:
    """An event of an array as it will be read from the record."""
    return Written(new.event, new.form_id, new.source, new.device, new.clock_said)


def _again(sent: Sent, row: Written, adding: TakenIn) -> Outcome:
    """A form that was sent before: harmless when it says the same, a forged or doubled id when it does not."""
    token = adding.of.token
    elsewhere = Outcome(sent.form_id, Status.REFUSED, ELSEWHERE)
    if row.source != token.source or not _is_dated_as(row, sent, ahead=adding.ahead):
        return elsewhere
    if isinstance(row.event, Refused) and sent.kind != EventKind.REFUSED:
        typed = refusing.typed_of(sent.facts, sent.units)
        is_same = (row.event.of, row.event.typed) == (sent.kind, typed)
        return Outcome(sent.form_id, Status.REFUSED, row.event.why) if is_same else elsewhere
    if isinstance(row.event, HelpAsked) and sent.kind == EventKind.HELP_ASKED:
        is_same = _call_for_help(sent, row.event.taken_at, row.event.event_id) == row.event
        return Outcome(sent.form_id, Status.REPEAT) if is_same else elsewhere
    if _why_unwritten(sent, token) or (sent.device or token.label) != row.device:
        return elsewhere
    try:
        event = monitoring.read_event(kind=sent.kind, facts=sent.facts, taken_at=sent.taken_at)
    except monitoring.EventInvalid:
        return elsewhere
    if type(event) is not type(row.event) or monitoring.facts_of(event) != monitoring.facts_of(row.event):
        return elsewhere
    return Outcome(sent.form_id, Status.REPEAT)


def _is_dated_as(row: Written, sent: Sent, *, ahead: timedelta) -> bool:
    """True where an event names the time it named before, or, by a clock that was set since, the same moment."""
    if sent.is_dated_here or row.clock_said in {None, sent.taken_at}:
        return True
    return abs(sent.taken_at - ahead - row.event.taken_at) < SAME_MOMENT


def _why_unwritten(sent: Sent, token: Token) -> str:
    """Say why what was sent is none of what its sender may record, before anybody looks at its values; "" where it is."""
    return (
        sent.unreadable
        or why_not(token.role, sent.kind, frozenset(sent.facts))
        or refusing.wrong_units(sent.facts, sent.units)
        or refusing.unwritable(sent.facts)
    )


def _added(sent: Sent, adding: TakenIn) -> Outcome:
    token, of, now = adding.of.token, adding.of, adding.now
    if why := why_not(token.role, sent.kind):
        return Outcome(sent.form_id, Status.REFUSED, why)
    kind = EventKind(sent.kind)
    taken_at = sent.taken_at - adding.ahead
    ended_at = of.bearings.ended_at
    is_over = ended_at is not None and kind not in AFTER_THE_END and taken_at > ended_at
    row_id = uuid7()
    why, event = (OVER, None) if is_over else _read(sent, kind, taken_at, str(row_id), adding)
    if event is None:
        # A device may measure on all night: of its readings after the end none is kept.
        if kind not in READINGS or (is_over and token.role is TokenRole.DEVICE):
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
    sent: Sent, kind: EventKind, taken_at: datetime, event_id: str, adding: TakenIn
) -> tuple[str, monitoring.Event | None]:
    """The event, or in words why it is none."""
    now, so = adding.now, adding.of.bearings
    if kind is EventKind.HELP_ASKED:
        return "", _call_for_help(sent, _near(taken_at, now), event_id)
    if why := _why_unwritten(sent, adding.of.token):
        return why, None
    if not now - LATE_AT_MOST <= taken_at <= now + CLOCKS_DIFFER:
        return NOT_THEN, None
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


def _call_for_help(sent: Sent, taken_at: datetime, event_id: str) -> monitoring.Event:
    """A call for help, which is heard whatever is wrong with what came with it: its words are then what came."""
    words = sent.facts.get("words", "")
    is_plain = isinstance(words, str) and set(sent.facts) <= {"words"} and len(words) <= LONGEST_CALL
    said = words if is_plain and not refusing.unwritable(sent.facts) else refusing.typed_of(sent.facts)
    return HelpAsked(taken_at=taken_at, event_id=event_id, words=said.strip())


def _near(taken_at: datetime, now: datetime) -> datetime:
    """The time a refused reading or a call for help stands at: its own, or ours where its own cannot be true."""
    return taken_at if now - LATE_AT_MOST <= taken_at <= now + CLOCKS_DIFFER else now


def _causes(event: monitoring.Event, row_id: UUID, adding: TakenIn) -> list[alarming.Cause]:
    of, so = adding.of, adding.of.bearings
    kind = monitoring.kind_of(event)
    if kind == EventKind.HELP_ASKED:
        return [alarming.help_asked(about_id=row_id, taken_at=event.taken_at, by=of.token.source)]
    if kind == EventKind.LEFT and of.is_running:
        return [alarming.left_early(about_id=row_id, taken_at=event.taken_at)]
    if isinstance(event, Refused):
        return _technical(event, row_id, adding)
    crossings = monitoring.crossings_of(
        event,
        plan=of.by.plan,
        baseline=so.baseline,
        after_dose=so.dosed_at is not None and event.taken_at > so.dosed_at,
        earlier_signs=_signs_so_far(adding) if isinstance(event, Noticed) else (),
    )
    return [alarming.crossed(crossing, about_id=row_id) for crossing in crossings]


def _signs_so_far(adding: TakenIn) -> list[str]:
    """The signs on record before this one, whenever they were seen: the second to be told of is the grave one."""
    told = [*adding.of.record.told.of(Noticed), *(new.event for new in adding.new[:-1])]
    return [each.sign for each in told if isinstance(each, Noticed)]


def _technical(event: Refused, row_id: UUID, adding: TakenIn) -> list[alarming.Cause]:
    """A device is looked at once for its first reading that was refused; a person reads the refusal on their page."""
    device = adding.new[-1].device
    before: list[Written | NewEvent] = [*adding.of.record.written, *adding.new[:-1]]
    told = any(isinstance(each.event, Refused) and each.device == device for each in before)
    if told or adding.of.token.role is not TokenRole.DEVICE:
        return []
    return [
        alarming.reading_refused(about_id=row_id, taken_at=event.taken_at, typed=event.typed, device=device)
    ]
