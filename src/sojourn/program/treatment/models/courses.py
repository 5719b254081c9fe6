"""What is chosen and agreed for a course, and what is taken beside it."""

from typing import ClassVar

import pgtrigger
from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.intake.models import StopRule
from sojourn.program.people.models import Patient, StaffMember
from sojourn.program.plans.models import Course


class IntervalChoice(models.Model):
    """How far apart a prescriber wants the next doses, beside what was suggested that day. The newest one holds."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("suggested_because", "why")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="interval_choices")
    weeks = models.PositiveSmallIntegerField()
    before_weeks = models.PositiveSmallIntegerField(null=True)  # None: no interval could be told
    suggested_weeks = models.PositiveSmallIntegerField(null=True)  # None: nothing was suggested
    suggested_because = models.CharField(max_length=1000)
    why = models.CharField(max_length=1000, blank=True)
    chosen_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(weeks__gte=1), name="intervals_are_a_week_or_more"),
            models.CheckConstraint(
                condition=models.Q(weeks=models.F("suggested_weeks")) | ~models.Q(why=""),
                name="other_intervals_than_suggested_say_why",
            ),
        ]
        indexes = [models.Index(fields=["course", "-chosen_at"], name="newest_interval_of_a_course")]
        triggers = [
            pgtrigger.Protect(
                name="interval_choices_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class StopRuleOffer(models.Model):
    """The terms of a stop rule a prescriber stands behind in a course. A patient who signs the same has an agreement."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("instrument_id", "points", "by_session")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="stop_rule_offers")
    instrument_id = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField()
    by_session = models.PositiveSmallIntegerField()
    offered_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["course", "-offered_at"], name="newest_offer_of_a_course")]
        triggers = [
            pgtrigger.Protect(
                name="stop_rule_offers_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class StopConversation(models.Model):
    """The conversation a stop rule asked for: how both go on, why, and how the rule stood that day. The newest holds."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("choice_id", "words", "standing")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="stop_conversations")
    stop_rule = models.ForeignKey(StopRule, on_delete=models.PROTECT, related_name="conversations")
    choice_id = models.CharField(max_length=40)
    words = models.CharField(max_length=1000)
    again_by = models.PositiveSmallIntegerField(null=True)  # the session at which both look again
    standing = models.CharField(max_length=300)
    held_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(words=""), name="stop_conversations_say_what_was_agreed"
            )
        ]
        indexes = [models.Index(fields=["course", "-held_at"], name="newest_talk_of_a_course")]
        triggers = [
            pgtrigger.Protect(
                name="stop_conversations_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class MedicineChange(models.Model):
    """A medicine beside the treatment, started, stopped or changed on a day. A wrong line is struck, never edited."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("medicine", "what", "on", "detail", "struck_because")

    class What(models.TextChoices):
        STARTED = "started", "started"
        STOPPED = "stopped", "stopped"
        CHANGED = "changed", "changed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="medicine_changes")
    medicine = models.CharField(max_length=120)
    what = models.CharField(max_length=10, choices=What.choices)
    on = models.DateField()
    detail = models.CharField(max_length=200, blank=True)  # "50 mg to 100 mg"
    recorded_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "medicine", "what", "on"],
                condition=models.Q(struck_at=None),
                name="each_change_of_medicine_once",
            ),
            models.CheckConstraint(
                condition=models.Q(struck_at=None) | ~models.Q(struck_because=""),
                name="struck_medicines_say_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="medicine_changes_are_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["struck_at", "struck_by", "struck_because"]),
            ),
            pgtrigger.Protect(
                name="a_medicine_change_is_struck_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.struck_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="medicine_changes_are_never_deleted", operation=pgtrigger.Delete),
        ]
