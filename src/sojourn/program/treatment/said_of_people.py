"""What is said of people beside their sessions: signs about the medicine, what settled them, and what a form asks once."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.people.models import Patient, StaffMember


class NotedSign(models.Model):
    """A sign that medicine may not go where it should, as staff saw it. What records tell is read off them, never noted."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("sign", "seen_on", "words")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="noted_signs")
    form_id = models.UUIDField(unique=True)  # made with the page: pressing twice notes once
    sign = models.CharField(max_length=40)
    seen_on = models.DateField()
    words = models.CharField(max_length=1000)
    noted_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(words=""), name="noted_signs_say_what_was_seen")
        ]
        indexes = [models.Index(fields=["patient", "-seen_on"], name="newest_signs_of_a_patient")]
        triggers = [
            pgtrigger.Protect(
                name="noted_signs_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class SettledSign(models.Model):
    """A prescriber's word that a sign does not count any more, and why. `key` names the sign, noted or read off records."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("why",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="settled_signs")
    key = models.CharField(max_length=80)
    why = models.CharField(max_length=1000)
    settled_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "key"], name="each_sign_is_settled_once"),
            models.CheckConstraint(condition=~models.Q(why=""), name="settled_signs_say_why"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="settled_signs_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class FormAnswer(models.Model):
    """What a form asks of a person and no session tells: asked once, of a patient or a member of staff. The newest holds."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("value",)

    class Kind(models.TextChoices):
        SEX = "sex", "sex"
        ENROLLED = "enrolled", "enrolled since"
        PHONE = "phone", "telephone"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="form_answers"
    )
    staff_member = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="form_answers"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=60)
    told_to = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(patient__isnull=False, staff_member=None, kind__in=["sex", "enrolled"])
                | models.Q(patient=None, staff_member__isnull=False, kind="phone"),
                name="form_answers_are_about_one_person",
            ),
            models.CheckConstraint(condition=~models.Q(value=""), name="form_answers_say_something"),
        ]
        indexes = [
            models.Index(fields=["patient", "kind", "-told_at"], name="newest_answers_of_a_patient"),
            models.Index(fields=["staff_member", "-told_at"], name="newest_answers_of_staff"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="form_answers_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
