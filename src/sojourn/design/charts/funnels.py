"""Draws sites or clinicians around their common share: how many people across, the share upward, limits of chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.svg import element, number, percent

PLOT_PX, TOP_PX, AXIS_PX = 240, 16, 40
LEFT_SHARE, RIGHT_SHARE = 0.1, 0.85  # of the width: where a centered name would stand outside


@dataclass(frozen=True, kw_only=True)
class FunnelDot:
    """One unit of `n` people; a small unit is not given to this chart at all."""

    label: str
    n: int
    share: float
    outside: bool


@dataclass(frozen=True, kw_only=True)
class FunnelChart:
    """Units in order of name; `limits` are (n, low 95, high 95, low 99.8, high 99.8) at rising n."""

    title: str
    center: float
    dots: tuple[FunnelDot, ...]
    limits: tuple[tuple[int, float, float, float, float], ...]
    caption: str = ""
    hidden: int = 0
    share_says: str = ""  # what the upright axis is a share of: "fell by 50 % or more, of those due"


def funnel_figure(chart: FunnelChart) -> ChartFigure:
    """Draw the funnel, with a table in order of name, never of share."""
    return ChartFigure(
        title=chart.title,
        svg=_svg(chart),
        caption=chart.caption,
        columns=(_("Name"), _("People due"), _("Share"), _("Against chance")),
        key=(
            "╌ " + _("all together, %(share)s") % {"share": f"{100 * chart.center:.0f} %"},
            "┄ " + _("95 % limits of chance"),
            "─ " + _("99.8 % limits of chance"),
        ),
        rows=tuple(
            (
                dot.label,
                number(dot.n),
                f"{100 * dot.share:.1f} %",
                _("outside 99.8 % limits: a reason to look") if dot.outside else _("within limits"),
            )
            for dot in chart.dots
        ),
    )


def _svg(chart: FunnelChart) -> SafeString:
    largest = max((limit[0] for limit in chart.limits), default=1)
    floor = TOP_PX + PLOT_PX
    key = f"funnel-{crc32(repr(chart).encode()):08x}"
    drawn: list[str] = [
        element("line", x1="0", x2="100%", y1=floor, y2=floor, class_="frame"),
        element("line", x1="0", x2="100%", y1=_y(chart.center), y2=_y(chart.center), class_="no-change"),
    ]  # fmt: skip
    drawn += [
        element("text", f"{share:.0%}", x="0", dx="-8", y=_y(share), dy="0.35em", text_anchor="end")
        for share in (0.0, 0.5, 1.0)
    ]
    if chart.share_says:
        drawn.append(element("text", chart.share_says, x="0", dx="4", y=TOP_PX + 4))
    for place, css in ((1, "limit"), (2, "limit"), (3, "limit limit--outer"), (4, "limit limit--outer")):
        drawn += _limit([(each[0], float(each[place])) for each in chart.limits], largest, css)
    for dot in chart.dots:
        x, y = percent(dot.n / largest), _y(dot.share)
        css = "dot dot--outside" if dot.outside else "dot"
        drawn.append(element("circle", element("title", dot.label), cx=x, cy=y, r="5", class_=css))
        anchor = (
            "start" if dot.n < LEFT_SHARE * largest else "end" if dot.n > RIGHT_SHARE * largest else "middle"
        )
        above = dot.share >= chart.center  # away from the middle line, where the dots are thickest
        drawn.append(
            element(
                "text",
                dot.label,
                x=x,
                y=y + (-10 if above else 20),
                text_anchor=anchor,
                class_="only-wide halo",
            )
        )
    drawn.append(element("text", "0", x="0", y=floor + 18))
    drawn.append(
        element("text", _("%(n)d people due") % {"n": largest}, x="100%", y=floor + 18, text_anchor="end")
    )
    said = "; ".join(f"{dot.label}: {100 * dot.share:.1f} % of {dot.n}" for dot in chart.dots)
    return element(
        "svg",
        element("title", chart.title, id=f"{key}-title"),
        element("desc", said, id=f"{key}-desc"),
        *drawn,
        class_="chart funnel",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(floor + AXIS_PX),
    )


def _limit(places: Sequence[tuple[int, float]], largest: int, css: str) -> list[SafeString]:
    return [
        element(
            "line",
            x1=percent(a[0] / largest),
            x2=percent(b[0] / largest),
            y1=_y(a[1]),
            y2=_y(b[1]),
            class_=css,
        )
        for a, b in pairwise(places)
    ]


def _y(share: float) -> float:
    return TOP_PX + PLOT_PX * (1 - share)
