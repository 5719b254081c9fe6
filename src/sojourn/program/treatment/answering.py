"""Takes on an alarm. When an event of a session raised it, the session's record says who took it on and when."""

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from sojourn.clinical.monitoring.events import Acknowledged
from sojourn.program.people.actors import Actor
from sojourn.program.plans.models import Visit
from sojourn.program.safety import actions as safety
from sojourn.program.safety.actions import AlarmNotFound, AlreadyDone
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment.actions import ABOUT_AN_EVENT
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.recorder import NewEvent, add_events

__all__ = ["AlarmNotFound", "AlreadyDone", "acknowledge_alarm"]


def acknowledge_alarm(*, alarm_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an alarm on, in the inbox and on the record of its session. Raises AlarmNotFound, AlreadyDone."""
    with transaction.atomic():
        safety.acknowledge_alarm(alarm_id=alarm_id, actor=actor, now=now)
        alarm = Alarm.objects.get(pk=alarm_id)
        if alarm.about_kind != ABOUT_AN_EVENT:
            return
        visit = Visit.objects.select_for_update(of=("self",), no_key=True).get(session_events=alarm.about_id)
        event = Acknowledged(
            taken_at=now, limit_id=alarm.reason, about_id=str(alarm.about_id), words=alarm.says
        )
        add_events(
            visit.id,
            [NewEvent(event=event, form_id=uuid5(alarm.id, "acknowledged"), source=EventSource.PROGRAM)],
            did="recorded: acknowledged",
            patient_id=visit.patient_id,
            actor=actor,
            received_at=now,
        )
