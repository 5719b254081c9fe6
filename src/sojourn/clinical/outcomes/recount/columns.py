"""What comes in: people and their scores, one array for each thing known of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sojourn.clinical.outcomes.practice.windows import Person

Int32 = NDArray[np.int32]

THOUSANDTHS: Final = 1000  # scores are whole numbers of thousandths of a point
NEVER: Final = -(2**31)  # the day of a first dose that was not given
MISSING: Final = -(2**31)  # a score that nobody gave
HIGHEST: Final = 2**20 - 1  # thousandths: no scale in use reaches 1048 points
MOST_READINGS: Final = 2**26
EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class People:
    """One row a person: the day of the first dose (days since 1970, or NEVER), and the unit they are counted in."""

    first_dose_day: Int32
    unit: Int32
    units: int

    def __post_init__(self) -> None:
        if len(self.first_dose_day) != len(self.unit):
            raise ValueError("every person has a first dose or none, and a unit")


@dataclass(frozen=True)
class Readings:
    """One row a score that may count: whose (row of People), on which day, how many thousandths of a point.

    Rows come in the order of person, then day, then when they were answered.
    """

    person: Int32
    day: Int32
    value: Int32

    def __post_init__(self) -> None:
        if not len(self.person) == len(self.day) == len(self.value):
            raise ValueError("every score has a person, a day and a value")
        if len(self.person) > MOST_READINGS:
            raise ValueError(f"more than {MOST_READINGS} scores do not fit; recount a part at a time")
        if len(self.value) and not 0 <= int(self.value.min()) <= int(self.value.max()) <= HIGHEST:
            raise ValueError("scores lie between 0 and 1048 points")


def day_number(on: date) -> int:
    """Count the days since 1970."""
    return on.toordinal() - EPOCH


def columns_of(people: Sequence[Person], units: Sequence[int] | None = None) -> tuple[People, Readings]:
    """Lay people out in columns; `units` names the unit of each. Raises ValueError for finer scores than thousandths."""
    rows = [
        (who, day_number(reading.on), reading.value * THOUSANDTHS)
        for who, person in enumerate(people)
        for reading in sorted(person.readings, key=lambda reading: reading.on)
        if reading.counts
    ]
    if any(value.denominator != 1 for _, _, value in rows):
        raise ValueError("a score finer than a thousandth of a point")
    laid = np.array([(who, day, int(value)) for who, day, value in rows], dtype=np.int32).reshape(-1, 3)
    unit = np.array(units if units is not None else [0] * len(people), dtype=np.int32)
    first = [NEVER if p.first_dose_on is None else day_number(p.first_dose_on) for p in people]
    return (
        People(np.array(first, dtype=np.int32), unit, int(unit.max(initial=0)) + 1),
        Readings(*(np.ascontiguousarray(laid[:, place]) for place in range(3))),
    )
