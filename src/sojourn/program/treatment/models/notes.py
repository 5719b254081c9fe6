"""What was said at a visit: the note the practice shares, and the one only its author reads."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.people.models import Patient, StaffMember
from sojourn.program.plans.models import Visit


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
