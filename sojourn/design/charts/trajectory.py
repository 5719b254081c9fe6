"""Draws one patient's scores over time.

The drawing is fluid: days are shares of the width, scores are pixels, type keeps its size. One SVG serves a
phone, a desk and paper; labels without room on a phone carry the class `only-wide`.
"""

from itertools import pairwise
from zlib import crc32

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.axis import (
    CHARACTER_PX,
    NARROW_PX,
    PlacedLabel,
    Scale,
    date_labels,
    free_place,
    place_labels,
    spread,
)
from sojourn.design.charts.svg import element, number, percent
from sojourn.design.charts.values import ChartPoint, Tick, TickKind, TrajectoryChart
from sojourn.design.charts.words import describe, kind_names, lane_names

TOP_PX, PLOT_PX, DATES_PX, LANE_PX = 16, 264, 26, 36
DEEPEST_BAND = 4


def trajectory_svg(chart: TrajectoryChart) -> SafeString:
    """Draw the chart as an image with title and description; it belongs in `.figure`, its table beside it."""
    scale = _scale(chart)
    lanes = _lanes(chart)
    key = f"chart-{crc32(repr(chart).encode()):08x}"
    return element(
        "svg",
        element("title", chart.title, id=f"{key}-title"),
        element("desc", describe(chart), id=f"{key}-desc"),
        *_bands(chart, scale),
        *_value_axis(chart, scale),
        *_date_axis(scale),
        *_dose_drops(chart, scale),
        *_ribbon(chart, scale),
        *_thresholds(chart, scale),
        *_segments(chart, scale),
        *(_point(chart, point, scale) for point in chart.done),
        *_end_labels(chart, scale),
        *(part for row, lane in enumerate(lanes) for part in _lane(lane, row, chart, scale)),
        class_="chart trajectory",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(TOP_PX + PLOT_PX + DATES_PX + LANE_PX * len(lanes) + 4),
    )


def joins(chart: TrajectoryChart) -> tuple[tuple[ChartPoint, ChartPoint], ...]:
    """Pair the neighbors a line may join: not further apart than the gap, nothing missed between them."""
    return tuple(
        (a, b)
        for a, b in pairwise(chart.points)
        if a.value is not None and b.value is not None and (b.on - a.on).days <= chart.gap_days
    )


def _scale(chart: TrajectoryChart) -> Scale:
    days = [point.on for point in chart.points] + [tick.on for tick in chart.ticks]
    days += [day for day in (chart.starts_on, chart.ends_on) if day]
    if not days:
        raise ValueError("a trajectory needs a day to start from: give a point, a tick or starts_on")
    return Scale(first=min(days), last=max(days), low=chart.low, high=chart.high, top=TOP_PX, height=PLOT_PX)


def _bands(chart: TrajectoryChart, scale: Scale) -> list[str]:
    drawn: list[str] = []
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
    busy = _busy_places(chart, scale)
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


def _busy_places(chart: TrajectoryChart, scale: Scale) -> list[tuple[float, float]]:
    """List places of the phone's plot, in pixels, where something is drawn that a band label would cover."""
    drawn = [(scale.x(point.on), scale.y(point.value or 0)) for point in chart.done]
    drawn += [(scale.x(point.on), y) for point, y in _end_places(chart, scale)]
    for a, b in joins(chart):
        xa, xb, ya, yb = scale.x(a.on), scale.x(b.on), scale.y(a.value or 0), scale.y(b.value or 0)
        drawn += [(xa + (xb - xa) * part / 8, ya + (yb - ya) * part / 8) for part in range(1, 8)]
    lines = [(line.label, scale.y(line.value) - 9) for line in chart.thresholds]
    drawn += [
        (x / 20, y) for label, y in lines for x in range(int(len(label) * CHARACTER_PX / NARROW_PX * 20) + 1)
    ]
    return [(x * NARROW_PX, y) for x, y in drawn]


def _value_axis(chart: TrajectoryChart, scale: Scale) -> list[str]:
    named = sorted({chart.low, chart.high, *(band.low for band in chart.bands)})
    if not chart.bands:
        named = [chart.low, (chart.low + chart.high) / 2, chart.high]
    kept = [named[0]]
    for value in named[1:]:
        if scale.y(kept[-1]) - scale.y(value) >= 14:  # noqa: PLR2004 - one line of 13 px type
            kept.append(value)
    return [
        element("text", number(value), x="0", dx="-8", y=scale.y(value), dy="0.35em", text_anchor="end")
        for value in kept
    ]


