"""Recording what happens in a dosing session. Events are added, once each; a crossed limit raises its alarm at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import transaction
from uuid_utils.compat import uuid7

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import Noticed, SeriousTold
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.asking import ask_for_course, note_no_dose
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment import alarming, refusing
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.hindsight import crossed_in_hindsight
from sojourn.program.treatment.holding import Hold, holds_of
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import NewEvent, Row, add_events
from sojourn.program.treatment.sessions import EventRow, Session, on_record, session, telling_of

LATE_AT_MOST: Final = timedelta(hours=12)  # program policy: how much later something may be recorded
A_HAIR: Final = 1e-6  # mg; two writings of one number
CLOCKS_DIFFER: Final = timedelta(minutes=2)
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
READINGS: Final = {EventKind.VITAL_TAKEN, EventKind.RATED}
TURNING_POINTS: Final = {EventKind.DOSED, EventKind.DISCHARGED, EventKind.LEFT, EventKind.CANCELLED}


class SessionNotFound(Exception):
    """No such dosing session among the patients this actor may see."""


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


class FormUsedElsewhere(Exception):
    """The same form was sent before, to another session or with other content."""


class NothingToStrike(Exception):
    """The entry is not in this session, or it was struck out already."""


class StandsForGood(Exception):
    """Once a session has ended, its dose and its end are not struck out: a note says what was wrong with them."""


class NotRecordedByHand(Exception):
    """Events of this kind follow from a deed of their own: an alarm, its acknowledgment, a correction."""


@dataclass(frozen=True)
class Recorded:
    """The event on record. `is_new` is False when the same form was sent again."""

    event_id: UUID
    is_new: bool
    crossed: tuple[monitoring.Crossing, ...] = ()


def record_event(
    *,
    visit_id: UUID,
    form_id: UUID,
    kind: str,
    facts: Mapping[str, Any],
    taken_at: datetime,
    actor: Actor,
    now: datetime,
    by_deed: bool = False,
) -> Recorded:
    """Record one event of a session; the same `form_id` again is the same event. Limits it crosses raise alarms.

    `by_deed`: another action of this app made the facts, so that kinds no form may tell are recorded.
    Raises NotAllowed, SessionNotFound, SessionOver, WrongTime, EventInvalid, NothingToStrike, StandsForGood,
    FormUsedElsewhere, BeforeTheDose, and for a dose or a discharge what `begin_dosing` and `discharge` raise.
    """
    with transaction.atomic():
        now_session = locked_session(visit_id, actor, now)
        twice = _sent_before(form_id, visit_id)
        if twice is not None:
            if not by_deed:
                _refuse_other_content(twice, kind, facts)
            return Recorded(twice.id, is_new=False)
        _refuse_time(taken_at, now)
        if kind in BY_THE_PROGRAM | FROM_OUTSIDE and not by_deed:
            raise NotRecordedByHand
        event = monitoring.read_event(kind=kind, facts=facts, taken_at=taken_at, event_id="new")
        if now_session.is_over and kind not in AFTERWARDS:
            raise SessionOver
        _refuse(kind, event, now_session, actor=actor, now=now)
        struck_id = _struck(facts, now_session) if kind == EventKind.STRUCK else None
        new = NewEvent(event=event, form_id=form_id, withdraws_id=struck_id)
        done = _recorded(new, now_session, actor=actor, now=now)
        if struck_id is not None:
            _raise_in_hindsight(now_session, actor=actor, now=now)
        return done


def keep_refused(
    *,
    visit_id: UUID,
    form_id: UUID,
    kind: str,
    facts: Mapping[str, Any],
    why: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep on record that a reading was typed that cannot be true, and why it was refused; the same once.

    The form itself may be sent again with what is right: its id is not used up. Raises NotAllowed, SessionNotFound.
    """
    typed = refusing.typed_of({name: value for name, value in facts.items() if str(value).strip()})
    refused_id = uuid5(form_id, f"refused: {typed}")
    with transaction.atomic():
        of = locked_session(visit_id, actor, now)
        if _sent_before(refused_id, visit_id) is not None:
            return
        event = refusing.refused(of=kind, typed=typed, why=why, at=now)
        add_events(
            visit_id,
            [NewEvent(event=event, form_id=refused_id)],
            did="recorded: refused",
            patient_id=of.visit.patient_id,
            actor=actor,
            received_at=now,
        )


