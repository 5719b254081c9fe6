"""The practice at a glance: what is running now, what is overdue, and how quickly alarms were taken on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Window

from sojourn.program.intake.models import Assessment, Decision
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.safety.models import Alarm, AlarmEvent
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.given import end_of_dosing
from sojourn.program.treatment.models import SessionEvent, VisitNote

# Program policy: how long each thing may take before the director sees it as overdue.
DECIDE_WITHIN = timedelta(days=3)
INTEGRATE_WITHIN = timedelta(hours=72)
LONGEST_SESSION = timedelta(
    hours=24
)  # a session begun earlier than this is not "running": it was never closed
LISTED_AT_MOST = 50
NAMED = 5  # how many of each kind are named; the count beside them is of all


@dataclass(frozen=True)
class OverdueRow:
    """One thing that is late and since when. `what` is an instrument, a disposition, a number or words."""

    patient_id: UUID
    patient_name: str
    what: str
    since: date | datetime


@dataclass(frozen=True)
class Overdue:
    """How many of a kind are overdue, and the longest overdue of them by name."""

    in_all: int
    longest: tuple[OverdueRow, ...]


@dataclass(frozen=True)
class RunningSession:
    """A dosing session with its dose given and nobody discharged yet."""

    visit_id: UUID
    patient_id: UUID
    patient_name: str
    number: int
    protocol_id: str
    dosed_at: datetime
    last_event_at: datetime
    monitor: str
    site_name: str


@dataclass(frozen=True)
class WordForPrescriber:
    """What a therapist wants the prescriber to know, from the note of one visit."""

    patient_id: UUID
    patient_name: str
    visit: str
    says: str
    written_by: str
    written_at: datetime
    timezone: str


@dataclass(frozen=True)
class AlarmTimes:
    """Alarms raised in a span of time, and how they were met. Waits are None where nobody met any."""

    raised: int
    red: int
    met: int
    in_time: int
    longest_wait: timedelta | None

    @property
    def longest_wait_min(self) -> int | None:
        return None if self.longest_wait is None else int(self.longest_wait.total_seconds() // 60)


def questionnaires_overdue(actor: Actor, *, today: date) -> Overdue:
    """Questionnaires whose day has passed without an answer and which can still be answered."""
    asked = QuestionnaireRequest.objects.filter(
        patients_visible_to(actor, "patient"), due_on__lt=today, closes_on__gte=today, withdrawn_at=None
    ).exclude(Exists(Response.objects.filter(request=OuterRef("pk"))))
    return _overdue(asked, what="instrument_id", since="due_on")


def decisions_overdue(actor: Actor, *, now: datetime) -> Overdue:
    """Assessments that nobody has decided on for longer than the program allows."""
    newer = Assessment.objects.filter(patient=OuterRef("patient"), taken_at__gt=OuterRef("taken_at"))
    waiting = Assessment.objects.filter(
        patients_visible_to(actor, "patient"),
        ~Exists(Decision.objects.filter(assessment=OuterRef("pk"))),
        ~Exists(newer),
        taken_at__lt=now - DECIDE_WITHIN,
    )
    return _overdue(waiting, what="disposition", since="taken_at")


def integrations_overdue(actor: Actor, *, now: datetime) -> Overdue:
    """Doses of courses under way whose integration has not been held within 72 hours."""
    given = SessionEvent.objects.filter(
        patients_visible_to(actor, "visit__patient"),
        ~Exists(VisitNote.objects.filter(about_dose_visit=OuterRef("visit"))),
        ~Exists(SessionEvent.objects.filter(withdraws=OuterRef("pk"), withdraws__isnull=False)),
        kind=EventKind.DOSED,
        taken_at__lt=now - INTEGRATE_WITHIN,
        visit__course__ended_at=None,
    )
    return _overdue(given, what="visit__number", since="taken_at", to="visit__")


def alarms_overdue(actor: Actor, *, now: datetime) -> Overdue:
    """Alarms nobody has taken on in time."""
    met = AlarmEvent.objects.filter(
        alarm=OuterRef("pk"), what__in=[AlarmEvent.What.ACKNOWLEDGED, AlarmEvent.What.CLOSED]
    )
    late = Alarm.objects.filter(patients_visible_to(actor, "patient"), ~Exists(met), acknowledge_by__lt=now)
    return _overdue(late, what="says", since="acknowledge_by")


def sessions_running(actor: Actor, *, now: datetime) -> tuple[RunningSession, ...]:
    """Dosing sessions going on now, the longest first."""
    struck = SessionEvent.objects.filter(withdraws=OuterRef("pk"), withdraws__isnull=False)
    events = SessionEvent.objects.filter(~Exists(struck), visit=OuterRef("pk"))
    dosed = events.filter(kind=EventKind.DOSED)
    running = (
        Visit.objects.filter(
            patients_visible_to(actor, "patient"),
            kind=VisitKind.DOSING,
            cancelled_at=None,
            during__overlap=(now - LONGEST_SESSION, now),
        )
        .filter(Exists(dosed), ~Exists(end_of_dosing(visit=OuterRef("pk"))))
        .annotate(
            dosed_at=Subquery(dosed.order_by("taken_at").values("taken_at")[:1]),
            last_event_at=Subquery(events.order_by("-taken_at").values("taken_at")[:1]),
        )
        .order_by("dosed_at")
    )
    return tuple(
        RunningSession(**row)
        for row in running.values(
            "patient_id", "number", "dosed_at", "last_event_at",
            visit_id=F("pk"),
            patient_name=F("patient__name"),
            protocol_id=F("course__protocol_id"),
            monitor=F("clinician__name"),
            site_name=F("course__site__name"),
        )
    )  # fmt: skip


def words_for_prescriber(actor: Actor, *, since: datetime) -> tuple[WordForPrescriber, ...]:
    """What therapists wrote to the prescriber since a moment, the newest first."""
    rows = (
        VisitNote.objects.filter(patients_visible_to(actor, "patient"), written_at__gte=since)
        .exclude(to_prescriber="")
        .order_by("-written_at")
        .values_list(
            "patient_id", "patient__name", "visit__kind", "visit__number", "to_prescriber", "written_by__name",
            "written_at", "visit__course__site__timezone",
        )
    )  # fmt: skip
    return tuple(
        WordForPrescriber(patient, name, f"{VisitKind(kind).label} {number}", says, by, at, timezone)
        for patient, name, kind, number, says, by, at, timezone in rows[:LISTED_AT_MOST]
    )


def alarm_times(actor: Actor, *, since: datetime) -> AlarmTimes:
    """How the alarms raised since a moment were met, each counted whether anybody answered it or not."""
    taken = AlarmEvent.objects.filter(
        alarm=OuterRef("pk"), what__in=[AlarmEvent.What.ACKNOWLEDGED, AlarmEvent.What.CLOSED]
    ).order_by("at")
    told = Alarm.objects.filter(patients_visible_to(actor, "patient"), raised_at__gte=since).annotate(
        met_at=Subquery(taken.values("at")[:1])
    )
    figures = told.aggregate(
        raised=Count("pk"),
        red=Count("pk", filter=Q(severity=Alarm.Severity.RED)),
        met=Count("met_at"),
        in_time=Count("pk", filter=Q(met_at__lte=F("acknowledge_by"))),
        longest_wait=Max(F("met_at") - F("raised_at")),
    )
    return AlarmTimes(**figures)


def _overdue(late: QuerySet[Any], *, what: str, since: str, to: str = "") -> Overdue:
    """Count all of them and name the longest overdue, in one query."""
    rows = (
        late.annotate(in_all=Window(Count("*")))
        .order_by(since)
        .values_list("in_all", f"{to}patient", f"{to}patient__name", what, since)[:NAMED]
    )
    found = list(rows)
    return Overdue(
        in_all=found[0][0] if found else 0,
        longest=tuple(
            OverdueRow(patient, name, str(about), moment) for _, patient, name, about, moment in found
        ),
    )
