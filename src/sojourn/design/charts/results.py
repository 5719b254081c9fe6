"""From a report on many people to its figures: denominators, rates, change by visit, time in response."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from sojourn.clinical.outcomes.mixed_models import ChangeOverVisits, VisitChange
from sojourn.clinical.outcomes.practice import Chain, Rate
from sojourn.clinical.outcomes.reports import Report, TimeInResponse, VisitOutcomes
from sojourn.clinical.outcomes.survival import Curve
from sojourn.clinical.quantities import how_many
from sojourn.design.charts.denominators import DenominatorStep, denominators_figure
from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.intervals import IntervalChart, IntervalRow, interval_figure, share_figure
from sojourn.design.charts.survival import SurvivalChart, SurvivalLine, even_times, survival_figure


def chain_figure(chain: Chain, *, title: str, met: str, source: str, with_doses: bool = True) -> ChartFigure:
    """Draw the denominator chain. Without doses (an outside table) the step "had a dose" says nothing and is left out."""
    links = [link for link in chain.links if with_doses or link.says != "had a dose"]
    steps = [
        DenominatorStep(
            says=met if link is links[-1] else link.says,
            people=link.people,
            lost=link.lost,
            lost_because=link.lost_because,
        )
        for link in links
    ]
    without = chain.reached_without_baseline
    return denominators_figure(
        title=title,
        steps=steps,
        caption=_(
            "%(due)d people were due an answer: %(reached)d with a valid baseline, %(without)d without one. "
            "%(missing)d are missing. Source: %(source)s."
        )
        % {
            "due": chain.due, "reached": chain.reached, "without": without, "missing": chain.missing,
            "source": source.rstrip("."),
        },
    )  # fmt: skip


def rates_figure(outcomes: Sequence[VisitOutcomes], *, title: str, caption: str) -> ChartFigure | None:
    """Draw the response by visit and group, counted both ways; None where nobody is behind any rate."""
    rows: list[IntervalRow] = []
    for each in outcomes:
        rates = each.response_rates
        if rates is None:
            continue
        named = f"{each.visit.id}, {each.group}" if each.group else each.visit.id
        if rates.observed:
            rows.append(rate_row(named, rates.observed, hollow=False))
        if rates.missing_not_met:
            rows.append(rate_row(named, rates.missing_not_met, hollow=True))
    return share_figure(rows, title=title, caption=caption, first_column=_("Visit"))


def worsening_figure(outcomes: Sequence[VisitOutcomes], *, title: str, caption: str) -> ChartFigure | None:
    """Draw who got worse by the reliable number of points or more, of those observed."""
    rows = tuple(
        rate_row(f"{each.visit.id}, {each.group}" if each.group else each.visit.id, worse, hollow=False)
        for each in outcomes
        if (worse := each.everybody_rates.worse) is not None
    )
    return share_figure(rows, title=title, caption=caption, first_column=_("Visit"))


def change_figure(change: ChangeOverVisits, report: Report, *, title: str, caption: str) -> ChartFigure:
    """Draw the mean change by visit as the mixed model estimates it, on the whole scale down and up."""
    reach = float(report.yardstick.high - report.yardstick.low)
    rows = tuple(
        IntervalRow(
            label=_named(each, change),
            value=each.change.value,
            low=each.change.low,
            high=each.change.high,
            note=_("%(n)d observed; error %(error).2f, %(df).0f df")
            % {"n": each.observed, "error": each.change.error, "df": min(each.change.freedom, 9999)},
        )
        for each in (*change.means, *change.differences)
    )
    return interval_figure(
        IntervalChart(
            title=title,
            rows=rows,
            low=-reach,
            high=reach,
            unit="",
            line=0,
            line_says=_("no change"),
            **ends_of(lower_is_better=report.yardstick.lower_is_better),
            caption=caption,
            first_column=_("Visit"),
            digits=2,
        )
    )


@dataclass(frozen=True, kw_only=True)
class WorsenedRow:
    """An estimate, with its interval, where each missing score is `penalty` points worse than expected.

    `is_lost` marks where the claim is lost.
    """

    penalty: float
    value: float
    low: float
    high: float
    is_lost: bool = False


def worsened_change_figure(
    rows: Sequence[WorsenedRow], *, title: str, caption: str, reach: float, lower_is_better: bool = True
) -> ChartFigure:
    """Draw the mean change of everybody due as the missing are made worse, on a scale of `reach` points."""
    return interval_figure(
        IntervalChart(
            title=title,
            rows=tuple(_worsened(row) for row in rows),
            low=-reach,
            high=reach,
            line=0,
            line_says=_("no change"),
            **ends_of(lower_is_better=lower_is_better),
            caption=caption,
            first_column=_("The missing are"),
            digits=2,
        )
    )


def ends_of(*, lower_is_better: bool) -> dict[str, str]:
    """Say at the ends of an axis of change which way is better."""
    better, worse = _("better"), _("worse")
    return (
        {"low_says": better, "high_says": worse}
        if lower_is_better
        else {"low_says": worse, "high_says": better}
    )


def worsened_rate_figure(
    rows: Sequence[WorsenedRow], *, title: str, caption: str, limit: float
) -> ChartFigure:
    """Draw the rate of everybody due, in percent, as the missing are made worse; `limit` is where the claim ends."""
    return interval_figure(
        IntervalChart(
            title=title,
            rows=tuple(_worsened(row) for row in rows),
            low=0,
            high=100,
            unit=" %",
            line=limit,
            line_says=_("claim ends at %(n).1f %%") % {"n": limit},
            caption=caption,
            first_column=_("The missing are"),
        )
    )


def _worsened(row: WorsenedRow) -> IntervalRow:
    worse = _("%(points)s worse") % {"points": how_many(row.penalty, "point")}
    label = worse if row.penalty else _("as people like them")
    if not row.is_lost:
        return IntervalRow(label=label, value=row.value, low=row.low, high=row.high)
    return IntervalRow(
        label=_("%(worse)s: here the claim is lost") % {"worse": label},
        short=_("%(worse)s: lost") % {"worse": label},
        value=row.value,
        low=row.low,
        high=row.high,
    )


def time_in_response_figure(followed: TimeInResponse, *, title: str, caption: str) -> ChartFigure:
    """Draw how long responders stayed in response, with the numbers still followed."""
    longest = max((time for __, line in followed.curves for time in line.times), default=0) or 1
    times = even_times(longest)
    return survival_figure(
        SurvivalChart(
            title=title,
            lines=tuple(
                SurvivalLine(
                    label=name,
                    steps=tuple((step.time, float(step.survival)) for step in line.steps),
                    drawn_until=line.drawn_until,
                    at_risk=tuple(line.at_risk(time) for time in times),
                )
                for name, line in followed.curves
            ),
            longest=longest,
            time_says=_("days since the first response"),
            times=times,
            caption=caption,
            columns=(
                _("Group"), _("Days"), _("Still followed"), _("Lost response"), _("Still in response"),
                _("95 % interval"),
            ),
            table=tuple(row for name, line in followed.curves for row in _steps(name, line)),
        )
    )  # fmt: skip


def _named(each: VisitChange, change: ChangeOverVisits) -> str:
    if each in change.differences:
        return _("%(visit)s, difference") % {"visit": each.visit}
    return f"{each.visit}, {each.group}" if each.group else each.visit


def _steps(name: str, line: Curve) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for step in line.steps:
        interval = step.interval()
        rows.append(
            (
                name or _("everybody"),
                f"{step.time:g}",
                str(step.at_risk),
                str(step.events),
                f"{100 * float(step.survival):.1f} %",
                f"{100 * interval.low:.1f} to {100 * interval.high:.1f} %" if interval else _("not known"),
            )
        )
    return rows


def rate_row(label: str, rate: Rate, *, hollow: bool) -> IntervalRow:
    """Give a rate of those observed, or hollow with the missing counted as not, as a row below the first."""
    short = _("with the missing as not") if hollow else ""
    return IntervalRow(
        label=f"{label}, {short}" if hollow else label,
        value=_percent(rate.share),
        low=100 * rate.wilson.low,
        high=100 * rate.wilson.high,
        note=_("%(events)d of %(n)d") % {"events": rate.counts.events, "n": rate.counts.n},
        hollow=hollow,
        short=short,
    )


def _percent(share: Fraction) -> float:
    return 100 * float(share)
