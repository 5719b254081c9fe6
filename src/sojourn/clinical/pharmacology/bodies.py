"""Puts people and a dose together into what the chain works on."""

from sojourn.clinical.pharmacology.absorption import Draws
from sojourn.clinical.pharmacology.chain import Body, effect_rates
from sojourn.clinical.pharmacology.doses import Dose
from sojourn.clinical.pharmacology.henthorn_2018 import total_flow_l_per_h
from sojourn.clinical.pharmacology.otto_2021 import disposition, share_of_clearance_at
from sojourn.clinical.pharmacology.people import Draw
from sojourn.clinical.pharmacology.wang_2019 import of_r_ketamine


def dosed(people: Draw, dose: Dose, *, session: int = 1, occasions: bool = False) -> Body:
    """Give these people this dose. With `occasions` uptake differs from session to session of the same person."""
    s_ketamine = disposition(weight_kg=people.weight_kg, z=people.columns("v1", "norketamine_clearance"))
    if people.age_years is not None:
        s_ketamine = s_ketamine.with_clearance(share_of_clearance_at(people.age_years))
    varied = people.occasion(session) if occasions else None
    return Body(
        s_ketamine=s_ketamine,
        r_ketamine=of_r_ketamine(s_ketamine),
        absorption=dose.absorbed_by(Draws.of(person=people, occasion=varied), weight_kg=people.weight_kg),
        flow=total_flow_l_per_h(people.weight_kg),
        effect_rates=effect_rates(len(people)),
    )
