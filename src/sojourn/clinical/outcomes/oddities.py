"""What is odd about one patient's scores, said in words. Nothing is repaired here: somebody who knows has to look."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from sojourn.clinical.outcomes.summaries import day_in_words, number_in_words
from sojourn.clinical.outcomes.trajectory import Trajectory

PAIR = 2
HIGH_SHARE = 2  # a score above half the scale is high


def oddities(line: Trajectory, *, versions: Sequence[str] = ()) -> tuple[str, ...]:
    """Name days with two scores, lowest scores beside high ones, a baseline from which nothing can fall, and versions.

    `versions` are the editions of the instrument the scores were given to, one each.
    """
    return (
        *_doubled(line), *_lowest_between_high(line), *_lowest_at_the_end(line), *_no_room(line), *_versions(versions),
    )  # fmt: skip


def _doubled(line: Trajectory) -> list[str]:
    days = Counter(point.on for point in line.points)
    return [
        f"{count} scores on {day_in_words(day)}: the later one counts."
        for day, count in sorted(days.items())
        if count > 1
    ]


def _lowest_between_high(line: Trajectory) -> list[str]:
    scale = line.instrument.main_scale
    if scale is None:
        return []
    middle = scale.low + (scale.high - scale.low) / HIGH_SHARE
    return [
        f"{number_in_words(here.value)} on {day_in_words(here.on)} stands between {number_in_words(before.value)} and "
        f"{number_in_words(after.value)}: was a missed visit written as {scale.low}?"
        for (before, here), (_, after) in pairwise(pairwise(line.points))
        if here.value == scale.low and before.value >= middle and after.value >= middle
    ]


def _lowest_at_the_end(line: Trajectory) -> list[str]:
    """A last score of the lowest right after a high one: better than anybody hopes, or a visit that was missed."""
    scale, last = line.instrument.main_scale, line.points[-2:]
    if scale is None or len(last) < PAIR or last[1].value != scale.low:
        return []
    if last[0].value < scale.low + (scale.high - scale.low) / HIGH_SHARE:
        return []
    now, before = number_in_words(last[1].value), number_in_words(last[0].value)
    asks = f"was a missed visit written as {scale.low}?"
    return [f"{now} on {day_in_words(last[1].on)} comes right after {before}: {asks}"]


def _no_room(line: Trajectory) -> list[str]:
    scale = line.instrument.main_scale
    if line.baseline is None or scale is None or line.baseline.point.value != scale.low:
        return []
    return [
        f"The baseline is {scale.low}, the lowest score: nothing can fall from there, and no percent is computed."
    ]


def _versions(versions: Sequence[str]) -> list[str]:
    counted = Counter(versions)
    if len(counted) <= 1:
        return []
    told = ", ".join(f"{count} with version {version}" for version, count in sorted(counted.items()))
    return [f"The instrument changed: {told}. Scores across versions may not be comparable."]
