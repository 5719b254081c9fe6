"""Blood pressure and heart rate above where they were before the dose, from the levels at their effect site."""

import numpy as np

from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model


def systolic_rise(*, site: Array, z: Array) -> Array:
    """Give the rise in mmHg, without measurement noise. `site (n, times)` in ng/mL, `z (n,)`."""
    return _rise(site, z, "systolic_emax_mmhg", "systolic_ec50_ng_per_ml")


def diastolic_rise(*, systolic: Array) -> Array:
    """Give the rise of the lower number in mmHg from that of the upper one."""
    found: Array = model("effects")["diastolic_share"] * systolic
    return found


def heart_rate_rise(*, site: Array, z: Array) -> Array:
    """Give the rise in beats per minute. Illustrative: no model was found."""
    return _rise(site, z, "heart_rate_emax_per_min", "heart_rate_ec50_ng_per_ml")


def _rise(site: Array, z: Array, highest: str, half: str) -> Array:
    effects = model("effects")
    driven = (site / effects[half]) ** effects["pressure_hill"]
    emax = effects[highest] * np.exp(effects.spread(highest) * z)
    found: Array = emax[:, None] * (driven / (1 + driven))
    return found
