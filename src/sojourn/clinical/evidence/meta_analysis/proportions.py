"""Shares of people, with their intervals, and the difference of two shares."""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from sojourn.clinical.evidence.meta_analysis.distributions import normal_quantile

CONFIDENCE = 0.95


@dataclass(frozen=True, order=True)
class Counts:
    """How many of how many. An impossible count cannot be built."""

    events: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.n or self.n == 0:
            raise ValueError(f"{self.events} of {self.n} people cannot be counted")

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.events + other.events, self.n + other.n)

    def __str__(self) -> str:
        return f"{self.events}/{self.n}"

    @property
    def share(self) -> Fraction:
        return Fraction(self.events, self.n)

    @property
    def odds(self) -> Fraction | None:
        """Events for each non-event, exactly; None when everybody had the event."""
        return None if self.events == self.n else Fraction(self.events, self.n - self.events)


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


def wilson(counts: Counts, *, confidence: float = CONFIDENCE) -> Interval:
    """Give the score interval of a share. It never leaves 0 to 1 and is right for small numbers.

    Source: Newcombe 1998, method 3 (Wilson 1927, without continuity correction).
    """
    z2 = normal_quantile(confidence) ** 2
    events, n = counts.events, counts.n
    middle = events + z2 / 2
    reach = sqrt(z2) * sqrt(events * (n - events) / n + z2 / 4)
    low = 0.0 if events == 0 else (middle - reach) / (n + z2)
    high = 1.0 if events == n else (middle + reach) / (n + z2)
    return Interval(low, high)


def newcombe(active: Counts, control: Counts, *, confidence: float = CONFIDENCE) -> Interval:
    """Give the interval of the difference active minus control, from the two Wilson intervals.

    Source: Newcombe 1998, method 10 (hybrid score interval).
    """
    p1, p2 = float(active.share), float(control.share)
    first, second = wilson(active, confidence=confidence), wilson(control, confidence=confidence)
    return Interval(
        p1 - p2 - sqrt((p1 - first.low) ** 2 + (second.high - p2) ** 2),
        p1 - p2 + sqrt((first.high - p1) ** 2 + (p2 - second.low) ** 2),
    )
