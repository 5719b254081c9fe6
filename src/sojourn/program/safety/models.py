"""Alarms with their stories and deliveries, deadlines, and signs of life of the watch. An alarm never changes."""

from datetime import timedelta
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
            ),
            pgtrigger.Trigger(
                name="alarm_events_wake_inboxes",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM pg_notify('sojourn_live', 'alarm ' || patient.site_id::text)
                    FROM safety_alarm alarm JOIN people_patient patient ON patient.id = alarm.patient_id
                    WHERE alarm.id = NEW.alarm_id;
                    RETURN NULL;
                """,
            ),
        ]


class WatchBeat(models.Model):
    """The last sign of life of one worker of the watch, by the clock of the database."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    worker = models.CharField(max_length=80, primary_key=True)
    kind = models.CharField(max_length=20)
    beat_at = models.DateTimeField()


class WatchClock(models.Model):
    """How far the clock of the watch is ahead of the database's, because that one was set back. One row, or none.

    `steps` counts the changes, so that workers who see the same one set it right once.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    ahead = models.DurationField(db_default=timedelta())
    steps = models.PositiveIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_clock_of_the_watch"),
            models.CheckConstraint(
                condition=models.Q(ahead__gte=timedelta()), name="the_clock_of_the_watch_is_never_behind"
            ),
        ]


class Deadline(models.Model):
    """By when somebody must look at a patient, take on an alarm, or be told of one. One row for each, moved on in place.

    Moments are by the database's clock (`watch_now()`), but for `look_due_at`: when the session's record says the look
    was due or help was asked for, which names what is followed. `rung` is the step that comes next, `times` how often the
    last one came again.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("facts",)

    class Kind(models.TextChoices):
        LOOK = "look", "a look at a patient"
        CALL = "call", "taking on a call for help"
        SITTER_LOOK = "sitter_look", "a look of the sitter"
        ACKNOWLEDGE = "acknowledge", "taking on an alarm"
        DELIVER = "deliver", "telling somebody of an alarm"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    about_id = models.UUIDField()  # the visit, or the alarm
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    is_armed = models.BooleanField(default=True)
    due_at = models.DateTimeField()
    began_at = models.DateTimeField()
    rung = models.PositiveSmallIntegerField(db_default=0)
    times = models.PositiveSmallIntegerField(db_default=0)
    priority = models.PositiveSmallIntegerField(db_default=0)  # 0 before 1, when many are due at once
    ladder = models.CharField(max_length=40, db_default="")
    is_urgent = models.BooleanField(db_default=False)
    look_due_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "about_id"], name="one_deadline_for_one_thing"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["acknowledge", "deliver"]) | models.Q(look_due_at__isnull=False),
                name="looks_say_when_they_are_due",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "due_at"], condition=models.Q(is_armed=True), name="what_is_due"),
        ]


class MissedStep(models.Model):
    """One step that was taken because a look was missed, and the alarm it raised.

    `told_at` is when the session's own record was told; its event bears this id.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit_id = models.UUIDField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    alarm = models.OneToOneField(Alarm, on_delete=models.PROTECT, related_name="missed_step")
    look_due_at = models.DateTimeField()
    ladder = models.CharField(max_length=40)
    rung = models.PositiveSmallIntegerField()
    times = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit_id", "look_due_at", "ladder", "rung", "times"], name="each_step_is_taken_once"
            ),
        ]
        indexes = [
            models.Index(fields=["taken_at"], condition=models.Q(told_at=None), name="steps_to_be_told"),
        ]


class Delivery(models.Model):
    """One attempt to tell one person of an alarm by one channel.

    `delivered_at` stands only after the channel said so: a screen was opened, a mail server took the letter. With
    neither that nor `failed_because` the attempt is under way, or its worker died in it.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    class Channel(models.TextChoices):
        SCREEN = "screen", "screen"
        EMAIL = "email", "email"
        TEXT = "text", "text message"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    to = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")  # None: nobody
    level = models.PositiveSmallIntegerField()  # 0 whoever answers for it, 1 and more the medical director
    attempted_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    failed_because = models.CharField(max_length=200, blank=True, db_default="", default="")

    class Meta:
        indexes = [models.Index(fields=["alarm", "attempted_at"], name="deliveries_of_an_alarm")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(delivered_at=None) | models.Q(failed_because=""),
                name="deliveries_that_failed_were_not_made",
            ),
            models.CheckConstraint(
                condition=models.Q(delivered_at=None) | models.Q(to__isnull=False),
                name="nobody_was_told_is_no_delivery",
            ),
        ]
