"""Where each patient stands, derived from what happened and never stored."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from sojourn.program.intake.models import Assessment, Decision
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import EndedHow, VisitKind
from sojourn.program.plans.models import Course, Visit
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.models import SessionEvent

PAGE = 50
TURNED_AWAY = (Decision.Outcome.REFERRED, Decision.Outcome.DECLINED)


class Phase(TextChoices):
    """The phases in the order of a patient's way. A research record has none: it is marked as what it is."""

    JOINED = "joined", _("joined, no assessment yet")
    DECIDING = "deciding", _("waiting for a decision")
    ASKED = "asked", _("more information asked")
    DECIDED = "decided", _("suitable, course not started")
    PREPARATION = "preparation", _("preparation")
    TREATMENT = "treatment", _("in treatment")
    AFTER = "after", _("all doses given, integration")
    COMPLETED = "completed", _("completed")
    DROPPED_OUT = "dropped_out", _("dropped out")
    STOPPED = "stopped", _("stopped")
    NOT_TREATED = "not_treated", _("referred or declined")
    RESEARCH = "research", _("imported research record")


@dataclass(frozen=True)
class PatientRow:
    """One line of the list of patients."""

    id: UUID
    name: str
    born_on: date | None
    state: str
    site_name: str
    joined_at: datetime
    timezone: str
    phase: Phase

    @property
    def is_research_record(self) -> bool:
        return self.phase == Phase.RESEARCH


@dataclass(frozen=True)
class PatientPage:
    """One page of patients by name; `next_after` is the last one's id when more follow."""

    rows: tuple[PatientRow, ...]
    next_after: UUID | None


def patients_by_phase(actor: Actor) -> dict[Phase, int]:
    """How many of the patients this actor may see stand in each phase; research records are counted apart."""
    counted = (
        with_phase(Patient.objects.filter(patients_visible_to(actor)))
        .values("phase")
        .annotate(n=Count("pk"))
        .order_by()
    )
    found = {row["phase"]: row["n"] for row in counted}
    return {phase: found.get(phase.value, 0) for phase in Phase}


def phase_of(patient_id: UUID, *, actor: Actor) -> Phase | None:
    """The phase of one patient, or None where the actor may not see them."""
    seen = with_phase(Patient.objects.filter(patients_visible_to(actor), pk=patient_id))
    found = seen.values_list("phase", flat=True).first()
    return None if found is None else Phase(found)


def list_patients(
    actor: Actor,
    *,
    phase: Phase | None = None,
    site_id: UUID | None = None,
    name_part: str = "",
    after: UUID | None = None,
) -> PatientPage:
    """Fifty patients by name, from the one after `after`; of one phase, site or part of a name."""
    seen = Patient.objects.filter(patients_visible_to(actor))
    if site_id is not None:
        seen = seen.filter(site_id=site_id)
    if name_part:
        seen = seen.filter(name__icontains=name_part)
    seen = with_phase(seen)
    if phase is not None:
        seen = seen.filter(phase=phase)
    if after is not None:
        last = Patient.objects.filter(pk=after).values("name")
        seen = seen.filter(Q(name__gt=last[:1]) | Q(name=last[:1], pk__gt=after))
    rows = tuple(
        PatientRow(**{**row, "phase": Phase(row["phase"])})
        for row in seen.order_by("name", "pk").values(
            "id", "name", "born_on", "state", "joined_at", "phase",
            site_name=F("site__name"), timezone=F("site__timezone"),
        )[: PAGE + 1]
    )  # fmt: skip
    more = len(rows) > PAGE
    return PatientPage(rows[:PAGE], rows[PAGE - 1].id if more else None)


def with_phase(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Name the phase of each patient as `phase`, in the same query.

    The first line that holds is the phase: an open course by its doses, then an assessment nobody has
    decided on, then a decision no course has followed yet, then how the last course ended.
    """
    return patients.annotate(
        phase=Case(
            When(kind=Patient.Kind.RESEARCH, then=Value(Phase.RESEARCH)),
            When(_open_course(), then=_by_doses()),
            When(_undecided_assessment(), then=Value(Phase.DECIDING)),
            When(_unused_decision(Decision.Outcome.SUITABLE), then=Value(Phase.DECIDED)),
            When(_unused_decision(Decision.Outcome.NEEDS_MORE), then=Value(Phase.ASKED)),
            When(
                _unused_decision(Decision.Outcome.REFERRED, Decision.Outcome.DECLINED),
                then=Value(Phase.NOT_TREATED),
            ),
            When(_last_course_ended(EndedHow.COMPLETED), then=Value(Phase.COMPLETED)),
            When(_last_course_ended(EndedHow.DROPPED_OUT), then=Value(Phase.DROPPED_OUT)),
            When(_last_course_ended(EndedHow.STOPPED), then=Value(Phase.STOPPED)),
            default=Value(Phase.JOINED),
            output_field=CharField(),
        )
    )


def _by_doses() -> Case:
    return Case(
        When(~Exists(_dosing_visits().filter(_event(EventKind.DOSED))), then=Value(Phase.PREPARATION)),
        When(Exists(_dosing_visits().exclude(_event(EventKind.DISCHARGED))), then=Value(Phase.TREATMENT)),
        default=Value(Phase.AFTER),
        output_field=CharField(),
    )


def _open_course() -> Exists:
    return Exists(Course.objects.filter(patient=OuterRef("pk"), ended_at=None))


def _dosing_visits() -> QuerySet[Visit]:
    """Standing dosing sessions of the course a patient is in."""
    return Visit.objects.filter(
        patient=OuterRef("pk"), kind=VisitKind.DOSING, cancelled_at=None, course__ended_at=None
    )


def _event(kind: EventKind) -> Exists:
    return Exists(SessionEvent.objects.filter(visit=OuterRef("pk"), kind=kind, withdrawn_by=None))


def _undecided_assessment() -> Exists:
    """The newest assessment has no decision."""
    newer = Assessment.objects.filter(patient=OuterRef("patient"), taken_at__gt=OuterRef("taken_at"))
    decided = Decision.objects.filter(assessment=OuterRef("pk"))
    return Exists(Assessment.objects.filter(~Exists(newer), ~Exists(decided), patient=OuterRef("pk")))


def _unused_decision(*outcomes: str) -> Exists:
    """The newest decision has one of these outcomes, and no course has been started since."""
    newer = Decision.objects.filter(patient=OuterRef("patient"), decided_at__gt=OuterRef("decided_at"))
    since = Course.objects.filter(patient=OuterRef("patient"), started_at__gte=OuterRef("decided_at"))
    return Exists(
        Decision.objects.filter(~Exists(newer), ~Exists(since), patient=OuterRef("pk"), outcome__in=outcomes)
    )


def _last_course_ended(how: str) -> Exists:
    newer = Course.objects.filter(patient=OuterRef("patient"), started_at__gt=OuterRef("started_at"))
    return Exists(Course.objects.filter(~Exists(newer), patient=OuterRef("pk"), ended_how=how))
