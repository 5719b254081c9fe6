"""What one comparison says, as an estimate that can be pooled: a log ratio, a difference, or a log odds of one group."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import exp, log, sqrt

from sojourn.clinical.evidence.meta_analysis.distributions import normal_quantile
from sojourn.clinical.evidence.meta_analysis.proportions import CONFIDENCE, Counts, Interval

HALF = Fraction(1, 2)
ZERO_CELL_RULE = (
    "Where one of the four counts is zero, one half is added to all four. Where both groups had no event, or "
    "everybody had it in both, a ratio says nothing and the study is left out of pooled ratios."
)


class Measure(StrEnum):
    ODDS_RATIO = "odds ratio"
    RISK_RATIO = "risk ratio"
    RISK_DIFFERENCE = "risk difference"
    SHARE = "share"  # of one group, without comparison; pooled as log odds

    def natural(self, value: float) -> float:
        """Turn an estimate as it is pooled into one as it is read."""
        match self:
            case Measure.RISK_DIFFERENCE:
                return max(-1.0, min(1.0, value))  # no difference of two shares lies further out
            case Measure.SHARE:
                return 1 / (1 + exp(-value)) if value > 0 else exp(value) / (1 + exp(value))
            case _:
                return exp(value)

    @property
    def no_effect(self) -> float | None:
        """Where the line of no difference stands; None for a share, which is compared with nothing."""
        return {"odds ratio": 1.0, "risk ratio": 1.0, "risk difference": 0.0}.get(self.value)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two groups of people. Without a control it is a single group."""

    label: str
    active: Counts
    control: Counts | None = None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An estimate on the scale on which it is pooled, with its variance."""

    label: str
    measure: Measure
    estimate: float
    variance: float

    def interval(self, *, confidence: float = CONFIDENCE) -> Interval:
        """Give the interval of this one study, as it is read (not on the log scale)."""
        reach = normal_quantile(confidence) * sqrt(self.variance)
        return Interval(
            self.measure.natural(self.estimate - reach), self.measure.natural(self.estimate + reach)
        )

    @property
    def natural(self) -> float:
        return self.measure.natural(self.estimate)


def odds_ratio(active: Counts, control: Counts) -> Fraction | None:
    """Give the exact odds ratio; None where a count of zero leaves it without a finite value."""
    first, second = active.odds, control.odds
    return first / second if first is not None and second else None


def risk_difference(active: Counts, control: Counts) -> Fraction:
    """Give the exact difference of the shares, active minus control."""
    return active.share - control.share


def effect_of(comparison: Comparison, measure: Measure) -> Effect | None:
    """Estimate one measure with its large-sample variance. None where a ratio says nothing (see ZERO_CELL_RULE)."""
    if measure is Measure.SHARE:
        return _log_odds(comparison)
    control = comparison.control
    if control is None:
        raise ValueError(f"{comparison.label} has no comparison group: it has no {measure}")
    a, b = Fraction(comparison.active.events), Fraction(comparison.active.n - comparison.active.events)
    c, d = Fraction(control.events), Fraction(control.n - control.events)
    if measure is not Measure.RISK_DIFFERENCE and (a == c == 0 or b == d == 0):
        return None
    exact = a / (a + b) - c / (c + d)
    if 0 in {a, b, c, d}:
        a, b, c, d = a + HALF, b + HALF, c + HALF, d + HALF
    match measure:
        case Measure.ODDS_RATIO:
            estimate, variance = log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
        case Measure.RISK_RATIO:
            estimate, variance = log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
        case _:
            estimate, variance = float(exact), a * b / (a + b) ** 3 + c * d / (c + d) ** 3
    return Effect(label=comparison.label, measure=measure, estimate=estimate, variance=float(variance))


def _log_odds(comparison: Comparison) -> Effect:
    if comparison.control is not None:
        raise ValueError(f"{comparison.label} has a comparison group: its share is not pooled by itself")
    events, others = (
        Fraction(comparison.active.events),
        Fraction(comparison.active.n - comparison.active.events),
    )
    if 0 in {events, others}:
        events, others = events + HALF, others + HALF
    return Effect(
        label=comparison.label,
        measure=Measure.SHARE,
        estimate=log(events / others),
        variance=float(1 / events + 1 / others),
    )
