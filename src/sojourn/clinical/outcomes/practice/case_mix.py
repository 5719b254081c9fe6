"""What would be expected of the people a unit treated: its own people, treated with the results of everybody.

A logistic model of the outcome on how ill people were to begin with; the expected number of a unit is the sum over its
people. Source: spiegelhalter-2005 for the funnel of standardized ratios.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEPS = 50
CLOSE = 1e-10
SURE = 15.0  # on the scale of log odds: beyond it the outcome is told apart completely


class NotAdjusted(Exception):
    """No model of who meets the outcome could be fitted; the text says why."""


@dataclass(frozen=True)
class Adjusted:
    """Observed and expected numbers of each unit, and the common share."""

    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    people: NDArray[np.int64]
    share: float

    def share_of(self, unit: int) -> float:
        """Give the share a unit would have had if it had treated everybody's mix: observed by expected, times the share."""
        return float(self.observed[unit] / self.expected[unit] * self.share)


def adjust(
    *, met: NDArray[np.bool_], severity: NDArray[np.float64], unit: NDArray[np.int32], units: int
) -> Adjusted:
    """Fit the outcome on severity, and say what was expected of each unit. Raises NotAdjusted."""
    if not len(met) or met.all() or not met.any():
        raise NotAdjusted("everybody or nobody met the outcome")
    if np.ptp(severity) == 0:
        raise NotAdjusted("everybody was equally ill to begin with")
    scaled = (severity - severity.mean()) / severity.std()
    design = np.column_stack([np.ones(len(met)), scaled, scaled**2])
    if len(np.unique(scaled)) < design.shape[1]:
        design = design[:, :2]
    chance = _fitted(design, met.astype(np.float64))
    return Adjusted(
        observed=np.bincount(unit[met], minlength=units),
        expected=np.asarray(np.bincount(unit, weights=chance, minlength=units), dtype=np.float64),
        people=np.bincount(unit, minlength=units),
        share=float(met.mean()),
    )


def _fitted(design: NDArray[np.float64], met: NDArray[np.float64]) -> NDArray[np.float64]:
    effects = np.zeros(design.shape[1])
    for _ in range(STEPS):
        odds = design @ effects
        if np.abs(odds).max() > SURE:
            raise NotAdjusted("how ill people were tells the outcome apart completely")
        chance = 1 / (1 + np.exp(-odds))
        step = np.linalg.solve(
            design.T @ (design * (chance * (1 - chance))[:, None]), design.T @ (met - chance)
        )
        effects = effects + step
        if np.abs(step).max() < CLOSE:
            return np.asarray(1 / (1 + np.exp(-(design @ effects))), dtype=np.float64)
    raise NotAdjusted("the model of who meets the outcome did not settle")
