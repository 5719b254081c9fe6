"""How many are still in response, over time: Kaplan-Meier curves in exact arithmetic."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import exp, log, sqrt

from sojourn.clinical.evidence.meta_analysis import Interval
from sojourn.clinical.evidence.meta_analysis.distributions import normal_quantile

HALF = Fraction(1, 2)
FEWEST_AT_RISK = 10  # program policy: no curve is drawn beyond this


@dataclass(frozen=True)
class Followed:
    """One person: how long they were followed, and whether the event ended it (otherwise they were lost or still well)."""

    time: float
    event: bool

    def __post_init__(self) -> None:
        if not self.time >= 0:
            raise ValueError(f"a time of {self.time} cannot be followed")


@dataclass(frozen=True)
class Step:
    """The curve after the events at `time`. `at_risk` are those followed until just before it."""

    time: float
    at_risk: int
    events: int
    survival: Fraction
    spread: Fraction | None  # Greenwood's sum; None once everybody has had the event

    def interval(self, *, confidence: float = 0.95) -> Interval | None:
        """Give the log-log interval of the survival here; None where the curve has reached 0."""
        if self.spread is None:
            return None
        if self.survival == 1:
            return Interval(1.0, 1.0)
        log_survival = log(self.survival)
        reach = normal_quantile(confidence) * sqrt(self.spread) / abs(log_survival)
        return Interval(exp(log_survival * exp(reach)), exp(log_survival * exp(-reach)))


@dataclass(frozen=True)
class Curve:
    """A survival curve: its steps in order of time, and how many were followed in all."""

    steps: tuple[Step, ...]
    people: int
    times: tuple[float, ...]

    def at(self, time: float) -> Fraction:
        """Give the share without the event up to and including `time`."""
        return next((step.survival for step in reversed(self.steps) if step.time <= time), Fraction(1))

    def at_risk(self, time: float) -> int:
        """Count those followed until `time` or longer, without the event before it."""
        return len(self.times) - bisect_left(self.times, time)

    @property
    def median(self) -> float | None:
        """Give the first time at which no more than half are left; None where more than half always are."""
        return next((step.time for step in self.steps if step.survival <= HALF), None)

    @property
    def median_midpoint(self) -> float | None:
        """Give the median by R's convention: the middle of the stretch on which exactly half are left."""
        first = self.median
        if first is None or self.at(first) != HALF:
            return first
        later = next((step.time for step in self.steps if step.time > first), None)
        return first if later is None else (first + later) / 2

    @property
    def drawn_until(self) -> float:
        """Give the last time at which at least ten are still followed."""
        return max((time for time in self.times if self.at_risk(time) >= FEWEST_AT_RISK), default=0.0)


def curve(followed: Sequence[Followed]) -> Curve:
    """Estimate a survival curve; who is lost at the time of an event counts as at risk then.

    Source: kaplan-meier-1958.
    """
    times = tuple(sorted(person.time for person in followed))
    happened = Counter(person.time for person in followed if person.event)
    survival: Fraction = Fraction(1)
    spread: Fraction | None = Fraction(0)
    steps = []
    for time, events in sorted(happened.items()):
        at_risk = len(times) - bisect_left(times, time)
        survival *= Fraction(at_risk - events, at_risk)
        spread = (
            None
            if spread is None or events == at_risk
            else spread + Fraction(events, at_risk * (at_risk - events))
        )
        steps.append(Step(time, at_risk, events, survival, spread))
    return Curve(tuple(steps), len(followed), times)
