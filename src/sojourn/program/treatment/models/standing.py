"""Where each patient stands, and how many stand there; triggers write both."""

from typing import ClassVar

from django.db import models

from sojourn.program.people.models import Patient


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
