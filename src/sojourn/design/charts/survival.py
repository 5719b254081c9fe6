"""Draws how many are still well over time: steps, with the numbers at risk under the axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.svg import element, number, percent

PLOT_PX, TOP_PX, AXIS_PX, RISK_PX = 220, 14, 68, 22
TICKS = 4
DASHES = ("", "dashed")


@dataclass(frozen=True, kw_only=True)
class SurvivalLine:
    """One curve: (time, share after it) in order, drawn until `drawn_until`; `at_risk` at each named time."""

    label: str
    steps: tuple[tuple[float, float], ...]
    drawn_until: float
    at_risk: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SurvivalChart:
    """Curves on one axis from 0 to `longest`, in days. `times` are those with numbers at risk."""

    title: str
    lines: tuple[SurvivalLine, ...]
    longest: float
    times: tuple[float, ...]
    caption: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()
    time_says: str = ""  # what the axis counts: "days since the first response"


def survival_figure(chart: SurvivalChart) -> ChartFigure:
    """Draw the curves, with the table of their steps."""
    return ChartFigure(
        title=chart.title,
        svg=_svg(chart),
        caption=chart.caption,
        columns=chart.columns,
        rows=chart.table,
        key=tuple(
            f"{'┄' if place % 2 else '─'} {line.label}"
            for place, line in enumerate(chart.lines)
            if line.label
        ),
    )


def even_times(longest: float) -> tuple[float, ...]:
    """Choose the times at which numbers at risk are written."""
    return tuple(round(longest * place / TICKS) for place in range(TICKS + 1))


def _svg(chart: SurvivalChart) -> SafeString:
    key = f"curve-{crc32(repr(chart).encode()):08x}"
    floor = TOP_PX + PLOT_PX
    drawn: list[str] = [element("line", x1="0", x2="100%", y1=floor, y2=floor, class_="frame")]
    for share in (1.0, 0.5):
        drawn.append(element("line", x1="0", x2="100%", y1=_y(share), y2=_y(share), class_="rail"))
        drawn.append(
            element("text", f"{share:.0%}", x="0", dx="-8", y=_y(share), dy="0.35em", text_anchor="end")
        )
    drawn.append(element("text", "0%", x="0", dx="-8", y=floor, dy="0.35em", text_anchor="end"))
    drawn += [
        element("text", number(time), x=_x(time, chart), y=floor + 18, text_anchor="middle")
        for time in chart.times
    ]
    drawn.append(element("text", chart.time_says or _("days"), x="0", y=floor + 38))
    drawn.append(element("text", _("people still followed:"), x="0", y=floor + 62))
    for place, line in enumerate(chart.lines):
        drawn += _line(line, chart, DASHES[place % len(DASHES)])
        drawn += _at_risk(line, chart, floor + AXIS_PX + RISK_PX * (2 * place + 1))
    said = "; ".join(
        f"{line.label or chart.title}: {line.steps[-1][1]:.0%} at {line.steps[-1][0]:g}"
        for line in chart.lines if line.steps
    )  # fmt: skip
    return element(
        "svg",
        element("title", chart.title, id=f"{key}-title"),
        element("desc", said, id=f"{key}-desc"),
        *drawn,
        class_="chart survival",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(floor + AXIS_PX + RISK_PX * 2 * len(chart.lines) + 4),
    )


def _line(line: SurvivalLine, chart: SurvivalChart, dash: str) -> list[SafeString]:
    """Draw the steps; what rests on fewer than ten people is faint."""
    drawn, time, share = [], 0.0, 1.0
    for at, after in (*line.steps, (chart.longest, None)):
        faint = " faint" if at > line.drawn_until else ""
        css = f"step {dash}{faint}".replace("  ", " ").strip()
        drawn.append(
            element("line", x1=_x(time, chart), x2=_x(at, chart), y1=_y(share), y2=_y(share), class_=css)
        )
        if after is not None:
            drawn.append(
                element("line", x1=_x(at, chart), x2=_x(at, chart), y1=_y(share), y2=_y(after), class_=css)
            )
            time, share = at, after
    return drawn


def _at_risk(line: SurvivalLine, chart: SurvivalChart, y: float) -> list[SafeString]:
    drawn = [element("text", line.label, x="0", y=y, class_="name")] if line.label else []
    below = y + (RISK_PX if line.label else 0)
    ends: Sequence[tuple[float, int]] = list(zip(chart.times, line.at_risk, strict=True))
    return drawn + [
        element("text", number(count), x=_x(time, chart), y=below, text_anchor="middle")
        for time, count in ends
    ]


def _x(time: float, chart: SurvivalChart) -> str:
    return percent(0.02 + 0.96 * min(time, chart.longest) / chart.longest if chart.longest else 0.5)


def _y(share: float) -> float:
    return TOP_PX + PLOT_PX * (1 - share)
