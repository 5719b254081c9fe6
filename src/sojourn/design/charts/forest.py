"""Draws a forest plot: one line a study, its interval and its weight, the pooled effect as a diamond below."""

from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.svg import element, number, percent

RowKind = Literal["study", "pooled"]
ROW_PX, LINE_PX, AXIS_PX = 52, 34, 46
LARGEST_PX, SMALLEST_PX = 16, 5
DIAMOND_PX = 14


@dataclass(frozen=True, kw_only=True)
class ForestRow:
    """One study, or the pooled effect. `weight` is its share of the pool (0 to 1), None where nothing was pooled.

    `predicted` is where the effect of one more such study would lie.
    """

    label: str
    counted: str
    estimate: float
    low: float
    high: float
    kind: RowKind = "study"
    weight: float | None = None
    predicted: tuple[float, float] | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.estimate <= self.high:
            raise ValueError("an estimate lies within its interval")


@dataclass(frozen=True, kw_only=True)
class ForestPlot:
    """Estimates on one axis from `low` to `high`, which does not depend on them; what lies beyond ends in an arrow.

    `no_effect` is where the line of no difference stands; None where nothing is compared. `toward` names the two
    directions, left and right of it.
    """

    title: str
    unit: str
    low: float
    high: float
    step: float
    rows: tuple[ForestRow, ...]
    no_effect: float | None = None
    toward: tuple[str, str] = ("", "")

    def x(self, value: float) -> float:
        """Place a value as a share of the width, at most at the edge."""
        return (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)


def forest_svg(plot: ForestPlot) -> SafeString:
    """Draw the plot as one image with a title and a sentence for each row."""
    key = f"forest-{crc32(repr(plot).encode()):08x}"
    floor = len(plot.rows) * ROW_PX
    drawn: list[str] = [*_axis(plot, floor)]
    for place, row in enumerate(plot.rows):
        drawn.extend(_row(plot, row, place * ROW_PX))
    return element(
        "svg",
        element("title", plot.title, id=f"{key}-title"),
        element("desc", " ".join(said(row) for row in plot.rows), id=f"{key}-desc"),
        *drawn,
        class_="chart forest",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(floor + AXIS_PX),
    )


def said(row: ForestRow) -> str:
    """Say a row in a sentence."""
    return _("%(label)s: %(value)s.") % {"label": row.label, "value": value_of(row)}


def value_of(row: ForestRow) -> str:
    """Write estimate and interval, "15 (8 to 23)", with true minus signs."""
    return _("%(estimate)s (%(low)s to %(high)s)") % {
        "estimate": signed(row.estimate),
        "low": signed(row.low),
        "high": signed(row.high),
    }


def signed(value: float) -> str:
    """Write a whole number with a true minus sign; never "minus zero"."""
    rounded = round(abs(value))
    return f"{'−' if value < 0 and rounded else ''}{rounded}"  # noqa: RUF001 - a true minus sign


def _row(plot: ForestPlot, row: ForestRow, top: int) -> list[SafeString]:
    middle = top + LINE_PX
    strong = " label-strong" if row.kind == "pooled" else ""
    name = element("text", row.label, x="0", y=top + 18, class_=f"name{strong}")
    counted = element("tspan", f"  {row.counted}", class_="only-wide counted") if row.counted else ""
    if counted:
        name = element("text", row.label, counted, x="0", y=top + 18, class_=f"name{strong}")
    value = element(
        "text",
        value_of(row),
        x="100%",
        y=top + 18,
        text_anchor="end",
        class_=f"halo label-strong value{strong}",
    )
    marks = _diamond(plot, row, middle) if row.kind == "pooled" else _study(plot, row, middle)
    return [*marks, name, value]


def _study(plot: ForestPlot, row: ForestRow, middle: int) -> list[SafeString]:
    side = LARGEST_PX * (row.weight**0.5) if row.weight else LARGEST_PX / 2
    side = max(side, SMALLEST_PX)
    square = element("rect", x=-side / 2, y=-side / 2, width=side, height=side, class_="square")
    return [
        *_whisker(plot, row.low, row.high, middle, "whisker"),
        element("svg", square, x=percent(plot.x(row.estimate)), y=middle, overflow="visible"),
    ]


def _diamond(plot: ForestPlot, row: ForestRow, middle: int) -> list[SafeString]:
    left, right = plot.x(row.low), plot.x(row.high)
    waist = 100 * (plot.x(row.estimate) - left) / (right - left) if right > left else 50
    shape = element("polygon", points=f"0,50 {waist:.1f},0 100,50 {waist:.1f},100", class_="diamond")
    drawn = [
        element(
            "svg",
            shape,
            x=percent(left),
            y=middle - DIAMOND_PX / 2,
            width=percent(max(right - left, 0.01)),
            height=DIAMOND_PX,
            viewBox="0 0 100 100",
            preserveAspectRatio="none",
        )
    ]
    if row.predicted:
        return [*_whisker(plot, *row.predicted, middle, "predicted"), *drawn]
    return drawn


def _whisker(plot: ForestPlot, low: float, high: float, y: int, css: str) -> list[SafeString]:
    drawn = [
        element("line", x1=percent(plot.x(low)), x2=percent(plot.x(high)), y1=y, y2=y, class_=css),
    ]
    if low < plot.low:
        drawn.append(element("path", d=f"M8 {y - 4}L1 {y}L8 {y + 4}", class_="arrow"))
    if high > plot.high:
        tip = element("path", d=f"M-8 {y - 4}L-1 {y}L-8 {y + 4}", class_="arrow")
        drawn.append(element("svg", tip, x="100%", y="0", overflow="visible"))
    return drawn


def _axis(plot: ForestPlot, floor: int) -> list[SafeString]:
    drawn = [element("line", x1="0", x2="100%", y1=floor, y2=floor, class_="frame")]
    value = plot.low
    while value <= plot.high:
        x = percent(plot.x(value))
        drawn.append(element("line", x1=x, x2=x, y1=floor, y2=floor + 5, class_="frame"))
        ends = {plot.low: "start", plot.high: "end"}
        drawn.append(element("text", signed(value), x=x, y=floor + 18, text_anchor=ends.get(value, "middle")))
        value += plot.step
    if plot.no_effect is not None:
        x = percent(plot.x(plot.no_effect))
        drawn.append(element("line", x1=x, x2=x, y1="0", y2=floor, class_="no-effect"))
        left, right = plot.toward
        words = {"y": floor + 38}
        drawn.append(element("text", f"← {left}", x="0", text_anchor="start", **words))
        drawn.append(element("text", f"{right} →", x="100%", text_anchor="end", **words))
    return drawn
