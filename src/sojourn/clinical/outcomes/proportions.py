"""Intervals for shares of people, beside Wilson's and Newcombe's of `evidence`: the strict and the score intervals."""

from collections.abc import Callable
from math import acos, cos, pi, sqrt

import scipy  # its parts load when first used: pages that show no model need none

from sojourn.clinical.evidence.meta_analysis import Counts, Interval
from sojourn.clinical.evidence.meta_analysis.distributions import normal_quantile

CONFIDENCE = 0.95
EDGE = 1e-12


def clopper_pearson(counts: Counts, *, confidence: float = CONFIDENCE) -> Interval:
    """Give the strict interval of a share: it holds the truth at least as often as it says, often more.

    Source: clopper-pearson-1934.
    """
    tail = (1 - confidence) / 2
    events, others = counts.events, counts.n - counts.events
    low = 0.0 if events == 0 else float(scipy.stats.beta.ppf(tail, events, others + 1))
    high = 1.0 if others == 0 else float(scipy.stats.beta.ppf(1 - tail, events + 1, others))
    return Interval(low, high)


def miettinen_nurminen(active: Counts, control: Counts, *, confidence: float = CONFIDENCE) -> Interval:
    """Give the score interval of the difference active minus control, with Miettinen and Nurminen's correction N/(N-1).

    Source: miettinen-nurminen-1985, equations for the difference of two rates.
    """
    return _score_interval(active, control, confidence, (active.n + control.n) / (active.n + control.n - 1))


def mee(active: Counts, control: Counts, *, confidence: float = CONFIDENCE) -> Interval:
    """Give the score interval of the difference without that correction. Source: newcombe-1998b, method 8."""
    return _score_interval(active, control, confidence, 1.0)


def _score_interval(active: Counts, control: Counts, confidence: float, correction: float) -> Interval:
    """Search the differences at which the score test is just not surprised. The test falls as the difference rises."""
    surprise = normal_quantile(confidence)
    observed = float(active.share - control.share)

    def beyond(difference: float, sign: int) -> float:
        p_active, p_control = _restricted_shares(active, control, difference)
        variance = p_active * (1 - p_active) / active.n + p_control * (1 - p_control) / control.n
        gap = observed - difference
        if variance <= 0:
            return sign * (float("inf") if abs(gap) > EDGE else 0.0) - surprise
        return sign * gap / sqrt(variance * correction) - surprise

    low = -1.0 if beyond(-1 + EDGE, 1) <= 0 else _root(lambda d: beyond(d, 1), -1 + EDGE, observed)
    high = 1.0 if beyond(1 - EDGE, -1) <= 0 else _root(lambda d: beyond(d, -1), observed, 1 - EDGE)
    return Interval(low, high)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    def bounded(difference: float) -> float:
        return max(-1e6, min(1e6, function(difference)))

    return float(scipy.optimize.brentq(bounded, low, high, xtol=1e-12))


def _restricted_shares(active: Counts, control: Counts, difference: float) -> tuple[float, float]:
    """Give the likeliest two shares that differ by exactly `difference` (a cubic with one root between 0 and 1)."""
    n1, n2, x1, x2 = active.n, control.n, active.events, control.events
    n, x = n1 + n2, x1 + x2
    l2 = (n1 + 2 * n2) * difference - n - x
    l1 = (n2 * difference - n - 2 * x2) * difference + x
    l0 = x2 * difference * (1 - difference)
    q = l2**3 / (27 * n**3) - l1 * l2 / (6 * n**2) + l0 / (2 * n)
    inner = max(0.0, l2**2 / (9 * n**2) - l1 / (3 * n))
    p = sqrt(inner) if q >= 0 else -sqrt(inner)
    ratio = 0.0 if p == 0 else max(-1.0, min(1.0, q / p**3))
    angle = (pi + acos(ratio)) / 3
    p_control = 2 * p * cos(angle) - l2 / (3 * n)
    p_control = min(max(p_control, 0.0), 1.0)
    return min(max(p_control + difference, 0.0), 1.0), p_control
