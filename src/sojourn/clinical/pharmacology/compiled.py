"""The sums of `levels` compiled by numba, for many people: the same numbers to the last few digits, faster.

Optional: numba stands in `requirements/fast.txt`. Two questions, two ways through a stretch of a dose. Whole courses go
person by person: a table of that person's exponentials at all times, of which each signal is a weighted sum, written
once and in the order of memory. Highest values keep nothing, so there many people go side by side through time. Both
let the processor work on eight numbers at once and find them in its nearest memory.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.chain import Modes
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.levels import Stretch

try:
    from numba import njit, prange
except ImportError:  # the numpy path of `levels` does everything
    IS_THERE = False
else:
    IS_THERE = True

SIDE_BY_SIDE = 256  # people; fewer do not pay for the checks before each inner loop
FETCHED = 16  # people whose weights are fetched together: they lie side by side, each person's lie far apart
TABLE = 256  # times; a table of 15 rates then fills two thirds of the nearest memory
LINE = 8  # numbers in a line of memory, and worked on at once
FIRST, MORE = 8, 4  # terms of a sum taken in one pass over the times, see `_add_up`


class Laid(NamedTuple):
    """One stretch laid out for the loops: n people, P rates, and the times it answers for.

    The exponentials that everybody needs at the same moment are taken by numpy, many at once. On an uneven grid `begun` and
    `factor` say nothing.
    """

    rates: Array  # (P, n)
    weights: Array  # (signals, P, n)
    constant: Array  # (signals, n)
    terms: npt.NDArray[np.int64]  # (signals, most): the places of the rates each signal has
    many: npt.NDArray[np.int64]  # (signals): how many those are; the other terms weigh nothing
    since_h: Array  # the times, from the start of the stretch on
    is_even: bool
    begun: Array  # (P, n): exp(-rate · first time)
    factor: Array  # (P, n): exp(-rate · step)


def _lined_up(laid: Any, first: int, lanes: int) -> Any:
    """Fetch the weights of some people in the order of each signal's terms, `(signals, most, lanes)`."""
    signals, most = laid.terms.shape
    found = np.zeros((signals, most, lanes))
    for s in range(signals):
        for place in range(laid.many[s]):
            weight = laid.weights[s, laid.terms[s, place], first : first + lanes]
            for k in range(lanes):
                found[s, place, k] = weight[k]
    return found


# Whole courses: person by person ---------------------------------------------------------------------------------------


