"""How long the benefit of a dose lasts in one patient: a half-life with its interval, or why it cannot be said.

Between doses the score is taken to return toward a level: score(t) = level - benefit * exp(-t ln 2 / half-life).
The baseline is one measurement of that level, as noisy as any other score: taken for the level itself, it gave intervals
that held the truth in 60 to 85 of 100 simulated courses. Level, benefit and half-life are found together by least squares,
and the interval of the half-life from how fast the fit gets worse around it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import scipy  # its parts load when first used: pages that show no model need none
from numpy.typing import NDArray

from sojourn.clinical.outcomes.dose_clock.aligned import ClockPoint
from sojourn.clinical.outcomes.dose_clock.policy import DurabilityPolicy
from sojourn.clinical.quantities import how_many

SHORTEST_DAYS = 0.25
FREE = 3  # the level, the benefit and the half-life


@dataclass(frozen=True)
class Durability:
    """The half-life of benefit in days. `high` is None where even the longest half-life asked about fits."""

    half_life: float
    low: float
    high: float | None
    scores: int
    doses: int


@dataclass(frozen=True)
class NotEnoughKnown:
    """Why nothing can be said, in words."""

    because: str


def durability(
    points: Sequence[ClockPoint], *, baseline: float, policy: DurabilityPolicy, confidence: float = 0.95
) -> Durability | NotEnoughKnown:
    """Estimate how long benefit lasts, lower scores being better."""
    missing = _missing(points, policy)
    if missing:
        return NotEnoughKnown(missing)
    days = np.array([point.days for point in points], dtype=np.float64)
    scores = np.array([float(point.value) for point in points])
    if float(scores.mean()) >= baseline:
        return NotEnoughKnown("the scores after doses are no better than the baseline")

    def misfit(half_life: float) -> float:
        return _misfit(days, scores, baseline, half_life)

    longest = float(policy.longest_days)
    best = scipy.optimize.minimize_scalar(
        lambda power: misfit(float(np.exp(power))), bounds=(log(SHORTEST_DAYS), log(longest)), method="bounded",
        options={"xatol": 1e-8},
    )  # fmt: skip
    half_life = float(np.exp(best.x))
    least = misfit(half_life)
    freedom = len(points) + 1 - FREE  # the baseline is a measurement, too
    allowed = least * (1 + float(scipy.stats.f.ppf(confidence, 1, freedom)) / freedom)

    def beyond(value: float) -> float:
        return misfit(value) - allowed

    low = _end(beyond, half_life, SHORTEST_DAYS)
    high = _end(beyond, half_life, longest)
    if low is None and high is None:
        return NotEnoughKnown("the scores go up and down too much to say how long benefit lasts")
    return Durability(
        half_life, low if low is not None else 0.0, high, len(points), len({point.dose for point in points})
    )


def _missing(points: Sequence[ClockPoint], policy: DurabilityPolicy) -> str:
    doses = {point.dose for point in points}
    late = [point for point in points if point.days >= policy.late_from_days]
    if len(points) < policy.least_scores:
        return f"{how_many(len(points), 'score')} after doses; {policy.least_scores} are needed"
    if len(doses) < policy.least_doses:
        return f"scores after {len(doses)} dose; {policy.least_doses} are needed"
    if len(late) < policy.least_late_scores:
        return (
            f"{how_many(len(late), 'score')} {policy.late_from_days} days or more after a dose; "
            f"{policy.least_late_scores} are needed"
        )
    return ""


def _misfit(
    days: NDArray[np.float64], scores: NDArray[np.float64], baseline: float, half_life: float
) -> float:
    """Sum the squares left by the best level and benefit for one half-life; before a dose the benefit is none."""
    shape = np.append(np.exp(-days * log(2) / half_life), 0.0)
    measured = np.append(scores, baseline)
    far, off = shape - shape.mean(), measured - measured.mean()
    spread = float(far @ far)
    slope = float(far @ off) / spread if spread else 0.0  # long after every dose there is nothing to fit
    return float(np.sum((off - slope * far) ** 2))


def _end(beyond: Callable[[float], float], inside: float, outside: float) -> float | None:
    """Find where the fit becomes too bad between two half-lives; None where it never does."""
    if beyond(outside) <= 0 or inside == outside:
        return None
    found = scipy.optimize.brentq(
        lambda power: beyond(float(np.exp(power))),
        min(log(inside), log(outside)),
        max(log(inside), log(outside)),
    )
    return float(np.exp(found))
