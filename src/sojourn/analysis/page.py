"""The report as one page: figures, tables, and the sentences between them."""

from fractions import Fraction
from typing import Any

from django.template.loader import render_to_string

from sojourn.analysis.missing_made_worse import what_if_parts
from sojourn.analysis.parts import Part
from sojourn.analysis.reading import SetAside, TableRead, points
from sojourn.clinical.outcomes.mixed_models import ChangeOverVisits
from sojourn.clinical.outcomes.practice import Chain, ClaimCard, Rate
from sojourn.clinical.outcomes.reports import Report, TimeInResponse, Unsaid, VisitOutcomes, Yardstick
from sojourn.clinical.quantities import how_many
from sojourn.design.charts.results import (
    chain_figure,
    change_figure,
    rates_figure,
    time_in_response_figure,
    worsening_figure,
)
from sojourn.design.standalone import styles

SHOWN_SET_ASIDE = 200


def page_of(
    *,
    read: TableRead,
    report: Report | None,
    cards: tuple[ClaimCard, ...],
    yardstick: Yardstick,
    facts: dict[str, str],
) -> str:
    """Write the whole page. `report` is None where the table holds nobody or no visit."""
    context: dict[str, Any] = {
        "styles": styles(),
        "title": facts["Table"],
        "yardstick": yardstick,
        "read": read,
        "facts": facts,
        "cards": cards,
        "set_aside": read.set_aside[:SHOWN_SET_ASIDE],
        "more_set_aside": max(0, len(read.set_aside) - SHOWN_SET_ASIDE),
        "reasons": _reasons(read.set_aside),
        "rules": _rules(yardstick),
        "parts": _parts(report, facts["Table"]) if report else (),
        "rates": [_row(each) for each in report.outcomes] if report else [],
        "dropout": [row for each in report.outcomes for row in _dropout(each)] if report else [],
        "by_severity": report.dropout if report else (),
        "groups": bool(report and report.groups != ("",)),
        "unsaid": ""
        if report
        else "Nobody in this table has a score at any visit: there is nothing to report.",
    }
    return render_to_string("analysis/report.html", context)


def _parts(report: Report, source: str) -> tuple[Part, ...]:
    return (
        *(_denominators(each, report, source) for each in report.at_primary()),
        _rates(report),
        _change(report),
        _worsening(report),
        _time(report),
        *what_if_parts(report),
        _percent(report),
    )


def _denominators(each: VisitOutcomes, report: Report, source: str) -> Part:
    of = f", {each.group}" if each.group else ""
    title = f"Who was counted at {each.visit.id}{of}"
    chain = each.response or each.everybody
    met = f"fell by {report.yardstick.response_percent} % or more" if each.response else "met no outcome"
    return Part(title, chain_figure(chain, title=title, met=met, source=source, with_doses=False), "")


def _rates(report: Report) -> Part:
    title = "Response by visit, counted two ways"
    figure = rates_figure(
        report.outcomes,
        title=title,
        caption="Wilson 95 % intervals. Missing counted as not is careful, not unbiased: it says who is known to be better.",
    )
    because = "percent change is not defined on this scale" if not report.yardstick.response_percent else (
        "nobody able to respond was due or observed at any visit"
    )  # fmt: skip
    return Part(title, figure, "" if figure else because)


def _change(report: Report) -> Part:
    title = "Mean change from baseline, as a mixed model estimates it"
    if isinstance(report.change, Unsaid):
        return Part(title, None, report.change.because)
    change: ChangeOverVisits = report.change
    model = change.model
    said = [
        f"{how_many(model.people, 'person', 'people')} and {how_many(model.scores, 'score')}; covariance {model.structure}.",
        "Restricted maximum likelihood, Satterthwaite's degrees of freedom; baseline and group by visit.",
        "Each mean is that of people with the mean baseline of everybody who began.",
        "It holds if what is missing can be told from the scores that are there.",
    ]
    if model.tried:
        said.append(f"Freer covariances were tried and did not end well: {', '.join(model.tried)}.")
    if change.left_out:
        left = "1 person has" if change.left_out == 1 else f"{change.left_out} people have"
        said.append(f"{left} a baseline and no later score: in the mean baseline, but not in the change.")
    said.append(
        "No comparison group: this is what happened, not what treatment did."
        if not change.differences
        else f"Difference: {change.comparison}."
    )
    figure = change_figure(change, report, title=title, caption="95 % intervals; points on the scale.")
    return Part(title, figure, "", tuple(said))


def _worsening(report: Report) -> Part:
    title = "Who got worse"
    reliable = report.yardstick.reliable_points
    if reliable is None:
        return Part(title, None, "no reliable change is published for this scale")
    figure = worsening_figure(
        report.outcomes,
        title=title,
        caption=(
            f"Worse by {how_many(reliable, 'point')} or more, of everybody observed with a baseline. "
            "Wilson 95 % intervals."
        ),
    )
    return Part(title, figure, "" if figure else "nobody was observed at any visit")