def correct_event(
    *,
    visit_id: UUID,
    form_id: UUID,
    wrong_id: UUID,
    facts: Mapping[str, Any],
    taken_at: datetime,
    why: str,
    actor: Actor,
    now: datetime,
) -> Recorded:
    """Tell an event of a session anew; the wrong one stays on record, and counts no more.

    What was done is corrected as it was done: nothing holds a dose in hindsight. A discharge still asks its criteria.
    Raises NotAllowed, SessionNotFound, WrongTime, EventInvalid, NothingToStrike, StandsForGood, FormUsedElsewhere,
    BeforeTheDose, MayNotLeave.
    """
    with transaction.atomic():
        now_session = locked_session(visit_id, actor, now)
        twice = _sent_before(form_id, visit_id)
        if twice is not None:
            _refuse_other_content(twice, twice.kind, facts)
            return Recorded(twice.id, is_new=False)
        _refuse_time(taken_at, now)
        wrong = _standing(wrong_id, now_session)
        kind = wrong.kind
        right_id = uuid7()
        event = monitoring.read_event(kind=kind, facts=facts, taken_at=taken_at, event_id=str(right_id))
        about = {"struck_id": str(wrong_id), "replaced_by": str(right_id), "words": why}
        correction = monitoring.read_event(kind=EventKind.CORRECTED, facts=about, taken_at=now)
        took_back = NewEvent(event=correction, form_id=uuid5(form_id, "corrected"), withdraws_id=wrong_id)
        _recorded(took_back, now_session, actor=actor, now=now)
        then = session(visit_id, actor=actor, now=now)
        assert then is not None
        dosed_at = then.state.dosed_at
        was_after_dose = dosed_at is not None and wrong.taken_at > dosed_at
        if kind == EventKind.DISCHARGED or (kind in READINGS and was_after_dose):
            _refuse(kind, event, then, actor=actor, now=now)
        done = _recorded(NewEvent(event=event, form_id=form_id, id=right_id), then, actor=actor, now=now)
        _raise_in_hindsight(then, actor=actor, now=now)
        return done


def _recorded(new: NewEvent, of: Session, *, actor: Actor, now: datetime) -> Recorded:
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
        early = alarming.left_early(about_id=row.id, taken_at=row.taken_at)
        _raise(early, of, actor, now)
        _tell([early], of, actor, now)
    if new.kind == EventKind.CANCELLED and of.state.dosed_at is None:
        note_no_dose(of.visit.id, actor=actor, now=now)
    if _tells_of_a_dose(new, of):
        ask_for_course(of.visit.course_id, actor=actor, now=now)
    if isinstance(new.event, SeriousTold) and new.event.happened:
        serious = alarming.serious_event(about_id=row.id, taken_at=row.taken_at)
        _raise(serious, of, actor, now)
        _tell([serious], of, actor, now)
    return Recorded(row.id, is_new=True, crossed=crossed)


def finish_checklist(
    *,
    visit_id: UUID,
    form_id: UUID,
    answers: Mapping[str, bool],
    taken_at: datetime,
    actor: Actor,
    now: datetime,
) -> int:
    """Record the answers that are new or changed, in one go; return how many were."""
    with transaction.atomic():
        standing = answers_so_far(locked_session(visit_id, actor, now))
        changed = {item: passed for item, passed in answers.items() if standing.get(item) != passed}
        for item, passed in changed.items():
            record_event(
                visit_id=visit_id,
                form_id=uuid5(form_id, item),
                kind=EventKind.CHECKED,
                facts={"item": item, "passed": passed},
                taken_at=taken_at,
                actor=actor,
                now=now,
            )
    return len(changed)


def begin_dosing(
    *, visit_id: UUID, form_id: UUID, mg: float, words: str, taken_at: datetime, actor: Actor, now: datetime
) -> Recorded:
    """Record the dose; the clock of the session starts. Raises DoseHeld, DoseDiffers, AlreadyDosed, DoseBeforeChecks."""
    return record_event(
        visit_id=visit_id,
        form_id=form_id,
        kind=EventKind.DOSED,
        facts={"mg": mg, "words": words},
        taken_at=taken_at,
        actor=actor,
        now=now,
    )


def discharge(
    *, visit_id: UUID, form_id: UUID, words: str, taken_at: datetime, actor: Actor, now: datetime
) -> Recorded:
    """Let the patient leave, when every criterion is met. Raises MayNotLeave."""
    return record_event(
        visit_id=visit_id,
        form_id=form_id,
        kind=EventKind.DISCHARGED,
        facts={"words": words},
        taken_at=taken_at,
        actor=actor,
        now=now,
    )


