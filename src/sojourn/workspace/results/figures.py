"""The figures of the results: who was counted, rates by window both ways, funnels."""

from django.utils.translation import gettext as _

from sojourn.clinical.outcomes.practice import INNER, OUTER, Chain, Funnel, limits, rates_of
from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.funnels import FunnelChart, FunnelDot, funnel_figure
from sojourn.design.charts.intervals import share_figure
from sojourn.design.charts.results import rate_row

LIMIT_STEPS = 24


def rates_by_window(chains: tuple[tuple[str, Chain], ...], *, title: str) -> ChartFigure | None:
    """Draw the outcome at every window that has closed for somebody, of those observed and with the missing as not."""
    rows = []
    for name, chain in chains:
        rates = rates_of(chain)
        for rate, hollow in ((rates.observed, False), (rates.missing_not_met, True)):
            if rate is not None:
                rows.append(rate_row(name, rate, hollow=hollow))
    return share_figure(
        rows,
        title=title,
        first_column=_("After the first dose"),
        caption=_("Wilson 95 % intervals. The days that count for each window are program policy."),
    )


def funnel_of(found: Funnel, *, title: str, hidden: int, met: str = "") -> ChartFigure | None:
    """Draw units against the limits of chance; None where fewer than two are large enough."""
    if len(found.units) < 2:  # noqa: PLR2004 - one unit is compared with nothing
        return None
    largest = max(unit.counts.n for unit in found.units)
    sizes = sorted({max(2, round(largest * step / LIMIT_STEPS)) for step in range(1, LIMIT_STEPS + 1)})
    curves = []
    for n in sizes:
        inner, outer = limits(found.center, n, INNER), limits(found.center, n, OUTER)
        curves.append((n, inner.low, inner.high, outer.low, outer.high))
    said = [
        _(
            "Each dot is one of them; the missing count as not. Outside the solid limits chance is a poor explanation: "
            "a reason to look, no verdict. The table is in order of name, never of share."
        )
    ]
    if hidden:
        said.append(_("%(n)d with fewer than 11 people due are not drawn.") % {"n": hidden})
    if found.overdispersion is not None and found.overdispersion > 1:
        said.append(
            _(
                "Units differ more than chance explains (%(phi).1f times); differences in who is treated are one reason."
            )
            % {"phi": found.overdispersion}
        )
    return funnel_figure(
        FunnelChart(
            title=title,
            share_says=met,
            center=found.center,
            dots=tuple(
                FunnelDot(
                    label=unit.name,
                    n=unit.counts.n,
                    share=float(unit.counts.share),
                    outside=unit.is_outside,
                )
                for unit in found.units
            ),
            limits=tuple(curves),
            caption=" ".join(said),
        )
    )
