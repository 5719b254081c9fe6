"""Windows: "at 4 weeks" with a day it means, the days that count for it, and which score counts."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction


@dataclass(frozen=True)
class Window:
    """A window after the first dose, in days. The score nearest to `target` counts; of two as near, the earlier."""

    id: str
    target: int
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 < self.opens <= self.target <= self.closes:
            raise ValueError(f"window {self.id}: it opens after day 0, and its target lies between its ends")

    def is_over(self, person: "Person", *, as_of: date) -> bool:
        """True once a dosed person's window has closed by the data cut, which is the end of the day `as_of`.

        A window is open through its last day and over at the end of it: a cut on that day takes in all of the day.
        """
        start = person.first_dose_on
        return start is not None and start + timedelta(days=self.closes) <= as_of


USUAL_WINDOWS = (  # program policy, where nobody has said which days count for a visit
    Window("week 1", target=7, opens=4, closes=10),
    Window("week 2", target=14, opens=11, closes=20),
    Window("week 4", target=28, opens=21, closes=41),
    Window("week 8", target=56, opens=42, closes=69),
    Window("week 12", target=84, opens=70, closes=118),
    Window("month 6", target=182, opens=150, closes=213),
    Window("month 12", target=365, opens=330, closes=400),
)


@dataclass(frozen=True)
class Reading:
    """A score and the day it counts for. `counts` is False for what may not prove an outcome (prorated)."""

    on: date
    value: Fraction
    counts: bool = True


@dataclass(frozen=True)
class Person:
    """Everything one person brings to a rate: when they came in, were dosed, and what they answered."""

    id: str
    enrolled_on: date
    first_dose_on: date | None
    readings: tuple[Reading, ...]


def baseline_of(person: Person, *, within: timedelta, as_of: date) -> Fraction | None:
    """Give the last score on or before the first dose, if it is no older than `within`; before a dose, the last one."""
    start = person.first_dose_on
    last_day = as_of if start is None else start
    before = [reading for reading in person.readings if reading.on <= last_day and reading.counts]
    last = max(before, key=lambda reading: reading.on, default=None)
    if last is None or (start is not None and start - last.on > within):
        return None
    return last.value


def reading_in(person: Person, window: Window) -> Reading | None:
    """Give the score that counts for a window, or None where nothing was observed in it."""
    if person.first_dose_on is None:
        return None
    start = person.first_dose_on
    inside = [r for r in person.readings if r.counts and window.opens <= (r.on - start).days <= window.closes]
    return min(inside, key=lambda r: (abs((r.on - start).days - window.target), r.on), default=None)
