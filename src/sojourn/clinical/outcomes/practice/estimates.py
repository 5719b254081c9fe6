"""One outcome, several honest rates: those observed, those missing counted as not met, and the bounds in between."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sojourn.clinical.evidence.meta_analysis import Counts, Interval, wilson
from sojourn.clinical.outcomes.practice.chain import Chain
from sojourn.clinical.outcomes.proportions import clopper_pearson


class Estimator(StrEnum):
    OBSERVED = "of those observed"
    MISSING_NOT_MET = "missing counted as not met"
    WORST = "worst case: everybody missing did not meet it"
    BEST = "best case: everybody missing met it"


@dataclass(frozen=True)
class Rate:
    """A share with what it is a share of, by which estimator, and two intervals."""

    estimator: Estimator
    counts: Counts
    wilson: Interval
    strict: Interval

    @property
    def share(self) -> Fraction:
        return self.counts.share


@dataclass(frozen=True)
class Rates:
    """All rates of one chain. None where nobody stands below the line."""

    observed: Rate | None
    missing_not_met: Rate | None
    worst: Fraction | None
    best: Fraction | None
    worse: Rate | None


def rates_of(chain: Chain) -> Rates:
    """Give the rates of a chain. Missing as not met is careful, not free of bias: it says who is known to be better."""
    due = chain.due
    return Rates(
        observed=_rate(Estimator.OBSERVED, chain.met, chain.observed),
        missing_not_met=_rate(Estimator.MISSING_NOT_MET, chain.met, due),
        worst=Fraction(chain.met, due) if due else None,
        best=Fraction(chain.met + chain.missing, due) if due else None,
        worse=_rate(Estimator.OBSERVED, chain.worse, chain.observed),
    )


def _rate(estimator: Estimator, events: int, n: int) -> Rate | None:
    if not n:
        return None
    counts = Counts(events, n)
    return Rate(estimator, counts, wilson(counts), clopper_pearson(counts))
