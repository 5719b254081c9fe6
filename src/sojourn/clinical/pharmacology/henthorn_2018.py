"""Henthorn 2018: while drug flows in, arterial blood is ahead of venous blood by rate over total flow."""

from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.parameters import model


def total_flow_l_per_h(weight_kg: Array) -> Array:
    """Give the flow that mixes incoming drug, in L/h."""
    otto = model("otto_2021")
    size = weight_kg / otto["reference_weight_kg"]
    flow: Array = model("henthorn_2018")["flow_l_per_h"] * size ** otto["flow_exponent"]
    return flow
