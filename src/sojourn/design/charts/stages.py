"""Draws stages that follow each other from minutes to days, one lane each, on a time axis that widens as it goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.svg import element, number, percent

LANE_PX, GAP_PX, LABELS_PX, UNITS = 56, 24, 28, 1000


@dataclass(frozen=True, kw_only=True)
class StageLane:
    """One stage: its name, and its height (0 to 1) at `hours`."""

    title: str
    hours: tuple[float, ...]
    heights: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class StagesChart:
    """Lanes on one time axis with labels `(hours, text)`; `says` is what must be read with it."""

    title: str
    lanes: tuple[StageLane, ...]
    labels: tuple[tuple[float, str], ...]
    says: str


def stages_svg(chart: StagesChart) -> SafeString:
    """Draw the lanes as an image with title and description."""
    key = f"stages-{crc32(repr(chart).encode()):08x}"
    first, last = chart.lanes[0].hours[0], chart.lanes[0].hours[-1]
    height = len(chart.lanes) * (LANE_PX + GAP_PX) + LABELS_PX

    def x(hours: float) -> float:
        return log(hours / first) / log(last / first)

    return element(
        "svg",
        element("title", chart.title, id=f"{key}-title"),
        element("desc", described(chart), id=f"{key}-desc"),
        *(part for place, lane in enumerate(chart.lanes) for part in _lane(lane, place, x)),
        *(
            element("text", text, x=percent(x(hours)), y=height - 8, text_anchor=_anchor(x(hours)))
            for hours, text in chart.labels
        ),
        class_="chart stages",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(height),
    )


def described(chart: StagesChart) -> str:
    """Say when each stage is at its highest."""
    told = [
        _("%(stage)s: highest after about %(when)s") % {"stage": lane.title, "when": in_words(_peak(lane))}
        for lane in chart.lanes
    ]
    return "; ".join(told) + "."


def in_words(hours: float) -> str:
    """Say a length of time as people do."""
    if hours < 2:  # noqa: PLR2004 - from two hours on people count in hours
        return _("%(n)d minutes") % {"n": round(hours * 12) * 5}
    return _("%(n)d hours") % {"n": round(hours)}


def _peak(lane: StageLane) -> float:
    return lane.hours[max(range(len(lane.hours)), key=lambda place: lane.heights[place])]


def _lane(lane: StageLane, place: int, x: Callable[[float], float]) -> Sequence[SafeString]:
    floor = GAP_PX + place * (LANE_PX + GAP_PX) + LANE_PX
    points = [
        f"{UNITS * x(hours):.1f},{LANE_PX * (1 - height):.1f}"
        for hours, height in zip(lane.hours, lane.heights, strict=True)
    ]
    outline = " ".join([f"0,{LANE_PX}", *points, f"{UNITS},{LANE_PX}"])
    return (
        element("text", f"{place + 1}. {lane.title}", x="0", y=floor - LANE_PX - 6, class_="label-strong"),
        element(
            "svg", element("polygon", points=outline, class_=f"stage stage-{place}"), x="0", y=floor - LANE_PX,
            width="100%", height=LANE_PX, viewBox=f"0 0 {UNITS} {LANE_PX}", preserveAspectRatio="none",
        ),
        element("line", x1="0", x2="100%", y1=floor, y2=floor, class_="grid"),
    )  # fmt: skip


def _anchor(share: float) -> str:
    return "start" if share < 0.05 else "end" if share > 0.95 else "middle"  # noqa: PLR2004 - the plot's edges
