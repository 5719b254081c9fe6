"""From the free assessment to a decision and a signed consent."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.intake.choices import DecisionOutcome
from sojourn.program.people.models import Patient, StaffMember


class Assessment(models.Model):
    """What a person answered and what the rules of that day found; kept whole, so that it can be replayed."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("facts", "evaluation", "disposition")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="assessments")
    facts = models.JSONField()
    evaluation = models.JSONField()
    disposition = models.CharField(max_length=30)
    rule_set_version = models.CharField(max_length=80)
    taken_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="assessments_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class Decision(models.Model):
    """What a prescriber decided about an assessment, with one line of why."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("outcome", "why", "resolved")
    Outcome = DecisionOutcome

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=DecisionOutcome.choices)
    why = models.CharField(max_length=1000)
    resolved = models.JSONField(default=dict)  # rule id -> how the clinician settled an open finding
    decided_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["patient", "-decided_at"], name="decisions_of_a_patient")]
        constraints = [models.CheckConstraint(condition=~models.Q(why=""), name="decisions_say_why")]
        triggers = [
            pgtrigger.Protect(
                name="decisions_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class Consent(models.Model):
    """A signed consent: the very text that was shown, its version and hash, and the check that it was understood."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("signed_name", "understood")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    document_id = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    understood = models.JSONField()  # question id -> answer given, and how many tries it took
    signed_name = models.CharField(max_length=300)
    signed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["patient", "document_id"], name="consents_of_a_patient")]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "document_id", "version"],
                condition=models.Q(withdrawn_at=None),
                name="one_standing_signature_per_consent",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_consents_are_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["withdrawn_at"]),
            ),
            pgtrigger.Protect(
                name="a_consent_is_withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.withdrawn_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="signed_consents_are_never_deleted", operation=pgtrigger.Delete),
        ]


class StopRule(models.Model):
    """The stop rule that was signed with a consent; its words are part of the signed text, and of its hash."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = (
        "instrument_id",
        "points",
        "by_session",
        "may_contact",
        "trusted_name",
        "trusted_phone",
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="stop_rule")
    instrument_id = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField()
    by_session = models.PositiveSmallIntegerField()
    may_contact = models.JSONField(default=list)  # who may contact the patient about it, in the words signed
    trusted_name = models.CharField(max_length=300, blank=True)
    trusted_phone = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(points__gte=1) & models.Q(by_session__gte=1),
                name="stop_rules_name_an_amount_and_a_session",
            ),
            models.CheckConstraint(
                condition=models.Q(trusted_name="") | ~models.Q(trusted_phone=""),
                name="trusted_people_can_be_called",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="stop_rules_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class AdoptedThreshold(models.Model):
    """A number of a rule that the medical director set for this practice, with reason and signature."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("reason", "signed_name")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    rule_id = models.CharField(max_length=60)
    rule_version = models.CharField(max_length=40)
    fact = models.CharField(max_length=60)
    relation = models.CharField(max_length=20)
    was = models.FloatField()  # the number that held before
    limit = models.FloatField()
    reason = models.CharField(max_length=1000)
    signed_name = models.CharField(max_length=300)
    adopted_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="thresholds_say_why")]
        triggers = [
            pgtrigger.Protect(
                name="thresholds_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class RuleReview(models.Model):
    """One look at all patients by one edition of the rules; `after` is the last assessment looked at so far."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.CharField(max_length=200, unique=True)
    rule_set_version = models.CharField(max_length=80)
    on = models.DateField()
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    after = models.UUIDField(null=True, blank=True)
    looked_at = models.PositiveIntegerField(default=0)


class AffectedPatient(models.Model):
    """Somebody whose findings differ by an edition of the rules: what appeared, what is gone, what weighs otherwise."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("appeared", "gone", "reweighed", "disposition")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(RuleReview, on_delete=models.PROTECT, related_name="affected")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    disposition = models.CharField(max_length=30)
    rank = models.PositiveSmallIntegerField()  # 0 for the disposition that wins
    appeared = models.JSONField(default=list)
    gone = models.JSONField(default=list)
    reweighed = models.JSONField(default=list)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "assessment"], name="one_line_per_review_and_assessment"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="affected_patients_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
