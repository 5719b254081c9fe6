"""Courses of treatment, the doses ordered in them, and the visits booked for them."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, IntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from uuid_utils.compat import uuid7

from sojourn.program.people.models import Patient, Site, StaffMember
from sojourn.program.plans.choices import EndedHow, VisitKind


class Course(models.Model):
    """One course of treatment by one protocol. Its stage is derived from its steps and visits, never stored."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("protocol_id", "ended_how", "ended_because")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    protocol_id = models.CharField(max_length=60)
    protocol_version = models.CharField(max_length=20)
    prescriber = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=1000, blank=True)
    ended_how = models.CharField(max_length=20, blank=True, choices=EndedHow.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at=None), name="one_open_course_per_patient"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(ended_because=""), name="ended_courses_say_why"
            ),
        ]
        indexes = [models.Index(fields=["site"], condition=Q(ended_at=None), name="open_courses_of_a_site")]


class DoseOrder(models.Model):
    """A prescriber's order; the newest one for a course holds."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("dose_mg", "weight_kg", "why")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="orders")
    dose_mg = models.DecimalField(max_digits=6, decimal_places=1)
    weight_kg = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    why = models.CharField(max_length=1000, blank=True)
    ordered_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(dose_mg__gt=0), name="doses_are_above_zero")]
        indexes = [models.Index(fields=["course", "-ordered_at"], name="newest_order_of_a_course")]


class Chair(models.Model):
    """A place at a site where one person at a time can be treated."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="chairs")
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="chair_names_differ_within_a_site")
        ]


@pghistory.track(model_name="VisitHistory")
class Visit(models.Model):
    """One booked visit. A conversation takes a clinician's whole attention; a dosing session one of four places.

    `places` is the share of attention as a range within [1, 5): a conversation holds all of it, a session monitor
    watches up to four people (program policy), each in a place of their own. The database refuses any overlap.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("sitter_name", "sitter_phone", "cancelled_because")

    Kind = VisitKind

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="visits")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    number = models.PositiveSmallIntegerField()
    during = DateTimeRangeField()
    clinician = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="visits")
    places = IntegerRangeField()
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    sitter_name = models.CharField(max_length=300, blank=True)  # the escort in clinic, the sitter at home
    sitter_phone = models.CharField(max_length=40, blank=True)
    booked_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=300, blank=True)
    kept_at = models.DateTimeField(
        null=True, blank=True
    )  # stands by somebody's word, though its dose was not given
    without_dose_at = models.DateTimeField(null=True, blank=True)  # a session that ended before any was given

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "kind", "number"],
                condition=Q(cancelled_at=None),
                name="each_visit_is_booked_once",
            ),
            ExclusionConstraint(
                name="clinicians_are_not_double_booked",
                expressions=[
                    ("clinician", RangeOperators.EQUAL),
                    ("places", RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_at=None),
            ),
            ExclusionConstraint(
                name="chairs_are_not_double_booked",
                expressions=[("chair", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(cancelled_at=None, chair__isnull=False),
            ),
            ExclusionConstraint(
                name="patients_are_not_double_booked",
                expressions=[("patient", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(cancelled_at=None),
            ),
        ]
        indexes = [
            GistIndex(fields=["during"], condition=Q(cancelled_at=None), name="standing_visits_in_time"),
            models.Index(Lower("during"), name="visits_by_beginning"),  # the floor, however many have ended
        ]
        triggers = [
            pgtrigger.Trigger(  # boards hear of a visit that is booked, moved or cancelled, whoever does it
                name="visits_wake_boards",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.After,
                func="""
                IF lower(NEW.during) < now() + interval '1 day' AND upper(NEW.during) > now() - interval '1 day' THEN
                    PERFORM pg_notify('sojourn_live', NEW.id::text);
                END IF;
                RETURN NULL;
                """,
            )
        ]
