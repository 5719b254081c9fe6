"""Rolan 2014: a wafer, tablet or troche under the tongue, then swallowed or spat out."""

from sojourn.clinical.pharmacology.absorption import Absorption, Draws
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model
from sojourn.clinical.pharmacology.simons_2022 import from_the_mouth


def under_the_tongue(
    *, mg: Array, draws: Draws, spat_out: bool = False, hold_min: float | None = None
) -> Absorption:
    """Hold racemate under the tongue, then swallow or spit it out.

    Spitting out is low confidence: nobody studied it, so people are taken to differ half as much again, and what is
    held for less than ten minutes is taken up in proportion.
    """
    rolan = model("rolan_2014")
    if not spat_out:
        share = draws.shares(rolan["share"], rolan["share_spread"])
        return from_the_mouth(mg=mg, share=share, spat_out=0.0, is_racemate=True, draws=draws)
    wider = draws.widened(rolan["wider_spread"])
    held = 1.0 if hold_min is None else min(1.0, hold_min / rolan["full_hold_min"])
    share = wider.shares(rolan["share"], rolan["share_spread"]) * held
    return from_the_mouth(mg=mg, share=share, spat_out=rolan["spat_out"], is_racemate=True, draws=wider)
