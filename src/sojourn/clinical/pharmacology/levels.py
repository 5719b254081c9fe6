"""Levels over time: runs the rates and weights of a body through the entries of its dose, exactly.

Between two entries everything is a constant and a sum of dying exponentials, so each stretch is worked out from its
beginning. On an even grid exp(-p(a+b)) = exp(-p a) exp(-p b) turns hundreds of exponentials into two dozen and one
small matrix product a person.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.absorption import Entry, Site
from sojourn.clinical.pharmacology.chain import Body, Modes, Signal, modes_of
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.refusals import CannotSimulate

CROWDED = 1e-5
STEP = 1e-3  # relative; the fourth-order mean of neighbours below is off by its fourth power
EVEN = 1e-9  # of a step
AT_A_TIME = 64  # people
LEAST_FOR_PRODUCT = 9  # times; below that two lists of exponentials are not shorter than one


@dataclass(frozen=True)
class Stretch:
    """From one change of input to the next: `constant (signals, n)` plus `weights (signals, P, n)` dying away."""

    start_h: float
    end_h: float
    starts_with_bolus: bool
    constant: Array
    weights: Array
    rates: Array


def levels(body: Body, *, times_h: Array, signals: Sequence[Signal], is_compiled: bool = False) -> Array:
    """Give each signal at each time, `(n, signals, times)`; times in hours, in any order, 0 before the first entry.

    At the moment an infusion ends the level is still the one before its end. Where two rates of a person are (nearly)
    equal no sum of exponentials exists; the value there is the fourth-order mean of four neighbours with rates moved
    apart by thousandths, right to 1e-9. `is_compiled` lets numba do the sums, where it is installed.
    """
    return _beside_crowding(
        body,
        signals,
        lambda entries, built: sums(entries=entries, modes=built, times_h=times_h, is_compiled=is_compiled),
    )


def areas(body: Body, *, until_h: float, signals: Sequence[Signal]) -> Array:
    """Give the area under each signal from the start to a time, `(n, signals)`, in signal units times hours."""

    def worked_out(entries: Sequence[Entry], built: Modes) -> Array:
        total = np.zeros((len(signals), built.rates.shape[1]))
        for stretch in stretches(entries=entries, modes=built):
            length = min(stretch.end_h, until_h) - stretch.start_h
            if length > 0:
                dying = -np.expm1(-stretch.rates * length) / stretch.rates
                total += stretch.constant * length + (stretch.weights * dying).sum(axis=1)
        return total.T

    return _beside_crowding(body, signals, worked_out)


def sums(*, entries: Sequence[Entry], modes: Modes, times_h: Array, is_compiled: bool = False) -> Array:
    """Add up every stretch of a dose, `(n, signals, times)`."""
    if is_compiled:
        return _compiled(entries, modes, times_h, keeps=True)[0]
    signals, _, people = next(iter(modes.weights.values())).shape
    result = np.zeros((people, signals, len(times_h)))
    for stretch in stretches(entries=entries, modes=modes):
        here = _within(stretch, times_h)
        if len(times_h[here]):
            _add_up(stretch, times_h[here] - stretch.start_h, into=result, here=here)
    return result


def highest(*, entries: Sequence[Entry], modes: Modes, times_h: Array, is_compiled: bool = False) -> Array:
    """Give the highest value on the grid, `(n, signals)`; compiled, without keeping the course."""
    if is_compiled:
        return _compiled(entries, modes, times_h, keeps=False)[1]
    found: Array = sums(entries=entries, modes=modes, times_h=times_h).max(axis=-1, initial=0.0)
    return found


def _compiled(entries: Sequence[Entry], modes: Modes, times_h: Array, *, keeps: bool) -> tuple[Array, Array]:
    """Lay a dose out for the compiled loops; they want the times in order."""
    from sojourn.clinical.pharmacology import compiled  # numba costs a start-up 60 MB; only who wants it pays

    if not compiled.IS_THERE:
        raise CannotSimulate(
            "is_compiled", "numba is not installed; install requirements/fast.txt or leave it out"
        )
    sites = list(modes.weights)
    order = np.argsort(times_h, kind="stable")
    times = times_h[order]
    starts, ends = _moments(entries)
    bolus = np.stack([[_at_once(entries, site, start, modes) for site in sites] for start in starts])
    inflow = np.stack([[_flowing(entries, site, start, modes) for site in sites] for start in starts])
    firsts = [_first_column(times, entries, start) for start in starts]
    places = np.array([firsts, [*firsts[1:], len(times)]], dtype=np.int64).T.copy()
    step = even_step(times)
    courses, tops = compiled.run(
        rates=modes.rates,
        weights=np.stack([modes.weights[site] for site in sites]),
        straight=np.stack([modes.straight[site] for site in sites]),
        bolus=bolus,
        inflow=inflow,
        starts=np.array(starts),
        ends=np.array(ends),
        places=places,
        times=times,
        steps=np.array([step or even_step(times[first:last]) for first, last in places]),
        keeps=keeps,
    )
    if keeps and not np.array_equal(order, np.arange(len(order))):
        courses[:, :, order] = courses.copy()
    return courses, tops


def _first_column(times: Array, entries: Sequence[Entry], start_h: float) -> int:
    """Give the first time a stretch answers for; see `_within`."""
    if any(entry.over_h == 0 and entry.start_h == start_h for entry in entries):
        return int(np.searchsorted(times, start_h, "left"))
    return int(np.searchsorted(times, start_h, "right"))


def _moments(entries: Sequence[Entry]) -> tuple[list[float], list[float]]:
    """Give when the stretches of a dose begin and end."""
    starts = sorted({entry.start_h for entry in entries} | {entry.end_h for entry in entries})
    return starts, [*starts[1:], np.inf]


def _at_once(entries: Sequence[Entry], site: Site, start_h: float, modes: Modes) -> Array:
    """Give what is put at a site at that moment, in mg."""
    put = (e.mg for e in entries if e.site is site and e.over_h == 0 and e.start_h == start_h)
    found: Array = sum(put, start=np.zeros(modes.rates.shape[1]))
    return found


def _flowing(entries: Sequence[Entry], site: Site, start_h: float, modes: Modes) -> Array:
    """Give what flows to a site from that moment on, in mg per hour."""
    rates = (e.mg / e.over_h for e in entries if e.site is site and e.start_h <= start_h < e.end_h)
    found: Array = sum(rates, start=np.zeros(modes.rates.shape[1]))
    return found


def stretches(*, entries: Sequence[Entry], modes: Modes) -> Iterator[Stretch]:
    """Go through a dose from change to change. Each rate's share of a site is carried on from stretch to stretch."""
    held = {site: np.zeros_like(modes.rates) for site in modes.weights}
    for start_h, end_h in zip(*_moments(entries), strict=True):
        constant, weights = np.zeros(1), np.zeros(1)
        for site, weight in modes.weights.items():
            inflow = _flowing(entries, site, start_h, modes)
            steady = inflow / modes.rates
            above = held[site] + _at_once(entries, site, start_h, modes) - steady
            weights = weights + weight * above
            constant = constant + modes.straight[site] * inflow + (weight * steady).sum(axis=1)
            if end_h < np.inf:
                held[site] = steady + above * np.exp(-modes.rates * (end_h - start_h))
        bolus = any(entry.over_h == 0 and entry.start_h == start_h for entry in entries)
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
    body: Body, signals: Sequence[Signal], work: Callable[[Sequence[Entry], Modes], Array]
) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):  # of equal rates; those people are done anew below
        built = modes_of(body, signals)
        found = work(body.absorption.entries, built)
    crowded = built.crowding() < CROWDED
    if crowded.any():
        near, far = (_neighbours(body.only(crowded), signals, step, work) for step in (STEP, 2 * STEP))
        found[crowded] = np.maximum((4 * near - far) / 3, 0.0)
    return found


def _neighbours(
    few: Body, signals: Sequence[Signal], step: float, work: Callable[[Sequence[Entry], Modes], Array]
) -> Array:
    slower, faster = few.shifted(-step), few.shifted(step)
    return (
        work(slower.absorption.entries, modes_of(slower, signals))
        + work(faster.absorption.entries, modes_of(faster, signals))
    ) / 2
