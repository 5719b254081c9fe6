"""What if those who are missing did worse than the model thinks? Multiple imputation with a penalty, and its tipping point.

Missing scores are drawn from what the mixed model says of people like them, given the scores they have. Then `penalty`
points are added to each drawn score of one group. The results of all imputations are pooled by Rubin's rules.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts load when first used: pages that show no model need none
from numpy.random import Generator
from numpy.typing import NDArray

from sojourn.clinical.outcomes.mixed_models.change_over_visits import PersonScores, lay_out, mean_baseline
from sojourn.clinical.outcomes.mixed_models.covariance import Matrix, Vector
from sojourn.clinical.outcomes.mixed_models.fitting import Estimate, Fit, NotFitted, fit

IMPUTATIONS = 100
MOST_PENALTY = 40.0  # points: how much worse the missing are made at most, where no scale says otherwise


@dataclass(frozen=True)
class Completed:
    """Change from baseline with every gap filled: `changes` (imputations, people, visits)."""

    changes: NDArray[np.float64]
    was_missing: NDArray[np.bool_]
    baselines: Vector
    groups: tuple[str, ...]


def pool(values: Sequence[float], errors: Sequence[float], *, complete_freedom: float) -> Estimate:
    """Pool estimates of several imputations, with Barnard and Rubin's degrees of freedom.

    Sources: rubin-1987; barnard-rubin-1999. Raises ValueError for fewer than two.
    """
    number = len(values)
    if number < 2:  # noqa: PLR2004 - one imputation says nothing of what the others would
        raise ValueError("pooling takes at least two imputations")
    value = float(np.mean(values))
    within = float(np.mean(np.square(errors)))
    between = float(np.var(values, ddof=1))
    total = within + (1 + 1 / number) * between
    added = (1 + 1 / number) * between / total if total > 0 else 0.0
    freedom = pooled_freedom(number, added, complete_freedom=complete_freedom)
    error = total**0.5
    reach = float(scipy.stats.t.ppf(0.975, freedom)) * error
    p_value = float(2 * scipy.stats.t.sf(abs(value) / error, freedom)) if error > 0 else float("nan")
    return Estimate(value, error, freedom, value - reach, value + reach, p_value)


def pooled_freedom(imputations: int, added: float, *, complete_freedom: float) -> float:
    """Give Barnard and Rubin's degrees of freedom; `added` is the share of the variance that comes of imputing.

    Source: barnard-rubin-1999.
    """
    observed = (complete_freedom + 1) / (complete_freedom + 3) * complete_freedom * (1 - added)
    if added <= 0:
        return observed
    old = (imputations - 1) / added**2
    return 1 / (1 / old + 1 / observed) if observed > 0 else old


def complete(
    *,
    people: Sequence[PersonScores],
    visits: Sequence[str],
    rng: Generator,
    imputations: int = IMPUTATIONS,
    model: Fit | None = None,
    modelled: Sequence[PersonScores] | None = None,
) -> Completed:
    """Fill each gap `imputations` times, with effects and covariance drawn anew each time. Raises what `fit` raises.

    People with no score after baseline at all are filled too: they are the ones a practice hears of least. `modelled`
    are the people the model learns from, where they are more than those to be filled; `model` is their fit, where
    there is one already.
    """
    modelled = people if modelled is None else modelled
    seen = [person for person in modelled if any(visit in person.by_visit for visit in visits)]
    layout = lay_out(seen, visits, middle=mean_baseline(modelled))
    unheard = {person.group for person in people} - set(layout.groups)
    if unheard:
        raise NotFitted(f"nobody of {', '.join(sorted(unheard))} has a score after baseline")
    if model is None:
        model = fit(
            scores=layout.scores,
            design=layout.design,
            names=layout.names,
            people=layout.people,
            visits=layout.visits,
        )
    full = lay_out(
        [PersonScores(p.baseline, dict.fromkeys(visits, p.baseline), p.group) for p in people],
        visits,
        like=layout,
    )
    design = full.design.reshape(len(people), len(visits), -1)
    known = np.array(
        [[p.by_visit.get(visit, np.nan) - p.baseline for visit in visits] for p in people], dtype=np.float64
    )
    changes = np.stack([_filled(model, design, known, rng) for _ in range(imputations)])
    return Completed(
        changes, np.isnan(known), np.array([p.baseline for p in people]), tuple(p.group for p in people)
    )


def mean_change(completed: Completed, *, visit: int, group: str, penalty: float = 0.0) -> Estimate:
    """Pool the mean change of one group at a visit, adjusted to the mean baseline of all."""
    return _analyzed(completed, visit, penalty, penalized=group, contrast=(group, None))


def difference(
    completed: Completed,
    *,
    visit: int,
    first: str,
    second: str,
    penalty: float = 0.0,
    penalized: str | None = None,
) -> Estimate:
    """Pool the difference second minus first at a visit; missing scores of `penalized` (second) are made worse."""
    return _analyzed(completed, visit, penalty, penalized=penalized or second, contrast=(second, first))


def tipping_point(
    completed: Completed, *, visit: int, first: str, second: str, most: float = MOST_PENALTY
) -> float | None:
    """Find the penalty, in points, at which an advantage of `second` is no longer told from chance.

    Lower is better here; turn a scale around before. 0 where there is no such advantage to begin with, None where
    even `most` points do not take it away.
    """

    def high(penalty: float) -> float:
        return difference(completed, visit=visit, first=first, second=second, penalty=penalty).high

    return _crossing(high, most)


def tipping_point_alone(
    completed: Completed, *, visit: int, group: str = "", most: float = MOST_PENALTY
) -> float | None:
    """Find the penalty, in points, at which the mean improvement of a group is no longer told from none.

    Lower is better here. 0 where it is not told from none to begin with, None where even `most` points do not undo it.
    """

    def high(penalty: float) -> float:
        return mean_change(completed, visit=visit, group=group, penalty=penalty).high

    return _crossing(high, most)


def _crossing(high: Callable[[float], float], most: float) -> float | None:
    if not high(0.0) < 0:
        return 0.0
    if high(most) < 0:
        return None
    return float(scipy.optimize.brentq(high, 0.0, most, xtol=1e-6))


def _filled(model: Fit, design: NDArray[np.float64], known: Matrix, rng: Generator) -> Matrix:
    effects, covariance = model.draw(rng)
    expected = design @ effects
    filled = known.copy()
    missing = np.isnan(known)
    for seen in np.unique(~missing, axis=0):
        those = np.flatnonzero((~missing == seen).all(axis=1))
        gaps = ~seen
        if not gaps.any():
            continue
        spread = covariance[np.ix_(gaps, gaps)]
        middle = expected[np.ix_(those, gaps)]
        if seen.any():
            inside = covariance[np.ix_(seen, seen)]
            across = np.linalg.solve(inside, covariance[np.ix_(seen, gaps)])
            spread = spread - covariance[np.ix_(gaps, seen)] @ across
            middle = middle + (known[np.ix_(those, seen)] - expected[np.ix_(those, seen)]) @ across
        draws = rng.standard_normal((len(those), int(gaps.sum()))) @ np.linalg.cholesky(spread).T
        filled[np.ix_(those, gaps)] = middle + draws
    return filled


def _analyzed(
    completed: Completed, visit: int, penalty: float, *, penalized: str, contrast: tuple[str, str | None]
) -> Estimate:
    groups = sorted(set(completed.groups))
    member = np.array([[group == each for each in groups] for group in completed.groups], dtype=np.float64)
    centered = completed.baselines - completed.baselines.mean()
    design = np.column_stack([member, centered]) if np.ptp(completed.baselines) > 0 else member
    changes = completed.changes[:, :, visit]
    worse = completed.was_missing[:, visit] & (member[:, groups.index(penalized)] == 1)
    changes = changes + penalty * worse
    inverse = np.linalg.inv(design.T @ design)
    effects = changes @ design @ inverse  # (imputations, effects)
    left = changes - effects @ design.T
    freedom = design.shape[0] - design.shape[1]
    variances = (left**2).sum(axis=1) / freedom
    weights = np.zeros(design.shape[1])
    weights[groups.index(contrast[0])] += 1
    if contrast[1] is not None:
        weights[groups.index(contrast[1])] -= 1
    scale = float(weights @ inverse @ weights)
    return pool(
        (effects @ weights).tolist(), np.sqrt(variances * scale).tolist(), complete_freedom=float(freedom)
    )
