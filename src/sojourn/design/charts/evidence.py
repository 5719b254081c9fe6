"""From studies to the forest plot of them, with its table."""

from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.clinical.evidence.meta_analysis import Interval, newcombe, risk_difference, wilson
from sojourn.clinical.evidence.strata import Stratum, Synthesis
from sojourn.clinical.evidence.studies import Comparator, Result
from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.forest import ForestPlot, ForestRow, forest_svg, value_of

HUNDRED = 100


def figure_of_stratum(stratum: Stratum) -> ChartFigure:
    """Draw one question that studies were asked: each study, and what they come to where they may be pooled."""
    return _figure(stratum.title, stratum.results, stratum.synthesis)


def figure_side_by_side(title: str, results: tuple[Result, ...]) -> ChartFigure:
    """Draw results beside each other that must not be averaged."""
    return _figure(title, results, None)


def _figure(title: str, results: tuple[Result, ...], synthesis: Synthesis | None) -> ChartFigure:
    plot = _plot(title, results, synthesis)
    return ChartFigure(
        title=title,
        svg=forest_svg(plot),
        caption=_caption(results, synthesis),
        columns=(_("Study"), _("Treated"), _("Compared"), plot.unit, _("Weight"), _("Note")),
        rows=tuple((row.label, *_counts(row), value_of(row), _weight(row), row.note) for row in plot.rows),
    )


def _plot(title: str, results: tuple[Result, ...], synthesis: Synthesis | None) -> ForestPlot:
    compared = results[0].control is not None
    weights = synthesis.headline.weights if synthesis else (None,) * len(results)
    mixed = len({result.outcome for result in results}) > 1
    rows = [
        _study(result, weight, names_outcome=mixed) for result, weight in zip(results, weights, strict=True)
    ]
    if synthesis:
        rows.append(_pooled(synthesis))
    if not compared:
        return ForestPlot(
            title=title, unit=_("Of 100 people (95% interval)"), low=0, high=100, step=25, rows=tuple(rows)
        )
    comparator = results[0].comparator
    other = _("ECT") if comparator is Comparator.ECT else str(comparator)
    return ForestPlot(
        title=title,
        unit=_("More of 100 people (95% interval)"),
        low=-50,
        high=75,
        step=25,
        rows=tuple(rows),
        no_effect=0,
        toward=(
            _("more with %(other)s") % {"other": other},
            _("more with %(drug)s") % {"drug": results[0].drug},
        ),
    )


def _study(result: Result, weight: float | None, *, names_outcome: bool) -> ForestRow:
    active = result.active_counts
    if result.control is None:
        estimate, interval = active.share, wilson(active)
    else:
        estimate = risk_difference(active, result.control.counts)
        interval = newcombe(active, result.control.counts)
    middle, low, high = _in_hundred(estimate, interval)
    notes = [_("counts from memory")] if result.is_from_memory else []
    notes += [_("worked out from percentages")] if any(arm.is_worked_out for arm in result.arms) else []
    return ForestRow(
        label=f"{result.title}, {result.outcome}" if names_outcome else result.title,
        counted=_counted(result),
        weight=weight,
        note="; ".join(notes),
        estimate=middle,
        low=low,
        high=high,
    )


def _pooled(synthesis: Synthesis) -> ForestRow:
    headline = synthesis.headline
    predicted = headline.prediction
    middle, low, high = _in_hundred(headline.natural, headline.interval)
    return ForestRow(
        label=_("Together"),
        counted=_("%(n)s people") % {"n": f"{synthesis.people:,}"},
        kind="pooled",
        predicted=(HUNDRED * predicted.low, HUNDRED * predicted.high),
        note=_("one more such study would lie between %(low)d and %(high)d; I² %(i2)d%%, tau² %(tau2).4f")
        % {
            "low": round(HUNDRED * predicted.low),
            "high": round(HUNDRED * predicted.high),
            "i2": round(HUNDRED * headline.i2),
            "tau2": headline.tau2,
        },
        estimate=middle,
        low=low,
        high=high,
    )


def _in_hundred(estimate: Fraction | float, interval: Interval) -> tuple[float, float, float]:
    return float(HUNDRED * estimate), HUNDRED * interval.low, HUNDRED * interval.high


def _counted(result: Result) -> str:
    if result.control is None:
        return str(result.active_counts)
    return _("%(active)s against %(control)s") % {
        "active": result.active_counts,
        "control": result.control.counts,
    }


def _counts(row: ForestRow) -> tuple[str, str]:
    if row.kind == "pooled":
        return row.counted, ""
    active, _against, control = row.counted.partition(_(" against "))
    return active, control or _("nobody")


def _weight(row: ForestRow) -> str:
    return f"{row.weight:.0%}" if row.weight is not None else ""


def _caption(results: tuple[Result, ...], synthesis: Synthesis | None) -> str:
    people = sum(result.people for result in results)
    parts = [
        ngettext("%(k)d result, %(n)s people.", "%(k)d results, %(n)s people.", len(results))
        % {"k": len(results), "n": f"{people:,}"}
    ]
    if results[0].control is None:
        parts.append(_("No comparison group: this says how people fared, not what the treatment did."))
    if synthesis:
        headline = synthesis.headline
        parts.append(
            _("Pooled by %(method)s; dashes show where one more such study would lie.")
            % {"method": headline.method}
        )
    elif len(results) > 1:
        parts.append(_("Not averaged: they asked different questions."))
    cited = dict.fromkeys(citation.source for result in results for citation in result.citations)
    named = "; ".join(f"{source.title} ({source.year})" if source.year else source.title for source in cited)
    return " ".join([*parts, _("Source: %(source)s.") % {"source": named}])
