"""What each signal did in a session: the latest, the highest and what lies outside are found without reading every event."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sojourn.clinical.monitoring.events import Event


@dataclass(frozen=True, slots=True)
class Course:
    """The values of one signal in order of time, each with the event that measured it."""

    events: tuple[Event, ...] = ()
    times: tuple[datetime, ...] = ()
    values: tuple[float, ...] = ()

    @classmethod
    def of(cls, measured: Iterable[tuple[Event, float]]) -> Self:
        """The course of these values, given in order of time."""
        events, values = zip(*measured, strict=True)
        return cls(events, tuple(event.taken_at for event in events), values)

    def until(self, last: datetime) -> Self:
        """What was measured until a moment."""
        return self._cut(0, bisect_right(self.times, last))

    def since(self, moment: datetime) -> Self:
        """What was measured after a moment."""
        return self._cut(bisect_right(self.times, moment), len(self.times))

    def latest(self) -> tuple[float, ...]:
        """The values of the last moment: several where two sources measured at once."""
        if not self.times:
            return ()
        return self.values[bisect_left(self.times, self.times[-1]) :]

    def outside(self, low: float, high: float) -> Sequence[Event]:
        """The events whose values do not lie strictly between these two."""
        if not self.values or (low < min(self.values) and max(self.values) < high):
            return ()
        measured = zip(self.events, self.values, strict=True)
        return [event for event, value in measured if not low < value < high]

    def _cut(self, first: int, end: int) -> Self:
        if first == 0 and end == len(self.times):
            return self
        return type(self)(self.events[first:end], self.times[first:end], self.values[first:end])


class OpenCourse:
    """A course while values are added to it. Whoever adds one puts its event into `events` first."""

    __slots__ = ("events", "times", "values")

    def __init__(self, course: Course) -> None:
        self.events, self.times, self.values = list(course.events), list(course.times), list(course.values)

    def insert(self, at: int, taken_at: datetime, value: float) -> None:
        """Add a value as number `at`."""
        self.times.insert(at, taken_at)
        self.values.insert(at, value)

    def closed(self) -> Course:
        return Course(tuple(self.events), tuple(self.times), tuple(self.values))
