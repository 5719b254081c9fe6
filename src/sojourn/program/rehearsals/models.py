"""Drills that were held. They lie in the rehearsal database only; the same table of a practice's database stays empty."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from sojourn.program.people.models import StaffMember
from sojourn.program.plans.models import Visit


class Drill(models.Model):
    """One drill: who rehearses which script at which speed, and how it went.

    `trainee_id` is a staff member of the practice, whose table lies in another database. `report` is what the script of
    that version made of the response, kept as it was when the drill ended.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("trainee_name", "report", "cuff")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    script_id = models.CharField(max_length=60)
    script_version = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    speed = models.PositiveSmallIntegerField()
    seed = models.PositiveIntegerField()
    trainee_id = models.UUIDField()
    trainee_name = models.CharField(max_length=200)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="+")
    played_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    caught_up_to = models.DateTimeField()  # by the drill's clock
    cuff = models.JSONField(null=True, blank=True)  # the last reading of cuff and oximeter, with its minute
    stopped_at = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    report = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stopped_at"],
                condition=Q(stopped_at=None),
                nulls_distinct=False,
                name="one_drill_runs_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, report=None, percent=None, passed=None)
                | Q(
                    stopped_at__isnull=False,
                    report__isnull=False,
                    percent__isnull=False,
                    passed__isnull=False,
                ),
                name="drills_that_ended_have_their_report",
            ),
            models.CheckConstraint(condition=Q(speed__in=[1, 10, 60]), name="drills_run_at_a_known_speed"),
        ]
        indexes = [models.Index(fields=["-began_at"], name="drills_newest_first")]


class RefusedDeed(models.Model):
    """Something the trainee tried and the program refused. A drill scores it; a chart has no place for it."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("facts",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="refused")
    kind = models.CharField(max_length=30)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()


class SimulatedDevice(models.Model):
    """The phone or gateway of a simulated person: the cookies that pages gave it, and the token they gave it to record by.

    They open one session of the rehearsal and nothing of the practice; a practice keeps tokens as hashes only.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="devices")
    by = models.CharField(max_length=10)
    cookies = models.JSONField(default=dict)
    token = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["drill", "by"], name="one_device_for_each_simulated_person")
        ]


class SentTap(models.Model):
    """Something a simulated person sent by themselves, when they pressed, when it was sent, and what became of it."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("answer",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="taps")
    name = models.CharField(max_length=80)
    by = models.CharField(max_length=10)
    kind = models.CharField(max_length=30)
    minute = models.FloatField()  # of the script, when it was pressed
    sent_minute = models.FloatField()
    is_recorded = models.BooleanField()
    answer = models.CharField(max_length=300, blank=True)  # why it was refused

    class Meta:
        constraints = [models.UniqueConstraint(fields=["drill", "name"], name="each_tap_of_a_drill_once")]
