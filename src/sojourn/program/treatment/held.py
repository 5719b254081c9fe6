"""The visits of a patient that took place, as the record proves it: a dose given, or a note written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, FloatField, OuterRef, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from sojourn.clinical import protocols
from sojourn.clinical.outcomes import SessionKind, SessionMark
from sojourn.program.people.actors import Actor
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.given import dose_given


@dataclass(frozen=True)
class HeldVisit:
    """One visit that took place, and when: at the dose, or at the beginning of the conversation."""

    visit_id: UUID
    course_id: UUID
    kind: VisitKind
    number: int
    held_at: datetime
    timezone: str
    dose_mg: float | None
    protocol_id: str

    @property
    def on(self) -> date:
        """The day it was where the site is."""
        return local_date(self.held_at, self.timezone)

    @property
    def mark(self) -> SessionMark:
        return SessionMark(self.on, SessionKind(self.kind), str(self.number), self.dose)

    @property
    def dose(self) -> str:
        """How much by which way; empty for a conversation, and where the record names no amount."""
        if not self.dose_mg:
            return ""
        return f"{self.dose_mg:g} mg {protocols.course_protocol(self.protocol_id).route_in_short}"


def held_visits_of(patient_id: UUID, *, actor: Actor) -> tuple[HeldVisit, ...]:
    """What took place in all courses of a patient, in order of time; one query."""
    given = dose_given(visit=OuterRef("pk"))
    amount = Sum(Cast(KeyTextTransform("mg", "facts"), FloatField()))
    rows = (
        Visit.objects.filter(patients_visible_to(actor, "patient"), patient_id=patient_id, cancelled_at=None)
        .annotate(
            dosed_at=Subquery(given.order_by("taken_at").values("taken_at")[:1]),
            dose_mg=Subquery(given.order_by().values("visit").annotate(mg=amount).values("mg")),
            noted_at=F("note__written_at"),
        )
        .values(
            "id",
            "course_id",
            "kind",
            "number",
            "during",
            "dosed_at",
            "noted_at",
            "dose_mg",
            "course__protocol_id",
            "course__site__timezone",
        )
    )
    held = (
        HeldVisit(
            visit_id=row["id"],
            course_id=row["course_id"],
            kind=VisitKind(row["kind"]),
            number=row["number"],
            held_at=row["dosed_at"] or row["during"].lower,
            timezone=row["course__site__timezone"],
            dose_mg=row["dose_mg"],
            protocol_id=row["course__protocol_id"],
        )
        for row in rows
        if row["dosed_at"] or row["noted_at"]
    )
    return tuple(sorted(held, key=lambda visit: visit.held_at))


def days_since_doses(
    held: Iterable[HeldVisit], *, on: date, without: UUID | None = None
) -> tuple[float, ...]:
    """The days from each dose on record to a day, in all courses, the longest ago first.

    `without` is the visit whose own dose does not count.
    """
    doses = (visit for visit in held if visit.kind is VisitKind.DOSING and visit.visit_id != without)
    return tuple(float((on - visit.on).days) for visit in doses if visit.on <= on)