def _date_axis(scale: Scale) -> list[str]:
    floor = TOP_PX + PLOT_PX
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


def _dose_drops(chart: TrajectoryChart, scale: Scale) -> list[str]:
    return [
        element("line", x1=percent(x), x2=percent(x), y1=TOP_PX, y2=TOP_PX + PLOT_PX, class_="drop")
        for x in (scale.x(tick.on) for tick in chart.ticks if tick.kind == "dosing")
    ]


def _ribbon(chart: TrajectoryChart, scale: Scale) -> list[str]:
    """Draw the two edges around the first score; the edge on the better side says what crossing it means."""
    if chart.reliable_change is None or not chart.done:
        return []
    first = chart.done[0].value or 0
    edges = (first - chart.reliable_change, first + chart.reliable_change)
    drawn = [
        element("line", x1="0", x2="100%", y1=scale.y(edge), y2=scale.y(edge), class_="ribbon")
        for edge in edges
        if chart.low <= edge <= chart.high
    ]
    better = edges[0] if chart.lower_is_better else edges[1]
    if chart.low <= better <= chart.high:
        words = _("reliable change below") if chart.lower_is_better else _("reliable change above")
        drawn.append(
            element(
                "text",
                words,
                x="100%",
                dx="-6",
                y=scale.y(better) + (14 if chart.lower_is_better else -5),
                text_anchor="end",
                class_="only-wide",
            )
        )
    return drawn


def _thresholds(chart: TrajectoryChart, scale: Scale) -> list[str]:
    drawn: list[str] = []
    for line in chart.thresholds:
        y = scale.y(line.value)
        drawn.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_="threshold"))
        drawn.append(element("text", line.label, x="0", dx="6", y=y - 5, class_="label-strong"))
    return drawn


def _segments(chart: TrajectoryChart, scale: Scale) -> list[str]:
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


def _point(chart: TrajectoryChart, point: ChartPoint, scale: Scale) -> SafeString:
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


def _end_labels(chart: TrajectoryChart, scale: Scale) -> list[str]:
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


def _lanes(chart: TrajectoryChart) -> list[str]:
    kinds: tuple[TickKind, ...] = ("dosing", "integration", "preparation", "medication")
    lanes = [kind for kind in kinds if any(tick.kind == kind for tick in chart.ticks)]
    missed = ["not_done"] if any(point.kind == "not_done" for point in chart.points) else []
    return [*missed, *lanes]


def _lane(lane: str, row: int, chart: TrajectoryChart, scale: Scale) -> list[str]:
    text_y = TOP_PX + PLOT_PX + DATES_PX + LANE_PX * row + 14
    mark_y = text_y + 12
    name = lane_names()[lane]
    drawn = [
        element("line", x1="0", x2="100%", y1=mark_y, y2=mark_y, class_="lane"),
        element("text", name, x="100%", dx="10", y=mark_y, dy="0.35em", class_="only-wide"),
        element("text", name, x="0", y=text_y, class_="only-narrow"),
    ]
    if lane == "not_done":
        missed = [
            Tick(on=p.on, kind="medication", label=p.label) for p in chart.points if p.kind == "not_done"
        ]
        return drawn + [_tick(tick, "not_done", mark_y, scale) for tick in missed]
    ticks = sorted((tick for tick in chart.ticks if tick.kind == lane), key=lambda tick: tick.on)
    drawn += [_tick(tick, lane, mark_y, scale) for tick in ticks]
    for label in place_labels([(scale.x(tick.on), tick.label) for tick in ticks if tick.label]):
        drawn.append(
            element(
                "text", label.text, x=percent(label.x), y=text_y, text_anchor="middle", class_="only-wide"
            )
        )
    return drawn


def _tick(tick: Tick, lane: str, y: float, scale: Scale) -> SafeString:
    shape = {
        "not_done": element("circle", r="4.5", class_="mark mark--absent"),
        "dosing": element("line", x1="0", x2="0", y1="-7", y2="7", class_="tick tick--dosing"),
        "integration": element("circle", r="4.5", class_="tick tick--open"),
        "preparation": element("rect", x="-4", y="-4", width="8", height="8", class_="tick tick--open"),
        "medication": element("path", d="M0-6 6 5H-6Z", class_="tick tick--medication"),
    }[lane]
    said = ", ".join(
        part for part in (lane_names()[lane], date_format(tick.on, "M j, Y"), tick.label) if part
    )
    return element(
        "svg",
        element("title", said),
        shape,
        x=percent(scale.x(tick.on)),
        y=y,
        overflow="visible",
        class_="point",
    )
