"""Draws who stands behind a rate: one bar for each step, with who was lost on the way and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.svg import element, number, percent

ROW_PX, BAR_PX = 58, 14


@dataclass(frozen=True, kw_only=True)
class DenominatorStep:
    """How many people remain at a step, how many were lost before it, and why. None: hidden, a small cell."""

    says: str
    people: int | None
    lost: int | None = 0
    lost_because: str = ""


def denominators_figure(*, title: str, steps: Sequence[DenominatorStep], caption: str) -> ChartFigure:
    """Draw the steps from everybody to those who met the outcome, with the table that says the same."""
    return ChartFigure(
        title=title,
        svg=_svg(title, steps),
        caption=caption,
        columns=(_("Step"), _("People"), _("Fewer than before"), _("Why")),
        rows=tuple((step.says, _shown(step.people), _shown(step.lost), _why(step)) for step in steps),
    )


def _svg(title: str, steps: Sequence[DenominatorStep]) -> SafeString:
    largest = max((step.people or 0 for step in steps), default=0) or 1
    key = f"chain-{crc32(repr((title, tuple(steps))).encode()):08x}"
    drawn: list[str] = []
    for place, step in enumerate(steps):
        y = place * ROW_PX
        share = (step.people or 0) / largest
        drawn.append(element("text", step.says, x="0", y=y + 18, class_="name"))
        if step.lost != 0:
            lost = _("%(lost)s fewer: %(why)s") % {"lost": _shown(step.lost), "why": step.lost_because}
            drawn.append(
                element("text", lost, x="100%", y=y + 18, text_anchor="end", class_="lost only-wide")
            )
        drawn.append(element("line", x1="0", x2="0", y1=y + 26, y2=y + 26 + BAR_PX, class_="rail"))
        if share:
            drawn.append(
                element("rect", x="0", y=y + 26, width=percent(share), height=BAR_PX, rx="2", class_="bar")
            )
        drawn.append(
            element(
                "text", _shown(step.people), x=percent(share), dx="8", y=y + 26 + BAR_PX - 2,
                class_="figure-number",
            )
        )  # fmt: skip
    said = "; ".join(f"{step.says}: {_shown(step.people)}" for step in steps)
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", said, id=f"{key}-desc"),
        *drawn,
        class_="chart denominators",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=number(max(len(steps), 1) * ROW_PX),
    )


def _shown(count: int | None) -> str:
    return _("hidden") if count is None else number(count)


def _why(step: DenominatorStep) -> str:
    return step.lost_because if step.lost != 0 else ""
