"""Dissociation (CADSS) and drug-high, from the levels at their effect site.

Acute tolerance wears in within the session; tolerance between sessions is known in direction only, its size is ours.
"""

from collections.abc import Sequence

import numpy as np

from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model


def cadss(
    *, site: Array, tolerance: Array, z_ec50: Array, z_emax: Array, session_tolerance: float | Array = 1.0
) -> Array:
    """Give CADSS, 0 to 92, without noise. `site` and `tolerance (n, times)` in ng/mL of S-equivalents; draws `(n,)`."""
    effects = model("effects")
    hill = effects["dissociation_hill"]
    ec50 = effects["dissociation_ec50_ng_per_ml"] * np.exp(
        effects.spread("dissociation_ec50_ng_per_ml") * z_ec50
    )
    expit = 1 / (
        1 + np.exp(-(effects["dissociation_emax_logit"] + effects.spread("dissociation_emax_logit") * z_emax))
    )
    half = ec50[:, None] * (1 + tolerance / effects["acute_tolerance_ng_per_ml"]) * session_tolerance
    driven = (site / half) ** hill
    found: Array = effects["dissociation_highest"] * expit[:, None] * (driven / (1 + driven))
    return found


def drug_high(*, site: Array, z: Array) -> Array:
    """Give drug-high, 0 to 100, from the same site `(n, times)`."""
    c50 = model("simons_2022")["drug_high_c50_ng_per_ml"]
    spread = model("simons_2022").spread("drug_high_c50_ng_per_ml")
    driven = (site / (c50 * np.exp(spread * z))[:, None]) ** model("effects")["drug_high_hill"]
    found: Array = 100 * driven / (1 + driven)
    return found


def session_tolerances(days: Sequence[float]) -> tuple[float, ...]:
    """Give for each session, by its day, the factor by which it takes a higher level to dissociate.

    >>> [round(t, 2) for t in session_tolerances([0, 3.5, 7])]
    [1.0, 1.2, 1.29]
    """
    effects = model("effects")
    state, before, found = 0.0, None, []
    for day in days:
        if before is not None:
            gained = state + effects["session_tolerance_gain"] * (1 - state)
            state = gained * float(np.exp(-(day - before) / effects["session_tolerance_days"]))
        before = day
        found.append(1 + effects["session_tolerance_size"] * state)
    return tuple(found)
