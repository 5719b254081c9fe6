"""Comparing survival between groups: the log-rank test, and the hazard ratio of Cox's model."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts load when first used: pages that show no model need none
from numpy.typing import NDArray

from sojourn.clinical.evidence.meta_analysis import Interval
from sojourn.clinical.evidence.meta_analysis.distributions import normal_quantile
from sojourn.clinical.outcomes.survival.curves import Followed

MOST_STEPS = 50
CLOSE_ENOUGH = 1e-10


@dataclass(frozen=True)
class LogRank:
    chi_squared: float
    freedom: int
    p_value: float


@dataclass(frozen=True)
class HazardRatio:
    """How many times as fast the event comes with one more of the covariate; `error` is of the logarithm."""

    ratio: float
    error: float
    interval: Interval
    p_value: float


class NotComparable(Exception):
    """The groups hold too little to be compared; the text says what is missing."""


def log_rank(groups: Sequence[Sequence[Followed]]) -> LogRank:
    """Ask whether the event comes equally fast in all groups. Raises NotComparable. Source: mantel-1966."""
    number = len(groups)
    events_at = sorted({person.time for group in groups for person in group if person.event})
    if number < 2 or not all(groups):  # noqa: PLR2004 - a comparison takes two
        raise NotComparable("a comparison takes two groups with people in each")
    if not events_at:
        raise NotComparable("nobody had the event")
    surplus = np.zeros(number)
    spread = np.zeros((number, number))
    all_at_risk = np.column_stack([_still_followed(group, events_at) for group in groups])
    all_events = np.column_stack([_events_at(group, events_at) for group in groups])
    for at_risk, events in zip(all_at_risk, all_events, strict=True):
        everybody, happened = at_risk.sum(), events.sum()
        share = at_risk / everybody
        surplus += events - happened * share
        if everybody > 1:
            scale = happened * (everybody - happened) / (everybody - 1)
            spread += scale * (np.diag(share) - np.outer(share, share))
    held = spread[:-1, :-1]
    chi_squared = float(surplus[:-1] @ np.linalg.solve(held, surplus[:-1]))
    return LogRank(chi_squared, number - 1, float(scipy.stats.chi2.sf(chi_squared, number - 1)))


def _still_followed(group: Sequence[Followed], times: Sequence[float]) -> NDArray[np.float64]:
    followed = np.sort([person.time for person in group])
    return np.asarray(len(followed) - np.searchsorted(followed, times, side="left"), dtype=np.float64)


def _events_at(group: Sequence[Followed], times: Sequence[float]) -> NDArray[np.float64]:
    happened = Counter(person.time for person in group if person.event)
    return np.array([happened[time] for time in times], dtype=np.float64)


def hazard_ratio(
    followed: Sequence[Followed], covariate: Sequence[float], *, confidence: float = 0.95
) -> HazardRatio:
    """Estimate one hazard ratio by Cox's partial likelihood with Efron's handling of ties. Raises NotComparable.

    Source: cox-1972; efron-1977 for ties.
    """
    time = np.array([person.time for person in followed])
    event = np.array([person.event for person in followed])
    x = np.asarray(covariate, dtype=float)
    if not event.any() or np.ptp(x) == 0:
        raise NotComparable("a hazard ratio takes an event, and people who differ")
    x = x - x.mean()
    log_ratio = 0.0
    for _ in range(MOST_STEPS):
        slope, curvature = _slope_and_curvature(log_ratio, time, event, x)
        if curvature <= 0:
            break
        step = slope / curvature
        log_ratio += step
        if abs(step) < CLOSE_ENOUGH:
            error = curvature**-0.5
            reach = normal_quantile(confidence) * error
            return HazardRatio(
                ratio=float(np.exp(log_ratio)),
                error=float(error),
                interval=Interval(float(np.exp(log_ratio - reach)), float(np.exp(log_ratio + reach))),
                p_value=float(2 * scipy.stats.norm.sf(abs(log_ratio) / error)),
            )
    raise NotComparable("one group had all the events before the other had any")


def _slope_and_curvature(
    log_ratio: float, time: NDArray[np.float64], event: NDArray[np.bool_], x: NDArray[np.float64]
) -> tuple[float, float]:
    weight = np.exp(log_ratio * x)
    slope = curvature = 0.0
    for moment in np.unique(time[event]):
        at_risk, now = time >= moment, event & (time == moment)
        tied = int(now.sum())
        slope += float(x[now].sum())
        for place in range(tied):
            share = place / tied
            total, first, second = (
                float((weight * x**power)[at_risk].sum() - share * (weight * x**power)[now].sum())
                for power in (0, 1, 2)
            )
            slope -= first / total
            curvature += second / total - (first / total) ** 2
    return slope, curvature
