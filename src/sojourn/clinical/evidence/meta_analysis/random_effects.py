"""Pools effects that are not one and the same: random effects, with how far the studies lie apart."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sojourn.clinical.evidence.meta_analysis.distributions import (
    chi_squared_tail,
    normal_quantile,
    t_quantile,
)
from sojourn.clinical.evidence.meta_analysis.effects import Effect, Measure
from sojourn.clinical.evidence.meta_analysis.proportions import CONFIDENCE, Interval

Numbers = NDArray[np.float64]
FEWEST_STUDIES = 2
GRID = 60
HALVINGS = 100


class NothingToPool(Exception):
    """Fewer than two studies can be pooled; one study is shown as itself."""


class Method(StrEnum):
    """How the spread between studies is estimated, and how the interval is made."""

    DERSIMONIAN_LAIRD = "DerSimonian-Laird"
    REML = "REML"
    REML_HARTUNG_KNAPP = "REML, Hartung-Knapp"


@dataclass(frozen=True, kw_only=True)
class Pooled:
    """A pooled effect. `estimate`, `standard_error` and `tau2` are on the scale of pooling (log for ratios and shares).

    The prediction interval says where the true effect of one more such study would lie; it uses the same quantile
    as the confidence interval (normal, or Student's t with studies minus one degrees of freedom for Hartung-Knapp).
    """

    measure: Measure
    method: Method
    studies: int
    estimate: float
    standard_error: float
    quantile: float
    tau2: float
    i2: float
    q: float
    q_p: float
    weights: tuple[float, ...]

    @property
    def natural(self) -> float:
        return self.measure.natural(self.estimate)

    @property
    def interval(self) -> Interval:
        """The confidence interval, as it is read."""
        return self._around(self.standard_error)

    @property
    def prediction(self) -> Interval:
        """The prediction interval, as it is read."""
        return self._around(sqrt(self.standard_error**2 + self.tau2))

    def _around(self, spread: float) -> Interval:
        reach = self.quantile * spread
        return Interval(
            self.measure.natural(self.estimate - reach), self.measure.natural(self.estimate + reach)
        )


def pool(effects: tuple[Effect, ...], *, method: Method, confidence: float = CONFIDENCE) -> Pooled:
    """Pool effects of one measure. Raise NothingToPool for fewer than two.

    I² is the share of the spread that is not chance, tau² over tau² plus the typical variance within a study
    (Higgins and Thompson 2002); with DerSimonian-Laird that equals (Q minus df) over Q. Hartung-Knapp is not
    widened or floored: with studies that agree better than chance it may be narrower than the plain interval.
    """
    if len(effects) < FEWEST_STUDIES:
        raise NothingToPool("pooling needs two studies or more")
    (measure,) = {effect.measure for effect in effects}
    y = np.array([effect.estimate for effect in effects])
    v = np.array([effect.variance for effect in effects])
    df = len(effects) - 1
    q = _q(y, v)
    tau2 = _dersimonian_laird(y, v) if method is Method.DERSIMONIAN_LAIRD else _reml(y, v)
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    error = 1 / sqrt(w.sum())
    if method is Method.REML_HARTUNG_KNAPP:
        error *= sqrt(float(w @ (y - mean) ** 2) / df)
        quantile = t_quantile(confidence, df=df)
    else:
        quantile = normal_quantile(confidence)
    return Pooled(
        measure=measure,
        method=method,
        studies=len(effects),
        estimate=mean,
        standard_error=error,
        quantile=quantile,
        tau2=tau2,
        i2=tau2 / (tau2 + _typical_variance(v)),
        q=q,
        q_p=chi_squared_tail(q, df=df),
        weights=tuple(float(share) for share in w / w.sum()),
    )


def _q(y: Numbers, v: Numbers) -> float:
    w = 1 / v
    return float(w @ (y - w @ y / w.sum()) ** 2)


def _typical_variance(v: Numbers) -> float:
    w = 1 / v
    return float((len(v) - 1) / (w.sum() - (w**2).sum() / w.sum()))


def _dersimonian_laird(y: Numbers, v: Numbers) -> float:
    w = 1 / v
    return max(0.0, (_q(y, v) - (len(y) - 1)) / float(w.sum() - (w**2).sum() / w.sum()))


def _reml(y: Numbers, v: Numbers) -> float:
    """Maximize the restricted likelihood: the best of a grid, then halving on its slope between the neighbors."""
    largest = 10 * max(float(np.var(y, ddof=1)), float(v.max()))
    grid = [0.0, *np.geomspace(largest * 1e-8, largest, GRID)]
    best = int(np.argmax([_restricted_likelihood(y, v, tau2) for tau2 in grid]))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, GRID)])
    if _slope(y, v, low) <= 0:
        return low
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(y, v, middle) > 0 else (low, middle)
    return (low + high) / 2


def _slope(y: Numbers, v: Numbers, tau2: float) -> float:
    """Twice the derivative of the restricted log-likelihood."""
    w = 1 / (v + tau2)
    total = w.sum()
    return float((w**2) @ (y - w @ y / total) ** 2 - (total - (w**2).sum() / total))


def _restricted_likelihood(y: Numbers, v: Numbers, tau2: float) -> float:
    """The restricted log-likelihood of tau², without its constant."""
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    return float(0.5 * (np.log(w).sum() - np.log(w.sum()) - w @ (y - mean) ** 2))
