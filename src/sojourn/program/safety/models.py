"""Alarms and their stories, and the signs of life of those who watch. An alarm never changes: events are added to it."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.people.models import Patient, StaffMember


class Alarm(models.Model):
    """Something a person must look at: why, about whom, and by when it must be acknowledged."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("facts", "reason", "says")

    class Severity(models.TextChoices):
        AMBER = "amber", "attention"
        RED = "red", "act now"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alarms")
    reason = models.CharField(max_length=80)  # the id of the critical rule that fired
    severity = models.CharField(max_length=10, choices=Severity.choices)
    says = models.CharField(max_length=300)
    owner = models.CharField(max_length=20, db_default="prescriber")  # the role that answers for it first
    facts = models.JSONField(default=dict)
    about_kind = models.CharField(max_length=40)
    about_id = models.UUIDField()
    raised_at = models.DateTimeField()
    acknowledge_by = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about_id", "reason"], name="one_alarm_per_reason_and_cause"),
            models.CheckConstraint(
                condition=models.Q(severity__in=["amber", "red"]), name="alarms_are_amber_or_red"
            ),
        ]
        indexes = [models.Index(fields=["patient", "-raised_at"], name="alarms_of_a_patient")]
        triggers = [
            pgtrigger.Protect(name="alarms_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class AlarmEvent(models.Model):
    """One step in an alarm's story."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("note",)

    class What(models.TextChoices):
        RAISED = "raised", "raised"
        ACKNOWLEDGED = "acknowledged", "acknowledged"
        ESCALATED = "escalated", "escalated"
        CLOSED = "closed", "closed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=20, choices=What.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alarm", "what"], name="each_alarm_step_happens_once"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="alarm_events_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class WatchBeat(models.Model):
    """The last sign of life of one worker of the watch, by the clock of the database."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    worker = models.CharField(max_length=80, primary_key=True)
    kind = models.CharField(max_length=20)
    beat_at = models.DateTimeField()
