"""The dose clock: each score by the days since the dose before it, and how long a patient was in response."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sojourn.clinical.outcomes.trajectory import ScorePoint

CARRIED_AT_MOST = timedelta(days=21)  # program policy: a score says nothing about later than this


@dataclass(frozen=True)
class ClockPoint:
    """A score on the dose clock. `dose` counts from 1; `days` since that dose, 0 on its day."""

    on: date
    dose: int
    days: int
    value: Fraction


@dataclass(frozen=True)
class TimeInResponse:
    """Days known to be in response, of the days since the first dose that any score speaks for."""

    in_response: int
    known: int
    followed: int

    @property
    def unknown(self) -> int:
        return self.followed - self.known


def on_the_clock(*, points: Sequence[ScorePoint], doses: Sequence[date]) -> tuple[ClockPoint, ...]:
    """Put scores after the first dose on the clock of the dose before them, in order of days.

    A score on the day of a dose was asked for before it, so it belongs to the dose before; on the first day, to none.
    """
    days = sorted(set(doses))
    found = []
    for point in sorted(points, key=lambda point: point.on):
        before = [day for day in days if day < point.on]
        if before:
            found.append(ClockPoint(point.on, len(before), (point.on - before[-1]).days, point.value))
    return tuple(found)


def time_in_response(
    *, points: Sequence[ScorePoint], baseline: Fraction, first_dose_on: date, as_of: date
) -> TimeInResponse:
    """Count the days in response since the first dose; a score holds until the next one, for 21 days at most."""
    after = sorted((p for p in points if first_dose_on < p.on <= as_of), key=lambda point: point.on)
    in_response = known = 0
    for place, point in enumerate(after):
        until = after[place + 1].on if place + 1 < len(after) else as_of
        days = min(until - point.on, CARRIED_AT_MOST).days
        known += days
        in_response += days if 2 * point.value <= baseline else 0
    return TimeInResponse(in_response, known, max(0, (as_of - first_dose_on).days))
