"""What a report must know of a scale, whether it comes from an instrument's file or from the map of an outside table."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from sojourn.clinical.instruments import Direction, Instrument
from sojourn.clinical.outcomes.mixed_models.covariance import Vector
from sojourn.clinical.outcomes.practice.chain import Outcome
from sojourn.clinical.outcomes.practice.windows import Person

CLOSE = 1e-9


@dataclass(frozen=True)
class Severity:
    """A band of the baseline: its name, and the lowest score in it."""

    label: str
    low: Fraction


@dataclass(frozen=True)
class Yardstick:
    """A scale's range and direction, and what counts. None: not agreed for this scale, so it is not judged.

    `response_percent` has no meaning where a scale does not begin at 0 or where higher is better.
    """

    id: str
    title: str
    low: Fraction
    high: Fraction
    lower_is_better: bool
    response_percent: int | None
    baseline_at_least: Fraction | None
    remission_below: Fraction | None
    reliable_points: Fraction | None
    definition_hash: str
    whole_numbers: bool = True
    severities: tuple[Severity, ...] = ()  # bands of scores, the lowest first; empty where none are published

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ValueError("the lowest score of a scale lies below its highest")
        if self.response_percent is not None and (self.low != 0 or not self.lower_is_better):
            raise ValueError(
                "percent change has a meaning only where a scale begins at 0 and lower is better"
            )

    def responded(self, baseline: Fraction, score: Fraction) -> bool:
        """Judge a fall of the response percent or more; from 0 nobody can fall."""
        percent = self.response_percent
        return percent is not None and baseline > 0 and 100 * (baseline - score) >= percent * baseline

    def responded_each(self, baselines: Vector, scores: Vector) -> NDArray[np.bool_]:
        """Judge many at once in floating point; a fall that reaches the percent to a billionth reaches it."""
        fell = 100 * (baselines - scores) >= (self.response_percent or 0) * baselines - CLOSE
        return np.asarray(fell & (baselines > 0) & (self.response_percent is not None))

    def is_worse(self, baseline: Fraction, score: Fraction) -> bool:
        """Judge a change for the worse by the reliable number of points or more; False where none is published."""
        lost = score - baseline if self.lower_is_better else baseline - score
        return self.reliable_points is not None and lost >= self.reliable_points

    def remitted(self, _baseline: Fraction, score: Fraction) -> bool:
        """Judge a score below the threshold of remission."""
        return self.remission_below is not None and score < self.remission_below

    def response(self, within: timedelta) -> Outcome:
        """Give the outcome of response from a baseline at or above the floor."""
        return Outcome(self.responded, self.is_worse, self.baseline_at_least, within)

    def remission(self, within: timedelta) -> Outcome:
        """Give the outcome of remission from the same baselines."""
        return Outcome(self.remitted, self.is_worse, self.baseline_at_least, within)

    def change(self, within: timedelta) -> Outcome:
        """Give no outcome but deterioration, from any baseline."""
        return Outcome(lambda _before, _after: False, self.is_worse, None, within)


@dataclass(frozen=True)
class Grouped:
    """A person, and the group they belong to; "" where all are one group."""

    person: Person
    group: str = ""


def yardstick_of(instrument: Instrument) -> Yardstick:
    """Take what a report needs from an instrument. Raises ValueError for one that gives no score."""
    scale = instrument.main_scale
    if scale is None:
        raise ValueError(f"{instrument.title} gives no score")
    rule = instrument.outcome_rule()
    change, bands = instrument.change_set(), instrument.band_set()
    return Yardstick(
        id=instrument.id,
        title=instrument.title,
        low=Fraction(scale.low),
        high=Fraction(scale.high),
        lower_is_better=instrument.direction is not Direction.HIGHER_IS_BETTER,
        response_percent=rule.response_percent if rule else None,
        baseline_at_least=_fraction(rule.baseline_at_least) if rule else None,
        remission_below=_fraction(rule.remission_below) if rule else None,
        reliable_points=change.points if change else None,
        definition_hash=instrument.definition_hash,
        severities=tuple(
            Severity(band.label, Fraction(band.low))
            for band in sorted(bands.bands if bands else (), key=lambda band: band.low)
        ),
    )


def hash_of(values: dict[str, object]) -> str:
    """Name a scale that has no file of its own by everything that is known of it."""
    return sha256(repr(sorted(values.items())).encode()).hexdigest()


def _fraction(value: int | None) -> Fraction | None:
    return None if value is None else Fraction(value)
