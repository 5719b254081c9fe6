"""Counts, models and curves of one scale over many people, each with the people who are missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import TypeVar

from numpy.random import Generator

from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.outcomes.mixed_models import (
    ChangeOverVisits,
    NotFitted,
    PersonScores,
    change_over_visits,
)
from sojourn.clinical.outcomes.practice.chain import Chain, chain_of
from sojourn.clinical.outcomes.practice.estimates import Rates, rates_of
from sojourn.clinical.outcomes.practice.windows import Window, baseline_of, reading_in
from sojourn.clinical.outcomes.reports.dropout import Dropout, dropout
from sojourn.clinical.outcomes.reports.time_in_response import TimeInResponse, time_in_response
from sojourn.clinical.outcomes.reports.unsaid import Unsaid
from sojourn.clinical.outcomes.reports.what_if import Claimed, WhatIf, what_if
from sojourn.clinical.outcomes.reports.yardstick import Grouped, Yardstick

BASELINE_WITHIN = timedelta(days=7)
FEWEST_AT_VISIT = 5  # of each group; a mean change of fewer says too little to be modelled
Part = TypeVar("Part")
NO_RESPONSE = "percent change is not defined on this scale"


@dataclass(frozen=True)
class VisitOutcomes:
    """One group at one visit: chains of response, of remission, and of everybody with a baseline (for worsening)."""

    visit: Window
    group: str
    response: Chain | None
    remission: Chain | None
    everybody: Chain

    @property
    def response_rates(self) -> Rates | None:
        return rates_of(self.response) if self.response else None

    @property
    def remission_rates(self) -> Rates | None:
        return rates_of(self.remission) if self.remission else None

    @property
    def everybody_rates(self) -> Rates:
        return rates_of(self.everybody)


@dataclass(frozen=True)
class PercentTwice:
    """Two numbers that are both called "reduction", of the same people. `of_people` is None where a baseline is 0."""

    visit: str
    people: int
    of_means: float
    of_people: float | None


@dataclass(frozen=True)
class Report:
    """Everything that is said, and what is not said with its reason."""

    yardstick: Yardstick
    primary: Window
    groups: tuple[str, ...]
    people: int
    outcomes: tuple[VisitOutcomes, ...]
    change: ChangeOverVisits | Unsaid
    time_in_response: TimeInResponse | Unsaid
    what_if: WhatIf | Unsaid
    percent: PercentTwice | Unsaid
    dropout: tuple[Dropout, ...]

    def at_primary(self) -> tuple[VisitOutcomes, ...]:
        """Give the outcomes of each group at the primary visit."""
        return tuple(each for each in self.outcomes if each.visit == self.primary)


def report_on(
    *,
    people: Sequence[Grouped],
    yardstick: Yardstick,
    visits: Sequence[Window],
    primary: Window,
    as_of: date,
    rng: Generator,
    baseline_within: timedelta = BASELINE_WITHIN,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Count, model and follow. `tell` hears which part is being worked on. People of more than one group stand apart."""
    groups = tuple(sorted({each.group for each in people})) or ("",)
    tell("Counting")
    outcomes = tuple(
        _outcomes([each for each in people if each.group == group], group, visit, yardstick, as_of,
                  baseline_within)
        for visit in visits for group in groups
    )  # fmt: skip
    tell("Fitting the mixed model")
    began = [each for each in people if _has_begun(each, as_of, baseline_within)]
    scores = [_scores(each, visits, as_of, baseline_within) for each in began]
    modelled = _enough(scores, visits, groups)
    change: ChangeOverVisits | Unsaid = _or_unsaid(
        lambda: change_over_visits(people=scores, visits=[visit.id for visit in modelled]), modelled, scores
    )
    tell("Following time in response")
    followed = time_in_response(people, yardstick, baseline_within) if yardstick.response_percent else None
    tell("Asking what the missing could change")
    return Report(
        yardstick=yardstick,
        primary=primary,
        groups=groups,
        people=len(people),
        outcomes=outcomes,
        change=change,
        time_in_response=followed or Unsaid(_no_time(yardstick)),
        what_if=what_if(
            everybody=scores,
            due=[
                s for s, each in zip(scores, began, strict=True) if primary.is_over(each.person, as_of=as_of)
            ],
            visits=[visit.id for visit in modelled],
            claimed=Claimed(primary.id, _answered(outcomes, primary)),
            change=change,
            yardstick=yardstick,
            rng=rng,
        ),
        percent=_percent_twice(scores, primary, yardstick),
        dropout=dropout(people, visits, groups, yardstick, as_of, baseline_within),
    )


