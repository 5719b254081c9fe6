"""Draws scores by the days since the dose before them: the newest dose dark, earlier ones hollow."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.svg import element, number, percent

PLOT_PX, TOP_PX, AXIS_PX = 150, 14, 28
FLOOR_PX = TOP_PX + PLOT_PX
LEAST_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class ClockDot:
    """A score so many days after a dose, which counts from 1."""

    days: int
    value: float
    dose: int
    on: str


def clock_figure(
    dots: Sequence[ClockDot], *, title: str, low: float, high: float, baseline: float | None, caption: str
) -> ChartFigure:
    """Draw the clock on the whole scale, with its table, newest score first."""
    newest = max((dot.dose for dot in dots), default=0)
    longest = max([LEAST_DAYS, *(dot.days for dot in dots)])
    return ChartFigure(
        title=title,
        svg=_svg(dots, title, (low, high), baseline, newest, longest),
        caption=caption,
        columns=(_("Day"), _("Days since the dose"), _("Dose"), _("Score")),
        rows=tuple((dot.on, str(dot.days), str(dot.dose), number(dot.value)) for dot in reversed(dots)),
        key=("● " + _("after the newest dose"), "○ " + _("after earlier doses")),
    )


def _svg(
    dots: Sequence[ClockDot],
    title: str,
    ends: tuple[float, float],
    baseline: float | None,
    newest: int,
    longest: int,
) -> SafeString:
    drawn = [*_frame(ends, baseline), *_days(longest)]
    drawn += [
        element(
            "circle",
            element("title", f"{dot.on}: {number(dot.value)}"),
            cx=_x(dot.days, longest),
            cy=_y(dot.value, ends),
            r="4.5",
            class_="dot" if dot.dose == newest else "dot dot--hollow",
        )
        for dot in sorted(dots, key=lambda dot: dot.dose)
    ]
    key = f"clock-{crc32(repr((title, tuple(dots))).encode()):08x}"
    said = "; ".join(_("%(value)s, %(days)d days after dose %(dose)d")
                     % {"value": number(d.value), "days": d.days, "dose": d.dose} for d in dots)  # fmt: skip
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", said or _("No score after a dose yet."), id=f"{key}-desc"),
        *drawn,
        class_="chart funnel clock",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(FLOOR_PX + AXIS_PX),
    )


def _frame(ends: tuple[float, float], baseline: float | None) -> list[SafeString]:
    """The floor, the ends of the scale, and the lines scores are held against."""
    drawn = [element("line", x1="0", x2="100%", y1=FLOOR_PX, y2=FLOOR_PX, class_="frame")]
    drawn += [
        element("text", number(value), x="0", dx="-8", y=_y(value, ends), dy="0.35em", text_anchor="end")
        for value in ends
    ]
    for value, said in (
        (baseline, _("baseline")),
        (baseline and baseline / 2, _("half the baseline: response")),
    ):
        if value is not None:
            y = _y(value, ends)
            drawn.append(element("line", x1="0", x2="100%", y1=y, y2=y, class_="no-change"))
            drawn.append(element("text", said, x="100%", y=y - 5, text_anchor="end"))
    return drawn


def _days(longest: int) -> list[SafeString]:
    """The days since the dose, week by week, or by two where they are many."""
    below = FLOOR_PX + 18
    drawn = [
        element("text", number(day), x=_x(day, longest), y=below, text_anchor="middle")
        for day in range(0, longest, 7 if longest <= 2 * LEAST_DAYS else 14)
    ]
    return [*drawn, element("text", _("%(n)d days") % {"n": longest}, x="100%", y=below, text_anchor="end")]


def _y(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    return TOP_PX + PLOT_PX * (high - value) / (high - low)


def _x(days: float, longest: int) -> str:
    return percent(0.02 + 0.96 * days / longest)
