"""Clinicians or sites beside each other without a league table: who lies outside what chance explains.

Source: spiegelhalter-2005.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, sqrt

import numpy as np
import scipy  # its parts load when first used: pages that show no model need none
from numpy.typing import NDArray

from sojourn.clinical.evidence.meta_analysis import Counts, Interval

INNER, OUTER = 0.95, 0.998
WINSORIZED = 0.1


@dataclass(frozen=True)
class Unit:
    """One site or clinician with its limits around the common share."""

    name: str
    counts: Counts
    inner: Interval
    outer: Interval

    @property
    def is_outside(self) -> bool:
        """True beyond the outer limits: a reason to look, not a verdict."""
        return not self.outer.low <= float(self.counts.share) <= self.outer.high


@dataclass(frozen=True)
class Funnel:
    """Units around their common share. `overdispersion` above 1 says that units differ by more than chance."""

    center: float
    units: tuple[Unit, ...]
    overdispersion: float | None


def funnel(units: Sequence[tuple[str, Counts]]) -> Funnel:
    """Put units around their common share with exact binomial limits of 95 % and 99.8 %, in order of name."""
    if not units:
        return Funnel(0.0, (), None)
    center = sum(counts.events for _, counts in units) / sum(counts.n for _, counts in units)
    scores = [2 * sqrt(c.n) * (asin(sqrt(float(c.share))) - asin(sqrt(center))) for _, c in units]
    return Funnel(
        center=center,
        units=tuple(
            Unit(name, counts, limits(center, counts.n, INNER), limits(center, counts.n, OUTER))
            for name, counts in sorted(units, key=lambda unit: unit[0])
        ),
        overdispersion=overdispersion(scores) if len(units) > 1 else None,
    )


def limits(center: float, n: int, level: float) -> Interval:
    """Give the shares between which `level` of units of `n` people lie by chance alone (binomial, interpolated)."""
    tail = (1 - level) / 2
    return Interval(_quantile(tail, n, center) / n, _quantile(1 - tail, n, center) / n)


def overdispersion(scores: Sequence[float], *, winsorized: float = WINSORIZED) -> float:
    """Give the mean square of standardized scores, with the most extreme drawn in to their quantiles."""
    drawn: NDArray[np.float64] = np.asarray(scores, dtype=np.float64)
    if winsorized > 0:
        drawn = np.clip(drawn, *np.quantile(drawn, [winsorized, 1 - winsorized]))
    return float(np.mean(drawn**2))


def log_ratio_scores(observed: Sequence[float], expected: Sequence[float]) -> tuple[float, ...]:
    """Standardize ratios of observed to expected counts on the log scale, around 1."""
    return tuple(
        (np.log(np.asarray(observed) / np.asarray(expected)) * np.sqrt(np.asarray(expected))).tolist()
    )


def _quantile(probability: float, n: int, share: float) -> float:
    """Interpolate the binomial quantile, so that limits are smooth in n (Spiegelhalter's appendix A.1.1)."""
    at = float(scipy.stats.binom.ppf(probability, n, share))
    below, here = float(scipy.stats.binom.cdf(at - 1, n, share)), float(scipy.stats.binom.cdf(at, n, share))
    within = (here - probability) / (here - below) if here > below else 0.0
    return min(max(at - within, 0.0), float(n))
