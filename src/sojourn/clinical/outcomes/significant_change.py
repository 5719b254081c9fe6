"""Clinically significant change: reliable, and across the cut-off between two groups. Source: jacobson-truax-1991."""

from enum import StrEnum
from math import sqrt

from sojourn.clinical.outcomes.reliable_change import is_reliable, reliable_change_index


class Significance(StrEnum):
    RECOVERED = "recovered"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    DETERIORATED = "deteriorated"
    HARMED = "harmed"


def significance_of(
    *,
    before: float,
    after: float,
    sd: float,
    reliability: float,
    cut_off: float,
    lower_is_better: bool = True,
) -> Significance:
    """Judge one pair of scores. `sd` is of the scores before; exactly on the cut-off counts as the clinical side.

    Harmed: deteriorated from the healthy side across the cut-off.
    """
    index = reliable_change_index(before=before, after=after, sd=sd, reliability=reliability)
    sign = 1 if lower_is_better else -1
    was_clinical, is_clinical = sign * (before - cut_off) >= 0, sign * (after - cut_off) >= 0
    if not is_reliable(index):
        return Significance.UNCHANGED
    if sign * index < 0:
        return Significance.RECOVERED if was_clinical and not is_clinical else Significance.IMPROVED
    return Significance.HARMED if is_clinical and not was_clinical else Significance.DETERIORATED


def sd_of(scores: list[float]) -> float:
    """Give the sample standard deviation. Raises ValueError for fewer than two scores."""
    if len(scores) < 2:  # noqa: PLR2004 - a spread takes two
        raise ValueError("a standard deviation takes two scores")
    mean = sum(scores) / len(scores)
    return sqrt(sum((score - mean) ** 2 for score in scores) / (len(scores) - 1))
