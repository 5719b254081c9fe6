"""The figures of a long report: change by window, the missing made worse, time in response, sites adjusted for case mix."""

from typing import Any

from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.instruments import Direction
from sojourn.clinical.outcomes.practice import LEAST, funnel
from sojourn.clinical.quantities import how_many
from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.intervals import IntervalChart, IntervalRow, interval_figure
from sojourn.design.charts.results import (
    WorsenedRow,
    ends_of,
    worsened_change_figure,
    worsened_rate_figure,
)
from sojourn.design.charts.survival import SurvivalChart, SurvivalLine, survival_figure
from sojourn.program.results.reporting import ReportRow
from sojourn.workspace.results.figures import funnel_of

Part = dict[str, Any]
OLD_MOST = 40  # points: how much worse earlier versions made the missing at most


def change_figure(row: ReportRow) -> ChartFigure | None:
    """Draw the mean change by window as the mixed model estimates it; None where it says nothing."""
    change = _part(row, "change")
    if "unsaid" in change:
        return None
    return _changes(
        row,
        [(each["window"], each, _("%(n)d observed") % {"n": each["observed"]}) for each in change["visits"]],
        title=_("Mean change from baseline, as a mixed model estimates it"),
        caption=_(
            "Of people with the mean baseline of everybody who began, estimated from all scores, so that who stopped "
            "answering counts with what they told. It holds if what is missing can be told from the scores that are "
            "there. Restricted maximum likelihood, covariance %(covariance)s, Satterthwaite's degrees of freedom."
        )
        % {"covariance": change["covariance"]},
        first=_("After the first dose"),
    )


def imputed_figure(row: ReportRow) -> ChartFigure | None:
    """Draw the mean change when each missing score is made worse by so many points."""
    imputed = _part(row, "imputed")
    if "unsaid" in imputed:
        return None
    return worsened_change_figure(
        _worsened(imputed),
        title=_("What if the %(n)d missing at %(window)s did worse?")
        % {"n": imputed["missing"], "window": imputed["window"]},
        caption=_("Mean change of everybody due. %(n)d imputations, pooled by Rubin's rules.")
        % {"n": imputed["imputations"]},
        reach=_reach(row),
        lower_is_better=_lower_is_better(row),
    )


def imputed_rate_figure(row: ReportRow) -> ChartFigure | None:
    """Draw the rate of response of everybody due as the missing are made worse; None where no rate is claimed."""
    rate = _claimed(row)
    if rate is None:
        return None
    return worsened_rate_figure(
        _worsened(rate, times=100),
        title=_("What the missing could change in the rate of response"),
        caption=_(
            "Of all %(people)d people due whose baseline can show a response; %(missing)d of them filled in. Wilson "
            "intervals for multiple imputation."
        )
        % {"people": rate["people"], "missing": rate["missing"]},
        limit=100 * rate["limit"],
    )


def tipping_words(row: ReportRow) -> str:
    """Say how much worse the missing would have to be before no improvement could be told from chance."""
    imputed = _part(row, "imputed")
    if "unsaid" in imputed:
        return ""
    points = imputed["tipping point"]
    if points is None:
        most = how_many(imputed.get("most", OLD_MOST), "point")
        return _("Even if each missing score were %(points)s worse, the improvement would stay.") % {
            "points": most
        }
    if points == 0:
        return _("No improvement can be told from chance, even if the missing did as people like them.")
    return _("If each missing score were %(points)s worse, no improvement could be told from chance.") % {
        "points": how_many(points, "point")
    }


def rate_tipping_words(row: ReportRow) -> str:
    """Say when the rate of everybody due would fall below the interval of those who answered."""
    rate = _claimed(row)
    if rate is None:
        return ""
    answered = _("Of those who answered, %(met)d of %(n)d responded; the interval begins at %(limit).1f %%.") % {
        "met": rate["met"], "n": rate["answered"], "limit": 100 * rate["limit"],
    }  # fmt: skip
    points = rate["tipping point"]
    if points is None:
        then = _("Whatever the missing did, the rate of everybody due stays above that.")
    elif points == 0:
        then = _(
            "The rate of everybody due lies below that even if the missing did as people like them: the rate of those "
            "who answered speaks for themselves alone."
        )
    else:
        then = _(
            "If each missing score were %(points)s worse, the rate of everybody due would fall below that."
        ) % {"points": how_many(points, "point")}
    return f"{answered} {then}"


