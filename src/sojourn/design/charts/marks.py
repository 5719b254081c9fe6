"""Draws the scores themselves: marks, the lines between them, the first and the last number."""

from itertools import pairwise

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.axis import CHARACTER_PX, NARROW_PX, Scale
from sojourn.design.charts.svg import element, number, percent
from sojourn.design.charts.values import ChartPoint, TrajectoryChart
from sojourn.design.charts.words import kind_names


def joins(chart: TrajectoryChart) -> tuple[tuple[ChartPoint, ChartPoint], ...]:
    """Pair the neighbors a line may join: not further apart than the gap, nothing missed between them."""
    return tuple(
        (a, b)
        for a, b in pairwise(chart.points)
        if a.value is not None and b.value is not None and (b.on - a.on).days <= chart.gap_days
    )


def segments(chart: TrajectoryChart, scale: Scale) -> list[SafeString]:
    """Join the scores that may be joined."""
    return [
        element(
            "line",
            x1=percent(scale.x(a.on)),
            y1=scale.y(a.value or 0),
            x2=percent(scale.x(b.on)),
            y2=scale.y(b.value or 0),
            class_="segment",
        )
        for a, b in joins(chart)
    ]


def mark_of(chart: TrajectoryChart, point: ChartPoint, scale: Scale) -> SafeString:
    """Draw one score, filled when all its items were answered, with its words and its flag."""
    value = point.value or 0
    said = [date_format(point.on, "M j, Y"), number(value), chart.band_of(value), point.label]
    said += [kind_names()[point.kind]] if point.kind != "scored" else []
    said += [_("flagged")] if point.flagged else []
    shape = {
        "scored": element("circle", r="4.5", class_="mark"),
        "prorated": element("circle", r="4.5", class_="mark mark--hollow"),
        "total_only": element("rect", x="-4.5", y="-4.5", width="9", height="9", class_="mark mark--hollow"),
    }[point.kind]
    flag = [element("path", d="M0-8V-24L10-20 0-16", class_="flag")] if point.flagged else []
    return element(
        "svg",
        element("title", ", ".join(part for part in said if part)),
        *flag,
        shape,
        x=percent(scale.x(point.on)),
        y=scale.y(value),
        overflow="visible",
        class_="point",
    )


def end_labels(chart: TrajectoryChart, scale: Scale) -> list[SafeString]:
    """Write the first and the last score at their points, on the side the line does not come from."""
    return [
        element(
            "text",
            number(point.value or 0),
            x=percent(scale.x(point.on)),
            y=y,
            text_anchor="middle",
            class_="label-strong",
        )
        for point, y in _end_places(chart, scale)
    ]


def _end_places(chart: TrajectoryChart, scale: Scale) -> list[tuple[ChartPoint, float]]:
    ends = list(dict.fromkeys((chart.done[0], chart.done[-1]))) if chart.done else []
    fell = len(chart.done) > 1 and (chart.done[-1].value or 0) < (chart.done[-2].value or 0)
    return [
        (
            point,
            scale.y(point.value or 0)
            + (
                20
                if (point.flagged or (fell and point is chart.done[-1])) and point.value != chart.low
                else -11
            ),
        )
        for point in ends
    ]


def busy_places(
    chart: TrajectoryChart, scale: Scale, *, plot_px: float = NARROW_PX
) -> list[tuple[float, float]]:
    """List places of a plot of this width, in pixels, where something is drawn that a label would cover."""
    drawn = [(scale.x(point.on), scale.y(point.value or 0)) for point in chart.done]
    drawn += [(scale.x(point.on), y) for point, y in _end_places(chart, scale)]
    for a, b in joins(chart):
        xa, xb, ya, yb = scale.x(a.on), scale.x(b.on), scale.y(a.value or 0), scale.y(b.value or 0)
        drawn += [(xa + (xb - xa) * part / 8, ya + (yb - ya) * part / 8) for part in range(1, 8)]
    lines = [(line.label, scale.y(line.value) - 9) for line in chart.thresholds]
    drawn += [
        (x / 20, y) for label, y in lines for x in range(int(len(label) * CHARACTER_PX / plot_px * 20) + 1)
    ]
    return [(x * plot_px, y) for x, y in drawn]
