"""Draws the rows under the plot: what was due and not done, doses, conversations, changes of medicine."""

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.axis import PlacedLabel, Scale, place_labels
from sojourn.design.charts.svg import element, percent
from sojourn.design.charts.values import Tick, TickKind, TrajectoryChart
from sojourn.design.charts.words import lane_names

DATES_PX, LANE_PX, SECOND_LINE_PX = 26, 36, 15


def height_px(rows: list[str]) -> int:
    """Say how much room the dates and the rows take under the plot, in pixels."""
    return DATES_PX + LANE_PX * len(rows) + 4


def lanes_of(chart: TrajectoryChart) -> list[str]:
    """List the rows under the plot that have something to show."""
    kinds: tuple[TickKind, ...] = ("dosing", "integration", "preparation", "medication")
    lanes = [kind for kind in kinds if any(tick.kind == kind for tick in chart.ticks)]
    missed = ["not_done"] if any(point.kind == "not_done" for point in chart.points) else []
    return [*missed, *lanes]


def draw_lane(lane: str, row: int, chart: TrajectoryChart, scale: Scale) -> list[SafeString]:
    """Draw one row under the plot: its name, its ticks, and their labels where there is room."""
    text_y = scale.floor + DATES_PX + LANE_PX * row + 14
    mark_y = text_y + 12
    name, given = lane_names()[lane], _given(lane, chart)
    full = f"{name}, {given}" if given else name
    drawn = [
        element("line", x1="0", x2="100%", y1=mark_y, y2=mark_y, class_="lane"),
        element("text", name, x="100%", dx="10", y=mark_y, dy="0.35em", class_="only-wide"),
        element("text", full, x="0", y=text_y, class_="only-narrow"),
    ]
    if given:
        drawn.append(
            element(
                "text", given, x="100%", dx="10", y=mark_y + SECOND_LINE_PX, dy="0.35em", class_="only-wide"
            )
        )
    if lane == "not_done":
        missed = [
            Tick(on=p.on, kind="medication", label=p.label) for p in chart.points if p.kind == "not_done"
        ]
        return drawn + [_tick(tick, "not_done", mark_y, scale) for tick in missed]
    ticks = sorted((tick for tick in chart.ticks if tick.kind == lane), key=lambda tick: tick.on)
    drawn += [_tick(tick, lane, mark_y, scale) for tick in ticks]
    for label in _labels(ticks, scale):
        drawn.append(
            element(
                "text", label.text, x=percent(label.x), y=text_y, text_anchor="middle", class_="only-wide"
            )
        )
    return drawn


def _given(lane: str, chart: TrajectoryChart) -> str:
    """Say once for a row of doses what was given, where the marks themselves have no room: the first and the last."""
    told = [
        tick.detail
        for tick in sorted(chart.ticks, key=lambda tick: tick.on)
        if tick.kind == lane and tick.detail
    ]
    if not told:
        return ""
    return (
        told[0] if len(set(told)) == 1 else _("%(first)s to %(last)s") % {"first": told[0], "last": told[-1]}
    )


def _labels(ticks: list[Tick], scale: Scale) -> tuple[PlacedLabel, ...]:
    """Label the ticks in full where every one has room for it, else as shortly as they can be."""
    full = [(scale.x(tick.on), tick.in_full) for tick in ticks if tick.in_full]
    placed = place_labels(full)
    if len(placed) == len(full):
        return placed
    return place_labels([(scale.x(tick.on), tick.label) for tick in ticks if tick.label])


def _tick(tick: Tick, lane: str, y: float, scale: Scale) -> SafeString:
    shape = {
        "not_done": element("circle", r="4.5", class_="mark mark--absent"),
        "dosing": element("line", x1="0", x2="0", y1="-7", y2="7", class_="tick tick--dosing"),
        "integration": element("circle", r="4.5", class_="tick tick--open"),
        "preparation": element("rect", x="-4", y="-4", width="8", height="8", class_="tick tick--open"),
        "medication": element("path", d="M0-6 6 5H-6Z", class_="tick tick--medication"),
    }[lane]
    said = ", ".join(
        part for part in (lane_names()[lane], date_format(tick.on, "M j, Y"), tick.in_full) if part
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
