"""One patient on the dose clock: how long benefit lasts, what interval is suggested, and what the prescriber chose."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from sojourn.clinical import outcomes, protocols
from sojourn.clinical.instruments import Direction
from sojourn.clinical.outcomes import dose_clock
from sojourn.clinical.outcomes.dose_clock import (
    ClockPoint,
    Durability,
    MaintenancePolicy,
    NotEnoughKnown,
    Suggestion,
    TimeInResponse,
)
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import NotAllowed, patients_visible_to, require
from sojourn.program.plans.models import Course
from sojourn.program.treatment.models import IntervalChoice
from sojourn.program.treatment.trajectories import PatientTrajectory, trajectories_of

DAYS_IN_WEEK: Final = 7
RECENT: Final = 2  # the last two doses tell how far apart they are


class CourseHasEnded(Exception):
    """There is no open course whose interval could be chosen."""


class WhyNotAsSuggested(Exception):
    """Another interval than the suggested one takes a reason."""


class NoSuchInterval(Exception):
    """The interval is none of the steps, or below the shortest of this setting."""


@dataclass(frozen=True)
class ChoiceLine:
    """One choice with what was suggested beside it."""

    weeks: int
    before_weeks: int | None
    suggested_weeks: int | None
    suggested_because: str
    why: str
    chosen_at: datetime
    course_id: UUID
    by: str


@dataclass(frozen=True)
class DoseClock:
    """Everything the clock shows. Each part that cannot be said carries its reason."""

    policy: MaintenancePolicy
    points: tuple[ClockPoint, ...]
    baseline: Fraction | None
    scale_high: int
    time_in_response: TimeInResponse | NotEnoughKnown
    durability: Durability | NotEnoughKnown
    suggestion: Suggestion | NotEnoughKnown
    now_weeks: int | None
    allowed_weeks: tuple[int, ...]
    choices: tuple[ChoiceLine, ...]


def dose_clock_of(
    followed: tuple[PatientTrajectory, ...], *, patient_id: UUID, actor: Actor, today: date
) -> DoseClock | None:
    """Put a patient on the clock, from trajectories already asked for; None before the first dose; two queries."""
    policy = dose_clock.maintenance_policy()
    line = next((one.line for one in followed if one.instrument.id == policy.instrument), None)
    if line is None or line.instrument.direction is not Direction.LOWER_IS_BETTER:
        return None
    doses = sorted({mark.on for mark in line.sessions if mark.kind is outcomes.SessionKind.DOSING})
    if not doses:
        return None
    visible = patients_visible_to(actor, "patient")
    course = Course.objects.filter(visible, patient_id=patient_id, ended_at=None).first()
    rows = IntervalChoice.objects.filter(
        patients_visible_to(actor, "course__patient"), course__patient_id=patient_id
    ).order_by("-chosen_at", "-id")
    choices = tuple(
        ChoiceLine(**row)
        for row in rows.values(
            "weeks", "before_weeks", "suggested_weeks", "suggested_because", "why", "chosen_at", "course_id",
            by=F("chosen_by__name"),
        )
    )  # fmt: skip
    return _clock(line, doses, course, choices, policy, today)


def choose_interval(*, course_id: UUID, weeks: int, why: str, actor: Actor, now: datetime) -> UUID:
    """Accept the suggested interval, or another with a reason. The suggestion of this moment is kept beside it.

    Raises NotAllowed, CourseHasEnded, NoSuchInterval, WhyNotAsSuggested.
    """
    require(actor, "choose an interval")
    assert actor.staff_id is not None
    with transaction.atomic():
        course = (
            Course.objects.select_for_update(of=("self",))
            .select_related("site")
            .filter(patients_visible_to(actor, "patient"), pk=course_id)
            .first()
        )
        if course is None:
            raise NotAllowed("this course is not theirs to see")
        if course.ended_at is not None:
            raise CourseHasEnded
        followed = trajectories_of(course.patient_id, actor=actor, now=now)
        today = local_date(now, course.site.timezone)
        clock = dose_clock_of(followed, patient_id=course.patient_id, actor=actor, today=today)
        if clock is None or weeks not in clock.allowed_weeks:
            raise NoSuchInterval
        suggested: int | None
        match clock.suggestion:
            case Suggestion(weeks=suggested_weeks, reasons=reasons):
                suggested, because = suggested_weeks, "; ".join(reasons)
            case NotEnoughKnown(because=missing):
                suggested, because = None, f"insufficient data: {missing}"
        if weeks != suggested and not why.strip():
            raise WhyNotAsSuggested
        choice = IntervalChoice.objects.create(
            course=course,
            weeks=weeks,
            before_weeks=clock.now_weeks,
            suggested_weeks=suggested,
            suggested_because=because[:1000],
            why=why.strip()[:1000],
            chosen_by_id=actor.staff_id,
            chosen_at=now,
        )
        audit.record(
            actor,
            "chose an interval",
            about=("interval choice", choice.id),
            at=now,
            patient_id=course.patient_id,
        )
    return choice.id


def _clock(
    line: outcomes.Trajectory, doses: list[date], course: Course | None, choices: tuple[ChoiceLine, ...],
    policy: MaintenancePolicy, today: date,
) -> DoseClock:  # fmt: skip
    # A score with blanks may not prove that benefit lasts, so it stands on no clock.
    scores = [
        outcomes.ScorePoint(point.on, point.value)
        for point in line.points
        if point.kind is not outcomes.PointKind.PRORATED
    ]
    points = dose_clock.on_the_clock(points=scores, doses=doses)
    baseline = line.baseline.point.value if line.baseline and not line.baseline.stale else None
    now_weeks = _interval_now(course, choices, doses)
    setting = protocols.course_protocol(course.protocol_id).setting if course else None
    no_baseline = NotEnoughKnown("there is no baseline within 7 days before the first dose")
    return DoseClock(
        policy=policy,
        points=points,
        baseline=baseline,
        scale_high=int(line.instrument.scale().high),
        time_in_response=no_baseline
        if baseline is None
        else dose_clock.time_in_response(
            points=scores, baseline=baseline, first_dose_on=doses[0], as_of=today
        ),
        durability=no_baseline
        if baseline is None
        else dose_clock.durability(points, baseline=float(baseline), policy=policy.durability),
        suggestion=_suggestion(scores, doses, course, choices, policy, now_weeks, today),
        now_weeks=now_weeks,
        allowed_weeks=tuple(w for w in policy.steps_weeks if setting and w >= policy.shortest_weeks[setting]),
        choices=choices,
    )


def _suggestion(
    scores: list[outcomes.ScorePoint], doses: list[date], course: Course | None, choices: tuple[ChoiceLine, ...],
    policy: MaintenancePolicy, now_weeks: int | None, today: date,
) -> Suggestion | NotEnoughKnown:  # fmt: skip
    if course is None:
        return NotEnoughKnown("there is no open course")
    protocol = protocols.course_protocol(course.protocol_id)
    given = sum(day >= course.started_at.date() for day in doses)
    if given < protocol.doses:
        return NotEnoughKnown(
            f"{given} of the first {protocol.doses} doses are given; maintenance comes after"
        )
    if now_weeks is None:
        return NotEnoughKnown("two doses are needed to tell how far apart they are")
    since = (today - doses[-1]).days
    if since > DAYS_IN_WEEK * policy.steps_weeks[-1]:
        return NotEnoughKnown(
            f"the last dose was {since} days ago, beyond the longest step of {policy.steps_weeks[-1]} weeks"
        )
    shortened = [
        choice.chosen_at.date()
        for choice in choices
        if choice.before_weeks is not None and choice.weeks < choice.before_weeks
    ]
    return dose_clock.suggest_interval(
        scores=[score for score in scores if score.on > doses[0]],
        now_weeks=now_weeks,
        setting=protocol.setting,
        shortened_on=shortened,
        today=today,
        policy=policy,
    )


def _interval_now(course: Course | None, choices: tuple[ChoiceLine, ...], doses: list[date]) -> int | None:
    """Give the interval that holds: the newest choice in this course, else how far apart the last two doses were."""
    chosen = next((choice.weeks for choice in choices if course and choice.course_id == course.id), None)
    if chosen is not None:
        return chosen
    if len(doses) < RECENT:
        return None
    return max(1, round((doses[-1] - doses[-2]).days / DAYS_IN_WEEK))
