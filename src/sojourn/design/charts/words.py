"""The sentences a chart says about itself: to a screen reader, in its caption, in its table."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.design.charts.svg import number
from sojourn.design.charts.values import TrajectoryChart


def kind_names() -> dict[str, str]:
    """Name how a score came about, as the table and the key say it."""
    return {
        "scored": _("all items answered"),
        "prorated": _("some items missing, prorated"),
        "total_only": _("total only, no item answers"),
        "not_done": _("due, not done"),
    }


def lane_names() -> dict[str, str]:
    """Name the rows under the plot."""
    return {
        "not_done": _("Due, not done"),
        "dosing": _("Dosing session"),
        "integration": _("Integration"),
        "preparation": _("Preparation"),
        "medication": _("Medicine changed"),
    }


def describe(chart: TrajectoryChart) -> str:
    """Say in two sentences what an eye takes from the drawing."""
    done = chart.done
    if not done:
        return _("No score yet.")
    said = [_value_on(chart, 0)]
    if len(done) > 1:
        said = [
            _("From %(first)s to %(last)s.") % {"first": _value_on(chart, 0), "last": _value_on(chart, -1)}
        ]
    else:
        said = [f"{said[0]}."]
    said.append(counts(chart))
    return " ".join(said)


def counts(chart: TrajectoryChart) -> str:
    """Say how many scores the chart rests on and how many are missing."""
    scores, missed = len(chart.done), len(chart.points) - len(chart.done)
    said = ngettext("%(n)d score", "%(n)d scores", scores) % {"n": scores}
    if missed:
        said += ", " + _("%(n)d due and not done") % {"n": missed}
    return f"{said}."


def caption(chart: TrajectoryChart) -> str:
    """Write the caption: how many, which way is better, what the lines mean, where it comes from."""
    said = [counts(chart)]
    if chart.lower_is_better is not None:
        said.append(_("Lower is better.") if chart.lower_is_better else _("Higher is better."))
    if chart.reliable_change is not None and chart.done:
        said.append(
            _("Between the dotted lines (baseline ± %(points)s) a change is not reliable.")
            % {"points": number(chart.reliable_change)}
        )
    if any(
        later.on.toordinal() - earlier.on.toordinal() > chart.gap_days
        for earlier, later in zip(chart.done, chart.done[1:], strict=False)
    ):
        said.append(_("Scores more than %(days)d days apart are not joined.") % {"days": chart.gap_days})
    if chart.source:
        said.append(_("Source: %(source)s.") % {"source": chart.source.rstrip(".")})
    return " ".join(said)


def _value_on(chart: TrajectoryChart, index: int) -> str:
    point = chart.done[index]
    value = point.value or 0
    band = chart.band_of(value)
    named = f"{number(value)} ({band})" if band else number(value)
    return _("%(value)s on %(day)s") % {"value": named, "day": date_format(point.on, "M j, Y")}
