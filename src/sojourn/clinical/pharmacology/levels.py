"""Levels over time: runs the rates and weights of a body through the entries of its dose, exactly.

Between two entries everything is a constant and a sum of dying exponentials, so each stretch is worked out from its
beginning. On an even grid exp(-p(a+b)) = exp(-p a) exp(-p b) turns hundreds of exponentials into two dozen and one
small matrix product a person.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.absorption import Entry, Site
from sojourn.clinical.pharmacology.chain import Body, Modes, Signal, modes_of
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.refusals import CannotSimulate

if TYPE_CHECKING:
    from sojourn.clinical.pharmacology.compiled import Loops

CROWDED = 1e-6  # below it the sum is further off than the mean of neighbours, above it nearer
STEP = 1e-3  # relative; the fourth-order mean of neighbours below is off by its fourth power
EVEN = 1e-9  # of a step
AT_A_TIME = 64  # people
LEAST_FOR_PRODUCT = 9  # times; below that two lists of exponentials are not shorter than one

Work = Callable[[Sequence[Entry], Modes, Array | None], Array]


@dataclass(frozen=True)
class Stretch:
    """From one change of input to the next: `constant (signals, n)` plus `weights (signals, P, n)` dying away."""

    start_h: float
    end_h: float
    starts_with_bolus: bool
    constant: Array
    weights: Array
    rates: Array


def levels(
    body: Body,
    *,
    times_h: Array,
    signals: Sequence[Signal],
    is_compiled: bool = False,
    into: Array | None = None,
) -> Array:
    """Give each signal at each time, `(n, signals, times)`; times in hours, in any order, 0 before the first entry.

    At the moment an infusion ends the level is still the one before its end. Where two rates of a person are (nearly)
    equal no sum of exponentials exists; the value there is the fourth-order mean of four neighbours with rates moved
    apart by thousandths, right to 1e-9. `is_compiled` lets numba do the sums, where it is installed. `into` is where the
    answer is written, for who keeps many.
    """
    return _beside_crowding(
        body,
        signals,
        lambda entries, built, place: sums(
            entries=entries, modes=built, times_h=times_h, is_compiled=is_compiled, into=place
        ),
        into=into,
    )


def areas(body: Body, *, until_h: float, signals: Sequence[Signal]) -> Array:
    """Give the area under each signal from the start to a time, `(n, signals)`, in signal units times hours."""
    return _beside_crowding(
        body,
        signals,
        lambda entries, built, _: _areas(list(stretches(entries=entries, modes=built)), until_h),
    )


def sums(
    *,
    entries: Sequence[Entry],
    modes: Modes,
    times_h: Array,
    is_compiled: bool = False,
    into: Array | None = None,
) -> Array:
    """Add up every stretch of a dose, `(n, signals, times)`."""
    signals, _, people = modes.shape
    result = np.empty((people, signals, len(times_h))) if into is None else into
    answered = np.zeros(len(times_h), dtype=np.bool_)
    loops = _compiled_loops(modes, times_h) if is_compiled else None
    for stretch in stretches(entries=entries, modes=modes):
        here = _within(stretch, times_h)
        answered[here] = True
        since_h = times_h[here] - stretch.start_h
        if len(since_h) and loops:
            loops.write_courses(stretch, since_h, into=result, here=here)
        elif len(since_h):
            _add_up(stretch, since_h, into=result, here=here)
    result[:, :, ~answered] = 0.0
    return result


def highest_and_areas(
    *, entries: Sequence[Entry], modes: Modes, times_h: Array, until_h: float, is_compiled: bool = False
) -> tuple[Array, Array]:
    """Give the highest value on the grid and the area until a time, `(n, signals)` each; compiled, without the course."""
    found = list(stretches(entries=entries, modes=modes))
    area = _areas(found, until_h)
    if not is_compiled:
        return sums(entries=entries, modes=modes, times_h=times_h).max(axis=-1, initial=0.0), area
    top, loops = np.zeros_like(found[0].constant), _compiled_loops(modes, times_h)
    for stretch in found:
        since_h = times_h[_within(stretch, times_h)] - stretch.start_h
        if len(since_h):
            loops.raise_highest(stretch, since_h, top=top)
    return top.T, area


def _areas(found: Sequence[Stretch], until_h: float) -> Array:
    """Add up what lies under each stretch, `(n, signals)`."""
    total = np.zeros_like(found[0].constant)
    under: dict[float, Array] = {}
    for stretch in found:
        length = max(0.0, min(stretch.end_h, until_h) - stretch.start_h)
        if length not in under:
            under[length] = -np.expm1(-stretch.rates * length) / stretch.rates
        total += stretch.constant * length + (stretch.weights * under[length]).sum(axis=1)
    return total.T


def _compiled_loops(modes: Modes, times_h: Array) -> "Loops":
    from sojourn.clinical.pharmacology import compiled  # numba costs a start-up 60 MB; only who wants it pays

    if not compiled.IS_THERE:
        raise CannotSimulate(
            "is_compiled", "numba is not installed; install requirements/fast.txt or leave it out"
        )
    return compiled.Loops(modes=modes, step_h=even_step(times_h))


def _moments(entries: Sequence[Entry]) -> tuple[list[float], list[float]]:
    """Give when the stretches of a dose begin and end."""
    starts = sorted({entry.start_h for entry in entries} | {entry.end_h for entry in entries})
    return starts, [*starts[1:], np.inf]


def _at_once(entries: Sequence[Entry], site: Site, start_h: float) -> Array | float:
    """Give what is put at a site at that moment, in mg."""
    return sum(e.mg for e in entries if e.site is site and e.over_h == 0 and e.start_h == start_h)


def _flowing(entries: Sequence[Entry], site: Site, start_h: float) -> Array | float:
    """Give what flows to a site from that moment on, in mg per hour."""
    return sum(e.mg / e.over_h for e in entries if e.site is site and e.start_h <= start_h < e.end_h)


def stretches(*, entries: Sequence[Entry], modes: Modes) -> Iterator[Stretch]:
    """Go through a dose from change to change. Each rate's share of a site is carried on from stretch to stretch."""
    held: dict[Site, Array | float] = dict.fromkeys(modes.weights, 0.0)
    left: dict[float, Array] = {}
    for start_h, end_h in zip(*_moments(entries), strict=True):
        constant, parts = np.zeros(modes.shape[::2]), []
        if end_h - start_h not in left:
            left[end_h - start_h] = np.exp(-modes.rates * (end_h - start_h))
        for site, weight in modes.weights.items():
            above = held[site] + _at_once(entries, site, start_h)
            inflow = _flowing(entries, site, start_h)
            held[site] = above * left[end_h - start_h]
            if isinstance(inflow, np.ndarray):
                steady = inflow / modes.rates
                above = above - steady
                constant += modes.straight[site] * inflow + (weight * steady).sum(axis=1)
                held[site] = steady + above * left[end_h - start_h]
            parts.append(weight * above)
        bolus = any(entry.over_h == 0 and entry.start_h == start_h for entry in entries)
        weights = sum(parts[1:], start=parts[0])
        yield Stretch(start_h, end_h, bolus, constant, weights, modes.rates)


