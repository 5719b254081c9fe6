"""Questionnaires asked for, and what was answered. A response is never edited; a correction is a new one."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

from sojourn.program.people.models import Patient, User


class QuestionnaireRequest(models.Model):
    """One questionnaire a patient is asked for, with the days on which it may be answered."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("occasion", "due_on")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="questionnaire_requests")
    instrument_id = models.CharField(max_length=40)
    occasion = models.CharField(max_length=80)  # in words: "before treatment", "week 3"
    opens_on = models.DateField()
    due_on = models.DateField()
    closes_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "instrument_id", "due_on"], name="asked_once_per_day"),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on")) & Q(due_on__lte=F("closes_on")),
                name="windows_open_before_they_close",
            ),
        ]


class Response(models.Model):
    """Answers, or a total without answers, with the score as it was computed that day."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = (
        "answers",
        "value",
        "band",
        "unscorable_because",
        "answered_on",
        "import_key",
    )

    class Source(models.TextChoices):
        PATIENT = "patient", "answered by the patient"
        STAFF = "staff", "entered by staff"
        IMPORT = "import", "imported total"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="responses")
    request = models.OneToOneField(
        QuestionnaireRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="response"
    )
    instrument_id = models.CharField(max_length=40)
    instrument_version = models.CharField(max_length=20)
    definition_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=10, choices=Source.choices)
    answers = models.JSONField(null=True)  # None: a total without item answers
    answered_at = models.DateTimeField()
    answered_on = models.DateField()  # the day it counts for, where the patient is
    value = models.DecimalField(max_digits=7, decimal_places=3, null=True)  # None: not scorable
    prorated = models.BooleanField(default=False)
    answered = models.PositiveSmallIntegerField(null=True)  # how many of the scored items
    band = models.CharField(max_length=40, blank=True)
    unscorable_because = models.CharField(max_length=200, blank=True)
    flagged = models.BooleanField(default=False)  # a critical answer stands in it
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    import_key = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "instrument_id", "answered_on"], name="responses_in_order"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["import_key"], condition=~Q(import_key=""), name="imported_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(unscorable_because=""), name="no_score_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(answers__isnull=False) | Q(source="import"), name="only_imports_lack_answers"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="responses_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