def _courses(laid: Any, into: Any, column: int) -> None:
    for group in prange((len(into) + FETCHED - 1) // FETCHED):
        _courses_of(laid, group * FETCHED, into, column)


def _courses_of(laid: Any, first: int, into: Any, column: int) -> None:
    """Fill `into (n, signals, times)` from a column on, for a few people from place `first` on."""
    count, people = laid.rates.shape
    lanes = min(FETCHED, people - first)
    fetched = _lined_up(laid, first, lanes)
    table, powers_of = _table(count, len(laid.since_h)), np.full(count, -1.0)
    dying, weight = np.ones(count), np.zeros(laid.terms.shape)
    for k in range(lanes):
        for begin in range(0, len(laid.since_h), table.shape[1]):
            many = min(table.shape[1], len(laid.since_h) - begin)
            if laid.is_even:
                _powers(table, laid.factor, powers_of, first + k)
                _reach(dying, laid, table, first + k, begin)
            else:
                _exponentials(table, laid.rates, laid.since_h[begin : begin + many], first + k)
            _weigh(weight, laid, fetched, k, dying)
            _add_up(into, first + k, column + begin, many, laid, weight, table)


def _table(count: int, times: int) -> Any:
    """Make room for each exponential of one person, in rows that begin where a line of memory begins."""
    width = min(TABLE, (times + LINE - 1) // LINE * LINE)
    raw = np.empty(count * width + LINE)
    begin = -(raw.ctypes.data // 8) % LINE
    return raw[begin : begin + count * width].reshape((count, width))


def _powers(table: Any, factor: Any, powers_of: Any, person: int) -> None:
    """Write 1, f, f², ... of each rate by doubling what is there, so that few roundings add up."""
    count, width = table.shape
    for p in range(count):
        if powers_of[p] == factor[p, person]:  # there already: effect sites are as fast in everybody
            continue
        powers_of[p] = factor[p, person]
        row, power = table[p], 1.0
        for j in range(LINE):
            row[j] = power
            power *= factor[p, person]
        there = LINE
        while there < width:
            doubled = row[there : 2 * there]
            for j in range(len(doubled)):
                doubled[j] = row[j] * power
            power *= power
            there *= 2


def _reach(dying: Any, laid: Any, table: Any, person: int, begin: int) -> None:
    """Take each exponential to the beginning of the table."""
    for p in range(len(dying)):
        if begin:
            dying[p] *= table[p, -1] * laid.factor[p, person]
        else:
            dying[p] = laid.begun[p, person]


def _exponentials(table: Any, rates: Any, since_h: Any, person: int) -> None:
    for p in range(len(table)):
        for j in range(len(since_h)):
            table[p, j] = np.exp(-rates[p, person] * since_h[j])


def _weigh(weight: Any, laid: Any, fetched: Any, k: int, dying: Any) -> None:
    """Line up the weights of each signal's terms as they are at the beginning of the table."""
    for s in range(len(weight)):
        for place in range(laid.many[s]):
            p = laid.terms[s, place]
            weight[s, place] = fetched[s, place, k] * dying[p]


def _add_up(into: Any, person: int, column: int, many: int, laid: Any, weight: Any, table: Any) -> None:
    """Write one person's sums, signal by signal, each in as few passes over the times as there are groups of terms.

    The last pass takes what is below zero, which is rounding, for zero.
    """
    for s in range(len(weight)):
        row, ground = into[person, s, column : column + many], laid.constant[s, person]
        t, w = laid.terms[s], weight[s]
        a, b, c, d, e, f, g, h = t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7]
        wa, wb, wc, wd, we, wf, wg, wh = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]
        floor = -np.inf if laid.many[s] > FIRST else 0.0
        for j in range(many):
            some = wa * table[a, j] + wb * table[b, j] + wc * table[c, j] + wd * table[d, j]
            rest = we * table[e, j] + wf * table[f, j] + wg * table[g, j] + wh * table[h, j]
            row[j] = max(floor, ground + some + rest)
        for place in range(FIRST, laid.many[s], MORE):
            a, b, c, d = t[place], t[place + 1], t[place + 2], t[place + 3]
            wa, wb, wc, wd = w[place], w[place + 1], w[place + 2], w[place + 3]
            floor = -np.inf if laid.many[s] > place + MORE else 0.0
            for j in range(many):
                some = wa * table[a, j] + wb * table[b, j] + wc * table[c, j] + wd * table[d, j]
                row[j] = max(floor, row[j] + some)


# Highest values: people side by side -----------------------------------------------------------------------------------


def _highest(laid: Any, top: Any) -> None:
    people = top.shape[1]
    for group in prange((people + SIDE_BY_SIDE - 1) // SIDE_BY_SIDE):
        first = group * SIDE_BY_SIDE
        _highest_of(laid, first, min(SIDE_BY_SIDE, people - first), top)


def _highest_of(laid: Any, first: int, lanes: int, top: Any) -> None:
    """Raise `top (signals, n)` for some people to the highest of the stretch."""
    weights = _lined_up(laid, first, lanes)
    constant, rates = _some(laid.constant, first, lanes), _some(laid.rates, first, lanes)
    dying, factor = _some(laid.begun, first, lanes), _some(laid.factor, first, lanes)
    highest, level = _some(top, first, lanes), np.empty(lanes)
    for j in range(len(laid.since_h)):
        if not laid.is_even:
            _reach_time(dying, rates, laid.since_h[j])
        elif j:
            _step_on(dying, factor)
        _raise(highest, level, constant, laid, weights, dying)
    for s in range(len(top)):
        for k in range(lanes):
            top[s, first + k] = highest[s, k]


def _some(rows: Any, first: int, lanes: int) -> Any:
    """Copy what belongs to some people, so that it lies together."""
    found = np.empty((len(rows), lanes))
    for place in range(len(rows)):
        row = rows[place, first : first + lanes]
        for k in range(lanes):
            found[place, k] = row[k]
    return found


def _step_on(dying: Any, factor: Any) -> None:
    for p in range(len(dying)):
        for k in range(dying.shape[1]):
            dying[p, k] *= factor[p, k]


def _reach_time(dying: Any, rates: Any, since_h: float) -> None:
    for p in range(len(dying)):
        for k in range(dying.shape[1]):
            dying[p, k] = np.exp(-rates[p, k] * since_h)


def _raise(highest: Any, level: Any, constant: Any, laid: Any, weights: Any, dying: Any) -> None:
    """Add the exponentials up at one time, and keep what is higher than before."""
    for s in range(len(highest)):
        for k in range(len(level)):
            level[k] = constant[s, k]
        for i in range(0, laid.many[s], MORE):  # terms beyond `many` weigh nothing
            a, b, c, d = laid.terms[s, i], laid.terms[s, i + 1], laid.terms[s, i + 2], laid.terms[s, i + 3]
            for k in range(len(level)):
                two = weights[s, i, k] * dying[a, k] + weights[s, i + 1, k] * dying[b, k]
                level[k] += two + weights[s, i + 2, k] * dying[c, k] + weights[s, i + 3, k] * dying[d, k]
        for k in range(len(level)):
            highest[s, k] = max(highest[s, k], level[k])


if IS_THERE:
    usual: dict[str, Any] = {"error_model": "numpy", "boundscheck": False}
    inner = usual | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # never called from Python
    fused = inner | {"fastmath": {"contract"}}  # a product and a sum in one rounding, and nothing else
    _table, _powers, _reach, _exponentials, _weigh = (
        njit(**inner)(one) for one in (_table, _powers, _reach, _exponentials, _weigh)
    )
    _some, _lined_up, _step_on, _reach_time = (
        njit(**inner)(one) for one in (_some, _lined_up, _step_on, _reach_time)
    )
    _add_up, _raise = (njit(**fused)(one) for one in (_add_up, _raise))
    _courses_of, _highest_of = (njit(**inner)(one) for one in (_courses_of, _highest_of))
    _courses, _highest = (njit(parallel=True, cache=True, **usual)(one) for one in (_courses, _highest))


class Loops:
    """The compiled loops for one body and one grid of times; holds what every stretch needs again."""

    def __init__(self, *, modes: Modes, step_h: float) -> None:
        """Take an even grid's step, or 0."""
        self._terms, self._many = _terms_of(modes)
        self._step_h = step_h
        self._factor = np.exp(-modes.rates * step_h)

    def write_courses(
        self, stretch: Stretch, since_h: Array, *, into: Array, here: slice | npt.NDArray[np.bool_]
    ) -> None:
        """Write every signal at the times of a stretch into those columns of `(n, signals, times)`."""
        laid = self._laid(stretch, since_h)
        if isinstance(here, slice) and into.flags.c_contiguous:
            _courses(laid, into, here.start)
            return
        people, signals, _ = into.shape  # the loops write neighbouring columns of a whole array only
        apart = np.empty((people, signals, len(since_h)))
        _courses(laid, apart, 0)
        into[:, :, here] = apart

    def raise_highest(self, stretch: Stretch, since_h: Array, *, top: Array) -> None:
        """Raise `top (signals, n)` where the stretch goes higher."""
        _highest(self._laid(stretch, since_h), top)

    def _laid(self, stretch: Stretch, since_h: Array) -> Laid:
        is_even = self._step_h > 0
        return Laid(
            rates=stretch.rates,
            weights=stretch.weights,
            constant=stretch.constant,
            terms=self._terms,
            many=self._many,
            since_h=since_h,
            is_even=is_even,
            begun=np.exp(-stretch.rates * since_h[0]) if is_even else stretch.rates,
            factor=self._factor,
        )


def _terms_of(modes: Modes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """List the places of the rates each signal has, filled up to `FIRST` and some times `MORE`; and how many those are."""
    used = np.any([weights.any(axis=2) for weights in modes.weights.values()], axis=0)
    many = used.sum(axis=1)
    longest = max(0, int(many.max(initial=0)) - FIRST)
    terms = np.zeros((len(used), FIRST + -(-longest // MORE) * MORE), dtype=np.int64)
    for places, rates in zip(terms, used, strict=True):
        places[: rates.sum()] = np.flatnonzero(rates)
    return terms, many
