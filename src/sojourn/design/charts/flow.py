"""Draws how many people stand in each phase: one bar a phase, its name above, its number at its end."""

from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.svg import element, number, percent
from sojourn.design.charts.values import FlowBar

ROW_PX, BAR_PX = 50, 12


def flow_bar_svg(flow: FlowBar) -> SafeString:
    """Draw the bars on one scale, from zero to the largest row; each number has its denominator."""
    key = f"flow-{crc32(repr(flow).encode()):08x}"
    largest = max((row.count for row in flow.rows), default=0) or 1
    said = "; ".join(f"{row.label}: {row.count}" for row in flow.rows)
    drawn: list[str] = []
    for place, row in enumerate(flow.rows):
        y = place * ROW_PX
        share = row.count / largest
        drawn.append(element("text", row.label, x="0", y=y + 18, class_="name"))
        drawn.append(element("line", x1="0", x2="0", y1=y + 26, y2=y + 26 + BAR_PX, class_="rail"))
        if row.count:
            drawn.append(
                element("rect", x="0", y=y + 26, width=percent(share), height=BAR_PX, rx="2", class_="bar")
            )
        drawn.append(
            element(
                "text",
                element("tspan", number(row.count), class_="figure-number"),
                " ",
                _("of %(total)d") % {"total": flow.total},
                x=percent(share),
                dx="8",
                y=y + 26 + BAR_PX - 1,
            )
        )
    return element(
        "svg",
        element("title", flow.title, id=f"{key}-title"),
        element("desc", said, id=f"{key}-desc"),
        *drawn,
        class_="chart flow-bar",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(len(flow.rows) * ROW_PX),
    )
