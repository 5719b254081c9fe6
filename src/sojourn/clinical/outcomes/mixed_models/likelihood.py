"""The likelihood of repeated scores under a covariance, from sums that do not grow with the number of people.

People who were seen at the same visits share one block of the covariance, so their rows enter only as sums of
products. After one pass over the data, each evaluation costs the same for a hundred people and for a million.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray

from sojourn.clinical.outcomes.mixed_models.covariance import Matrix, Vector

LOG_TWO_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Pattern:
    """The people seen at the same visits: how many, and the sums of products of their rows over those visits.

    With k visits and p effects: `xx` (k, k, p, p), `xy` (k, k, p), `yy` (k, k).
    """

    visits: NDArray[np.intp]
    people: int
    xx: NDArray[np.float64]
    xy: NDArray[np.float64]
    yy: NDArray[np.float64]


@dataclass(frozen=True)
class Solution:
    """The best fixed effects under one covariance. `cost` is minus twice the (restricted) log-likelihood."""

    cost: float
    effects: Vector
    effects_covariance: Matrix
    slope: Matrix  # of the cost by each element of the covariance


def patterns_of(
    *, scores: Vector, design: Matrix, people: NDArray[np.intp], visits: NDArray[np.intp]
) -> tuple[Pattern, ...]:
    """Group people by the visits they were seen at. Rows are one score each; one person has one score a visit."""
    order = np.lexsort((visits, people))
    scores, design, people, visits = scores[order], design[order], people[order], visits[order]
    starts = np.flatnonzero(np.r_[True, people[1:] != people[:-1]])
    lengths = np.diff(np.r_[starts, len(people)])
    rows_by_seen: dict[tuple[int, ...], list[int]] = {}
    for start, length in zip(starts, lengths, strict=True):
        seen = tuple(visits[start : start + length].tolist())
        if len(set(seen)) < length:
            raise ValueError("one person has two scores at one visit")
        rows_by_seen.setdefault(seen, []).append(int(start))
    return tuple(
        _pattern(np.array(seen, dtype=np.intp), scores, design, first_rows)
        for seen, first_rows in sorted(rows_by_seen.items())
    )


def _pattern(seen: NDArray[np.intp], scores: Vector, design: Matrix, first_rows: Sequence[int]) -> Pattern:
    rows = np.add.outer(np.array(first_rows), np.arange(len(seen)))
    x, y = design[rows], scores[rows]
    return Pattern(
        visits=seen,
        people=len(first_rows),
        xx=np.einsum("mip,mjq->ijpq", x, x, optimize=True),
        xy=np.einsum("mip,mj->ijp", x, y, optimize=True),
        yy=y.T @ y,
    )


def solve(patterns: Sequence[Pattern], covariance: Matrix, *, restricted: bool) -> Solution | None:
    """Give the best fixed effects under a covariance, or None where the covariance is not positive definite."""
    effects_number = patterns[0].xx.shape[-1]
    information = np.zeros((effects_number, effects_number))
    weighted = np.zeros(effects_number)
    squares = log_volume = 0.0
    rows = 0
    weights = []
    for pattern in patterns:
        block = covariance[np.ix_(pattern.visits, pattern.visits)]
        try:
            factor = np.linalg.cholesky(block)
        except LinAlgError:
            return None
        inverse_factor = np.linalg.inv(factor)
        weight = inverse_factor.T @ inverse_factor
        weights.append(weight)
        # Sums over visits as matrix products: with many visits they are most of the work.
        information += np.tensordot(weight, pattern.xx, axes=2)
        weighted += np.tensordot(weight, pattern.xy, axes=2)
        squares += float(np.sum(weight * pattern.yy))
        log_volume += 2 * pattern.people * float(np.sum(np.log(np.diag(factor))))
        rows += pattern.people * len(pattern.visits)
    try:
        effects_covariance: Matrix = np.asarray(np.linalg.inv(information), dtype=np.float64)
    except LinAlgError as error:
        raise ValueError("an effect cannot be told from the others: no rows speak for it alone") from error
    effects = effects_covariance @ weighted
    free = rows - effects_number if restricted else rows
    cost = free * LOG_TWO_PI + log_volume + squares - float(effects @ weighted)
    if restricted:
        cost += float(np.linalg.slogdet(information)[1])
    slope = _slope(patterns, weights, effects, effects_covariance, len(covariance), restricted=restricted)
    return Solution(cost, effects, effects_covariance, slope)


def _slope(
    patterns: Sequence[Pattern],
    weights: Sequence[Matrix],
    effects: Vector,
    effects_covariance: Matrix,
    visits: int,
    *,
    restricted: bool,
) -> Matrix:
    found = np.zeros((visits, visits))
    squares = np.outer(effects, effects)
    if restricted:
        squares = squares + effects_covariance
    for pattern, weight in zip(patterns, weights, strict=True):
        crossed = pattern.xy @ effects
        # What is subtracted by the fitted means, and what is added because the effects themselves are estimated.
        fitted = np.tensordot(pattern.xx, squares, axes=2)
        spread = pattern.yy - crossed - crossed.T + fitted
        found[np.ix_(pattern.visits, pattern.visits)] += pattern.people * weight - weight @ spread @ weight
    return (found + found.T) / 2
