"""Suggests how far apart the next doses may be. A suggestion shows its reasons; a prescriber accepts or changes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from sojourn.clinical.outcomes.dose_clock.durability import NotEnoughKnown
from sojourn.clinical.outcomes.dose_clock.policy import MaintenancePolicy
from sojourn.clinical.outcomes.trajectory import ScorePoint
from sojourn.clinical.quantities import how_many


class Step(StrEnum):
    LENGTHEN = "lengthen"
    KEEP = "keep"
    SHORTEN = "shorten"
    REVIEW = "review"


@dataclass(frozen=True)
class Suggestion:
    """An interval in weeks, the step to it, and every reason with its number."""

    step: Step
    weeks: int
    now_weeks: int
    reasons: tuple[str, ...]
    scores: tuple[ScorePoint, ...]


def suggest_interval(
    *,
    scores: Sequence[ScorePoint],
    now_weeks: int,
    setting: str,
    shortened_on: Sequence[date],
    today: date,
    policy: MaintenancePolicy,
) -> Suggestion | NotEnoughKnown:
    """Suggest the interval after the checks since treatment began, lower scores being better.

    `scores` are in any order and reach up to today; `shortened_on` are days on which the interval was shortened before.
    """
    ordered = tuple(sorted((score for score in scores if score.on <= today), key=lambda score: score.on))
    if len(ordered) < policy.least_scores:
        return NotEnoughKnown(f"{len(ordered)} scores since the first dose; {policy.least_scores} are needed")
    if now_weeks not in policy.steps_weeks:
        steps = ", ".join(map(str, policy.steps_weeks))
        return NotEnoughKnown(
            f"an interval of {how_many(now_weeks, 'week')} is none of the steps ({steps} weeks)"
        )
    best = min(score.value for score in ordered)
    latest = ordered[-max(policy.good_checks, policy.poor_checks) :]
    returned = _returned(latest[-1].value, best, latest, policy)
    if returned:
        return _shorter(returned, now_weeks, setting, shortened_on, today, policy, latest)
    good = [s.value < policy.good_below and s.value - best <= policy.near_best_points for s in latest]
    place = policy.steps_weeks.index(now_weeks)
    shown = ", ".join(_points(score.value) for score in latest)
    if all(good) and place + 1 < len(policy.steps_weeks):
        because = (
            f"the last {len(latest)} scores ({shown}) are below {policy.good_below} and within "
            f"{policy.near_best_points} points of the best, {_points(best)}"
        )
        return Suggestion(Step.LENGTHEN, policy.steps_weeks[place + 1], now_weeks, (because,), latest)
    if all(good):
        because = f"{how_many(now_weeks, 'week')} is the longest step"
    else:
        because = (
            f"the last {len(latest)} scores ({shown}) are not all below {policy.good_below} and within "
            f"{policy.near_best_points} points of the best, {_points(best)}"
        )
    return Suggestion(Step.KEEP, now_weeks, now_weeks, (because,), latest)


def _returned(
    newest: Fraction, best: Fraction, latest: Sequence[ScorePoint], policy: MaintenancePolicy
) -> tuple[str, ...]:
    reasons = []
    if newest - best >= policy.return_points:
        reasons.append(
            f"the newest score, {_points(newest)}, is {_points(newest - best)} points above the best, {_points(best)}"
        )
    if len(latest) >= policy.poor_checks and all(s.value >= policy.good_below for s in latest):
        shown = ", ".join(_points(score.value) for score in latest)
        reasons.append(f"the last {len(latest)} scores ({shown}) are {policy.good_below} or more")
    return tuple(reasons)


def _shorter(
    reasons: tuple[str, ...], now_weeks: int, setting: str, shortened_on: Sequence[date], today: date,
    policy: MaintenancePolicy, latest: tuple[ScorePoint, ...],
) -> Suggestion:  # fmt: skip
    place = policy.steps_weeks.index(now_weeks)
    since = today - timedelta(days=policy.review_within_days)
    before = sum(since <= day <= today for day in shortened_on)
    if before + 1 >= policy.review_after_shortenings:
        reasons = (
            *reasons,
            f"shortened {how_many(before, 'time')} in {policy.review_within_days} days already",
        )
        return Suggestion(Step.REVIEW, now_weeks, now_weeks, reasons, latest)
    if place == 0 or policy.steps_weeks[place - 1] < policy.shortest_weeks[setting]:
        reasons = (*reasons, f"{how_many(now_weeks, 'week')} is the shortest interval for this setting")
        return Suggestion(Step.REVIEW, now_weeks, now_weeks, reasons, latest)
    return Suggestion(Step.SHORTEN, policy.steps_weeks[place - 1], now_weeks, reasons, latest)


def _points(value: Fraction) -> str:
    return f"{float(value):.1f}".removesuffix(".0")
