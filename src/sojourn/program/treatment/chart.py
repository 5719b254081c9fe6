"""What the head and the visits of a patient's chart hold, gathered in two queries however much there is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject, Lower

from sojourn.program.intake.models import Assessment, Consent, Decision
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import CareTeamMember, Patient
from sojourn.program.people.patients import CARD_COLUMNS, CARD_COLUMNS_ELSEWHERE, CareTeamRow, PatientCard
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.people.roles import Role
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Course, DoseOrder, Visit
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.given import end_of_dosing
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.phases import Phase, with_phase
from sojourn.program.treatment.sessions import on_record


@dataclass(frozen=True)
class DecisionLine:
    outcome: str
    why: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True)
class ConsentLine:
    document_id: str
    version: str
    signed_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class CourseLine:
    """One course; `dose_mg` is the newest order's, None before there is one."""

    id: UUID
    protocol_id: str
    prescriber: str
    started_at: datetime
    ended_at: datetime | None
    ended_how: str
    ended_because: str
    dose_mg: float | None


@dataclass(frozen=True)
class ChartHead:
    """Who the patient is, where they stand, and what was decided, signed and started; each newest first."""

    patient: PatientCard
    phase: Phase
    newest_assessment_id: UUID | None
    care_team: tuple[CareTeamRow, ...]
    decisions: tuple[DecisionLine, ...]
    consents: tuple[ConsentLine, ...]
    courses: tuple[CourseLine, ...]

    @property
    def open_course(self) -> CourseLine | None:
        return next((course for course in self.courses if course.ended_at is None), None)


@dataclass(frozen=True)
class ChartVisit:
    """One standing visit, with the dose or the shared note that proves it was held."""

    id: UUID
    kind: VisitKind
    number: int
    starts_at: datetime
    clinician_name: str
    timezone: str
    dosed_at: datetime | None
    dose_mg: float | None
    over_at: datetime | None
    note_shared: str | None
    to_prescriber: str | None
    noted_by: str | None
    noted_at: datetime | None

    @property
    def label(self) -> str:
        return f"{self.kind.label} {self.number}"

    @property
    def is_held(self) -> bool:
        return self.dosed_at is not None or self.noted_at is not None


def chart_head(patient_id: UUID, *, actor: Actor) -> ChartHead | None:
    """The head of one patient's chart, or None where the actor may not see them; one query."""
    seen = with_phase(Patient.objects.filter(patients_visible_to(actor), pk=patient_id))
    row = seen.values(
        *CARD_COLUMNS, "phase", **CARD_COLUMNS_ELSEWHERE,
        newest_assessment_id=Subquery(
            Assessment.objects.filter(patient=OuterRef("pk")).order_by("-taken_at").values("pk")[:1]
        ),
        team=_care_team(), decided=_decisions(), signed=_consents(), started=_courses(),
    ).first()  # fmt: skip
    if row is None:
        return None
    return ChartHead(
        phase=Phase(row.pop("phase")),
        newest_assessment_id=row.pop("newest_assessment_id"),
        care_team=tuple(CareTeamRow(Role(m["role"]), m["name"], _moment(m["at"])) for m in row.pop("team")),
        decisions=tuple(DecisionLine(**_moments(line)) for line in row.pop("decided")),
        consents=tuple(ConsentLine(**_moments(line)) for line in row.pop("signed")),
        courses=tuple(
            CourseLine(**_moments({**line, "id": UUID(line["id"])})) for line in row.pop("started")
        ),
        patient=PatientCard(**row),
    )


def chart_visits(patient_id: UUID, *, actor: Actor) -> tuple[ChartVisit, ...]:
    """The visits of a patient with what proves that they were held, in order of time; one query.

    A visit that was called off is listed only where a session in it had ended without a dose.
    """
    visits = Visit.objects.filter(patients_visible_to(actor, "patient"), on_record(), patient_id=patient_id)
    dosed = _events(EventKind.DOSED)
    rows: Any = visits.order_by("during").values(
        "id", "kind", "number",
        starts_at=Lower("during"),
        clinician_name=F("clinician__name"),
        timezone=F("course__site__timezone"),
        dosed_at=Subquery(dosed.values("taken_at")[:1]),
        dose_mg=Subquery(dosed.values("facts__mg")[:1]),
        over_at=Coalesce(
            Subquery(
                end_of_dosing(visit=OuterRef("pk")).order_by("taken_at").values("taken_at")[:1]
            ),
            Subquery(_events(EventKind.DISCHARGED, EventKind.CANCELLED).values("taken_at")[:1]),
        ),
        note_shared=F("note__shared"),
        to_prescriber=F("note__to_prescriber"),
        noted_by=F("note__written_by__name"),
        noted_at=F("note__written_at"),
    )  # fmt: skip
    return tuple(ChartVisit(**{**row, "kind": VisitKind(row["kind"])}) for row in rows)


def _care_team() -> ArraySubquery:
    now = CareTeamMember.objects.filter(patient=OuterRef("pk"), until_at=None).order_by("role")
    return _list(now, role="role", name="staff_member__name", at="since_at")


def _decisions() -> ArraySubquery:
    made = Decision.objects.filter(patient=OuterRef("pk")).order_by("-decided_at")
    return _list(made, outcome="outcome", why="why", decided_by="decided_by__name", decided_at="decided_at")


def _consents() -> ArraySubquery:
    signed = Consent.objects.filter(patient=OuterRef("pk")).order_by("-signed_at")
    return _list(
        signed,
        document_id="document_id",
        version="version",
        signed_at="signed_at",
        withdrawn_at="withdrawn_at",
    )


def _courses() -> ArraySubquery:
    newest_order = DoseOrder.objects.filter(course=OuterRef("pk")).order_by("-ordered_at")
    started = (
        Course.objects.filter(patient=OuterRef("pk"))
        .order_by("-started_at")
        .annotate(dose_mg=Subquery(newest_order.values("dose_mg")[:1]))
    )
    return _list(
        started, id="id", protocol_id="protocol_id", prescriber="prescriber__name", started_at="started_at",
        ended_at="ended_at", ended_how="ended_how", ended_because="ended_because", dose_mg="dose_mg",
    )  # fmt: skip


def _list(rows: QuerySet[Any], **fields: str) -> ArraySubquery:
    return ArraySubquery(rows.values(json=JSONObject(**fields)))


def _events(*kinds: EventKind) -> QuerySet[SessionEvent]:
    return SessionEvent.objects.filter(visit=OuterRef("pk"), kind__in=kinds, withdrawn_by=None).order_by(
        "taken_at"
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _moments(line: dict[str, Any]) -> dict[str, Any]:
    """Read the moments of a line back: PostgreSQL writes them into JSON as text."""
    return {name: _moment(value) if name.endswith("_at") and value else value for name, value in line.items()}
