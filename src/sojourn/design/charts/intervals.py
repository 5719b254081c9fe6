"""Draws estimates with their intervals, one row each, on a fixed scale: a dot, a line, and the numbers in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.svg import element, number, percent

ROW_PX, AXIS_PX, LINE_PX, DOT_PX = 46, 30, 18, 5
MIDDLE = (0.4, 0.6)  # of the width: words at a line here are clear of those at the ends


@dataclass(frozen=True, kw_only=True)
class IntervalRow:
    """One estimate. `note` says of how many people it speaks; `hollow` marks another way of counting the same people.

    `short` is drawn in place of the label, where the row above says the rest; the table has the label.
    """

    label: str
    value: float
    low: float
    high: float
    note: str = ""
    hollow: bool = False
    short: str = ""


@dataclass(frozen=True, kw_only=True)
class IntervalChart:
    """Estimates on one axis from `low` to `high`; `line` is where nothing would have changed; `unit` follows each number."""

    title: str
    rows: tuple[IntervalRow, ...]
    low: float
    high: float
    unit: str = ""
    line: float | None = None
    line_says: str = ""
    low_says: str = ""  # what lies at the lower end, such as "better"
    high_says: str = ""
    caption: str = ""
    first_column: str = ""
    digits: int = 1

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise ValueError("the lowest value of an axis must be below its highest")

    @property
    def has_second_line(self) -> bool:
        """True where the words at the line would run into those of an end, and stand below them."""
        return self.line is not None and not MIDDLE[0] <= self.x(self.line) <= MIDDLE[1]

    def x(self, value: float) -> float:
        """Place a value as a share of the width, within the axis."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def said(self, value: float) -> str:
        return f"{value:.{self.digits}f}".replace("-", "−") + self.unit  # noqa: RUF001 - a true minus sign


def share_figure(
    rows: Sequence[IntervalRow], *, title: str, caption: str, first_column: str
) -> ChartFigure | None:
    """Draw shares of people from 0 to 100 %; None where there is none to draw."""
    if not rows:
        return None
    return interval_figure(
        IntervalChart(
            title=title,
            rows=tuple(rows),
            low=0,
            high=100,
            unit=" %",
            caption=caption,
            first_column=first_column,
        )
    )


def interval_figure(chart: IntervalChart) -> ChartFigure:
    """Draw the rows, with the table of the same numbers."""
    return ChartFigure(
        title=chart.title,
        svg=_svg(chart),
        caption=chart.caption,
        columns=(chart.first_column, _("Estimate"), _("95 % interval"), _("Of whom")),
        rows=tuple(
            (row.label, chart.said(row.value), f"{chart.said(row.low)} to {chart.said(row.high)}", row.note)
            for row in chart.rows
        ),
        key=("● " + _("of those observed"), "○ " + _("missing counted as not"))
        if any(row.hollow for row in chart.rows)
        else (),
    )


def _svg(chart: IntervalChart) -> SafeString:
    height = len(chart.rows) * ROW_PX
    key = f"intervals-{crc32(repr(chart).encode()):08x}"
    drawn: list[str] = []
    for place, row in enumerate(chart.rows):
        drawn += _row(chart, row, place * ROW_PX)
    drawn += _axis(chart, height)
    said = "; ".join(
        f"{row.label}: {chart.said(row.value)} ({chart.said(row.low)} to {chart.said(row.high)})"
        for row in chart.rows
    )
    return element(
        "svg",
        element("title", chart.title, id=f"{key}-title"),
        element("desc", said, id=f"{key}-desc"),
        *drawn,
        class_="chart intervals",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(height + AXIS_PX + (LINE_PX if chart.has_second_line else 0)),
    )


def _row(chart: IntervalChart, row: IntervalRow, top: float) -> list[SafeString]:
    y = top + 30
    words = f"{chart.said(row.value)} ({chart.said(row.low)} to {chart.said(row.high)})"
    note = f"{words} · {row.note}" if row.note else words
    return [
        element("text", row.short or row.label, x="0", y=top + 16, class_=None if row.short else "name"),
        element("text", note, x="100%", y=top + 16, text_anchor="end", class_="only-wide"),
        element("text", words, x="100%", y=top + 16, text_anchor="end", class_="only-narrow"),
        element("line", x1="0", x2="100%", y1=y, y2=y, class_="rail"),
        *_no_change(chart, y),
        element(
            "line", x1=percent(chart.x(row.low)), x2=percent(chart.x(row.high)), y1=y, y2=y, class_="reach"
        ),
        element(
            "circle",
            cx=percent(chart.x(row.value)),
            cy=y,
            r=DOT_PX,
            class_="dot dot--hollow" if row.hollow else "dot",
        ),
    ]


def _no_change(chart: IntervalChart, y: float) -> list[SafeString]:
    """Mark the place of no change on one row, clear of the words above it."""
    if chart.line is None:
        return []
    x = percent(chart.x(chart.line))
    return [element("line", x1=x, x2=x, y1=y - 5, y2=y + 9, class_="no-change")]


def _axis(chart: IntervalChart, top: float) -> list[SafeString]:
    ends: Sequence[tuple[str, float, str, str]] = (
        ("0", chart.low, "start", chart.low_says), ("100%", chart.high, "end", chart.high_says),
    )  # fmt: skip
    drawn = [
        element(
            "text",
            ", ".join(part for part in (f"{value:g}{chart.unit}".replace("-", "−"), says) if part),  # noqa: RUF001
            x=x,
            y=top + 20,
            text_anchor=anchor,
        )
        for x, value, anchor, says in ends
    ]
    if chart.line is not None and chart.low < chart.line < chart.high:
        place = chart.x(chart.line)
        drawn.append(
            element(
                "text",
                chart.line_says,
                x=percent(chart.x(chart.line)),
                y=top + 20 + (LINE_PX if chart.has_second_line else 0),
                text_anchor="start" if place < MIDDLE[0] else "end" if place > MIDDLE[1] else "middle",
            )
        )
    return drawn