def _outcomes(
    people: Sequence[Grouped], group: str, visit: Window, yardstick: Yardstick, as_of: date, within: timedelta
) -> VisitOutcomes:
    those = [each.person for each in people]
    return VisitOutcomes(
        visit=visit,
        group=group,
        response=chain_of(people=those, window=visit, outcome=yardstick.response(within), as_of=as_of)
        if yardstick.response_percent
        else None,
        remission=chain_of(people=those, window=visit, outcome=yardstick.remission(within), as_of=as_of)
        if yardstick.remission_below is not None
        else None,
        everybody=chain_of(people=those, window=visit, outcome=yardstick.change(within), as_of=as_of),
    )


def _has_begun(each: Grouped, as_of: date, within: timedelta) -> bool:
    """Tell whether somebody has a first day behind them and a baseline before it."""
    first = each.person.first_dose_on
    return (
        first is not None
        and first <= as_of
        and baseline_of(each.person, within=within, as_of=as_of) is not None
    )


def _scores(each: Grouped, visits: Sequence[Window], as_of: date, within: timedelta) -> PersonScores:
    """Give somebody who has begun, with the score that counts at each visit that is over."""
    baseline = baseline_of(each.person, within=within, as_of=as_of)
    assert baseline is not None
    readings = {
        visit.id: reading_in(each.person, visit)
        for visit in visits
        if visit.is_over(each.person, as_of=as_of)
    }
    by_visit = {visit: float(reading.value) for visit, reading in readings.items() if reading is not None}
    return PersonScores(float(baseline), by_visit, each.group)


def _answered(outcomes: Sequence[VisitOutcomes], primary: Window) -> dict[str, Counts]:
    """Give for each group with a headline who answered at the primary visit, and who of them responded."""
    return {
        each.group: Counts(each.response.met, each.response.observed)
        for each in outcomes
        if each.visit == primary and each.response is not None and each.response.is_followed_enough
    }


def _enough(scores: Sequence[PersonScores], visits: Sequence[Window], groups: Sequence[str]) -> list[Window]:
    def seen(visit: Window, group: str) -> int:
        return sum(person.group == group and visit.id in person.by_visit for person in scores)

    return [visit for visit in visits if all(seen(visit, group) >= FEWEST_AT_VISIT for group in groups)]


def _or_unsaid(
    compute: Callable[[], Part], visits: Sequence[Window], scores: Sequence[PersonScores]
) -> Part | Unsaid:
    if not scores:
        return Unsaid("nobody has both a baseline and a first day")
    if not visits:
        return Unsaid(f"no visit has {FEWEST_AT_VISIT} scores in each group")
    try:
        return compute()
    except (NotFitted, ValueError) as refused:
        return Unsaid(str(refused))


def _no_time(yardstick: Yardstick) -> str:
    return NO_RESPONSE if yardstick.response_percent is None else "nobody was in response at any visit"


def _percent_twice(
    scores: Sequence[PersonScores], primary: Window, yardstick: Yardstick
) -> PercentTwice | Unsaid:
    if yardstick.response_percent is None:
        return Unsaid(NO_RESPONSE)
    pairs = [(p.baseline, p.by_visit[primary.id]) for p in scores if primary.id in p.by_visit]
    if not pairs:
        return Unsaid(f"nobody was observed at {primary.id}")
    before = fmean(baseline for baseline, _ in pairs)
    if before == 0:
        return Unsaid("every baseline is 0, and nothing can fall from there")
    of_means = 100 * (before - fmean(score for _, score in pairs)) / before
    of_people = (
        100 * fmean((baseline - score) / baseline for baseline, score in pairs)
        if all(baseline > 0 for baseline, _ in pairs)
        else None
    )
    return PercentTwice(primary.id, len(pairs), of_means, of_people)
