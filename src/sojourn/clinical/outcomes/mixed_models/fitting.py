"""Fits a mixed model for repeated measures, and reads estimates with their degrees of freedom from the fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy  # its parts load when first used: pages that show no model need none
from numpy.random import Generator
from numpy.typing import NDArray

from sojourn.clinical.outcomes.mixed_models import covariance as structures
from sojourn.clinical.outcomes.mixed_models.covariance import Matrix, Structure, Vector
from sojourn.clinical.outcomes.mixed_models.likelihood import Pattern, Solution, patterns_of, solve

FLAT_ENOUGH = 1e-3  # the steepest slope of the cost, for each parameter, at which a search has ended well
STEP = 1e-4
LEAST_SD = 1e-6
MOST_DRAWS = 200


class NotFitted(Exception):
    """No covariance structure could be fitted to these scores; the text says why."""


@dataclass(frozen=True)
class Fit:
    """A fitted model. `log_likelihood` is the restricted one where `restricted`; `tried` are structures that failed."""

    names: tuple[str, ...]
    effects: Vector
    effects_covariance: Matrix
    covariance: Matrix
    structure: str
    tried: tuple[str, ...]
    log_likelihood: float
    restricted: bool
    people: int
    scores: int
    _slopes: NDArray[np.float64]  # of the effects' covariance by each parameter
    _parameters_covariance: Matrix
    _structure: Structure
    _parameters: Vector
    _patterns: tuple[Pattern, ...]

    def draw(self, rng: Generator) -> tuple[Vector, Matrix]:
        """Draw effects and covariance as these data leave them open: the covariance first, then the effects given it.

        The covariance is drawn around its estimate on the scale it was searched on, so that it is always one.
        Raises NotFitted where these data leave it so open that hardly any draw can be used.
        """
        for _ in range(MOST_DRAWS):
            parameters = rng.multivariate_normal(self._parameters, self._parameters_covariance)
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                covariance = self._structure.covariance(parameters)
                if not np.isfinite(covariance).all():
                    continue
                solution = solve(self._patterns, covariance, restricted=self.restricted)
            if solution is not None and np.isfinite(solution.effects_covariance).all():
                effects = rng.multivariate_normal(
                    solution.effects, solution.effects_covariance, method="cholesky"
                )
                return effects, covariance
        raise NotFitted("how the scores of one person vary together is too uncertain to fill any in")

    def effect(self, name: str) -> "Estimate":
        """Estimate one effect by its name."""
        weights = np.zeros(len(self.names))
        weights[self.names.index(name)] = 1
        return self.estimate(weights)

    def estimate(self, weights: Sequence[float] | Vector, *, confidence: float = 0.95) -> "Estimate":
        """Estimate a weighted sum of the effects, with Satterthwaite's degrees of freedom.

        Source: fai-cornelius-1996 for the degrees of freedom from the observed information.
        """
        line = np.asarray(weights, dtype=np.float64)
        variance = float(line @ self.effects_covariance @ line)
        slopes = np.einsum("kpq,p,q->k", self._slopes, line, line)
        uncertainty = float(slopes @ self._parameters_covariance @ slopes)
        freedom = 2 * variance**2 / uncertainty if uncertainty > 0 else float("inf")
        value, error = float(line @ self.effects), variance**0.5
        reach = float(scipy.stats.t.ppf(0.5 + confidence / 2, freedom)) * error
        p_value = float(2 * scipy.stats.t.sf(abs(value) / error, freedom)) if error > 0 else float("nan")
        return Estimate(value, error, freedom, value - reach, value + reach, p_value)


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error, degrees of freedom, interval, and p-value against zero."""

    value: float
    error: float
    freedom: float
    low: float
    high: float
    p_value: float


def ladder(visits: int) -> tuple[Structure, ...]:
    """Give the structures in the order they are tried: the freest first."""
    return (
        structures.unstructured(visits),
        structures.heterogeneous_toeplitz(visits),
        structures.heterogeneous_autoregressive(visits),
        structures.compound_symmetry(visits),
    )


