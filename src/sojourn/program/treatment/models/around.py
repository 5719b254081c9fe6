"""What is known before a session and done after it: readiness, tablets at home, the call owed, the form filed."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.people.models import StaffMember
from sojourn.program.plans.models import Course, Visit
from sojourn.program.treatment.choices import ReadyKind, TabletKind


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
