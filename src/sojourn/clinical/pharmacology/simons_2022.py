"""Simons 2022: uptake through the lining of the mouth, from a film and, with the same timing, under the tongue."""

from sojourn.clinical.pharmacology.absorption import Absorption, Draws, Entry, Site, absorption
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model


def film(*, mg: Array, is_racemate: bool, draws: Draws) -> Absorption:
    """Let a film dissolve in the mouth; what the lining does not take up is swallowed."""
    simons, rolan = model("simons_2022"), model("rolan_2014")
    return from_the_mouth(
        mg=mg,
        share=draws.shares(simons["film_share"], rolan["share_spread"]),
        spat_out=0.0,
        is_racemate=is_racemate,
        draws=draws,
        first_pass=simons["film_first_pass_to_norketamine"],
    )


def from_the_mouth(
    *,
    mg: Array,
    share: Array,
    spat_out: float,
    is_racemate: bool,
    draws: Draws,
    first_pass: float | None = None,
) -> Absorption:
    """Divide a dose in the mouth: a share through the lining, of the rest some spat out and some swallowed."""
    simons, perez = model("simons_2022"), model("perez_ruixo_2021")
    rest = mg * (1 - share) * (1 - spat_out)
    return absorption(
        entries=[
            Entry(Site.DEPOT, mg * share, 0.0, simons["mouth_over_h"]),
            Entry(Site.GUT, rest, 0.0, simons["swallowed_over_h"]),
        ],
        is_racemate=is_racemate,
        draws=draws,
        ka=draws.uptake_per_h(simons["mouth_ka_per_h"], simons.spread("mouth_ka_per_h")),
        kg=draws.gut_per_h(perez["gut_kg_per_h"], perez.spread("gut_kg_per_h")),
        first_pass=first_pass,
    )
