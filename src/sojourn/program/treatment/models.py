"""What happened at a visit: the dosing session as a list of events, and the notes of a conversation."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.intake.models import StopRule
from sojourn.program.people.models import Patient, StaffMember
from sojourn.program.plans.models import Course, Visit
from sojourn.program.treatment.choices import EventKind, EventSource, ReadyKind, TabletKind, TokenRole
from sojourn.program.treatment.said_of_people import FormAnswer, NotedSign, SettledSign

__all__ = ["FormAnswer", "NotedSign", "SettledSign"]  # defined beside, found by Django here
OUTSIDE = (EventSource.PATIENT.value, EventSource.SITTER.value, EventSource.DEVICE.value)


class RecordingToken(models.Model):
    """The right to add to one session, for one role, without a login. It reads nothing, and ends by itself.

    The secret itself is shown once and never kept: only its SHA-256 is.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="recording_tokens")
    role = models.CharField(max_length=10, choices=TokenRole.choices)
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=80, blank=True)  # which gateway
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="monitor") ^ models.Q(staff=None), name="monitors_tokens_name_them"
            ),
        ]
        indexes = [models.Index(fields=["visit", "role"], name="recording_tokens_of_a_visit")]


class SitterLink(models.Model):
    """A way for one sitter to one session, without an account. It opens once, and binds to that browser.

    Neither the secret of the link nor that of the browser is kept: only the SHA-256 of each (the latter in `token`).
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="sitter_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    token = models.OneToOneField(
        RecordingToken, on_delete=models.PROTECT, null=True, related_name="sitter_link"
    )
    ended_at = models.DateTimeField(null=True)  # another link took its place

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=models.Q(ended_at=None), name="one_sitter_link_a_session"
            ),
            models.CheckConstraint(
                condition=models.Q(opened_at=None, token=None)
                | models.Q(opened_at__isnull=False, token__isnull=False),
                name="opened_links_have_their_token",
            ),
        ]


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
        ]


class ReadinessFact(models.Model):
    """What somebody said before a session about one thing it needs. The newest on an item holds; all stay."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("facts",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="readiness_facts")
    kind = models.CharField(max_length=20, choices=ReadyKind.choices)
    facts = models.JSONField(default=dict)
    said_by = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, related_name="+"
    )  # None: patient
    said_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["visit", "-said_at"], name="newest_readiness_of_a_visit")]
        triggers = [
            pgtrigger.Protect(
                name="readiness_facts_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class TabletEntry(models.Model):
    """One change of the tablets a patient has at home, with what then remains. `tablets` writes them, in turn."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("change", "remains", "counted", "words")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="tablet_entries")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=TabletKind.choices)
    change = models.IntegerField()
    remains = models.IntegerField()
    counted = models.PositiveIntegerField(null=True)  # on video; None where nobody counted
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="+")
    lot = models.CharField(max_length=80, blank=True)
    expires_on = models.DateField(null=True)
    words = models.CharField(max_length=1000, blank=True)
    recorded_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "sequence"], name="tablet_entries_are_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(remains__gte=0), name="tablets_at_home_are_never_below_none"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="shipped") | models.Q(change__gte=1), name="shipments_bring_tablets"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="counted") | models.Q(change=0, counted__isnull=False),
                name="a_count_changes_nothing_by_itself",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="tablet_entries_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class FollowUp(models.Model):
    """An attempt to reach a patient after a dose. The first one in which they were reached settles what is owed."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("reached", "words")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="follow_ups")
    form_id = models.UUIDField(unique=True)  # made with the page: pressing twice records once
    reached = models.BooleanField()
    words = models.CharField(max_length=2000)
    tried_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    tried_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(words=""), name="follow_ups_say_what_was_said")
        ]
        triggers = [
            pgtrigger.Protect(
                name="follow_ups_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class VisitNote(models.Model):
    """The shared note of a preparation or integration visit; with it the visit counts as held."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("shared", "to_prescriber")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="note")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visit_notes")
    about_dose_visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="integration_notes"
    )
    shared = models.TextField()
    to_prescriber = models.CharField(max_length=500, blank=True)
    written_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="visit_notes_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class PrivateNote(models.Model):
    """A therapist's own note. Only its author may read it: kept apart from everything the practice shares."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("text",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="private_notes")
    author = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="private_notes")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()


class FiledForm(models.Model):
    """The form of a session was filed: under which number, and of which record (its last seal) it was made."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("reference",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="filed_form")
    version = models.CharField(max_length=20)
    reference = models.CharField(max_length=80, blank=True)
    seal = models.CharField(max_length=64)
    filed_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="filed_forms_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class IntervalChoice(models.Model):
    """How far apart a prescriber wants the next doses, beside what was suggested that day. The newest one holds."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("suggested_because", "why")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="interval_choices")
    weeks = models.PositiveSmallIntegerField()
    before_weeks = models.PositiveSmallIntegerField(null=True)  # None: no interval could be told
    suggested_weeks = models.PositiveSmallIntegerField(null=True)  # None: nothing was suggested
    suggested_because = models.CharField(max_length=1000)
    why = models.CharField(max_length=1000, blank=True)
    chosen_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weeks__gte=1), name="intervals_are_a_week_or_more"),
            models.CheckConstraint(
                condition=models.Q(weeks=models.F("suggested_weeks")) | ~models.Q(why=""),
                name="other_intervals_than_suggested_say_why",
            ),
        ]
        indexes = [models.Index(fields=["course", "-chosen_at"], name="newest_interval_of_a_course")]
        triggers = [
            pgtrigger.Protect(
                name="interval_choices_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class PatientStanding(models.Model):
    """The phase a patient stands in, kept by triggers in the transaction of whatever changed it (`phases`)."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("phase",)

    patient = models.OneToOneField(
        Patient, on_delete=models.PROTECT, primary_key=True, related_name="standing"
    )
    site_id = models.UUIDField()
    phase = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["phase", "site_id"], name="patients_by_phase_and_site")]


class PhaseChange(models.Model):
    """How many people more, or fewer, stand in a phase of a site. The sum of all is the count; the worker adds them up."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    site_id = models.UUIDField()
    phase = models.CharField(max_length=20)
    people = models.IntegerField()


class StopRuleOffer(models.Model):
    """The terms of a stop rule a prescriber stands behind in a course. A patient who signs the same has an agreement."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("instrument_id", "points", "by_session")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="stop_rule_offers")
    instrument_id = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField()
    by_session = models.PositiveSmallIntegerField()
    offered_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["course", "-offered_at"], name="newest_offer_of_a_course")]
        triggers = [
            pgtrigger.Protect(
                name="stop_rule_offers_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class StopConversation(models.Model):
    """The conversation a stop rule asked for: how both go on, why, and how the rule stood that day. The newest holds."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("choice_id", "words", "standing")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="stop_conversations")
    stop_rule = models.ForeignKey(StopRule, on_delete=models.PROTECT, related_name="conversations")
    choice_id = models.CharField(max_length=40)
    words = models.CharField(max_length=1000)
    again_by = models.PositiveSmallIntegerField(null=True)  # the session at which both look again
    standing = models.CharField(max_length=300)
    held_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(words=""), name="stop_conversations_say_what_was_agreed"
            )
        ]
        indexes = [models.Index(fields=["course", "-held_at"], name="newest_talk_of_a_course")]
        triggers = [
            pgtrigger.Protect(
                name="stop_conversations_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class MedicineChange(models.Model):
    """A medicine beside the treatment, started, stopped or changed on a day. A wrong line is struck, never edited."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("medicine", "what", "on", "detail", "struck_because")

    class What(models.TextChoices):
        STARTED = "started", "started"
        STOPPED = "stopped", "stopped"
        CHANGED = "changed", "changed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="medicine_changes")
    medicine = models.CharField(max_length=120)
    what = models.CharField(max_length=10, choices=What.choices)
    on = models.DateField()
    detail = models.CharField(max_length=200, blank=True)  # "50 mg to 100 mg"
    recorded_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "medicine", "what", "on"],
                condition=models.Q(struck_at=None),
                name="each_change_of_medicine_once",
            ),
            models.CheckConstraint(
                condition=models.Q(struck_at=None) | ~models.Q(struck_because=""),
                name="struck_medicines_say_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="medicine_changes_are_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["struck_at", "struck_by", "struck_because"]),
            ),
            pgtrigger.Protect(
                name="a_medicine_change_is_struck_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.struck_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="medicine_changes_are_never_deleted", operation=pgtrigger.Delete),
        ]
