"""What happened in a session, as a list of sealed events, and where it is held."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.people.models import StaffMember
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.models.tokens import RecordingToken

OUTSIDE = (EventSource.PATIENT.value, EventSource.SITTER.value, EventSource.DEVICE.value)


class SessionPlace(models.Model):
    """Where a session is held, for emergency services: read back when it was taken down, and shown until midnight."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = (
        "address", "callback", "emergency_department", "wishes",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="places_told")
    address = models.CharField(max_length=500)
    callback = models.CharField(max_length=40)
    emergency_department = models.CharField(max_length=300)
    wishes = models.CharField(max_length=1000, blank=True)  # the patient's own: "hold my hand: yes"
    read_back = models.BooleanField()
    told_to = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    shown_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(read_back=True), name="places_are_read_back"),
        ]
        indexes = [models.Index(fields=["visit", "-told_at"], name="newest_place_of_a_session")]
        triggers = [
            pgtrigger.Protect(
                name="session_places_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class SessionEvent(models.Model):
    """One thing that happened in a dosing session. Events are added, never changed; a mistake is withdrawn by another.

    `recorder.add_to_sessions` alone adds them: each carries its number in the visit and is sealed to the one before it.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("facts",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="session_events")
    form_id = models.UUIDField(unique=True)  # made with the page: pressing twice records once
    kind = models.CharField(max_length=30, choices=EventKind.choices)
    facts = models.JSONField(default=dict)
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField()
    recorded_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=10, choices=EventSource.choices, default=EventSource.ROOM)
    device = models.CharField(max_length=80, blank=True)  # what measured or sent it; empty: a person's hand
    units = models.JSONField(default=dict)  # of each number among the facts
    token = models.ForeignKey(RecordingToken, on_delete=models.PROTECT, null=True, related_name="+")
    clock_said = models.DateTimeField(null=True)  # by the clock of the device; `taken_at` is by ours
    sequence = models.PositiveIntegerField()
    seal = models.CharField(max_length=64)
    withdraws = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawn_by"
    )

    class Meta:
        indexes = [models.Index(fields=["visit", "taken_at"], name="events_of_a_visit")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["struck", "corrected"]) ^ models.Q(withdraws=None),
                name="strikes_name_what_they_strike",
            ),
            models.CheckConstraint(
                condition=models.Q(source="program")
                | (models.Q(source__in=OUTSIDE) & models.Q(token__isnull=False))
                | (~models.Q(source__in=OUTSIDE) & models.Q(recorded_by__isnull=False)),
                name="people_sign_what_they_record",
            ),
            models.UniqueConstraint(fields=["visit", "sequence"], name="event_numbers_are_used_once"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="event_numbers_begin_at_one"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="session_events_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(  # boards hear of every event, whoever writes it
                name="session_events_wake_boards",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="PERFORM pg_notify('sojourn_live', NEW.visit_id::text); RETURN NULL;",
            ),
            pgtrigger.Trigger(  # an inbox says that the entry behind an alarm counts no more
                name="entries_taken_back_wake_inboxes",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__withdraws__isnull=False),
                func="""
                    PERFORM pg_notify('sojourn_live', 'alarm ' || patient.site_id::text)
                    FROM plans_visit visit JOIN people_patient patient ON patient.id = visit.patient_id
                    WHERE visit.id = NEW.visit_id;
                    RETURN NULL;
                """,
            ),
        ]
