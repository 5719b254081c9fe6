"""Which scores count: of each person the baseline, and at most one for each window.

Every score is given one number whose order is the order of preference: how far it lies from its target, then which row
came later. The smallest of a person and window wins, in one pass.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sojourn.clinical.outcomes.practice.windows import Window
from sojourn.clinical.outcomes.recount.columns import (
    HIGHEST,
    MISSING,
    MOST_READINGS,
    NEVER,
    Int32,
    People,
    Readings,
)

BLOCK = 1 << 20
NOWHERE = -1
VALUE_BITS, ROW_BITS = HIGHEST.bit_length(), (MOST_READINGS - 1).bit_length()
NOTHING = np.iinfo(np.int64).max


def scores_that_count(
    people: People, readings: Readings, *, windows: Sequence[Window], as_of: int, baseline_days: int = 7
) -> Int32:
    """Give (people, 1 + windows): the baseline, then the score of each window; MISSING where there is none.

    `as_of`: the day of the data cut, counted from 1970; scores of a window and of people without a dose stand up to it.
    Windows must not overlap.
    """
    places, apart, first_offset = _by_offset(windows, baseline_days)
    columns = 1 + len(windows)
    best = np.full(len(people.first_dose_day) * columns, NOTHING, dtype=np.int64)
    for start in range(0, len(readings.person), BLOCK):
        _take_block(slice(start, start + BLOCK), people, readings, places, apart, first_offset, best, as_of)
    found = np.where(best == NOTHING, MISSING, best & HIGHEST).astype(np.int32)
    return found.reshape(-1, columns)


def _take_block(
    block: slice, people: People, readings: Readings, places: NDArray[np.int64], apart: NDArray[np.int64],
    first_offset: int, best: NDArray[np.int64], as_of: int,
) -> None:  # fmt: skip
    person, day = readings.person[block], readings.day[block]
    first = people.first_dose_day[person]
    undosed = first == NEVER
    offset = np.clip(day.astype(np.int64) - first - first_offset, 0, len(places) - 1)
    place, far = places[offset], apart[offset]
    if undosed.any():  # before a dose the last score of all is the baseline
        place = np.where(undosed, 0, place)
        far = np.where(undosed, as_of - day.astype(np.int64), far)
    counts = (place != NOWHERE) & (day <= as_of)
    rows = np.arange(block.start, block.start + len(person), dtype=np.int64)
    # Of two on one day the later row counts, so rows are counted down.
    code = (((far << ROW_BITS) | (MOST_READINGS - 1 - rows)) << VALUE_BITS) | readings.value[block]
    key = person.astype(np.int64) * (len(best) // len(people.first_dose_day)) + place
    np.minimum.at(best, key[counts], code[counts])


def _by_offset(
    windows: Sequence[Window], baseline_days: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """For each day from before the baseline to after the last window: the place it belongs to, and how far from its target.

    Two days as far from a target are told apart: the earlier one is nearer.
    """
    first, last = -baseline_days - 1, max(window.closes for window in windows) + 1
    places = np.full(last - first + 1, NOWHERE, dtype=np.int64)
    apart = np.zeros_like(places)
    for day in range(-baseline_days, 1):
        places[day - first], apart[day - first] = 0, -day
    for place, window in enumerate(windows, 1):
        for day in range(window.opens, window.closes + 1):
            if places[day - first] != NOWHERE:
                raise ValueError("windows overlap")
            places[day - first] = place
            apart[day - first] = 2 * abs(day - window.target) + (day > window.target)
    return places, apart, first
