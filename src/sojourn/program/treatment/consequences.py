"""What follows from an event put on record: alarms raised and told, questions asked around a dose or no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import Noticed, SeriousTold
from sojourn.program.people.actors import Actor
from sojourn.program.plans.asking import ask_for_course, note_no_dose
from sojourn.program.treatment import alarming
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.hindsight import crossed_in_hindsight
from sojourn.program.treatment.recorder import NewEvent, Row, add_events
from sojourn.program.treatment.sessions import EventRow, Session, session


@dataclass(frozen=True)
class Recorded:
    """The event on record. `is_new` is False when the same form was sent again."""

    event_id: UUID
    is_new: bool
    crossed: tuple[monitoring.Crossing, ...] = ()


def put_on_record(new: NewEvent, of: Session, *, actor: Actor, now: datetime) -> Recorded:
    """Add one event and, in the same transaction, the alarms it raises and an event for each of them."""
    row, *_ = add_events(
        of.visit.id,
        [new],
        did=f"recorded: {new.kind}",
        patient_id=of.visit.patient_id,
        actor=actor,
        received_at=now,
    )
    crossed = _crossed(new.event, of)
    for crossing in crossed:
        raise_crossing(crossing, row, of, actor, now)
    tell_alarms([(row, crossing) for crossing in crossed], of, actor, now)
    if new.kind == EventKind.LEFT and of.is_running:
        _raise_and_tell(alarming.left_early(about_id=row.id, taken_at=row.taken_at), of, actor, now)
    if new.kind == EventKind.CANCELLED and of.state.dosed_at is None:
        note_no_dose(of.visit.id, actor=actor, now=now)
    if _tells_of_a_dose(new, of):
        ask_for_course(of.visit.course_id, actor=actor, now=now)
    if isinstance(new.event, SeriousTold) and new.event.happened:
        _raise_and_tell(alarming.serious_event(about_id=row.id, taken_at=row.taken_at), of, actor, now)
    return Recorded(row.id, is_new=True, crossed=crossed)


def _tells_of_a_dose(new: NewEvent, of: Session) -> bool:
    """A dose given, or struck out. One corrected is told anew at once, and changes nothing that is asked."""
    struck = {row.id for row in of.events if row.kind == EventKind.DOSED}
    return new.kind == EventKind.DOSED or (new.kind == EventKind.STRUCK and new.withdraws_id in struck)


def _crossed(event: monitoring.Event, of: Session) -> tuple[monitoring.Crossing, ...]:
    dosed_at = of.state.dosed_at
    signs = [sign.sign for sign in of.told.of(Noticed)]  # one seen later counts, where this comes late
    return monitoring.crossings_of(
        event,
        plan=of.plan,
        baseline=of.state.baseline,
        after_dose=dosed_at is not None and event.taken_at > dosed_at,
        earlier_signs=signs,
    )


def raise_crossing(
    crossing: monitoring.Crossing, row: Row | EventRow, of: Session, actor: Actor, now: datetime
) -> None:
    """Raise the alarm of a limit that an event on record has crossed."""
    _raise(alarming.crossed(crossing, about_id=row.id), of, actor, now)


def tell_alarms(
    raised: Sequence[tuple[Row | EventRow, monitoring.Crossing]], of: Session, actor: Actor, now: datetime
) -> None:
    """Put each alarm that was raised on the record of its session."""
    if raised:
        _tell([alarming.crossed(crossing, about_id=row.id) for row, crossing in raised], of, actor, now)


def raise_in_hindsight(of: Session, *, actor: Actor, now: datetime) -> None:
    """Raise what other entries cross since something was corrected or struck out; `of` is the session before that."""
    then = session(of.visit.id, actor=actor, now=now)
    assert then is not None
    raised = list(crossed_in_hindsight(then))
    for row, crossing in raised:
        raise_crossing(crossing, row, then, actor, now)
    tell_alarms(raised, then, actor, now)


def _raise_and_tell(cause: alarming.Cause, of: Session, actor: Actor, now: datetime) -> None:
    _raise(cause, of, actor, now)
    _tell([cause], of, actor, now)


def _raise(cause: alarming.Cause, of: Session, actor: Actor, now: datetime) -> None:
    alarming.raise_for(cause, patient_id=of.visit.patient_id, number=of.visit.number, actor=actor, now=now)


def _tell(causes: Sequence[alarming.Cause], of: Session, actor: Actor, now: datetime) -> None:
    add_events(
        of.visit.id,
        [cause.as_event() for cause in causes],
        did="recorded: alarmed",
        patient_id=of.visit.patient_id,
        actor=actor,
        received_at=now,
    )
