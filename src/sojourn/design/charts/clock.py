"""Draws scores by the days since the dose before them: the newest dose dark, earlier ones hollow."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.svg import element, number, percent

PLOT_PX, TOP_PX, AXIS_PX = 150, 14, 28
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
    low, high = ends

    def y(value: float) -> float:
        return TOP_PX + PLOT_PX * (high - value) / (high - low)

    def x(days: float) -> str:
        return percent(0.02 + 0.96 * days / longest)

    floor = TOP_PX + PLOT_PX
    drawn: list[str] = [element("line", x1="0", x2="100%", y1=floor, y2=floor, class_="frame")]
    drawn += [
        element("text", number(value), x="0", dx="-8", y=y(value), dy="0.35em", text_anchor="end")
        for value in ends
    ]
    for value, said in (
        (baseline, _("baseline")),
        (baseline and baseline / 2, _("half the baseline: response")),
    ):
        if value is not None:
            drawn.append(element("line", x1="0", x2="100%", y1=y(value), y2=y(value), class_="no-change"))
            drawn.append(element("text", said, x="100%", y=y(value) - 5, text_anchor="end"))
    drawn += [
        element("text", number(day), x=x(day), y=floor + 18, text_anchor="middle")
        for day in range(0, longest, 7 if longest <= 2 * LEAST_DAYS else 14)
    ]
    drawn.append(element("text", _("%(n)d days") % {"n": longest}, x="100%", y=floor + 18, text_anchor="end"))
    drawn += [
        element(
            "circle",
            element("title", f"{dot.on}: {number(dot.value)}"),
            cx=x(dot.days),
            cy=y(dot.value),
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
        height=number(floor + AXIS_PX),
    )
