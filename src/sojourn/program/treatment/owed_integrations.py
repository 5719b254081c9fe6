"""Says which conversations are owed after a dose, and which of them the next dose is marked for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Lower

from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.plans.queries import day_at
from sojourn.program.treatment.given import dose_given
from sojourn.program.treatment.models import VisitNote

INTEGRATION_WITHIN: Final = timedelta(days=3)  # program policy: it is held in the 72 hours after a dose
TALK_LASTS: Final = timedelta(hours=1)
LOOKED_BACK: Final = timedelta(days=90)
LISTED_AT_MOST: Final = 200


@dataclass(frozen=True)
class OwedIntegration:
    """A dose whose integration has not been held. `next_dose_at` is None when no later dose is booked.

    `marks_next_dose`: the next dose stands in the calendar, and no integration is still to come before it.
    """

    patient_id: UUID
    patient_name: str
    course_id: UUID
    number: int
    given_at: datetime
    due_on: date
    integration_at: datetime | None
    next_dose_at: datetime | None
    timezone: str
    marks_next_dose: bool


def owed_integrations(actor: Actor, *, now: datetime) -> tuple[OwedIntegration, ...]:
    """Doses of open courses in the last 90 days whose integration was not held, first due first; one query."""
    of_course = Visit.objects.filter(course=OuterRef("course_id"), cancelled_at=None)
    integration = of_course.filter(kind=VisitKind.INTEGRATION, number=OuterRef("number"))
    next_dose = of_course.filter(kind=VisitKind.DOSING, number=OuterRef("number") + 1)
    rows = (
        Visit.objects.filter(
            patients_visible_to(actor, "patient"),
            course__ended_at=None,
            kind=VisitKind.DOSING,
            cancelled_at=None,
            during__overlap=(now - LOOKED_BACK, now),
        )
        .annotate(
            given_at=Subquery(dose_given(visit=OuterRef("pk")).order_by("taken_at").values("taken_at")[:1]),
            has_note=Exists(VisitNote.objects.filter(about_dose_visit=OuterRef("pk"))),
            integration_at=Subquery(integration.annotate(at=Lower("during")).values("at")[:1]),
            next_dose_at=Subquery(next_dose.annotate(at=Lower("during")).values("at")[:1]),
        )
        .filter(given_at__isnull=False, has_note=False)
        .order_by("given_at")
        .values(
            "patient_id",
            "course_id",
            "number",
            "given_at",
            "integration_at",
            "next_dose_at",
            patient_name=F("patient__name"),
            timezone=F("course__site__timezone"),
        )
    )
    return tuple(
        OwedIntegration(
            **row,
            due_on=day_at(row["given_at"] + INTEGRATION_WITHIN, row["timezone"]),
            marks_next_dose=_marks(row["integration_at"], row["next_dose_at"], now),
        )
        for row in rows[:LISTED_AT_MOST]
    )


def _marks(integration_at: datetime | None, next_dose_at: datetime | None, now: datetime) -> bool:
    if next_dose_at is None:
        return False
    return integration_at is None or integration_at >= next_dose_at or integration_at + TALK_LASTS < now
