"""Quantiles over time of a population of any size, in memory that does not grow with it.

Each value is counted in one of many narrow bins, as wide as half a hundredth of the value; the counts do not depend on the
order or the size of the blocks. A quantile is right to that half hundredth.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.measures import Measure, follow
from sojourn.clinical.pharmacology.people import BLOCK, People
from sojourn.clinical.pharmacology.regimens import Regimen

LEAST, MOST = 1e-4, 1e5
BINS = 4096
PER_LOG = (BINS - 1) / np.log(MOST / LEAST)
USUAL = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass
class Tally:
    """Counts values at each of many times. Anything below `LEAST` counts as zero."""

    times: int
    counts: npt.NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.counts = np.zeros((self.times, BINS), dtype=np.int64)

    def add(self, values: Array) -> None:
        """Count a block, `(n, times)`."""
        with np.errstate(divide="ignore"):
            place = np.log(values / LEAST) * PER_LOG
        bins = np.clip(np.nan_to_num(place, neginf=-1.0), -1, BINS - 2).astype(np.int64) + 1
        flat = bins + BINS * np.arange(self.times)
        self.counts += np.bincount(flat.ravel(), minlength=self.counts.size).reshape(self.counts.shape)

    def quantile(self, share: float) -> Array:
        """Give the value that this share of people stays at or below, at each time."""
        totals = self.counts.sum(axis=1)
        reached = self.counts.cumsum(axis=1) >= np.maximum(1, np.ceil(share * totals))[:, None]
        place = reached.argmax(axis=1)
        found: Array = np.where(place == 0, 0.0, LEAST * np.exp((place - 0.5) / PER_LOG))
        return found


@dataclass(frozen=True)
class Band:
    """Quantiles of one measure over time: `values (shares, times)`, in the measure's unit."""

    measure: Measure
    times_h: Array
    shares: tuple[float, ...]
    values: Array

    def of(self, share: float) -> Array:
        """Give one quantile over time."""
        found: Array = self.values[self.shares.index(share)]
        return found


def bands(
    *,
    regimen: Regimen,
    people: People,
    times_h: Array,
    measures: Sequence[Measure],
    shares: tuple[float, ...] = USUAL,
    block: int = BLOCK,
    told: Callable[[int], None] | None = None,
) -> Mapping[Measure, Band]:
    """Give the quantiles of each measure at each time. `told(done)` hears of progress after every block."""
    tallies = {measure: Tally(len(times_h)) for measure in measures}
    done = 0
    for drawn in people.blocks(block):
        for measure, values in follow(
            regimen=regimen,
            people=drawn,
            times_h=times_h,
            measures=measures,
            occasions=True,
        ).items():
            tallies[measure].add(values)
        done += len(drawn)
        if told is not None:
            told(done)
    return {
        measure: Band(measure, times_h, shares, np.stack([tally.quantile(share) for share in shares]))
        for measure, tally in tallies.items()
    }
