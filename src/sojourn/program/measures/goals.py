"""What getting better means to a patient in their own words, and how near it was each week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import pghistory
from django.db import transaction

from sojourn.program.audit import actions as audit
from sojourn.program.measures.models import Goal, GoalRating
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import patients_visible_to, require

MOST_GOALS: Final = 3
LONGEST_WORDS: Final = 200
NEARNESS: Final = (0, 1, 2, 3, 4)


class WordsMissing(Exception):
    """A goal has words."""


class ThreeStand(Exception):
    """Three goals stand; one of them is replaced or let go first."""


class GoalNotFound(Exception):
    """No such goal among the patients this actor may see, or one that no longer stands."""


class NoSuchNearness(Exception):
    """A goal is rated from 0, not yet, to 4, there."""


@dataclass(frozen=True)
class WeekRating:
    """The rating that holds for a week, which begins on a Monday. `by_staff`: entered on behalf of the patient."""

    week: date
    value: int
    on: date
    by_staff: bool


@dataclass(frozen=True)
class GoalRow:
    """One goal with its ratings by week, in order. `named_by` is empty where the patient named it."""

    id: UUID
    place: int
    words: str
    named_by: str
    named_at: datetime
    ended_at: datetime | None
    ratings: tuple[WeekRating, ...]

    @property
    def stands(self) -> bool:
        return self.ended_at is None

    def rated_in(self, week: date) -> int | None:
        """Give how near it was in a week, None where nobody said."""
        return next((rating.value for rating in self.ratings if rating.week == week), None)


def week_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def goals_of(patient_id: UUID, *, actor: Actor) -> tuple[GoalRow, ...]:
    """All goals of a patient, the standing ones first, by place; two queries."""
    rows = (
        Goal.objects.filter(patients_visible_to(actor, "patient"), patient_id=patient_id)
        .select_related("named_by__staff_member")
        .prefetch_related("ratings")
        .order_by("place", "-named_at")
    )
    found = [
        GoalRow(
            id=goal.id,
            place=goal.place,
            words=goal.words,
            named_by=_staff_name(goal),
            named_at=goal.named_at,
            ended_at=goal.ended_at,
            ratings=_by_week(sorted(goal.ratings.all(), key=lambda rating: rating.rated_at)),
        )
        for goal in rows
    ]
    return tuple(sorted(found, key=lambda goal: (not goal.stands, goal.place)))


def name_goal(*, patient_id: UUID, words: str, actor: Actor, now: datetime) -> UUID:
    """Name one more goal, three at most. The same words twice are one goal.

    Raises NotAllowed, WordsMissing, ThreeStand.
    """
    require(actor, "name a goal", patient_id=patient_id)
    said = _said(words)
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        Patient.objects.select_for_update().get(pk=patient_id)  # a second press waits here for the first
        standing = list(Goal.objects.filter(patient_id=patient_id, ended_at=None))
        same = next((goal for goal in standing if goal.words.casefold() == said.casefold()), None)
        if same is not None:
            return same.id
        free = sorted(set(range(1, MOST_GOALS + 1)) - {goal.place for goal in standing})
        if not free:
            raise ThreeStand
        return _named(patient_id, free[0], said, actor, now)


def reword_goal(*, goal_id: UUID, words: str, actor: Actor, now: datetime) -> None:
    """Say a standing goal in other words; it is the same goal, and its ratings stay.

    Raises NotAllowed, GoalNotFound, WordsMissing.
    """
    said = _said(words)
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        goal = _standing(goal_id, actor, "name a goal")
        if goal.words == said:
            return
        goal.words = said
        goal.save(update_fields=["words"])
        audit.record(actor, "reworded a goal", about=("goal", goal.id), at=now, patient_id=goal.patient_id)


def replace_goal(*, goal_id: UUID, words: str, actor: Actor, now: datetime) -> UUID | None:
    """End a goal and put another in its place, or none where `words` are blank. The old one keeps its ratings.

    Raises NotAllowed, GoalNotFound.
    """
    said = " ".join(words.split())[:LONGEST_WORDS]
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        goal = _standing(goal_id, actor, "name a goal")
        goal.ended_at = now
        goal.save(update_fields=["ended_at"])
        audit.record(actor, "ended a goal", about=("goal", goal.id), at=now, patient_id=goal.patient_id)
        return _named(goal.patient_id, goal.place, said, actor, now) if said else None


def rate_goal(*, goal_id: UUID, value: int, actor: Actor, now: datetime) -> None:
    """Say how near a goal is this week. Again in the same week it takes the place of what was said; the same is kept once.

    Raises NotAllowed, GoalNotFound, NoSuchNearness.
    """
    with transaction.atomic():
        goal = _standing(goal_id, actor, "rate a goal")
        if value not in NEARNESS:
            raise NoSuchNearness
        on = local_date(now, goal.patient.site.timezone)
        newest = (
            GoalRating.objects.filter(goal=goal, on__gte=week_of(on)).order_by("-rated_at", "-id").first()
        )
        if newest is not None and newest.value == value:
            return
        by_staff = actor.user_id if actor.staff_id is not None else None
        rating = GoalRating.objects.create(
            goal=goal, value=value, on=on, rated_at=now, entered_by_id=by_staff
        )
        audit.record(
            actor, "rated a goal", about=("goal rating", rating.id), at=now, patient_id=goal.patient_id
        )


def _named(patient_id: UUID, place: int, said: str, actor: Actor, now: datetime) -> UUID:
    by = actor.user_id if actor.staff_id is not None else None
    goal = Goal.objects.create(patient_id=patient_id, place=place, words=said, named_by_id=by, named_at=now)
    audit.record(actor, "named a goal", about=("goal", goal.id), at=now, patient_id=patient_id)
    return goal.id


def _standing(goal_id: UUID, actor: Actor, deed: str) -> Goal:
    goal = (
        Goal.objects.select_for_update(of=("self",))
        .select_related("patient__site")
        .filter(patients_visible_to(actor, "patient"), pk=goal_id, ended_at=None)
        .first()
    )
    if goal is None:
        raise GoalNotFound
    require(actor, deed, patient_id=goal.patient_id)
    return goal


def _said(words: str) -> str:
    said = " ".join(words.split())[:LONGEST_WORDS]
    if not said:
        raise WordsMissing
    return said


def _staff_name(goal: Goal) -> str:
    member = getattr(goal.named_by, "staff_member", None)
    return member.name if member else ""


def _by_week(ratings: Sequence[GoalRating]) -> tuple[WeekRating, ...]:
    """The newest rating of each week."""
    found = {
        week_of(rating.on): WeekRating(
            week_of(rating.on), rating.value, rating.on, rating.entered_by_id is not None
        )
        for rating in ratings
    }
    return tuple(found[week] for week in sorted(found))
