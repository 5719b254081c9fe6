"""What was explained and understood, and what the practice says in public."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.people.models import Patient, StaffMember


class Understanding(models.Model):
    """One try at the questions of a lesson. `wrong` names those not answered right by that version; empty: understood."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("answers", "wrong")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="understandings")
    lesson_id = models.CharField(max_length=80)
    lesson_version = models.CharField(max_length=40)
    answers = models.JSONField()
    wrong = models.JSONField()
    answered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["patient", "-answered_at"], name="understandings_of_a_patient")]
        triggers = [
            pgtrigger.Protect(
                name="understandings_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class PublicStatement(models.Model):
    """A sentence the practice says in public, with the card behind it and the counts, as it passed the gate."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.CharField(max_length=500)
    claim_id = models.CharField(max_length=80)
    figure = models.JSONField(null=True)
    published_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="statements_say_something"),
            models.CheckConstraint(condition=~models.Q(claim_id=""), name="statements_have_a_card"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="statements_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class StatementWithdrawal(models.Model):
    """The end of a statement: who took it back, when and why. The statement itself stays on record."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    statement = models.OneToOneField(
        PublicStatement, primary_key=True, on_delete=models.PROTECT, related_name="withdrawal"
    )
    why = models.CharField(max_length=500)
    withdrawn_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(why=""), name="withdrawals_say_why")]
        triggers = [
            pgtrigger.Protect(
                name="withdrawals_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
