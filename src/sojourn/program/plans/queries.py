"""What the doors may ask about courses, orders and booked visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower, Upper

from sojourn.clinical.protocols import course_protocol
from sojourn.program.intake.models import Assessment, Decision
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import EndedHow
from sojourn.program.plans.models import Chair, Course, DoseOrder, Visit

LISTED_AT_MOST = 200


@dataclass(frozen=True)
class CourseRow:
    """One course with the order that holds; `dose_mg` is None until a dose is ordered."""

    id: UUID
    patient_id: UUID
    patient_name: str
    patient_state: str
    protocol_id: str
    protocol_version: str
    prescriber_id: UUID
    prescriber_name: str
    site_id: UUID
    site_name: str
    timezone: str
    started_at: datetime
    ended_at: datetime | None
    ended_how: str
    ended_because: str
    dose_mg: Decimal | None
    weight_kg: Decimal | None
    visits_booked: int

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def title(self) -> str:
        """The protocol's name, as clinicians say it."""
        return course_protocol(self.protocol_id).title

    @property
    def patient_title(self) -> str:
        """The protocol's name, as it is told to the patient."""
        return course_protocol(self.protocol_id).patient_title

    @property
    def ended_how_words(self) -> str:
        return str(EndedHow(self.ended_how).label) if self.ended_how else ""


@dataclass(frozen=True)
class OrderRow:
    dose_mg: Decimal
    weight_kg: Decimal | None
    why: str
    ordered_by_id: UUID
    prescriber: str
    ordered_at: datetime


@dataclass(frozen=True)
class VisitRow:
    """One booked visit, ready to print. Times are UTC; show them in `timezone`, where the site is."""

    id: UUID
    course_id: UUID
    protocol_id: str
    patient_id: UUID
    patient_name: str
    patient_site_id: UUID  # who may see the patient hangs on this, not on where the course is
    kind: str
    number: int
    starts_at: datetime
    ends_at: datetime
    clinician_id: UUID
    clinician_name: str
    chair_id: UUID | None
    chair_name: str | None
    site_id: UUID
    site_name: str
    timezone: str
    sitter_name: str
    sitter_phone: str
    cancelled_at: datetime | None
    cancelled_because: str

    @property
    def label(self) -> str:
        """The visit in a few words: "dosing session 3"."""
        return f"{Visit.Kind(self.kind).label} {self.number}"

    @property
    def is_dosing(self) -> bool:
        return self.kind == Visit.Kind.DOSING


@dataclass(frozen=True)
class PatientToStart:
    """A patient for whom a prescriber may start a course."""

    patient_id: UUID
    patient_name: str
    decided_at: datetime


@dataclass(frozen=True)
class ChairRow:
    id: UUID
    name: str
    site_id: UUID
    site_name: str


def course(course_id: UUID, *, actor: Actor) -> CourseRow | None:
    """One course, or None where the actor may not see it."""
    rows = course_rows(_courses(actor).filter(pk=course_id))
    return rows[0] if rows else None


def open_course_of(patient_id: UUID, *, actor: Actor) -> CourseRow | None:
    """The course a patient is in now, or None."""
    rows = course_rows(_courses(actor).filter(patient_id=patient_id, ended_at=None))
    return rows[0] if rows else None


def courses_to_book(actor: Actor) -> tuple[CourseRow, ...]:
    """Open courses that have no visit booked, oldest first: the coordinator's queue."""
    return course_rows(
        _courses(actor)
        .filter(ended_at=None)
        .exclude(Exists(Visit.objects.filter(course=OuterRef("pk"), cancelled_at=None)))
        .order_by("started_at")[:LISTED_AT_MOST]
    )


def patients_to_start(actor: Actor) -> tuple[PatientToStart, ...]:
    """Patients found suitable by their newest decision who have neither answered again nor begun a course since."""
    newer = Decision.objects.filter(patient=OuterRef("patient"), decided_at__gt=OuterRef("decided_at"))
    answered = Assessment.objects.filter(
        patient=OuterRef("patient"), taken_at__gt=OuterRef("assessment__taken_at")
    )
    courses = Course.objects.filter(patient=OuterRef("patient"))
    rows = (
        Decision.objects.filter(patients_visible_to(actor, "patient"), outcome=Decision.Outcome.SUITABLE)
        .exclude(Exists(newer))
        .exclude(Exists(answered))
        .exclude(Exists(courses.filter(started_at__gte=OuterRef("decided_at"))))
        .exclude(Exists(courses.filter(ended_at=None)))
        .order_by("decided_at")[:LISTED_AT_MOST]
    )
    return tuple(
        PatientToStart(**row)
        for row in rows.values("patient_id", "decided_at", patient_name=F("patient__name"))
    )


