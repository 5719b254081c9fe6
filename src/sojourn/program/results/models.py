"""What a practice's results are counted from: a row for each person treated, and one for each scale they answered.

Nothing here is entered. Triggers keep the rows in the transaction of whatever they follow from: a course begun, a dose
given or struck, an answer, a correction (`following.sql`). `following.refollow` makes them anew from the records.
"""

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.people.models import Patient, User


class PersonFollowed(models.Model):
    """A person's first course as results see it: where, by whom, by which protocol, since when, dosed when."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("protocol_id", "started_on", "first_dose_on")

    patient = models.OneToOneField(
        Patient, on_delete=models.PROTECT, primary_key=True, related_name="followed"
    )
    course_id = models.UUIDField()
    site_id = models.UUIDField()  # of the course
    home_site_id = models.UUIDField()  # of the patient: it decides who may see them
    prescriber_id = models.UUIDField()
    protocol_id = models.CharField(max_length=60)
    started_on = models.DateField()
    first_dose_on = models.DateField(null=True)
    doses = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["site_id", "started_on"],
                include=["patient", "home_site_id", "prescriber_id", "protocol_id", "first_dose_on", "doses"],
                name="people_followed_by_site",
            )
        ]


class ScoresFollowed(models.Model):
    """A person's scores on one scale that count: the baseline, and at most one for each of the usual windows.

    Each usual window has a column. Scores are thousandths of a point, so that judging them is exact. The person's own
    columns stand here again, so that a clinic is counted from one index.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = (
        "protocol_id", "started_on", "first_dose_on", "baseline",
    )  # fmt: skip

    pk = models.CompositePrimaryKey("patient_id", "instrument_id")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="scores_followed", db_index=False
    )
    instrument_id = models.CharField(max_length=40)
    site_id = models.UUIDField()
    home_site_id = models.UUIDField()
    prescriber_id = models.UUIDField()
    protocol_id = models.CharField(max_length=60)
    started_on = models.DateField()
    first_dose_on = models.DateField(null=True)
    baseline = models.IntegerField(null=True)
    week_1 = models.IntegerField(null=True)
    week_2 = models.IntegerField(null=True)
    week_4 = models.IntegerField(null=True)
    week_8 = models.IntegerField(null=True)
    week_12 = models.IntegerField(null=True)
    month_6 = models.IntegerField(null=True)
    month_12 = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["instrument_id", "site_id", "started_on"],
                include=[
                    "prescriber_id",
                    "home_site_id",
                    "protocol_id",
                    "first_dose_on",
                    "baseline",
                    "week_1",
                    "week_2",
                    "week_4",
                    "week_8",
                    "week_12",
                    "month_6",
                    "month_12",
                ],
                name="scores_followed_by_site",
            )
        ]


class Report(models.Model):
    """A long report: what was asked, as of which moment, how far it has come, and what was found.

    The same definition, data cut and software give the same `found`. Nothing in it names a patient.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    definition = models.JSONField()  # of the claim: scale and hash, outcome, population, window
    definition_hash = models.CharField(max_length=64)
    people = models.JSONField()  # the filters, as the counting takes them
    cut = models.DateTimeField()
    as_of = models.DateField()
    software = models.CharField(max_length=40)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    author = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    stage = models.CharField(max_length=80, blank=True)
    holder = models.UUIDField(null=True)  # the worker that makes it
    held_until = models.DateTimeField(
        null=True
    )  # by the database's clock; past and unfinished: its worker is gone
    tries = models.PositiveSmallIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed_because = models.CharField(max_length=300, blank=True)
    found = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="newest_reports_of_somebody")]


class Publication(models.Model):
    """Counts that were published, so that no later page gives a handful of people away beside this one."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    question = models.JSONField()  # scale, outcome, window, and the filters
    as_of = models.DateField()
    counts = models.JSONField()
    published_at = models.DateTimeField()
