"""A claim card as every door shows it: the tone of its verdict, why it is being re-checked, and its charts."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.translation import gettext as _

from sojourn.clinical.evidence.claims import Claim, Verdict
from sojourn.clinical.evidence.strata import stratum
from sojourn.clinical.evidence.study_files import results
from sojourn.design.charts.evidence import figure_of_stratum, figure_side_by_side
from sojourn.design.charts.figures import ChartFigure

PAIR = 2
TONES = {
    Verdict.SUPPORTED: "done",
    Verdict.WITH_A_CAVEAT: "attention",
    Verdict.NOT_SUPPORTED: "act",
    Verdict.CANNOT_BE_CHECKED: "unknown",
    Verdict.LAW: "accent",
}


@dataclass(frozen=True)
class CardInWords:
    """A card with the tone of its verdict, why it is being re-checked (if it is), and what its numbers look like.

    `flags` say what does not add up in the studies it uses.
    """

    card: Claim
    tone: str
    rechecked: tuple[str, ...]
    charts: tuple[ChartFigure, ...]
    flags: tuple[str, ...]


def card_in_words(card: Claim, *, on: date) -> CardInWords:
    """Say how the card stands on that day, and draw what its numbers were computed from."""
    used = dict.fromkeys(result for figure in card.figures for result in figure.results)
    return CardInWords(
        card=card,
        tone=TONES[card.verdict],
        rechecked=card.being_rechecked(on=on),
        charts=_charts(card),
        flags=tuple(flag for each in used for flag in results()[each].flags),
    )


@cache
def _charts(card: Claim) -> tuple[ChartFigure, ...]:
    """A forest plot for each pool; trials that may not be pooled stand side by side."""
    pools = dict.fromkeys(figure.pool for figure in card.figures if figure.pool)
    if pools:
        return tuple(figure_of_stratum(stratum(pool)) for pool in pools)
    named = dict.fromkeys(result for figure in card.figures for result in figure.results)
    compared = tuple(results()[each] for each in named if results()[each].control)
    if len(compared) < PAIR or len({result.comparator for result in compared}) > 1:
        return ()
    titles = _(" and ").join(dict.fromkeys(result.title for result in compared))
    return (figure_side_by_side(_("Side by side: %(titles)s") % {"titles": titles}, compared),)
