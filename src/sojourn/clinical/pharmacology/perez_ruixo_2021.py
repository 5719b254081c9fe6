"""Perez-Ruixo 2021: the nose takes up a share of each spray, the rest is swallowed."""

import numpy as np

from sojourn.clinical.pharmacology.absorption import Absorption, Draws, Entry, Site, absorption
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model


def esketamine_devices(*, devices: int, draws: Draws) -> Absorption:
    """Spray esketamine from devices of 28 mg, five minutes apart; the nose takes up less of the later ones."""
    perez = model("perez_ruixo_2021")
    first = draws.shares(perez["nasal_share"], perez["nasal_share_spread"])
    entries = [] if devices else _sprayed(np.zeros(len(draws)), first, 0.0)
    for number in range(devices):
        share = first if number == 0 else first * perez["later_spray_factor"]
        entries += _sprayed(
            np.full(len(draws), perez["device_mg"]), share, number * perez["between_devices_h"]
        )
    return _nasal(entries, draws, is_racemate=False)


def racemic_spray(*, mg: Array, draws: Draws) -> Absorption:
    """Spray compounded racemate at once. Low confidence: three volunteers, and other studies disagree."""
    perez = model("perez_ruixo_2021")
    share = draws.shares(perez["racemic_nasal_share"], perez["nasal_share_spread"])
    return _nasal(_sprayed(mg, share, 0.0), draws, is_racemate=True)


def _sprayed(mg: Array, share: Array, start_h: float) -> list[Entry]:
    over = model("perez_ruixo_2021")["swallowed_over_h"]
    return [
        Entry(Site.DEPOT, mg * share, start_h),
        Entry(Site.GUT, mg * (1 - share), start_h, over),
    ]


def _nasal(entries: list[Entry], draws: Draws, *, is_racemate: bool) -> Absorption:
    perez = model("perez_ruixo_2021")
    return absorption(
        entries=entries,
        is_racemate=is_racemate,
        draws=draws,
        ka=draws.uptake_per_h(perez["nasal_ka_per_h"], perez.spread("nasal_ka_per_h")),
        kg=draws.gut_per_h(perez["gut_kg_per_h"], perez.spread("gut_kg_per_h")),
    )
