"""How much worse the missing of one group would have to be before what is said of the group no longer holds.

Two claims are put to it, on the same completed data:
*improvement*: the mean change of everybody due. It is lost where its upper 95 % limit reaches no change.
*the rate*: the share of those who answered that met the outcome. It is lost where the share of everybody due, the filled
in among them, falls below the lower 95 % limit (Wilson) of the share of those who answered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts load when first used: pages that show no model need none
from numpy.typing import NDArray

from sojourn.clinical.evidence.meta_analysis import Counts, wilson
from sojourn.clinical.outcomes.imputation import (
    MOST_PENALTY,
    Completed,
    mean_change,
    pooled_freedom,
    tipping_point_alone,
)
from sojourn.clinical.outcomes.mixed_models.covariance import Vector
from sojourn.clinical.outcomes.mixed_models.fitting import Estimate

CLOSE_ENOUGH = 1e-3  # points

Met = Callable[[Vector, Vector], NDArray[np.bool_]]
"""From baselines and scores, elementwise: is the outcome met?"""


@dataclass(frozen=True)
class PooledShare:
    """A share of people over all imputations, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Step:
    """The mean change where each filled-in score is `penalty` points worse."""

    penalty: float
    change: Estimate


@dataclass(frozen=True)
class RateStep:
    """The rate of everybody due where each filled-in score is `penalty` points worse."""

    penalty: float
    share: PooledShare


@dataclass(frozen=True)
class ClaimedRate:
    """A rate of those who answered, beside everybody due with a baseline: `people` of whom `missing` were filled in.

    `lost_at` points the rate is lost; 0: it does not hold even if the missing did as people like them; None: it holds
    up to the most that is asked, the whole scale.
    """

    counts: Counts
    limit: float  # lower end of Wilson's interval of the counts
    people: int
    missing: int
    lost_at: float | None
    steps: tuple[RateStep, ...]


@dataclass(frozen=True)
class MadeWorse:
    """One group at a visit. `people` were due and have a baseline; `missing` of them were filled in.

    `lost_at` speaks of the mean improvement, as `ClaimedRate.lost_at` does of the rate: 0 where there is no clear one.
    """

    group: str
    visit: str
    people: int
    missing: int
    imputations: int
    most: float
    lost_at: float | None
    rate: ClaimedRate | None
    steps: tuple[Step, ...]


def made_worse(
    completed: Completed, *, visit: int, name: str, group: str, penalties: Sequence[float],
    most: float = MOST_PENALTY, claimed: Counts | None = None, met: Met | None = None, floor: float | None = None,
) -> MadeWorse:  # fmt: skip
    """Make the missing of a group worse step by step, and find where each claim is lost. Lower is better here.

    `claimed` counts those who answered from a baseline of `floor` or more, and who of them met the outcome.
    The place where a claim is lost becomes a step of its own, so that a figure shows it.
    """
    lost_at = tipping_point_alone(completed, visit=visit, group=group, most=most)
    asked = _Asked(completed, visit, group, met, floor) if claimed is not None and met is not None else None
    rate = (
        asked.rate(claimed, penalties, most)
        if asked is not None and claimed is not None and asked.people
        else None
    )
    of_group = np.array([each == group for each in completed.groups])
    return MadeWorse(
        group=group,
        visit=name,
        people=int(of_group.sum()),
        missing=int(completed.was_missing[of_group, visit].sum()),
        imputations=len(completed.changes),
        most=most,
        lost_at=lost_at,
        rate=rate,
        steps=tuple(
            Step(penalty, mean_change(completed, visit=visit, group=group, penalty=penalty))
            for penalty in _with(penalties, lost_at)
        ),
    )


def _with(penalties: Sequence[float], lost_at: float | None) -> list[float]:
    return sorted({*penalties, *((lost_at,) if lost_at else ())})


def pool_shares(shares: Vector, n: int) -> PooledShare:
    """Pool the share of `n` people over imputations: Wilson's interval with Rubin's variance and df.

    Source: lott-reiter-2020. It needs no spread within an imputation, so that 0 and 1 have an interval too.
    """
    middle = float(np.mean(shares))
    within = float(np.mean(shares * (1 - shares))) / n
    between = (1 + 1 / len(shares)) * float(np.var(shares, ddof=1))
    inflated = between / within if within > 0 else 0.0
    freedom = pooled_freedom(len(shares), inflated / (1 + inflated), complete_freedom=float(max(n - 1, 1)))
    width = float(scipy.stats.t.ppf(0.975, freedom)) ** 2 * (1 + inflated) / n
    root = (((2 * middle + width) / 2) ** 2 - middle**2 * (1 + width)) ** 0.5
    return PooledShare(
        middle,
        max(0.0, ((2 * middle + width) / 2 - root) / (1 + width)),
        min(1.0, ((2 * middle + width) / 2 + root) / (1 + width)),
    )


class _Asked:
    """The people of one group whose baseline can meet the outcome, with their scores of each imputation."""

    def __init__(
        self, completed: Completed, visit: int, group: str, met: Met | None, floor: float | None
    ) -> None:
        assert met is not None
        those = np.array([each == group for each in completed.groups])
        if floor is not None:
            those &= completed.baselines >= floor
        self._baselines = completed.baselines[those]
        self._scores = self._baselines + completed.changes[:, those, visit]
        self._missing = completed.was_missing[those, visit]
        self._met = met
        self.people = int(those.sum())

    def rate(self, claimed: Counts, penalties: Sequence[float], most: float) -> ClaimedRate:
        limit = wilson(claimed).low
        lost_at = self._lost_at(limit, most)
        steps = tuple(
            RateStep(penalty, pool_shares(self._shares(penalty), self.people))
            for penalty in _with(penalties, lost_at)
        )
        return ClaimedRate(claimed, limit, self.people, int(self._missing.sum()), lost_at, steps)

    def _shares(self, penalty: float) -> Vector:
        filled = np.rint(
            self._scores + penalty
        )  # a filled-in score is one the scale can give, as those seen are
        scores = np.where(self._missing, filled, self._scores)
        return np.asarray(self._met(self._baselines, scores).mean(axis=1), dtype=np.float64)

    def _lost_at(self, limit: float, most: float) -> float | None:
        """Halve the range: the share only falls as the penalty rises, in steps."""

        def holds(penalty: float) -> bool:
            return float(np.mean(self._shares(penalty))) >= limit

        low, high = 0.0, most
        if not holds(low):
            return 0.0
        if holds(high):
            return None
        while high - low > CLOSE_ENOUGH:
            middle = (low + high) / 2
            low, high = (middle, high) if holds(middle) else (low, middle)
        return high
