"""Clements 1982: injection into muscle; under the skin the same share, more slowly, by our own choice."""

from sojourn.clinical.pharmacology.absorption import Absorption, Draws, Entry, Site, absorption
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model


def into_muscle(*, mg: Array, is_racemate: bool, draws: Draws) -> Absorption:
    """Inject into muscle."""
    return _injected("muscle_ka_per_h", mg, draws, is_racemate=is_racemate)


def under_the_skin(*, mg: Array, is_racemate: bool, draws: Draws) -> Absorption:
    """Inject under the skin. Low confidence: no published model."""
    return _injected("skin_ka_per_h", mg, draws, is_racemate=is_racemate)


def _injected(rate: str, mg: Array, draws: Draws, *, is_racemate: bool) -> Absorption:
    clements = model("clements_1982")
    taken_up = draws.shares(clements["share"], clements["share_spread"])
    return absorption(
        entries=[Entry(Site.DEPOT, mg * taken_up, 0.0)],
        is_racemate=is_racemate,
        draws=draws,
        ka=draws.uptake_per_h(clements[rate], clements.spread(rate)),
    )
