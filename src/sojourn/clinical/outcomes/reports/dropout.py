"""Who is missing at a visit, by how ill they were when they began: missing is an outcome, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from sojourn.clinical.outcomes.practice.windows import Window, baseline_of, reading_in
from sojourn.clinical.outcomes.reports.yardstick import Grouped, Severity, Yardstick

NO_BASELINE = "no baseline"
THIRDS = 3


@dataclass(frozen=True)
class Dropout:
    """One band of the baseline at one visit: how many were due, and how many of them answered."""

    visit: str
    group: str
    baseline: str
    due: int
    answered: int

    @property
    def missing(self) -> int:
        return self.due - self.answered


def dropout(
    people: Sequence[Grouped], visits: Sequence[Window], groups: Sequence[str], yardstick: Yardstick, as_of: date,
    within: timedelta,
) -> tuple[Dropout, ...]:  # fmt: skip
    """Count by visit, group and band; bands in which nobody was due are left out."""
    bands = severities_on(yardstick)
    rows = []
    for visit in visits:
        due = [each for each in people if visit.is_over(each.person, as_of=as_of)]
        placed = [
            (each.group, _band(bands, baseline_of(each.person, within=within, as_of=as_of)),
             reading_in(each.person, visit) is not None)
            for each in due
        ]  # fmt: skip
        for group in groups:
            for label in (*(band.label for band in bands), NO_BASELINE):
                seen = [answered for of, band, answered in placed if (of, band) == (group, label)]
                if seen:
                    rows.append(Dropout(visit.id, group, label, len(seen), sum(seen)))
    return tuple(rows)


def severities_on(yardstick: Yardstick) -> tuple[Severity, ...]:
    """Give the published bands of a scale; where there are none, the thirds of its range."""
    if yardstick.severities:
        return yardstick.severities
    width = (yardstick.high - yardstick.low) / THIRDS
    edges = [yardstick.low + width * place for place in range(THIRDS + 1)]
    return tuple(Severity(f"{float(low):.3g} to {float(high):.3g}", low) for low, high in pairwise(edges))


def _band(bands: Sequence[Severity], baseline: Fraction | None) -> str:
    if baseline is None:
        return NO_BASELINE
    return [band.label for band in bands if band.low <= baseline][-1]
