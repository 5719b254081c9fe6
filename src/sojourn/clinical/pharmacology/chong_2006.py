"""Chong 2006: swallowed ketamine; most of it becomes norketamine before it reaches the blood."""

from sojourn.clinical.pharmacology.absorption import Absorption, Draws, Entry, Site, absorption
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model


def swallowed(*, mg: Array, is_racemate: bool, draws: Draws) -> Absorption:
    """Swallow a dose. Low confidence: the published peak is nearly twice the predicted one."""
    chong = model("chong_2006")
    return absorption(
        entries=[Entry(Site.GUT, mg, 0.0, chong["oral_over_h"])],
        is_racemate=is_racemate,
        draws=draws,
        kg=draws.gut_per_h(chong["oral_kg_per_h"], chong.spread("oral_kg_per_h")),
    )
