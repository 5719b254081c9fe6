"""The long report on a practice: models, imputation, curve, drop-out and case mix, from columns of any length.

It is a table of plain numbers, rounded to six places: the same definition, data cut and software give the same bytes.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.outcomes.made_worse import ClaimedRate
from sojourn.clinical.outcomes.mixed_models import (
    ChangeOverVisits,
    NotFitted,
    PersonScores,
    change_over_visits,
)
from sojourn.clinical.outcomes.mixed_models.fitting import Estimate
from sojourn.clinical.outcomes.practice.case_mix import NotAdjusted, adjust
from sojourn.clinical.outcomes.practice.chain import FOLLOW_UP_AT_LEAST
from sojourn.clinical.outcomes.practice.windows import Window
from sojourn.clinical.outcomes.recount import (
    MISSING,
    NEVER,
    People,
    Readings,
    Tallies,
    followed_in_response,
    scores_that_count,
    tallies,
)
from sojourn.clinical.outcomes.reports.unsaid import Unsaid
from sojourn.clinical.outcomes.reports.what_if import Claimed, what_if
from sojourn.clinical.outcomes.reports.yardstick import Severity, Yardstick
from sojourn.clinical.outcomes.survival import Followed, curve

THOUSANDTHS = 1000
PLACES = 6
MOST_MODELLED = 20_000  # people: beyond it a fit takes minutes and tells nothing that the counts do not
FEWEST_AT_VISIT = 5
CURVE_DAYS = (0, 30, 60, 90, 120, 150, 180, 240, 300, 365)
Part = dict[str, Any]


def practice_report(
    *, people: People, readings: Readings, yardstick: Yardstick, severities: Sequence[Severity],
    windows: Sequence[Window], primary: Window, as_of: int, rng: Generator,
    tell: Callable[[str], None] = lambda _: None,
) -> Part:  # fmt: skip
    """Report on everybody in the columns. `tell` hears what is being worked on, and may raise to stop it."""
    tell("Choosing the scores that count")
    scores = scores_that_count(people, readings, windows=windows, as_of=as_of)
    tell("Counting")
    counts = tallies(people, scores, yardstick=yardstick, windows=windows, as_of=as_of)
    at = list(windows).index(primary)
    tell("Following time in response")
    curve_part = _time_in_response(people, readings, scores, yardstick)
    tell("Looking at who is missing")
    missing = _missing(people, scores, severities, windows, as_of)
    adjusted = _adjusted(people, scores, counts[at], yardstick, at, as_of)
    tell("Fitting the mixed model")
    modelled = _scores_to_model(people, scores, windows, as_of)
    change, fitted, visits = _change(modelled, windows)
    tell("Filling in the missing many times")
    due = _reached(people, primary, as_of)[_known(people, scores)]
    return {
        "windows": [_window(tally) for tally in counts],
        "time in response": curve_part,
        "missing by baseline severity": missing,
        "case mix": adjusted,
        "change": change,
        "imputed": _imputed(modelled, due, visits, counts[at], yardstick, fitted, rng),
    }


def _window(tally: Tallies) -> Part:
    def total(name: str) -> int:
        return int(getattr(tally, name).sum())

    names = (
        "enrolled", "baseline", "dosed", "reached", "observed", "responded", "remitted", "worse", "without_baseline",
        "seen_at_all", "worse_at_all", "baselines_observed", "baselines_missing",
    )  # fmt: skip
    return {"window": tally.window.id, **{name: total(name) for name in names}}


def _time_in_response(
    people: People, readings: Readings, scores: NDArray[np.int32], yardstick: Yardstick
) -> Part:
    if yardstick.response_percent is None:
        return {"unsaid": "percent change is not defined on this scale"}
    _who, time, lost = followed_in_response(people, readings, scores[:, 0], yardstick=yardstick)
    if not len(time):
        return {"unsaid": "nobody was in response at any visit"}
    found = curve([Followed(float(days), bool(event)) for days, event in zip(time, lost, strict=True)])
    steps = []
    for step in found.steps:
        interval = step.interval()
        steps.append(
            [step.time, _number(step.survival), *(map(_number, (interval.low, interval.high)) if interval else (None, None))]
        )  # fmt: skip
    return {
        "people": found.people,
        "median": found.median,
        "drawn_until": found.drawn_until,
        "steps": steps,
        "at_risk": [[day, found.at_risk(day)] for day in CURVE_DAYS if day <= max(found.times)],
    }


def _missing(
    people: People, scores: NDArray[np.int32], severities: Sequence[Severity], windows: Sequence[Window], as_of: int
) -> list[Part]:  # fmt: skip
    """Who answered and who did not, by how ill they were: missing is an outcome too."""
    baseline = scores[:, 0]
    edges = np.array([int(severity.low * THOUSANDTHS) for severity in severities])
    band = np.where(baseline == MISSING, -1, np.searchsorted(edges, baseline, side="right") - 1)
    rows = []
    for place, window in enumerate(windows, 1):
        reached = _reached(people, window, as_of)
        seen = scores[:, place] != MISSING
        labels = [(n, severity.label) for n, severity in enumerate(severities)] + [(-1, "no baseline")]
        rows += [
            {
                "window": window.id, "baseline": label, "answered": int((reached & (band == n) & seen).sum()),
                "missing": int((reached & (band == n) & ~seen).sum()),
            }
            for n, label in labels
        ]  # fmt: skip
    return [row for row in rows if row["answered"] or row["missing"]]


def _adjusted(
    people: People, scores: NDArray[np.int32], tally: Tallies, yardstick: Yardstick, at: int, as_of: int
) -> Part:
    """The primary outcome of each unit beside what was expected of its people; the missing count as not."""
    baseline, score = scores[:, 0].astype(np.int64), scores[:, at + 1].astype(np.int64)
    floor = int(yardstick.baseline_at_least * THOUSANDTHS) if yardstick.baseline_at_least is not None else 0
    due = _reached(people, tally.window, as_of) & (scores[:, 0] != MISSING) & (baseline >= floor)
    if yardstick.response_percent is None:
        return {"unsaid": "percent change is not defined on this scale"}
    met = (
        (score != MISSING)
        & (baseline > 0)
        & (100 * (baseline - score) >= yardstick.response_percent * baseline)
    )
    try:
        found = adjust(
            met=met[due], severity=baseline[due] / THOUSANDTHS, unit=people.unit[due], units=people.units
        )
    except NotAdjusted as refused:
        return {"unsaid": str(refused)}
    return {
        "share": _number(found.share),
        "units": [
            {"unit": unit, "due": int(found.people[unit]), "met": int(found.observed[unit]),
             "expected": _number(found.expected[unit])}
            for unit in range(people.units) if found.people[unit]
        ],
    }  # fmt: skip


def _scores_to_model(
    people: People, scores: NDArray[np.int32], windows: Sequence[Window], as_of: int
) -> list[PersonScores] | str:
    known = _known(people, scores)
    if len(known) > MOST_MODELLED:
        return f"{len(known)} people are more than the {MOST_MODELLED} that a model takes; ask of one site or period"
    closed = np.column_stack([_reached(people, window, as_of)[known] for window in windows])
    values = scores[known]
    return [
        PersonScores(
            row[0] / THOUSANDTHS,
            {
                window.id: row[place] / THOUSANDTHS
                for place, window in enumerate(windows, 1)
                if row[place] != MISSING and over[place - 1]
            },
        )
        for row, over in zip(values.tolist(), closed.tolist(), strict=True)
    ]


def _change(
    people: list[PersonScores] | str, windows: Sequence[Window]
) -> tuple[Part, ChangeOverVisits | Unsaid, list[str]]:
    if isinstance(people, str):
        return {"unsaid": people}, Unsaid(people), []
    visits = [
        window.id
        for window in windows
        if sum(window.id in person.by_visit for person in people) >= FEWEST_AT_VISIT
    ]
    if not visits:
        because = f"no window has {FEWEST_AT_VISIT} scores"
        return {"unsaid": because}, Unsaid(because), []
    try:
        found = change_over_visits(people=people, visits=visits)
    except (NotFitted, ValueError) as refused:
        return {"unsaid": str(refused)}, Unsaid(str(refused)), []
    return (
        {
            "people": found.model.people,
            "scores": found.model.scores,
            "covariance": found.model.structure,
            "tried": list(found.model.tried),
            "left_out": found.left_out,
            "visits": [
                {"window": each.visit, "observed": each.observed, **_estimate(each.change)}
                for each in found.means
            ],
        },
        found,
        visits,
    )


def _imputed(
    people: list[PersonScores] | str, due: NDArray[np.bool_], visits: list[str], tally: Tallies, yardstick: Yardstick,
    change: ChangeOverVisits | Unsaid, rng: Generator,
) -> Part:  # fmt: skip
    """Fill in for those of whom an answer was due; whose window is still to come is not missing."""
    if isinstance(people, str):
        return {"unsaid": people}
    answered, met = int(tally.observed.sum()), int(tally.responded.sum())
    due_now = int(tally.reached.sum()) + int(tally.without_baseline.sum())
    is_claimed = due_now and Fraction(answered, due_now) >= FOLLOW_UP_AT_LEAST
    found = what_if(
        everybody=people,
        due=[person for person, is_due in zip(people, due.tolist(), strict=True) if is_due],
        visits=visits,
        claimed=Claimed(tally.window.id, {"": Counts(met, answered)} if is_claimed else {}),
        change=change,
        yardstick=yardstick,
        rng=rng,
    )
    if isinstance(found, Unsaid):
        return {"unsaid": found.because}
    [group] = found.groups
    return {
        "window": group.visit,
        "imputations": group.imputations,
        "people": group.people,
        "missing": group.missing,
        "most": group.most,
        "by penalty": [{"penalty": _number(step.penalty), **_estimate(step.change)} for step in group.steps],
        "tipping point": _optional(group.lost_at),
        "rate": _claimed(group.rate) if group.rate else None,
    }


def _claimed(rate: ClaimedRate) -> Part:
    return {
        "met": rate.counts.events,
        "answered": rate.counts.n,
        "limit": _number(rate.limit),
        "people": rate.people,
        "missing": rate.missing,
        "tipping point": _optional(rate.lost_at),
        "by penalty": [
            {"penalty": _number(penalty), **{end: _number(getattr(share, end)) for end in ("value", "low", "high")}}
            for penalty, share in ((step.penalty, step.share) for step in rate.steps)
        ],
    }  # fmt: skip


def _known(people: People, scores: NDArray[np.int32]) -> NDArray[np.intp]:
    """Who began, from a baseline that is known."""
    return np.flatnonzero((scores[:, 0] != MISSING) & (people.first_dose_day != NEVER))


def _reached(people: People, window: Window, as_of: int) -> NDArray[np.bool_]:
    return np.asarray((people.first_dose_day != NEVER) & (people.first_dose_day <= as_of - window.closes))


def _estimate(estimate: Estimate) -> Part:
    return {
        "value": _number(estimate.value), "error": _number(estimate.error), "low": _number(estimate.low),
        "high": _number(estimate.high), "freedom": _number(estimate.freedom),
    }  # fmt: skip


def _optional(value: float | None) -> float | None:
    return None if value is None else _number(value)


def _number(value: float | Fraction) -> float:
    return round(float(value), PLACES)
