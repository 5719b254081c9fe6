"""Wang 2019: R-ketamine is cleared more slowly; everything else is taken to be equal."""

from sojourn.clinical.pharmacology.otto_2021 import Disposition
from sojourn.clinical.pharmacology.parameters import model


def of_r_ketamine(s_ketamine: Disposition) -> Disposition:
    """Give R-ketamine's disposition in the same people."""
    return s_ketamine.with_clearance(model("wang_2019")["r_to_s_clearance"])
