"""Raising alarms and telling their stories. Each verb is one transaction with its line in the log."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import may_do, patients_visible_to, require
from sojourn.program.safety.deadlines import arm_alarm, settle_alarm
from sojourn.program.safety.delivering import mark_shown
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
            arm_alarm(
                alarm_id=alarm.id,
                patient_id=alarm.patient_id,
                severity=severity,
                within=acknowledge_within,
            )
            audit.record(
                actor, "raised an alarm", about=("alarm", alarm.id), at=raised_at, patient_id=alarm.patient_id
            )
    return alarm.id


def acknowledge_alarm(*, alarm_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an alarm on: it stays open, and it no longer escalates. Raises AlarmNotFound, AlreadyDone."""
    with transaction.atomic():
        alarm = _alarm_for(alarm_id, actor, "acknowledge an alarm")
        _step(alarm, AlarmEvent.What.ACKNOWLEDGED, actor, now, "")
        settle_alarm(alarm.id)
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
        settle_alarm(alarm.id)
        audit.record(actor, "closed an alarm", about=("alarm", alarm.id), at=now, patient_id=alarm.patient_id)


def show_alarms(
    alarm_ids: Sequence[UUID], *, actor: Actor, causes: Collection[tuple[UUID, str]] = ()
) -> None:
    """Note that a screen has shown these alarms to this actor: those of these ids, and of these causes and reasons.

    Only what they may see and take on; once for each alarm and person, however often it is shown. Three queries.
    """
    if actor.staff_id is None or not may_do(actor, "acknowledge an alarm") or not (alarm_ids or causes):
        return
    asked = Q(pk__in=alarm_ids) | Q(about_id__in={about_id for about_id, _reason in causes})
    seen = Alarm.objects.filter(asked, patients_visible_to(actor, "patient"))
    shown = [
        alarm_id
        for alarm_id, about_id, reason in seen.values_list("id", "about_id", "reason")
        if alarm_id in alarm_ids or (about_id, reason) in causes
    ]
    if shown:
        mark_shown(shown, staff_id=actor.staff_id)


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
