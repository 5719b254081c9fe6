"""Takes on an alarm, and notes who saw it. The record of a session says who took on what its events raised, and when."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from sojourn.clinical.monitoring.events import Acknowledged
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.models import Visit
from sojourn.program.safety import actions as safety
from sojourn.program.safety.actions import AlarmNotFound, AlreadyDone, ReasonMissing
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment.alarming import ABOUT_AN_EVENT
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.missed_looks import tell_step
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import NewEvent, add_events

__all__ = [
    "AlarmNotFound",
    "AlreadyDone",
    "ReasonMissing",
    "acknowledge_alarm",
    "acknowledge_alarms",
    "acknowledge_on_record",
    "close_alarm",
    "close_alarms",
    "show_alarms",
]


def acknowledge_alarm(*, alarm_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an alarm on, in the inbox and on the record of its session. Raises AlarmNotFound, AlreadyDone."""
    with transaction.atomic():
        safety.acknowledge_alarm(alarm_id=alarm_id, actor=actor, now=now)
        _tell_session(alarm_id, actor, now)


def acknowledge_alarms(*, alarm_ids: Iterable[UUID], actor: Actor, now: datetime) -> int:
    """Take on several alarms, all or none; give how many nobody had. Raises AlarmNotFound."""
    with transaction.atomic():
        return sum(
            _is_new(acknowledge_alarm, alarm_id=alarm_id, actor=actor, now=now) for alarm_id in alarm_ids
        )


def close_alarms(*, alarm_ids: Iterable[UUID], reason: str, actor: Actor, now: datetime) -> int:
    """Close several alarms with one reason, all or none; give how many were open.

    Raises AlarmNotFound, ReasonMissing.
    """
    with transaction.atomic():
        return sum(
            _is_new(close_alarm, alarm_id=alarm_id, reason=reason, actor=actor, now=now)
            for alarm_id in alarm_ids
        )


def acknowledge_on_record(*, causes: Collection[tuple[UUID, str]], actor: Actor, now: datetime) -> int:
    """Take on the alarms that events raised for limits, as a session's record names them; give how many nobody had.

    All or none of them. Raises AlarmNotFound, and AlreadyDone where somebody had each.
    """
    raised = Alarm.objects.filter(about_id__in={about_id for about_id, _limit_id in causes})
    known = {
        (about_id, reason): pk for pk, about_id, reason in raised.values_list("pk", "about_id", "reason")
    }
    if not causes or any(cause not in known for cause in causes):
        raise AlarmNotFound
    taken = acknowledge_alarms(alarm_ids=[known[cause] for cause in causes], actor=actor, now=now)
    if not taken:
        raise AlreadyDone
    return taken


def close_alarm(*, alarm_id: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Close an alarm with what was done; whoever closes it has taken it on.

    Raises AlarmNotFound, ReasonMissing, AlreadyDone.
    """
    with transaction.atomic():
        safety.close_alarm(alarm_id=alarm_id, reason=reason, actor=actor, now=now)
        _tell_session(alarm_id, actor, now)


def _is_new(act: Callable[..., None], **given: Any) -> bool:
    """Do it; False where somebody had done it already."""
    try:
        act(**given)
    except AlreadyDone:
        return False
    return True


def show_alarms(ids: Sequence[UUID], *, actor: Actor) -> None:
    """Note that a screen has shown these alarms, each named by its id or by that of the entry on a record that tells of it.

    What this actor may not see or take on is passed over. Four queries, whatever is named.
    """
    told = SessionEvent.objects.filter(
        patients_visible_to(actor, "visit__patient"), pk__in=ids, kind=EventKind.ALARMED
    ).values_list("facts__about_id", "facts__limit_id")
    causes = {(UUID(about_id), limit_id) for about_id, limit_id in told}
    safety.show_alarms(ids, actor=actor, causes=causes)


def _tell_session(alarm_id: UUID, actor: Actor, now: datetime) -> None:
    """Put on the session's record, once, that somebody has the alarm that one of its events raised."""
    alarm = Alarm.objects.get(pk=alarm_id)
    form_id = uuid5(alarm.id, "acknowledged")
    if alarm.about_kind != ABOUT_AN_EVENT:
        return
    tell_step(
        alarm.about_id
    )  # an alarm of a missed look may be taken on before the record was told of the look
    visit = Visit.objects.select_for_update(of=("self",), no_key=True).get(session_events=alarm.about_id)
    if SessionEvent.objects.filter(form_id=form_id).exists():
        return
    event = Acknowledged(taken_at=now, limit_id=alarm.reason, about_id=str(alarm.about_id), words=alarm.says)
    add_events(
        visit.id,
        [NewEvent(event=event, form_id=form_id, source=EventSource.PROGRAM)],
        did="recorded: acknowledged",
        patient_id=visit.patient_id,
        actor=actor,
        received_at=now,
    )
