"""Recording what happens in a dosing session. Events are added, once each; a crossed limit raises its alarm at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from uuid_utils.compat import uuid7

from sojourn.clinical import monitoring
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment import refusing
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.consequences import Recorded, put_on_record, raise_in_hindsight
from sojourn.program.treatment.may_record import READINGS
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import NewEvent, add_events
from sojourn.program.treatment.session_refusals import (
    AFTERWARDS,
    BY_THE_PROGRAM,
    FROM_OUTSIDE,
    NotRecordedByHand,
    SessionOver,
    refuse,
    refuse_time_of,
    standing_entry,
    struck_by,
)
from sojourn.program.treatment.sessions import Session, on_record, session


class SessionNotFound(Exception):
    """No such dosing session among the patients this actor may see."""


class FormUsedElsewhere(Exception):
    """The same form was sent before, to another session or with other content."""


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
        refuse_time_of(kind, taken_at, now_session, now)
        if kind in BY_THE_PROGRAM | FROM_OUTSIDE and not by_deed:
            raise NotRecordedByHand
        event = monitoring.read_event(kind=kind, facts=facts, taken_at=taken_at, event_id="new")
        if now_session.is_over and kind not in AFTERWARDS:
            raise SessionOver
        refuse(kind, event, now_session, actor=actor, now=now)
        struck_id = struck_by(facts, now_session) if kind == EventKind.STRUCK else None
        new = NewEvent(event=event, form_id=form_id, withdraws_id=struck_id)
        done = put_on_record(new, now_session, actor=actor, now=now)
        if struck_id is not None:
            raise_in_hindsight(now_session, actor=actor, now=now)
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
        wrong = standing_entry(wrong_id, now_session)
        kind = wrong.kind
        refuse_time_of(kind, taken_at, now_session, now, told_at=wrong.taken_at)
        right_id = uuid7()
        event = monitoring.read_event(kind=kind, facts=facts, taken_at=taken_at, event_id=str(right_id))
        about = {"struck_id": str(wrong_id), "replaced_by": str(right_id), "words": why}
        correction = monitoring.read_event(kind=EventKind.CORRECTED, facts=about, taken_at=now)
        took_back = NewEvent(event=correction, form_id=uuid5(form_id, "corrected"), withdraws_id=wrong_id)
        put_on_record(took_back, now_session, actor=actor, now=now)
        then = session(visit_id, actor=actor, now=now)
        assert then is not None
        dosed_at = then.state.dosed_at
        was_after_dose = dosed_at is not None and wrong.taken_at > dosed_at
        if kind == EventKind.DISCHARGED or (kind in READINGS and was_after_dose):
            refuse(kind, event, then, actor=actor, now=now)
        right = NewEvent(event=event, form_id=form_id, id=right_id)
        done = put_on_record(right, then, actor=actor, now=now)
        raise_in_hindsight(then, actor=actor, now=now)
        return done


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
