"""Draws what the scores stand on: severity bands, axes, the reliable change, thresholds."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.axis import LINE_PX, WIDE_PX, PlacedLabel, Scale, date_labels, free_place, spread
from sojourn.design.charts.marks import busy_places
from sojourn.design.charts.svg import element, number, percent
from sojourn.design.charts.values import TrajectoryChart

DEEPEST_BAND = 4
HALF_LETTER_PX = 4  # from the line a text stands on to its middle


def bands(chart: TrajectoryChart, scale: Scale) -> list[SafeString]:
    """Fill the severity bands, light to deep, and name each one in both layouts."""
    drawn: list[SafeString] = []
    bands = sorted(chart.bands, key=lambda band: band.low)
    deepest = max(len(bands) - 1, 1)
    for depth, band in enumerate(bands if chart.lower_is_better else list(reversed(bands))):
        # Edges lie at half points, so that no whole score stands on a line.
        top, bottom = (
            scale.y(min(band.high + 0.5, chart.high + 0.5)),
            scale.y(max(band.low - 0.5, chart.low - 0.5)),
        )
        shade = round(depth * DEEPEST_BAND / deepest)
        drawn.append(
            element(
                "rect", x="0", y=top, width="100%", height=max(bottom - top, 0), class_=f"band band-{shade}"
            )
        )
    busy = busy_places(chart, scale)
    downward = sorted(chart.bands, key=lambda band: -band.high)
    centers = [scale.y((band.low + band.high) / 2) for band in downward]
    for band, y in zip(downward, spread(centers, apart=15), strict=True):
        drawn += [
            element("text", band.label, x="100%", dx="10", y=y, dy="0.35em", class_="band-label only-wide"),
            element(
                "text",
                band.label,
                **free_place(band.label, y, busy),
                y=y,
                dy="0.35em",
                class_="band-label only-narrow",
            ),
        ]
    return drawn


def value_axis(chart: TrajectoryChart, scale: Scale) -> list[SafeString]:
    """Name the band limits (or the ends and the middle) at the left edge."""
    named = sorted({chart.low, chart.high, *(band.low for band in chart.bands)})
    if not chart.bands:
        named = [chart.low, (chart.low + chart.high) / 2, chart.high]
    kept = [named[0]]
    for value in named[1:]:
        if scale.y(kept[-1]) - scale.y(value) >= LINE_PX:
            kept.append(value)
    return [
        element("text", number(value), x="0", dx="-8", y=scale.y(value), dy="0.35em", text_anchor="end")
        for value in kept
    ]


def date_axis(scale: Scale) -> list[SafeString]:
    """Draw the floor and name its days."""
    floor = scale.floor
    drawn = [element("line", x1="0", x2="100%", y1=floor, y2=floor, class_="frame")]
    for label in date_labels(scale):
        drawn.append(
            element(
                "line",
                x1=percent(label.x),
                x2=percent(label.x),
                y1=floor,
                y2=floor + 4,
                class_=_css("frame", label),
            )
        )
        drawn.append(
            element(
                "text", label.text, x=percent(label.x), y=floor + 19, text_anchor="middle", class_=label.css
            )
        )
    return drawn


def _css(name: str, label: PlacedLabel) -> str:
    return f"{name} {label.css}" if label.css else name


def dose_drops(chart: TrajectoryChart, scale: Scale) -> list[SafeString]:
    """Draw a faint line up from each dosing session."""
    return [
        element("line", x1=percent(x), x2=percent(x), y1=scale.top, y2=scale.floor, class_="drop")
        for x in (scale.x(tick.on) for tick in chart.ticks if tick.kind == "dosing")
    ]


def ribbon(chart: TrajectoryChart, scale: Scale) -> list[SafeString]:
    """Draw the two edges around the baseline; the edge on the better side says what crossing it means."""
    middle = chart.measured_from
    if chart.reliable_change is None or middle is None:
        return []
    edges = (middle - chart.reliable_change, middle + chart.reliable_change)
    drawn = [
        element("line", x1="0", x2="100%", y1=scale.y(edge), y2=scale.y(edge), class_="ribbon")
        for edge in edges
        if chart.low <= edge <= chart.high
    ]
    better = edges[0] if chart.lower_is_better else edges[1]
    if chart.low <= better <= chart.high:
        words = _("reliable change below") if chart.lower_is_better else _("reliable change above")
        y = scale.y(better) + (14 if chart.lower_is_better else -5)
        busy = busy_places(chart, scale, plot_px=WIDE_PX)
        place = free_place(
            words, y - HALF_LETTER_PX, busy, plot_px=WIDE_PX, order=("left", "right", "middle")
        )
        drawn.append(element("text", words, **place, y=y, class_="only-wide"))
    return drawn


def thresholds(chart: TrajectoryChart, scale: Scale) -> list[SafeString]:
    """Draw and name the lines the practice watches."""
    drawn: list[SafeString] = []
    for line in chart.thresholds:
        y = scale.y(line.value)
        drawn.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_="threshold"))
        drawn.append(element("text", line.label, x="0", dx="6", y=y - 5, class_="label-strong"))
    return drawn
