"""Raising alarms and telling their stories. Each verb is one transaction with its line in the log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import MACHINE, Actor
from sojourn.program.people.policy import require
from sojourn.program.safety.models import Alarm, AlarmEvent


class AlarmNotFound(Exception):
    """No such alarm among the patients this actor may see."""


class AlreadyDone(Exception):
    """Somebody has taken this step already."""


class ReasonMissing(Exception):
    """An alarm can be closed only with a reason."""


def raise_alarm(
    *,
    patient_id: UUID,
    reason: str,
    severity: str,
    says: str,
    facts: Mapping[str, Any],
    about_kind: str,
    about_id: UUID,
    acknowledge_within: timedelta,
    raised_at: datetime,
    actor: Actor,
    owner: str = "prescriber",
) -> UUID:
    """Raise an alarm once for a reason and its cause, inside the transaction of the answer that caused it.

    `owner` is the role that answers for it first; anybody on the care team may take it. Asking twice gives the first
    alarm's id again.
    """
    with transaction.atomic():
        alarm, is_new = Alarm.objects.get_or_create(
            about_id=about_id,
            reason=reason,
            defaults={
                "patient_id": patient_id,
                "severity": severity,
                "says": says,
                "owner": owner,
                "facts": dict(facts),
                "about_kind": about_kind,
                "raised_at": raised_at,
                "acknowledge_by": raised_at + acknowledge_within,
            },
        )
        if is_new:
            AlarmEvent.objects.create(alarm=alarm, what=AlarmEvent.What.RAISED, at=raised_at)
            audit.record(
                actor, "raised an alarm", about=("alarm", alarm.id), at=raised_at, patient_id=alarm.patient_id
            )
    return alarm.id


def acknowledge_alarm(*, alarm_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an alarm on: it stays open, and it no longer escalates. Raises AlarmNotFound, AlreadyDone."""
    with transaction.atomic():
        alarm = _alarm_for(alarm_id, actor, "acknowledge an alarm")
        _step(alarm, AlarmEvent.What.ACKNOWLEDGED, actor, now, "")
        audit.record(
            actor, "acknowledged an alarm", about=("alarm", alarm.id), at=now, patient_id=alarm.patient_id
        )


def close_alarm(*, alarm_id: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Close an alarm with what was done about it. Raises AlarmNotFound, ReasonMissing, AlreadyDone."""
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        alarm = _alarm_for(alarm_id, actor, "close an alarm")
        _step(alarm, AlarmEvent.What.CLOSED, actor, now, reason.strip())
        audit.record(actor, "closed an alarm", about=("alarm", alarm.id), at=now, patient_id=alarm.patient_id)


def escalate_overdue(*, now: datetime) -> int:
    """Mark every alarm whose time to be acknowledged has passed as escalated; return how many were.

    The story of an alarm takes each step once (a constraint), so two workers at work escalate it once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO safety_alarmevent (id, alarm_id, what, at, note)
            SELECT gen_random_uuid(), alarm.id, 'escalated', %(now)s, ''
            FROM safety_alarm alarm
            WHERE alarm.acknowledge_by <= %(now)s
              AND NOT EXISTS (SELECT 1 FROM safety_alarmevent step
                              WHERE step.alarm_id = alarm.id AND step.what <> 'raised')
            ON CONFLICT DO NOTHING
            RETURNING alarm_id
            """,
            {"now": now},
        )
        escalated = [row[0] for row in cursor.fetchall()]
        for alarm in Alarm.objects.filter(pk__in=escalated):
            audit.record(
                MACHINE, "escalated an alarm", about=("alarm", alarm.id), at=now, patient_id=alarm.patient_id
            )
    return len(escalated)


def _alarm_for(alarm_id: UUID, actor: Actor, deed: str) -> Alarm:
    alarm = Alarm.objects.filter(pk=alarm_id).first()
    if alarm is None:
        raise AlarmNotFound
    require(actor, deed, patient_id=alarm.patient_id)
    return alarm


def _step(alarm: Alarm, what: str, actor: Actor, now: datetime, note: str) -> None:
    _, is_new = AlarmEvent.objects.get_or_create(
        alarm=alarm, what=what, defaults={"at": now, "by_id": actor.staff_id, "note": note}
    )
    if not is_new:
        raise AlreadyDone
