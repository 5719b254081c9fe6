"""The figures of a long report: change by window, the missing made worse, time in response, sites adjusted for case mix."""

from typing import Any

from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.outcomes.practice import LEAST, funnel
from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.intervals import IntervalChart, IntervalRow, interval_figure
from sojourn.design.charts.survival import SurvivalChart, SurvivalLine, survival_figure
from sojourn.program.results.reporting import ReportRow
from sojourn.workspace.results.figures import funnel_of

Part = dict[str, Any]


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
            "Restricted maximum likelihood, covariance %(covariance)s, Satterthwaite's degrees of freedom, at the mean "
            "baseline. It holds if what is missing can be told from the scores that are there."
        )
        % {"covariance": change["covariance"]},
        first=_("After the first dose"),
    )


def imputed_figure(row: ReportRow) -> ChartFigure | None:
    """Draw the mean change when each missing score is made worse by so many points."""
    imputed = _part(row, "imputed")
    if "unsaid" in imputed:
        return None
    return _changes(
        row,
        [
            (
                _("as people like them") if not each["penalty"] else _("%(n)g points worse") % {"n": each["penalty"]},
                each, "",
            )
            for each in imputed["by penalty"]
        ],
        title=_("What if the %(n)d missing at %(window)s did worse?")
        % {"n": imputed["missing"], "window": imputed["window"]},
        caption=_("%(n)d imputations, pooled by Rubin's rules.") % {"n": imputed["imputations"]},
        first=_("The missing are"),
    )  # fmt: skip


def tipping_words(row: ReportRow) -> str:
    """Say how much worse the missing would have to be before nothing could be told from chance."""
    imputed = _part(row, "imputed")
    if "unsaid" in imputed:
        return ""
    points = imputed["tipping point"]
    if points is None:
        return _("Even if each missing score were 40 points worse, the improvement would stay.")
    if points == 0:
        return _("No improvement can be told from chance, whatever the missing did.")
    return _("If each missing score were %(n).1f points worse, no improvement could be told from chance.") % {
        "n": points
    }


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
    scale = instruments.get(row.definition.instrument).main_scale
    reach = float(scale.high - scale.low) if scale else 27.0
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
            caption=caption,
            first_column=first,
            digits=2,
        )
    )


def _part(row: ReportRow, name: str) -> Part:
    assert row.found is not None
    part: Part = row.found[name]
    return part
