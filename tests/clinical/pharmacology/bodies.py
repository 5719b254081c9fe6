"""Doses and people that the tests draw from."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from sojourn.clinical.pharmacology import Dose, Drug, Route, Step
from sojourn.clinical.pharmacology.people import COLUMNS, Draw

RACEMATE, ESKETAMINE = Drug.RACEMATE, Drug.ESKETAMINE
DOSES = {
    "infusion": Dose(Route.INTRAVENOUS, RACEMATE, mg=37.5, over_min=40),
    "push": Dose(Route.INTRAVENOUS, ESKETAMINE, mg=10),
    "stepped and paused pump": Dose(
        Route.INTRAVENOUS, RACEMATE, mg=40, steps=(Step(5, 0, 0), Step(20, 5, 20), Step(15, 40, 30))
    ),
    "muscle": Dose(Route.INTRAMUSCULAR, RACEMATE, mg=37.5),
    "skin": Dose(Route.SUBCUTANEOUS, RACEMATE, mg_per_kg=0.5),
    "one device": Dose(Route.INTRANASAL, ESKETAMINE, mg=28),
    "three devices": Dose(Route.INTRANASAL, ESKETAMINE, mg=84),
    "racemic spray": Dose(Route.INTRANASAL, RACEMATE, mg=50),
    "troche swallowed": Dose(Route.SUBLINGUAL, RACEMATE, mg=200),
    "troche spat out": Dose(Route.SUBLINGUAL, RACEMATE, mg=200, spat_out=True, hold_min=7),
    "film": Dose(Route.ORAL_FILM, ESKETAMINE, mg=50),
    "tablet": Dose(Route.ORAL, RACEMATE, mg=150),
}
ONE_TO_FOUR = st.integers(1, 4)
any_dose = st.sampled_from(sorted(DOSES)).map(DOSES.get)


@st.composite
def any_people(draw, count=ONE_TO_FOUR):
    """People anywhere within three and a half standard deviations of everything."""
    people = draw(count)
    z = draw(
        st.lists(
            st.lists(st.floats(-3.5, 3.5), min_size=len(COLUMNS), max_size=len(COLUMNS)),
            min_size=people,
            max_size=people,
        )
    )
    weights = draw(st.lists(st.floats(40, 160), min_size=people, max_size=people))
    return Draw(first=0, seed=1, weight_kg=np.array(weights), given=np.array(z))


def times_as_much(dose, factor):
    """The same dose, so many times as large."""
    amounts = {"mg": dose.mg and dose.mg * factor, "mg_per_kg": dose.mg_per_kg and dose.mg_per_kg * factor}
    steps = tuple(replace(step, amount=step.amount * factor) for step in dose.steps)
    return replace(dose, **amounts, steps=steps)