def _claimed(row: ReportRow) -> Part | None:
    """The rate beside the imputed scores; reports of earlier versions have none."""
    return _part(row, "imputed").get("rate")


def _worsened(found: Part, *, times: float = 1) -> list[WorsenedRow]:
    return [
        WorsenedRow(
            penalty=each["penalty"], value=times * each["value"], low=times * each["low"], high=times * each["high"],
            is_lost=each["penalty"] == found["tipping point"],
        )
        for each in found["by penalty"]
    ]  # fmt: skip


def time_figure(row: ReportRow) -> ChartFigure | None:
    """Draw how long people who responded stayed in response, with the numbers still followed."""
    found = _part(row, "time in response")
    if "unsaid" in found:
        return None
    at_risk = [(float(day), int(n)) for day, n in found["at_risk"]]
    return survival_figure(
        SurvivalChart(
            title=_("Time in response"),
            lines=(
                SurvivalLine(
                    label="",
                    steps=tuple((time, share) for time, share, _low, _high in found["steps"]),
                    drawn_until=found["drawn_until"],
                    at_risk=tuple(n for _day, n in at_risk),
                ),
            ),
            longest=max(1.0, at_risk[-1][0], *(step[0] for step in found["steps"])),
            time_says=_("days since the first response"),
            times=tuple(day for day, _n in at_risk),
            caption=_(
                "Kaplan-Meier, of %(n)d people who responded; from the first response to the first score that is none. "
                "Scores come at visits, so that a loss is seen late. Faint: fewer than 10 people."
            )
            % {"n": found["people"]},
            columns=(_("Days"), _("Still in response"), _("95 % interval")),
            table=tuple(
                (f"{time:g}", f"{100 * share:.1f} %", "–" if low is None else f"{100 * low:.1f}–{100 * high:.1f} %")
                for time, share, low, high in found["steps"]
            ),
        )
    )  # fmt: skip


def adjusted_figure(row: ReportRow, sites: dict[str, str]) -> tuple[ChartFigure | None, str]:
    """Draw sites as they would stand with everybody's mix of baselines; or say why not."""
    found = _part(row, "case mix")
    if "unsaid" in found:
        return None, found["unsaid"]
    by_site: dict[str, list[float]] = {}
    for unit in found["units"]:
        sums = by_site.setdefault(unit["site"], [0, 0, 0.0])
        for place, name in enumerate(("due", "met", "expected")):
            sums[place] += unit[name]
    units = [
        (sites.get(site, _("a site")), Counts(min(round(met / expected * found["share"] * due), int(due)), int(due)))
        for site, (due, met, expected) in by_site.items() if due >= LEAST and expected > 0
    ]  # fmt: skip
    hidden = sum(0 < due < LEAST for due, _met, _expected in by_site.values())
    figure = funnel_of(
        funnel(units), title=_("Sites, as with everybody's mix of baseline severity"), hidden=hidden
    )
    return figure, "" if figure else _("a funnel takes two sites with 11 people due or more")


def _changes(
    row: ReportRow, rows: list[tuple[str, Part, str]], *, title: str, caption: str, first: str
) -> ChartFigure:
    reach = _reach(row)
    return interval_figure(
        IntervalChart(
            title=title,
            rows=tuple(
                IntervalRow(label=label, value=each["value"], low=each["low"], high=each["high"], note=note)
                for label, each, note in rows
            ),
            low=-reach,
            high=reach,
            line=0,
            line_says=_("no change"),
            **ends_of(lower_is_better=_lower_is_better(row)),
            caption=caption,
            first_column=first,
            digits=2,
        )
    )


def _lower_is_better(row: ReportRow) -> bool:
    return instruments.get(row.definition.instrument).direction is not Direction.HIGHER_IS_BETTER


def _reach(row: ReportRow) -> float:
    scale = instruments.get(row.definition.instrument).main_scale
    return float(scale.high - scale.low) if scale else 27.0


def _part(row: ReportRow, name: str) -> Part:
    assert row.found is not None
    part: Part = row.found[name]
    return part
