"""A patient's goals ready to show: the five taps of this week, and the weeks so far as a small picture."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.goals import goal_figure_of, nearness
from sojourn.program.measures.goals import NEARNESS, GoalRow, goals_of, week_of
from sojourn.program.people.actors import Actor


@dataclass(frozen=True)
class Tap:
    """One of the five answers; `chosen` is what was said this week."""

    value: int
    words: str
    chosen: bool


@dataclass(frozen=True)
class ShownGoal:
    goal: GoalRow
    figure: ChartFigure | None
    taps: tuple[Tap, ...]

    @property
    def is_rated(self) -> bool:
        """True once this week was rated."""
        return any(tap.chosen for tap in self.taps)


def shown_goals(patient_id: UUID, *, actor: Actor, today: date) -> tuple[ShownGoal, ...]:
    """All goals of a patient, the standing ones first; two queries."""
    return tuple(_shown(goal, today) for goal in goals_of(patient_id, actor=actor))


def _shown(goal: GoalRow, today: date) -> ShownGoal:
    now = goal.rated_in(week_of(today))
    return ShownGoal(
        goal, goal_figure_of(goal, today), tuple(Tap(n, nearness(n), n == now) for n in NEARNESS)
    )
