"""Who did what, to what, when. Rows are added and read, never changed: a database trigger refuses anything else."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7


class Entry(models.Model):
    """One deed. It holds ids only, so that reading the log reveals no health information by itself."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)  # the account; None is the practice's own machine
    actor_role = models.CharField(max_length=40)
    did = models.CharField(max_length=60)
    about_kind = models.CharField(max_length=40)
    about_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    # A witness of a chain kept elsewhere: its event of this number bore this seal.
    seal_number = models.PositiveIntegerField(null=True)
    seal = models.CharField(max_length=64, db_default="", default="")

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["patient_id", "-at"], name="entries_of_a_patient"),
            models.Index(fields=["-at"], name="newest_entries"),
            models.Index(
                fields=["about_id", "seal_number"], condition=~models.Q(seal=""), name="seals_witnessed"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="entries_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
