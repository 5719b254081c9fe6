"""How the repeated scores of one person vary together: covariance structures over the planned visits.

A structure turns a vector of unbounded parameters into a visits-by-visits covariance. Parameters are logarithms and
hyperbolic arctangents of what they stand for, so that a search never leaves the possible.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
STEP = 1e-6


@dataclass(frozen=True)
class Structure:
    """A named covariance structure. `start` guesses parameters from the standard deviation at each visit."""

    name: str
    start: Callable[[Vector], Vector]
    covariance: Callable[[Vector], Matrix]

    def slopes(self, parameters: Vector) -> NDArray[np.float64]:
        """Give the derivative of the covariance by each parameter, shape (parameters, visits, visits)."""
        found = []
        for place in range(len(parameters)):
            step = np.zeros_like(parameters)
            step[place] = STEP * max(1.0, abs(parameters[place]))
            above, below = self.covariance(parameters + step), self.covariance(parameters - step)
            found.append((above - below) / (2 * step[place]))
        return np.array(found)


def unstructured(visits: int) -> Structure:
    """Let every pair of visits have a covariance of its own (by its Cholesky factor, logarithms on the diagonal)."""
    lower = np.tril_indices(visits)
    on_diagonal = lower[0] == lower[1]

    def start(sds: Vector) -> Vector:
        factor = np.linalg.cholesky(_equicorrelated(sds, 0.5))[lower]
        factor[on_diagonal] = np.log(factor[on_diagonal])
        return np.asarray(factor)

    def covariance(parameters: Vector) -> Matrix:
        factor = np.zeros((visits, visits))
        factor[lower] = np.where(on_diagonal, np.exp(np.where(on_diagonal, parameters, 0)), parameters)
        return np.asarray(factor @ factor.T)

    return Structure("unstructured", start, covariance)


def heterogeneous_toeplitz(visits: int) -> Structure:
    """Give each visit its variance and each distance between visits one correlation."""
    apart = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))

    def start(sds: Vector) -> Vector:
        return np.concatenate([np.log(sds), np.arctanh(0.5 ** np.arange(1, visits))])

    def covariance(parameters: Vector) -> Matrix:
        sds = np.exp(parameters[:visits])
        correlations = np.concatenate([[1.0], np.tanh(parameters[visits:])])
        return np.asarray(np.outer(sds, sds) * correlations[apart])

    return Structure("heterogeneous Toeplitz", start, covariance)


def heterogeneous_autoregressive(visits: int) -> Structure:
    """Give each visit its variance; the correlation falls by one factor with each visit in between."""
    apart = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))

    def start(sds: Vector) -> Vector:
        return np.concatenate([np.log(sds), [np.arctanh(0.5)]])

    def covariance(parameters: Vector) -> Matrix:
        sds = np.exp(parameters[:visits])
        return np.asarray(np.outer(sds, sds) * np.tanh(parameters[visits]) ** apart)

    return Structure("heterogeneous autoregressive", start, covariance)


def compound_symmetry(visits: int) -> Structure:
    """Give all visits one variance between people and one within: a random intercept."""

    def start(sds: Vector) -> Vector:
        within = np.log(np.mean(sds**2) / 2) / 2
        return np.array([within, within])

    def covariance(parameters: Vector) -> Matrix:
        between, within = np.exp(2 * parameters)
        return np.asarray(between * np.ones((visits, visits)) + within * np.eye(visits))

    return Structure("compound symmetry", start, covariance)


def random_intercept_and_slope(times: Vector) -> Structure:
    """Let people differ in level and in change over `times`, with independent errors of one variance."""
    design = np.column_stack([np.ones_like(times), times])

    def start(sds: Vector) -> Vector:
        level = np.log(np.mean(sds**2) / 2) / 2
        return np.array([level, 0.0, level - np.log(np.ptp(times)), level])

    def covariance(parameters: Vector) -> Matrix:
        factor = np.array([[np.exp(parameters[0]), 0.0], [parameters[1], np.exp(parameters[2])]])
        errors = np.exp(2 * parameters[3]) * np.eye(len(times))
        return np.asarray(design @ factor @ factor.T @ design.T + errors)

    return Structure("random intercept and slope", start, covariance)


def _equicorrelated(sds: Vector, correlation: float) -> Matrix:
    correlations = np.full((len(sds), len(sds)), correlation)
    np.fill_diagonal(correlations, 1.0)
    return np.asarray(np.outer(sds, sds) * correlations)
