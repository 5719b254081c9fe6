"""The work of `levels` compiled by numba, for many people: the same numbers to the last few digits, faster.

Optional: numba stands in `requirements/fast.txt`. A few people go side by side through all stretches of a dose, so that
what belongs to them stays in the processor's own memory. On an even grid each exponential is multiplied on from step to
step and taken anew every thousand.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.exponentials import Array

try:
    from numba import njit, prange
except ImportError:  # the numpy path of `levels` does everything
    IS_THERE = False
else:
    IS_THERE = True

LANES = 128  # fewer do not pay for the checks before each inner loop
ANEW = 1000  # steps


def _one_time(constant: Any, weight: Any, used: Any, dying: Any, factor: Any, level: Any, top: Any) -> None:
    """Add the exponentials up at one time, raise the highest values, and carry the exponentials one step on."""
    signals, count = used.shape
    for s in range(signals):
        for k in range(LANES):
            level[s, k] = constant[s, k]
        for p in range(count):
            if used[s, p]:
                for k in range(LANES):
                    level[s, k] += weight[s, p, k] * dying[p, k]
        for k in range(LANES):
            top[s, k] = max(top[s, k], level[s, k])
    for p in range(count):
        for k in range(LANES):
            dying[p, k] *= factor[p, k]


def _run(  # noqa: C901, PLR0912 - loops that numba compiles into one
    rates: Any, weights: Any, straight: Any, bolus: Any, inflow: Any, starts: Any, ends: Any, places: Any,
    times: Any, steps: Any, courses: Any, highest: Any,
) -> None:  # fmt: skip
    """Fill `courses (n, signals, times)`, unless it has no times, and raise `highest (n, signals)`.

    `weights (sites, signals, P, n)`, `straight (sites, signals, n)`, `bolus` and `inflow (stretches, sites, n)`; each
    stretch answers for the columns `places[j, 0]` to `places[j, 1]` of `times`, on an even grid where `steps[j]` is not 0.
    """
    sites, signals, count, people = weights.shape
    keeps = courses.shape[2] > 0
    used = np.zeros((signals, count), dtype=np.bool_)
    for s in range(signals):
        for p in range(count):
            used[s, p] = np.any(weights[:, s, p] != 0.0)
    for block in prange((people + LANES - 1) // LANES):
        first = block * LANES
        lanes = min(LANES, people - first)
        held, above = np.zeros((sites, count, LANES)), np.zeros((sites, count, LANES))
        weight, constant = np.empty((signals, count, LANES)), np.empty((signals, LANES))
        dying, factor, level = np.zeros((count, LANES)), np.zeros((count, LANES)), np.zeros((signals, LANES))
        top, left, slow = np.zeros((signals, LANES)), np.zeros((count, LANES)), np.zeros((count, LANES))
        for p in range(count):
            for k in range(lanes):
                slow[p, k] = 1.0 / rates[p, first + k]
        for j in range(len(starts)):
            constant[:] = 0.0
            weight[:] = 0.0
            for site in range(sites):
                for p in range(count):
                    for k in range(lanes):
                        steady = inflow[j, site, first + k] * slow[p, k]
                        above[site, p, k] = held[site, p, k] + bolus[j, site, first + k] - steady
                for s in range(signals):
                    for k in range(lanes):
                        constant[s, k] += straight[site, s, first + k] * inflow[j, site, first + k]
                    for p in range(count):
                        if used[s, p]:
                            for k in range(lanes):
                                one = weights[site, s, p, first + k]
                                weight[s, p, k] += one * above[site, p, k]
                                constant[s, k] += one * inflow[j, site, first + k] * slow[p, k]
            if j == 0 or steps[j] != steps[j - 1]:
                for p in range(count):
                    for k in range(lanes):
                        factor[p, k] = np.exp(-rates[p, first + k] * steps[j])
            for t in range(places[j, 0], places[j, 1]):
                if steps[j] == 0.0 or (t - places[j, 0]) % ANEW == 0:
                    for p in range(count):
                        for k in range(lanes):
                            dying[p, k] = np.exp(-rates[p, first + k] * (times[t] - starts[j]))
                _one_time(constant, weight, used, dying, factor, level, top)
                if keeps:
                    for s in range(signals):
                        for k in range(lanes):
                            courses[first + k, s, t] = max(level[s, k], 0.0)  # below zero is rounding
            if ends[j] < np.inf:
                for p in range(count):
                    for k in range(lanes):
                        left[p, k] = np.exp(-rates[p, first + k] * (ends[j] - starts[j]))
                for site in range(sites):
                    for p in range(count):
                        for k in range(lanes):
                            steady = inflow[j, site, first + k] * slow[p, k]
                            held[site, p, k] = steady + above[site, p, k] * left[p, k]
        for s in range(signals):
            for k in range(lanes):
                highest[first + k, s] = top[s, k]


if IS_THERE:
    _one_time = njit(error_model="numpy", boundscheck=False)(_one_time)
    _run = njit(parallel=True, cache=True, error_model="numpy", boundscheck=False)(_run)


def run(
    *,
    rates: Array,
    weights: Array,
    straight: Array,
    bolus: Array,
    inflow: Array,
    starts: Array,
    ends: Array,
    places: npt.NDArray[np.int64],
    times: Array,
    steps: Array,
    keeps: bool,
) -> tuple[Array, Array]:
    """Give courses `(n, signals, times)`, empty unless `keeps`, and highest values `(n, signals)`; shapes as in `_run`."""
    _, signals, _, people = weights.shape
    courses = np.zeros((people, signals, len(times) if keeps else 0))
    highest = np.zeros((people, signals))
    _run(rates, weights, straight, bolus, inflow, starts, ends, places, times, steps, courses, highest)
    return courses, highest
