"""Is a change larger than the noise of the instrument? Source: jacobson-truax-1991."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from sojourn.clinical.instruments import ChangeSet, Direction, Instrument

Z_95 = 1.96  # the usual two-sided 95 %


class ChangeVerdict(StrEnum):
    BETTER = "reliably better"
    WORSE = "reliably worse"
    WITHIN_NOISE = "not a reliable change"
    NO_THRESHOLD = "no published threshold"


@dataclass(frozen=True)
class Change:
    """From one score to another. `points` is after minus before; `gained` counts improvement as positive."""

    points: Fraction
    gained: Fraction
    verdict: ChangeVerdict
    change_set: ChangeSet | None


def change_between(
    *, instrument: Instrument, before: Fraction, after: Fraction, change_set_id: str | None = None
) -> Change:
    """Compare two scores by a named change set, the instrument's first reliable one by default.

    A change of exactly the threshold counts as reliable, as the change sets are stated in "points or more".
    """
    points = after - before
    gained = -points if instrument.direction is Direction.LOWER_IS_BETTER else points
    change_set = instrument.change_set(change_set_id)
    if change_set is None or instrument.direction is Direction.NEITHER:
        return Change(points, gained, ChangeVerdict.NO_THRESHOLD, None)
    if abs(points) < change_set.points:
        verdict = ChangeVerdict.WITHIN_NOISE
    else:
        verdict = ChangeVerdict.BETTER if gained > 0 else ChangeVerdict.WORSE
    return Change(points, gained, verdict, change_set)


def difference_error(*, sd: float, reliability: float) -> float:
    """Give the standard error of a difference of two scores: √2 · sd · √(1 - reliability), in points."""
    if sd <= 0 or not 0 <= reliability < 1:
        raise ValueError("sd must be above 0 and reliability from 0 to below 1")
    return sqrt(2) * sd * sqrt(1 - reliability)


def reliable_change_points(*, sd: float, reliability: float) -> float:
    """Give the change, in points, that noise alone exceeds in 5 of 100 repeats."""
    return Z_95 * difference_error(sd=sd, reliability=reliability)


def reliable_change_index(*, before: float, after: float, sd: float, reliability: float) -> float:
    """Divide a change by its standard error; reliable is strictly more than 1.96 either way."""
    return (after - before) / difference_error(sd=sd, reliability=reliability)


def is_reliable(index: float) -> bool:
    """Judge an index; exactly 1.96 is not yet reliable."""
    return abs(index) > Z_95


@dataclass(frozen=True)
class CutOffs:
    """Where the clinical group ends (a), the general one begins (b), and both are as likely (c)."""

    a: float
    b: float
    c: float


def cut_offs(*, clinical_mean: float, clinical_sd: float, norm_mean: float, norm_sd: float) -> CutOffs:
    """Give the three cut-offs between a clinical and a general group; the means give the direction."""
    toward_norm = 1 if norm_mean > clinical_mean else -1
    return CutOffs(
        a=clinical_mean + toward_norm * 2 * clinical_sd,
        b=norm_mean - toward_norm * 2 * norm_sd,
        c=(norm_sd * clinical_mean + clinical_sd * norm_mean) / (norm_sd + clinical_sd),
    )