def _time(report: Report) -> Part:
    title = "Time in response"
    if isinstance(report.time_in_response, Unsaid):
        return Part(title, None, report.time_in_response.because)
    followed: TimeInResponse = report.time_in_response
    said = []
    for name, line in followed.curves:
        of = f"{name}: " if name else ""
        median = (
            "more than half stayed in response"
            if line.median is None
            else f"median {how_many(line.median, 'day')}"
        )
        said.append(f"{of}{how_many(line.people, 'person', 'people')} who responded; {median}.")
    if followed.test:
        said.append(
            f"Log-rank test of the two groups: chi squared {followed.test.chi_squared:.2f}, p {followed.test.p_value:.3f}."
        )
    said.append(
        "From the first response to the first score that is none; who is still in response is followed to the last score. "
        "Scores come at visits, so that a loss is seen late. Faint: fewer than 10 people."
    )
    figure = time_in_response_figure(
        followed, title=title, caption="Kaplan-Meier, log-log 95 % intervals in the table."
    )
    return Part(title, figure, "", tuple(said))


def _percent(report: Report) -> Part:
    title = "Two numbers called reduction"
    if isinstance(report.percent, Unsaid):
        return Part(title, None, report.percent.because)
    twice = report.percent
    second = (
        "the mean of each person's own percentage cannot be given, because a baseline is 0"
        if twice.of_people is None
        else f"the mean of each person's own percentage is {twice.of_people:.1f} %"
    )
    fell = f"the mean score fell by {twice.of_means:.1f} %, and {second}."
    said = f"Of the same {twice.people} people at {twice.visit}: {fell}"
    return Part(title, None, "", (said, "Neither is a share of people who got better."))


def _rules(yardstick: Yardstick) -> tuple[tuple[str, str], ...]:
    def said(value: object, words: str) -> str:
        return "not agreed, so not judged" if value is None else words

    y = yardstick
    worse = how_many(y.reliable_points or 0, "point")
    floor = (
        f", from a baseline of {points(y.baseline_at_least)} or more"
        if y.baseline_at_least is not None
        else ""
    )
    return (
        ("Range", f"{points(y.low)} to {points(y.high)}; {'lower' if y.lower_is_better else 'higher'} is better"),
        ("Response", said(y.response_percent, f"fell by {y.response_percent} % or more{floor}")),
        ("Remission", said(y.remission_below, f"below {points(y.remission_below)}" if y.remission_below else "")),
        ("Worse", said(y.reliable_points, f"by {worse} or more" if y.reliable_points else "")),
    )  # fmt: skip


def _row(each: VisitOutcomes) -> dict[str, str]:
    response, remission = each.response_rates, each.remission_rates
    everybody = each.everybody_rates
    chain = each.response or each.everybody
    return {
        "visit": each.visit.id,
        "group": each.group,
        "due": str(chain.due),
        "observed": str(chain.observed),
        "response": _rate(response.observed if response else None),
        "strict": _strict(response.observed if response else None),
        "careful": _rate(response.missing_not_met if response else None),
        "bounds": _bounds(each.response),
        "remission": _rate(remission.observed if remission else None),
        "worse": _rate(everybody.worse),
    }


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return "–"
    low, high = 100 * rate.wilson.low, 100 * rate.wilson.high
    return f"{rate.counts.events}/{rate.counts.n} = {100 * float(rate.share):.1f} % ({low:.1f}–{high:.1f})"


def _strict(rate: Rate | None) -> str:
    return "–" if rate is None else f"{100 * rate.strict.low:.1f}–{100 * rate.strict.high:.1f}"


def _bounds(chain: Chain | None) -> str:
    if chain is None or not chain.due:
        return "–"
    return f"{100 * chain.met / chain.due:.1f}–{100 * (chain.met + chain.missing) / chain.due:.1f} %"


def _dropout(each: VisitOutcomes) -> list[dict[str, str]]:
    chain = each.everybody
    if not chain.due:
        return []
    return [
        {
            "visit": each.visit.id,
            "group": each.group,
            "observed": str(chain.observed),
            "observed_mean": _mean(chain.baseline_of_observed),
            "missing": str(chain.reached - chain.observed),
            "missing_mean": _mean(chain.baseline_of_missing),
            "without": str(chain.reached_without_baseline),
        }
    ]


def _mean(baseline: Fraction | None) -> str:
    return "–" if baseline is None else f"{float(baseline):.1f}"


def _reasons(set_aside: tuple[SetAside, ...]) -> list[tuple[str, int]]:
    counted: dict[str, int] = {}
    for each in set_aside:
        why = each.why.split(" line ")[0] if each.why.startswith("contradicts") else each.why
        counted[why] = counted.get(why, 0) + 1
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
