"""What happens between doses: who is waiting for a conversation, and which one a note may be written for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower

from sojourn.clinical.protocols import course_protocol
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Course, Visit
from sojourn.program.plans.queries import VisitRow, visit_rows
from sojourn.program.treatment.given import dose_given
from sojourn.program.treatment.models import VisitNote
from sojourn.program.treatment.owed_integrations import OwedIntegration, owed_integrations

LISTED_AT_MOST = 200
FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PatientBetween:
    """A patient in an open course, between the last dose given and the next one booked."""

    patient_id: UUID
    patient_name: str
    course_id: UUID
    protocol_id: str
    timezone: str
    last_dose: int | None
    last_dose_at: datetime | None
    next_dose: int | None
    next_dose_at: datetime | None
    talk_at: datetime | None
    talk_kind: str | None
    owed: OwedIntegration | None

    @property
    def title(self) -> str:
        return course_protocol(self.protocol_id).title


def patients_between_doses(actor: Actor, *, now: datetime) -> tuple[PatientBetween, ...]:
    """The actor's patients in an open course, those who are owed an integration first; two queries."""
    course = OuterRef("pk")
    given = dose_given(visit__course=course, visit__cancelled_at=None).order_by("-taken_at")
    coming = (
        Visit.objects.filter(course=course, kind=VisitKind.DOSING, cancelled_at=None)
        .exclude(Exists(dose_given(visit=OuterRef("pk"))))
        .filter(during__endswith__gt=now)
        .annotate(at=Lower("during"))
        .order_by("during")
    )
    talk = (
        Visit.objects.filter(~Q(kind=VisitKind.DOSING), course=course, cancelled_at=None, note=None)
        .annotate(at=Lower("during"))
        .order_by("during")
    )
    rows = (
        Course.objects.filter(patients_visible_to(actor, "patient"), ended_at=None)
        .annotate(
            last_dose=Subquery(given.values("visit__number")[:1]),
            last_dose_at=Subquery(given.values("taken_at")[:1]),
            next_dose=Subquery(coming.values("number")[:1]),
            next_dose_at=Subquery(coming.values("at")[:1]),
            talk_at=Subquery(talk.values("at")[:1]),
            talk_kind=Subquery(talk.values("kind")[:1]),
        )
        .order_by("started_at", "pk")
        .values(
            "patient_id",
            "protocol_id",
            "last_dose",
            "last_dose_at",
            "next_dose",
            "next_dose_at",
            "talk_at",
            "talk_kind",
            course_id=F("pk"),
            patient_name=F("patient__name"),
            timezone=F("site__timezone"),
        )[:LISTED_AT_MOST]
    )
    owed = {one.course_id: one for one in reversed(owed_integrations(actor, now=now))}
    found = [PatientBetween(**row, owed=owed.get(row["course_id"])) for row in rows]
    return tuple(sorted(found, key=_most_urgent_first))


def conversations_to_note(patient_id: UUID, *, actor: Actor, now: datetime) -> tuple[VisitRow, ...]:
    """Preparation and integration visits that have begun and have no note yet, oldest first."""
    return visit_rows(
        Visit.objects.filter(
            ~Q(kind=VisitKind.DOSING),
            ~Exists(VisitNote.objects.filter(visit=OuterRef("pk"))),
            patients_visible_to(actor, "patient"),
            patient_id=patient_id,
            cancelled_at=None,
            during__startswith__lte=now,
        ).order_by("during")
    )


def _most_urgent_first(row: PatientBetween) -> tuple[bool, bool, datetime, str]:
    owed = row.owed
    if owed is not None:
        return False, not owed.marks_next_dose, owed.given_at, row.patient_name
    waits_until = row.talk_at or row.next_dose_at or row.last_dose_at
    return True, waits_until is None, waits_until or FAR, row.patient_name
