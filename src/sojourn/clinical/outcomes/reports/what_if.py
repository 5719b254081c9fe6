"""What if the missing did worse than people like them? Of two groups: when is the advantage lost; of each: the claims."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numpy.random import Generator

from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.outcomes import imputation
from sojourn.clinical.outcomes.imputation import Completed
from sojourn.clinical.outcomes.made_worse import MadeWorse, Step, made_worse
from sojourn.clinical.outcomes.mixed_models import ChangeOverVisits, NotFitted, PersonScores
from sojourn.clinical.outcomes.mixed_models.fitting import Estimate
from sojourn.clinical.outcomes.reports.unsaid import Unsaid
from sojourn.clinical.outcomes.reports.yardstick import Yardstick

TWO = 2
MOST_FILLED = 20_000  # people: beyond it the many copies would fill the memory and tell nothing new
USUAL_STEP = 5.0  # points, where no reliable change is published


@dataclass(frozen=True)
class Tipping:
    """By how many points worse the missing of `group` would have to be before its advantage is lost in chance.

    `points` is 0 where there is no clear advantage to lose, None where even `most` points do not take it away.
    """

    group: str
    against: str
    visit: str
    missing: int
    points: float | None
    imputations: int
    most: float


@dataclass(frozen=True)
class WhatIf:
    """`tipping` compares two groups, and is None where there is one or more than two. `groups` stand each alone."""

    tipping: Tipping | None
    groups: tuple[MadeWorse, ...]


@dataclass(frozen=True)
class Claimed:
    """What is claimed of each group at the visit of the headline: who answered, and who of them met the outcome."""

    visit: str
    counts: dict[str, Counts]


def what_if(
    *, everybody: Sequence[PersonScores], due: Sequence[PersonScores], visits: Sequence[str], claimed: Claimed,
    change: ChangeOverVisits | Unsaid, yardstick: Yardstick, rng: Generator,
) -> WhatIf | Unsaid:  # fmt: skip
    """Fill in the missing of those `due` many times, and make them worse. `everybody` is who the model was fitted to."""
    if isinstance(change, Unsaid):
        return Unsaid(f"the mixed model behind it could not be fitted: {change.because}")
    if claimed.visit not in visits:
        return Unsaid(f"{claimed.visit} has too few scores to be modelled")
    if len(due) > MOST_FILLED:
        return Unsaid(f"{len(due)} people are more than the {MOST_FILLED} that are filled in")
    groups = sorted({person.group for person in due})
    try:
        completed = imputation.complete(
            people=_turned(due, yardstick),
            visits=visits,
            rng=rng,
            model=change.model if yardstick.lower_is_better else None,
            modelled=_turned(everybody, yardstick),
        )
        return WhatIf(
            tipping=_tipping(completed, visits, claimed.visit, groups, change, yardstick)
            if len(groups) == TWO and change.differences
            else None,
            groups=tuple(_alone(completed, visits, claimed, group, yardstick) for group in groups),
        )
    except (NotFitted, ValueError) as refused:
        return Unsaid(str(refused))


def penalties_on(yardstick: Yardstick) -> tuple[float, ...]:
    """Give the steps that are always shown: none, and a half, one and two reliable changes."""
    step = float(yardstick.reliable_points or USUAL_STEP)
    return tuple(step * times for times in (0, 0.5, 1, 2))


def most_on(yardstick: Yardstick) -> float:
    """Give the most by which anybody can be worse: the whole scale."""
    return float(yardstick.high - yardstick.low)


def _tipping(
    completed: Completed, visits: Sequence[str], visit: str, groups: Sequence[str], change: ChangeOverVisits,
    yardstick: Yardstick,
) -> Tipping:  # fmt: skip
    at = list(visits).index(visit)
    first, second = groups
    sign = 1 if yardstick.lower_is_better else -1
    if sign * change.differences[at].change.value > 0:
        first, second = second, first
    points = imputation.tipping_point(
        completed, visit=at, first=first, second=second, most=most_on(yardstick)
    )
    missing = sum(
        bool(gap)
        for gap, group in zip(completed.was_missing[:, at], completed.groups, strict=True)
        if group == second
    )
    return Tipping(second, first, visit, missing, points, imputation.IMPUTATIONS, most_on(yardstick))


def _alone(
    completed: Completed, visits: Sequence[str], claimed: Claimed, group: str, yardstick: Yardstick
) -> MadeWorse:
    floor = yardstick.baseline_at_least
    found = made_worse(
        completed,
        visit=list(visits).index(claimed.visit),
        name=claimed.visit,
        group=group,
        penalties=penalties_on(yardstick),
        most=most_on(yardstick),
        claimed=claimed.counts.get(group) if yardstick.response_percent is not None else None,
        met=yardstick.responded_each,
        floor=None if floor is None else float(floor),
    )
    if yardstick.lower_is_better:
        return found
    return replace(found, steps=tuple(_turned_back(step) for step in found.steps))


def _turned(people: Sequence[PersonScores], yardstick: Yardstick) -> list[PersonScores]:
    """Turn a scale around on which higher is better: what follows adds points to make people worse."""
    if yardstick.lower_is_better:
        return list(people)
    return [PersonScores(-p.baseline, {v: -s for v, s in p.by_visit.items()}, p.group) for p in people]


def _turned_back(step: Step) -> Step:
    e = step.change
    return replace(step, change=Estimate(-e.value, e.error, e.freedom, -e.high, -e.low, e.p_value))
