"""Judges a stop rule by reliable change: the mean of the last scores against the baseline, with its uncertainty.

One score carries a standard error of measurement: the reliable change divided by 1.96 and by √2. The mean of k scores
less the baseline therefore has the standard error sem · √(1 + 1/k). Source: jacobson-truax-1991.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

from sojourn.clinical.outcomes.reliable_change import Z_95
from sojourn.clinical.outcomes.stop_rule.policy import StopRulePolicy, Terms, stop_rule_policy
from sojourn.clinical.outcomes.trajectory import Baseline, PointKind, ScorePoint
from sojourn.clinical.quantities import how_many


class Standing(StrEnum):
    NOT_YET = "not yet"
    FALLEN = "fallen as agreed"
    CLOSE = "fallen, perhaps as agreed"
    DUE = "conversation due"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True)
class Verdict:
    """Where a rule stands. `fallen` is the mean fall since the baseline, in points; `low` to `high` its 95 % range.

    `scores` are those it rests on. They and the numbers are missing where nothing can be told; `because` says why.
    """

    standing: Standing
    because: str
    fallen: float | None = None
    low: float | None = None
    high: float | None = None
    baseline: Fraction | None = None
    scores: tuple[ScorePoint, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether the next dose waits: for the conversation, or until it is known."""
        return self.standing in {Standing.DUE, Standing.UNKNOWN}


def judge(
    *,
    terms: Terms,
    baseline: Baseline | None,
    scores: Sequence[ScorePoint],
    first_dose_on: date | None,
    doses_given: int,
    as_of: date,
    again_by: int | None = None,
) -> Verdict:
    """Judge a rule as of a day, from the scores since the first dose.

    `again_by` is a later session at which a conversation said to look again. A prorated score proves nothing alone
    and is left out; of two on one day the later in `scores` counts. What is missing is said: it is neither a failure
    nor a success.
    """
    by_session = again_by or terms.by_session
    if doses_given < by_session or first_dose_on is None:
        return Verdict(Standing.NOT_YET, f"{doses_given} of {by_session} sessions held")
    policy = stop_rule_policy()
    last = _last(scores, first_dose_on, as_of, policy)
    missing = _missing(terms, baseline, last, as_of, policy)
    if missing:
        return Verdict(Standing.UNKNOWN, missing, scores=last)
    assert baseline is not None
    start = baseline.point.value
    fallen = float(start - sum((score.value for score in last), Fraction(0)) / len(last))
    noise = Z_95 * standard_error(terms, scores=len(last))
    verdict = {
        "fallen": fallen,
        "low": fallen - noise,
        "high": fallen + noise,
        "baseline": start,
        "scores": last,
    }
    if fallen >= terms.points:
        return Verdict(Standing.FALLEN, f"fallen by {_n(fallen)}; {terms.points} were agreed", **verdict)  # type: ignore[arg-type]
    if fallen < least_fall(terms, scores=len(last)):
        how = "no reliable fall" if fallen < noise else f"reliably less than the {terms.points} agreed"
        return Verdict(Standing.DUE, f"{how}: on average {_moved(fallen)}", **verdict)  # type: ignore[arg-type]
    because = (
        f"fallen by {_n(fallen)}, reliably; the {terms.points} agreed lie within what measuring can tell"
    )
    return Verdict(Standing.CLOSE, because, **verdict)  # type: ignore[arg-type]


def standard_error(terms: Terms, *, scores: int) -> float:
    """Give the standard error of a mean of so many scores less one baseline, in points."""
    reliable = float(stop_rule_policy().scales[terms.instrument].reliable_points)
    return reliable / Z_95 / sqrt(2) * sqrt(1 + 1 / scores)


def least_fall(terms: Terms, *, scores: int) -> float:
    """Give the mean fall below which the conversation is due: above noise, and not reliably less than was agreed."""
    noise = Z_95 * standard_error(terms, scores=scores)
    return max(noise, terms.points - noise)


def chance_of_conversation(terms: Terms, *, true_fall: float, scores: int) -> float:
    """Give how often somebody whose score has truly fallen by so much is called to the conversation, 0 to 1."""
    away = (least_fall(terms, scores=scores) - true_fall) / standard_error(terms, scores=scores)
    return NormalDist().cdf(away)


def _last(
    scores: Sequence[ScorePoint], first_dose_on: date, as_of: date, policy: StopRulePolicy
) -> tuple[ScorePoint, ...]:
    by_day = {
        score.on: score
        for score in scores
        if first_dose_on < score.on <= as_of and score.kind is not PointKind.PRORATED
    }
    return tuple(by_day[day] for day in sorted(by_day))[-policy.most_scores :]


def _missing(
    terms: Terms, baseline: Baseline | None, last: tuple[ScorePoint, ...], as_of: date, policy: StopRulePolicy
) -> str:
    if baseline is None:
        return "there is no score from before the first dose"
    if baseline.stale:
        return "the last score before the first dose is more than 7 days older than it"
    if baseline.point.kind is PointKind.PRORATED:
        return "the score before the first dose has blanks"
    if baseline.point.value < terms.points:
        return f"the score began at {_n(float(baseline.point.value))}: it cannot fall by {terms.points}"
    if len(last) < policy.least_scores:
        there = how_many(len(last), "score") if last else "no score"
        return f"{there} since the first dose; {policy.least_scores} are needed"
    age = as_of - last[-1].on
    if age > timedelta(days=policy.newest_within_days):
        return (
            f"the newest score is {how_many(age.days, 'day')} old; {policy.newest_within_days} are the most"
        )
    return ""


def _moved(fallen: float) -> str:
    if fallen == 0:
        return "unchanged"
    return f"{'down' if fallen > 0 else 'up'} by {how_many(abs(fallen), 'point')}"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