def orders_of(course_id: UUID, *, actor: Actor) -> tuple[OrderRow, ...]:
    """The orders of a course, newest first; the first one holds."""
    return tuple(
        OrderRow(**row)
        for row in DoseOrder.objects.filter(
            patients_visible_to(actor, "course__patient"), course_id=course_id
        )
        .order_by("-ordered_at")
        .values(
            "dose_mg", "weight_kg", "why", "ordered_by_id", "ordered_at", prescriber=F("ordered_by__name")
        )
    )


def visit(visit_id: UUID, *, actor: Actor) -> VisitRow | None:
    """One visit, cancelled or not, or None where the actor may not see it."""
    rows = visit_rows(_visits(actor).filter(pk=visit_id))
    return rows[0] if rows else None


def visits_of(patient_id: UUID, *, actor: Actor) -> tuple[VisitRow, ...]:
    """The standing visits of one patient in all courses, in order of time."""
    return visit_rows(_visits(actor).filter(patient_id=patient_id, cancelled_at=None).order_by("during"))


def visits_of_course(course_id: UUID, *, actor: Actor) -> tuple[VisitRow, ...]:
    """The standing visits of one course, in order of time."""
    return visit_rows(_visits(actor).filter(course_id=course_id, cancelled_at=None).order_by("during"))


def visits_between(actor: Actor, *, begin: datetime, end: datetime, kind: str = "") -> tuple[VisitRow, ...]:
    """The standing visits that touch this span of time, in order of time, of the patients this actor may see."""
    seen = _visits(actor).filter(cancelled_at=None, during__overlap=(begin, end))
    if kind:
        seen = seen.filter(kind=kind)
    return visit_rows(seen.order_by("during", "id")[:LISTED_AT_MOST])


def count_visits_to_come(clinician_id: UUID, *, now: datetime) -> int:
    """How many standing visits that have not begun this clinician is booked for."""
    return Visit.objects.filter(
        clinician_id=clinician_id, cancelled_at=None, during__startswith__gt=now
    ).count()


def chairs_of(site_ids: Sequence[UUID]) -> tuple[ChairRow, ...]:
    """The chairs of these sites, by site and name."""
    rows = Chair.objects.filter(site_id__in=site_ids).order_by("site__name", "name")
    return tuple(ChairRow(**row) for row in rows.values("id", "name", "site_id", site_name=F("site__name")))


def day_at(moment: datetime, timezone: str) -> date:
    """The day it is at a place at this moment."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def course_rows(courses: QuerySet[Course]) -> tuple[CourseRow, ...]:
    """Turn courses into rows in one query."""
    newest = DoseOrder.objects.filter(course=OuterRef("pk")).order_by("-ordered_at")
    return tuple(
        CourseRow(**row)
        for row in courses.values(
            "id", "patient_id", "protocol_id", "protocol_version", "prescriber_id", "site_id", "started_at",
            "ended_at", "ended_how", "ended_because",
            patient_name=F("patient__name"),
            patient_state=F("patient__state"),
            prescriber_name=F("prescriber__name"),
            site_name=F("site__name"),
            timezone=F("site__timezone"),
            dose_mg=Subquery(newest.values("dose_mg")[:1]),
            weight_kg=Subquery(newest.values("weight_kg")[:1]),
            visits_booked=Count("visits", filter=Q(visits__cancelled_at=None)),
        )
    )  # fmt: skip


def visit_rows(visits: QuerySet[Visit]) -> tuple[VisitRow, ...]:
    """Turn visits into rows in one query."""
    return tuple(
        VisitRow(**row)
        for row in visits.values(
            "id", "course_id", "patient_id", "kind", "number", "clinician_id", "chair_id", "sitter_name",
            "sitter_phone", "cancelled_at", "cancelled_because",
            protocol_id=F("course__protocol_id"),
            patient_name=F("patient__name"),
            patient_site_id=F("patient__site_id"),
            starts_at=Lower("during"),
            ends_at=Upper("during"),
            clinician_name=F("clinician__name"),
            chair_name=F("chair__name"),
            site_id=F("course__site_id"),
            site_name=F("course__site__name"),
            timezone=F("course__site__timezone"),
        )
    )  # fmt: skip


def _courses(actor: Actor) -> QuerySet[Course]:
    return Course.objects.filter(patients_visible_to(actor, "patient"))


def _visits(actor: Actor) -> QuerySet[Visit]:
    return Visit.objects.filter(patients_visible_to(actor, "patient"))
