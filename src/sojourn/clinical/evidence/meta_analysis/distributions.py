"""Quantiles and tails of the three distributions that pooling needs: normal, Student's t, chi-squared.

Degrees of freedom are whole numbers here (studies minus one), so the finite sums of Abramowitz and Stegun (26.7.3,
26.7.4, 26.4.4, 26.4.5) are exact; no approximation and no further dependency is needed.
"""

from math import cos, erfc, exp, pi, sin, sqrt, tan
from statistics import NormalDist

CLOSE_ENOUGH = 1e-15
MOST_HALVINGS = 200


def normal_quantile(confidence: float) -> float:
    """Give the z that holds this share (0 to 1) of a standard normal between minus z and z."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def t_quantile(confidence: float, *, df: int) -> float:
    """Give the t that holds this share (0 to 1) of Student's t between minus t and t."""
    low, high = 0.0, pi / 2
    for _ in range(MOST_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _held_by_t(middle, df) < confidence else (low, middle)
        if high - low < CLOSE_ENOUGH:
            break
    return sqrt(df) * tan((low + high) / 2)


def chi_squared_tail(x: float, *, df: int) -> float:
    """Give the probability that chi-squared exceeds x."""
    if df % 2 == 0:
        term = total = exp(-x / 2)
        for r in range(1, df // 2):
            term *= x / 2 / r
            total += term
        return total
    total = erfc(sqrt(x / 2))
    term = 2 * exp(-x / 2) / sqrt(2 * pi) * sqrt(x)
    for r in range(1, (df - 1) // 2 + 1):
        total += term
        term *= x / (2 * r + 1)
    return total


def _held_by_t(theta: float, df: int) -> float:
    """The share of Student's t within sqrt(df) tan(theta) of 0."""
    c = cos(theta)
    if df % 2 == 0:
        term = total = 1.0
        for j in range(2, df - 1, 2):
            term *= c * c * (j - 1) / j
            total += term
        return sin(theta) * total
    if df == 1:
        return 2 * theta / pi
    term = total = c
    for j in range(3, df - 1, 2):
        term *= c * c * (j - 1) / j
        total += term
    return 2 / pi * (theta + sin(theta) * total)
