"""The counts of the denominator chain, for every unit at every window."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sojourn.clinical.outcomes.practice.windows import Window
from sojourn.clinical.outcomes.recount.columns import MISSING, NEVER, THOUSANDTHS, Int32, People
from sojourn.clinical.outcomes.reports.yardstick import Yardstick

Counts = NDArray[np.int64]

# What can be true of one person at one window, each a bit.
CAN, DOSED, REACHED, SEEN, MET, REMITTED, WORSE, KNOWN = (1 << bit for bit in range(8))
STATES = 1 << 8


@dataclass(frozen=True)
class Tallies:
    """Counts by unit at one window; each array has one number a unit. `worse` asks no floor of the baseline.

    `baselines_*` are sums in thousandths, of those with a valid baseline whose window has closed.
    """

    window: Window
    enrolled: Counts
    baseline: Counts
    dosed: Counts
    reached: Counts
    observed: Counts
    responded: Counts
    remitted: Counts
    worse: Counts
    without_baseline: Counts
    seen_at_all: Counts
    worse_at_all: Counts
    baselines_observed: Counts
    baselines_missing: Counts


def tallies(
    people: People, scores: Int32, *, yardstick: Yardstick, windows: Sequence[Window], as_of: int
) -> tuple[Tallies, ...]:
    """Count every window for every unit; `scores` as `scores_that_count` gives them for the same people and windows."""
    baseline = scores[:, 0]
    known = baseline != MISSING
    floor = _thousandths(yardstick.baseline_at_least)
    can = known if floor is None else known & (baseline >= floor)
    steady = can * CAN + (people.first_dose_day != NEVER) * DOSED + known * KNOWN
    return tuple(
        _tally(people, baseline, scores[:, place], steady.astype(np.int32), yardstick, window, as_of)
        for place, window in enumerate(windows, 1)
    )


def _tally(
    people: People, baseline: Int32, score: Int32, state: Int32, yardstick: Yardstick, window: Window, as_of: int
) -> Tallies:  # fmt: skip
    reached = (people.first_dose_day != NEVER) & (people.first_dose_day <= as_of - window.closes)
    seen = reached & (score != MISSING)
    both = seen & (state & KNOWN > 0)
    state = state | (reached * REACHED).astype(np.int32) | (seen * SEEN).astype(np.int32)
    state |= (both & _met(yardstick, baseline, score)) * np.int32(MET)
    remission, reliable = _thousandths(yardstick.remission_below), _thousandths(yardstick.reliable_points)
    if remission is not None:
        state |= (both & (score < remission)) * np.int32(REMITTED)
    if reliable is not None:
        lost = score - baseline if yardstick.lower_is_better else baseline - score
        state |= (both & (lost >= reliable)) * np.int32(WORSE)
    by_state = np.bincount(people.unit * STATES + state, minlength=people.units * STATES).reshape(-1, STATES)
    of_valid = (state & (CAN | REACHED)) == (CAN | REACHED)

    def sums(of: NDArray[np.bool_]) -> Counts:
        return np.bincount(people.unit[of], weights=baseline[of], minlength=people.units).astype(np.int64)

    return Tallies(
        window,
        enrolled=by_state.sum(axis=1),
        baseline=_having(by_state, CAN),
        dosed=_having(by_state, CAN | DOSED),
        reached=_having(by_state, CAN | REACHED),
        observed=_having(by_state, CAN | REACHED | SEEN),
        responded=_having(by_state, CAN | REACHED | MET),
        remitted=_having(by_state, CAN | REACHED | REMITTED),
        worse=_having(by_state, CAN | REACHED | WORSE),
        without_baseline=_having(by_state, REACHED) - _having(by_state, REACHED | KNOWN),
        seen_at_all=_having(by_state, KNOWN | SEEN),
        worse_at_all=_having(by_state, KNOWN | WORSE),
        baselines_observed=sums(of_valid & seen),
        baselines_missing=sums(of_valid & ~seen),
    )


def _met(yardstick: Yardstick, baseline: Int32, score: Int32) -> NDArray[np.bool_]:
    if yardstick.response_percent is None:
        return np.zeros(len(baseline), dtype=np.bool_)
    fall = 100 * (baseline.astype(np.int64) - score)
    return (baseline > 0) & (fall >= yardstick.response_percent * baseline.astype(np.int64))


def _having(by_state: Counts, bits: int) -> Counts:
    states = np.arange(STATES)
    return np.asarray(by_state[:, (states & bits) == bits].sum(axis=1))


def _thousandths(value: Fraction | None) -> int | None:
    return None if value is None else int(value * THOUSANDTHS)
