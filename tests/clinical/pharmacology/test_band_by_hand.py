"""The band of the session page worked out again by hand: small steps in time, plain loops, numbers typed anew.

Only the random draws are shared. The numbers are those of the published models, not read from the program's files.
"""

from math import exp, log

import pytest

from sojourn.clinical.pharmacology import People, expected, expected_course, ordered_dose
from sojourn.clinical.pharmacology.draws import normal
from sojourn.clinical.pharmacology.people import COLUMNS

COUNT, WEIGHT_KG, MG = 120, 75.0, 37.5
STEP_H = 0.25 / 60
DAYS_BEFORE = (14.0, 7.0, 3.0)


@pytest.fixture
def course(monkeypatch):
    monkeypatch.setattr(expected, "COUNT", COUNT)
    expected_course.cache_clear()
    dose = ordered_dose(route="intravenous", drug="ketamine", mg=MG)
    yield expected_course(dose=dose, weight_kg=WEIGHT_KG, days_before=DAYS_BEFORE)
    expected_course.cache_clear()


@pytest.fixture
def drawn():
    people = People(count=COUNT, seed=1, weight_kg=WEIGHT_KG, weight_sd_kg=0.0).draw(first=0, count=COUNT)
    return [
        dict(zip(COLUMNS, map(float, row), strict=True))
        for row in people.columns("weight", "systolic_baseline")
    ]


def test_the_band_is_that_of_small_steps_and_plain_loops(course, drawn):
    cuffs = normal(seed=1, stream=97, first=0, count=COUNT, columns=50)
    at = (20, 40, 60, 90)
    felt, risen = {minute: [] for minute in at}, {minute: [] for minute in at}
    for place, z in enumerate(drawn):
        followed = sites_of(z, last_min=max(at))
        for minute in at:
            site, tolerance, pressure = followed[minute]
            felt[minute].append(cadss(z, site, tolerance, times=after_earlier_doses()))
            scatter = 7 * (cuffs[place][1 + minute // 5] - cuffs[place][0])
            risen[minute].append(systolic(z, pressure) + scatter)
    for band, values in ((course.dissociation, felt), (course.systolic_rise, risen)):
        for minute in at:
            column = band.minutes.index(minute)
            found = band.low[column], band.middle[column], band.high[column]
            by_hand = [quantile(values[minute], share) for share in (0.05, 0.5, 0.95)]
            assert found == pytest.approx(by_hand, rel=2e-3, abs=2e-3), minute


def test_the_tolerance_of_earlier_doses_is_that_of_the_recursion(course):
    assert course.tolerance == pytest.approx(after_earlier_doses())
    assert 1.25 < course.tolerance < 1.35


def after_earlier_doses():
    """0.5 of what is left to gain, faded over 28 days until the next dose; 0.45 of it counts."""
    state = 0.0
    for days in (7.0, 4.0, 3.0):
        state = (state + 0.5 * (1 - state)) * exp(-days / 28)
    return 1 + 0.45 * state


def sites_of(z, *, last_min):
    """Levels at the site of dissociation, its tolerance and the site of pressure, at each whole minute."""
    size = WEIGHT_KG / 70
    sd = 0.0842**0.5
    along = 0.0226 / sd
    v1 = 133 * size * exp(sd * z["v1"])
    clearance = 95.2 * size**0.75 * exp(along * z["v1"] + (0.0260 - along**2) ** 0.5 * z["clearance"])
    flow = 455 * size**0.75
    v2, q2, v3, q3 = 187 * size, 23.2 * size**0.75, 98.8 * size, 157 * size**0.75
    ke_felt, ke_pressure, ke_tolerance = log(2) / (10 / 60), log(2) / (12 / 60), log(2) / 0.75

    def slope(state, inflow):
        found, arterial = [], []
        for form, cleared in ((0, clearance), (3, 0.88 * clearance)):
            c, p2, p3 = state[form : form + 3]
            found += [
                inflow / 2 - (cleared + q2 + q3) / v1 * c + q2 / v2 * p2 + q3 / v3 * p3,
                q2 / v1 * c - q2 / v2 * p2,
                q3 / v1 * c - q3 / v3 * p3,
            ]
            arterial.append(1000 * c / v1 + 1000 * inflow / 2 / flow)
        site, tolerance, pressure = state[6:]
        return [
            *found,
            ke_felt * (arterial[0] + 0.3 * arterial[1] - site),
            ke_tolerance * (site - tolerance),
            ke_pressure * (arterial[0] + arterial[1] - pressure),
        ]

    state, found = [0.0] * 9, {0: (0.0, 0.0, 0.0)}
    for step in range(round(last_min / 60 / STEP_H)):
        inflow = MG / (40 / 60) if step * STEP_H < 40 / 60 - 1e-9 else 0.0
        first = slope(state, inflow)
        second = slope(moved(state, first, STEP_H / 2), inflow)
        third = slope(moved(state, second, STEP_H / 2), inflow)
        fourth = slope(moved(state, third, STEP_H), inflow)
        mean = [(a + 2 * b + 2 * c + d) / 6 for a, b, c, d in zip(first, second, third, fourth, strict=True)]
        state = moved(state, mean, STEP_H)
        if (step + 1) % 4 == 0:
            found[(step + 1) // 4] = tuple(state[6:])
    return found


def moved(state, slope, by):
    return [value + by * change for value, change in zip(state, slope, strict=True)]


def cadss(z, site, tolerance, *, times):
    half = 165 * exp(0.40 * z["dissociation_ec50"]) * (1 + tolerance / 75) * times
    highest = 92 / (1 + exp(-(0.63 + z["dissociation_emax"])))
    return highest * site**2.5 / (half**2.5 + site**2.5)


def systolic(z, site):
    return 30 * exp(0.5 * z["pressure"]) * site**1.5 / (250**1.5 + site**1.5)


def quantile(values, share):
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