def fit(
    *,
    scores: Vector,
    design: Matrix,
    names: Sequence[str],
    people: NDArray[np.intp],
    visits: NDArray[np.intp],
    structures_to_try: Sequence[Structure] | None = None,
    restricted: bool = True,
) -> Fit:
    """Fit `scores` (n,) on `design` (n, p) with scores of one person correlated over visits 0, 1, ...

    The structures are tried in order until the search of one ends at a clear optimum; by default the ladder.
    Raises NotFitted, and ValueError for two scores of one person at one visit or effects that cannot be told apart.
    """
    if not len(scores):
        raise NotFitted("there is no score")
    if len(scores) <= design.shape[1]:
        raise NotFitted(f"{len(scores)} scores are too few for {design.shape[1]} effects")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotFitted("an effect cannot be told from the others: no rows speak for it alone")
    patterns = patterns_of(scores=scores, design=design, people=people, visits=visits)
    sds = _residual_sds(scores, design, visits)
    tried: list[str] = []
    for structure in structures_to_try or ladder(len(sds)):
        found = _search(structure, patterns, sds, restricted=restricted)
        if found is not None:
            parameters, solution, curvature = found
            return Fit(
                names=tuple(names),
                effects=solution.effects,
                effects_covariance=solution.effects_covariance,
                covariance=structure.covariance(parameters),
                structure=structure.name,
                tried=tuple(tried),
                log_likelihood=-solution.cost / 2,
                restricted=restricted,
                people=sum(pattern.people for pattern in patterns),
                scores=len(scores),
                _slopes=_slopes_of_uncertainty(structure, patterns, parameters, restricted=restricted),
                _parameters_covariance=np.asarray(2 * np.linalg.inv(curvature), dtype=np.float64),
                _structure=structure,
                _parameters=parameters,
                _patterns=tuple(patterns),
            )
        tried.append(structure.name)
    raise NotFitted(f"no covariance fits these scores; tried {', '.join(tried)}")


def _residual_sds(scores: Vector, design: Matrix, visits: NDArray[np.intp]) -> Vector:
    effects, *_ = np.linalg.lstsq(design, scores, rcond=None)
    left = scores - design @ effects
    overall = max(float(np.std(left)), LEAST_SD)
    at_visit = [left[visits == visit] for visit in range(int(visits.max()) + 1)]
    return np.array(
        [max(float(np.std(each)), overall / 10) if len(each) > 1 else overall for each in at_visit]
    )


def _search(
    structure: Structure, patterns: Sequence[Pattern], sds: Vector, *, restricted: bool
) -> tuple[Vector, Solution, Matrix] | None:
    """Find the best parameters; None where the search does not end at a clear optimum."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # a search may try anything
        return _searched(structure, patterns, sds, restricted=restricted)


def _searched(
    structure: Structure, patterns: Sequence[Pattern], sds: Vector, *, restricted: bool
) -> tuple[Vector, Solution, Matrix] | None:
    def cost(parameters: Vector) -> tuple[float, Vector]:
        solution = solve(patterns, structure.covariance(parameters), restricted=restricted)
        if solution is None or not np.isfinite(solution.cost):
            return 1e300, np.zeros_like(parameters)
        return solution.cost, _by_parameter(structure, parameters, solution)

    ended = scipy.optimize.minimize(
        cost, structure.start(sds), jac=True, method="BFGS", options={"gtol": 1e-6, "maxiter": 500}
    )
    parameters = np.asarray(ended.x, dtype=np.float64)
    solution = solve(patterns, structure.covariance(parameters), restricted=restricted)
    if (
        solution is None
        or float(np.max(np.abs(_by_parameter(structure, parameters, solution)))) > FLAT_ENOUGH
    ):
        return None
    curvature = _curvature(structure, patterns, parameters, restricted=restricted)
    if curvature is None or float(np.min(np.linalg.eigvalsh(curvature))) <= 0:
        return None
    return parameters, solution, curvature


def _by_parameter(structure: Structure, parameters: Vector, solution: Solution) -> Vector:
    return np.asarray(np.einsum("kij,ij->k", structure.slopes(parameters), solution.slope))


def _curvature(
    structure: Structure, patterns: Sequence[Pattern], parameters: Vector, *, restricted: bool
) -> Matrix | None:
    rows = []
    for place in range(len(parameters)):
        step = np.zeros_like(parameters)
        step[place] = STEP
        sides = []
        for side in (parameters + step, parameters - step):
            solution = solve(patterns, structure.covariance(side), restricted=restricted)
            if solution is None:
                return None
            sides.append(_by_parameter(structure, side, solution))
        rows.append((sides[0] - sides[1]) / (2 * STEP))
    found = np.array(rows)
    return (found + found.T) / 2


def _slopes_of_uncertainty(
    structure: Structure, patterns: Sequence[Pattern], parameters: Vector, *, restricted: bool
) -> NDArray[np.float64]:
    found = []
    for place in range(len(parameters)):
        step = np.zeros_like(parameters)
        step[place] = STEP
        above = solve(patterns, structure.covariance(parameters + step), restricted=restricted)
        below = solve(patterns, structure.covariance(parameters - step), restricted=restricted)
        assert above is not None
        assert below is not None
        found.append((above.effects_covariance - below.effects_covariance) / (2 * STEP))
    return np.array(found)