def answers_so_far(of: Session) -> dict[str, bool]:
    """The latest standing answer to each item of the checklist."""
    return {
        event.facts["item"]: bool(event.facts.get("passed", False))
        for event in of.events
        if event.kind == EventKind.CHECKED and event.is_standing
    }


def locked_session(visit_id: UUID, actor: Actor, now: datetime) -> Session:
    """Lock the visit, so that two hands record one after the other, and read where the session stands."""
    visit = (
        Visit.objects.select_for_update(of=("self",), no_key=True)
        .filter(patients_visible_to(actor, "patient"), on_record(), pk=visit_id, kind=VisitKind.DOSING)
        .first()
    )
    if visit is None:
        raise SessionNotFound
    require(actor, "run a dosing session", patient_id=visit.patient_id)
    found = session(visit_id, actor=actor, now=now)
    assert found is not None
    return found


def _sent_before(form_id: UUID, visit_id: UUID) -> SessionEvent | None:
    """The event that the same form recorded before, if it was sent to this session."""
    twice = SessionEvent.objects.filter(form_id=form_id).first()
    if twice is not None and twice.visit_id != visit_id:
        raise FormUsedElsewhere
    return twice


def _refuse_other_content(twice: SessionEvent, kind: str, facts: Mapping[str, Any]) -> None:
    """Let a form that was sent before only say the same again: what it says now is not on record."""
    try:
        event = monitoring.read_event(kind=kind, facts=facts, taken_at=twice.taken_at, event_id=str(twice.id))
    except monitoring.EventInvalid as invalid:
        raise FormUsedElsewhere from invalid
    if kind != twice.kind or monitoring.facts_of(event) != twice.facts:
        raise FormUsedElsewhere


def _refuse_time(taken_at: datetime, now: datetime) -> None:
    if not now - LATE_AT_MOST <= taken_at <= now + CLOCKS_DIFFER:
        raise WrongTime


def _refuse(kind: str, event: monitoring.Event, of: Session, *, actor: Actor, now: datetime) -> None:
    """Ask what a dose, a discharge and a late reading must answer. A clock that runs ahead brings none of them forward."""
    at = min(event.taken_at, now)
    dosed_at = of.state.dosed_at
    if kind in READINGS and dosed_at is not None and at <= dosed_at and not of.state.needs_baseline:
        raise BeforeTheDose
    if kind == EventKind.DOSED:
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
    if kind == EventKind.DISCHARGED:
        then = session(of.visit.id, actor=actor, now=at)
        assert then is not None
        if not then.state.may_discharge:
            raise MayNotLeave(then.state.discharge_missing)


def _tells_of_a_dose(new: NewEvent, of: Session) -> bool:
    """A dose given, or struck out. One corrected is told anew at once, and changes nothing that is asked."""
    struck = {row.id for row in of.events if row.kind == EventKind.DOSED}
    return new.kind == EventKind.DOSED or (new.kind == EventKind.STRUCK and new.withdraws_id in struck)


def _as_of(of: Session, at: datetime) -> monitoring.SessionState:
    """The session by what was true until this moment."""
    told = telling_of(row for row in of.events if row.taken_at <= at)
    return monitoring.state_of(events=told, plan=of.plan, now=at)


def _struck(facts: Mapping[str, Any], of: Session) -> UUID:
    return _standing(facts.get("struck_id"), of).id


def _standing(event_id: Any, of: Session) -> EventRow:
    """The entry as it stands. What the program wrote, or a patient or sitter said, is not struck out by another."""
    found = next((e for e in of.events if str(e.id) == str(event_id) and e.is_standing), None)
    if found is None or found.kind in BY_THE_PROGRAM | FROM_OUTSIDE:
        raise NothingToStrike
    if of.is_over and found.kind in TURNING_POINTS:
        raise StandsForGood
    return found


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


def _raise_in_hindsight(of: Session, *, actor: Actor, now: datetime) -> None:
    """Raise what other entries cross since something was corrected or struck out; `of` is the session before that."""
    then = session(of.visit.id, actor=actor, now=now)
    assert then is not None
    raised = list(crossed_in_hindsight(then))
    for row, crossing in raised:
        raise_crossing(crossing, row, then, actor, now)
    tell_alarms(raised, then, actor, now)


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
