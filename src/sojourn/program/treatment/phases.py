"""Where each patient stands, derived from what happened and never stored."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
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
OVER = (EventKind.DISCHARGED, EventKind.CANCELLED)
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
    if phase is not None:
        seen = in_phase(seen, phase)
    if after is not None:
        last = Patient.objects.filter(pk=after).values("name")
        seen = seen.filter(Q(name__gt=last[:1]) | Q(name=last[:1], pk__gt=after))
    found = list(
        seen.order_by("name", "pk").values(
            "id",
            "name",
            "born_on",
            "state",
            "joined_at",
            site_name=F("site__name"),
            timezone=F("site__timezone"),
        )[: PAGE + 1]
    )
    shown = found[:PAGE]
    stands = with_phase(Patient.objects.filter(pk__in=[row["id"] for row in shown]))
    phases = dict(stands.values_list("pk", "phase"))  # of these fifty alone: never of everybody
    return PatientPage(
        rows=tuple(PatientRow(**row, phase=Phase(phases[row["id"]])) for row in shown),
        next_after=shown[-1]["id"] if len(found) > PAGE else None,
    )


def with_phase(patients: QuerySet[Patient]) -> QuerySet[Any]:
    """Name the phase of each patient as `phase`, in the same query.

    The first line that holds is the phase: an open course by its doses, then an assessment nobody has
    decided on, then a decision no course has followed yet, then how the last course ended.
    """
    return patients.annotate(phase=_phase_expression())


@cache
def _phase_expression() -> Case:
    """The phase as an expression; made once, because making it costs more than what the database does with it."""
    by_doses = Case(
        *(When(holds, then=Value(phase)) for phase, holds in _in_a_course()), output_field=CharField()
    )
    return Case(
        When(kind=Patient.Kind.RESEARCH, then=Value(Phase.RESEARCH)),
        When(_open_course(), then=by_doses),
        *(When(holds, then=Value(phase)) for phase, holds in _in_no_course()),
        default=Value(Phase.JOINED),
        output_field=CharField(),
    )


def in_phase(patients: QuerySet[Patient], phase: Phase) -> QuerySet[Patient]:
    """Keep the patients of one phase, asking only what tells this phase from the others."""
    if phase is Phase.RESEARCH:
        return patients.filter(kind=Patient.Kind.RESEARCH)
    patients = patients.exclude(kind=Patient.Kind.RESEARCH)
    if phase in dict(_in_a_course()):
        patients, steps = patients.filter(_open_course()), _in_a_course()
    else:
        patients, steps = patients.filter(~_open_course()), _in_no_course()
    for step, holds in steps:
        if step is phase:
            return patients.filter(holds)
        patients = patients.filter(~holds)
    return patients


Step = tuple[Phase, Q]


def _in_a_course() -> tuple[Step, ...]:
    """Where somebody in a course stands: the first line that holds."""
    dosed = Exists(_dosing_visits().filter(_event(EventKind.DOSED)))
    more_to_come = Exists(_dosing_visits().exclude(_event(*OVER)))
    return (
        (Phase.PREPARATION, Q(~dosed)),
        (Phase.TREATMENT, Q(more_to_come)),
        (Phase.AFTER, Q(pk__isnull=False)),
    )


def _in_no_course() -> tuple[Step, ...]:
    """Where somebody in no course stands: the first line that holds, or just joined where none does."""
    return (
        (Phase.DECIDING, Q(_undecided_assessment())),
        (Phase.DECIDED, Q(_unused_decision(Decision.Outcome.SUITABLE))),
        (Phase.ASKED, Q(_unused_decision(Decision.Outcome.NEEDS_MORE))),
        (Phase.NOT_TREATED, Q(_unused_decision(*TURNED_AWAY))),
        (Phase.COMPLETED, Q(_last_course_ended(EndedHow.COMPLETED))),
        (Phase.DROPPED_OUT, Q(_last_course_ended(EndedHow.DROPPED_OUT))),
        (Phase.STOPPED, Q(_last_course_ended(EndedHow.STOPPED))),
    )


def _open_course() -> Exists:
    return Exists(Course.objects.filter(patient=OuterRef("pk"), ended_at=None))


def _dosing_visits() -> QuerySet[Visit]:
    """Standing dosing sessions of the course a patient is in."""
    return Visit.objects.filter(
        patient=OuterRef("pk"), kind=VisitKind.DOSING, cancelled_at=None, course__ended_at=None
    )


def _event(*kinds: EventKind) -> Exists:
    """True where such an event stands; NOT EXISTS, because the planner misjudges an outer join here."""
    struck = SessionEvent.objects.filter(withdraws=OuterRef("pk"), withdraws__isnull=False)
    return Exists(SessionEvent.objects.filter(~Exists(struck), visit=OuterRef("pk"), kind__in=kinds))


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
