"""The phase of a patient as the ORM derives it from the records, to hold beside the phase that is kept."""

from functools import cache
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from sojourn.program.intake.models import Assessment, Decision
from sojourn.program.people.models import Patient
from sojourn.program.plans.choices import EndedHow, VisitKind
from sojourn.program.plans.models import Course, Visit
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.given import end_of_dosing
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.phases import Phase

OVER = (EventKind.DISCHARGED, EventKind.CANCELLED)
TURNED_AWAY = (Decision.Outcome.REFERRED, Decision.Outcome.DECLINED)


def derived_phase(patients: QuerySet[Patient]) -> QuerySet[Any]:
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


Step = tuple[Phase, Q]


def _in_a_course() -> tuple[Step, ...]:
    """Where somebody in a course stands: the first line that holds."""
    dosed = Exists(_dosing_visits().filter(_event(EventKind.DOSED)))
    left = Exists(end_of_dosing(visit=OuterRef("pk"), kind=EventKind.LEFT))
    more_to_come = Exists(_dosing_visits().exclude(_event(*OVER)).exclude(left))
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