def _within(stretch: Stretch, times_h: Array) -> slice | npt.NDArray[np.bool_]:
    """Say which times the stretch answers for; a moment between two belongs to the earlier unless a bolus falls on it."""
    after = times_h >= stretch.start_h if stretch.starts_with_bolus else times_h > stretch.start_h
    here: npt.NDArray[np.bool_] = after & (times_h <= stretch.end_h)
    places = np.flatnonzero(here)
    if len(places) and places[-1] - places[0] + 1 == len(places):
        return slice(int(places[0]), int(places[-1]) + 1)  # much faster than a mask
    return here


def _add_up(stretch: Stretch, since_h: Array, *, into: Array, here: slice | npt.NDArray[np.bool_]) -> None:
    """Add the exponentials up, some people at a time so that they stay in the processor's own memory."""
    coarse, fine = _as_sums(since_h)
    rates = np.ascontiguousarray(stretch.rates.T)
    weights = np.ascontiguousarray(np.moveaxis(stretch.weights, 2, 0))  # (n, signals, P)
    constant = np.ascontiguousarray(stretch.constant.T)[:, :, None]
    for first in range(0, len(rates), AT_A_TIME):
        some = slice(first, first + AT_A_TIME)
        people, signals, count = weights[some].shape
        left = weights[some, :, None, :] * np.exp(-coarse[None, :, None] * rates[some, None, :])[:, None]
        right = np.exp(-fine[None, None, :] * rates[some, :, None])
        product = left.reshape(people, signals * len(coarse), count) @ right
        summed = product.reshape(people, signals, -1)[:, :, : len(since_h)]
        summed += constant[some]
        into[some, :, here] = np.maximum(summed, 0.0, out=summed)  # below zero is rounding


def even_step(times: Array) -> float:
    """Give the step of an even grid; 0 for an uneven one."""
    if len(times) < LEAST_FOR_PRODUCT:
        return 0.0
    step = float(times[-1] - times[0]) / (len(times) - 1)
    if step <= 0 or np.abs(times - (times[0] + step * np.arange(len(times)))).max() > EVEN * step:
        return 0.0
    return step


def _as_sums(times: Array) -> tuple[Array, Array]:
    """Write an even grid as sums of a coarse and a fine one; leave an uneven one as it is."""
    step = even_step(times)
    if not step:
        return np.zeros(1), times
    fine = int(np.ceil(np.sqrt(len(times))))
    coarse = step * fine * np.arange(-(-len(times) // fine), dtype=np.float64)
    return coarse, times[0] + step * np.arange(fine, dtype=np.float64)


def _beside_crowding(
    body: Body, signals: Sequence[Signal], work: Work, *, into: Array | None = None
) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):  # of equal rates; those people are done anew below
        built = modes_of(body, signals)
        found = work(body.absorption.entries, built, into)
    crowded = np.flatnonzero(built.crowding() < CROWDED)
    if len(crowded):
        found[crowded] = _mean_of_neighbours(body, crowded, signals, work)
    return found


def _mean_of_neighbours(
    body: Body, places: npt.NDArray[np.intp], signals: Sequence[Signal], work: Work
) -> Array:
    steps = STEP * np.array([-1.0, 1.0, -2.0, 2.0])
    around = body.only(np.tile(places, len(steps))).shifted(np.repeat(steps, len(places)))
    slower, faster, slowest, fastest = np.split(
        work(around.absorption.entries, modes_of(around, signals), None), len(steps)
    )
    near, far = (slower + faster) / 2, (slowest + fastest) / 2
    found: Array = np.maximum((4 * near - far) / 3, 0.0)
    return found
