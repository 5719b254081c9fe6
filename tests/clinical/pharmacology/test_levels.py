"""The closed form against a matrix exponential, and what must hold of it whatever the person and the dose."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.clinical.pharmacology import Dose, Drug, Regimen, Route, typical
from sojourn.clinical.pharmacology.bodies import dosed
from sojourn.clinical.pharmacology.chain import AMOUNTS, Signal
from sojourn.clinical.pharmacology.levels import areas, levels
from sojourn.clinical.pharmacology.measures import Measure, follow
from tests.clinical.pharmacology.bodies import DOSES, any_dose, any_people, times_as_much
from tests.clinical.pharmacology.oracle import levels_by_matrix

SIGNALS = tuple(signal for signal in Signal if signal not in AMOUNTS)
AT = np.array([0.05, 0.1, 0.4, 2 / 3, 1.0, 3.0, 11.0, 40.0])
few = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def distance(found, exact):
    """Relative to the highest value of each signal: a level a billionth of the peak needs no nine digits."""
    return np.abs(found - exact).max(axis=-1) / np.maximum(exact.max(axis=-1), 1e-12)


@pytest.mark.parametrize("name", DOSES)
def test_every_route_agrees_with_the_matrix_exponential(name):
    body = dosed(typical(82), DOSES[name])
    found = levels(body, times_h=AT, signals=SIGNALS)[0]
    assert distance(found, levels_by_matrix(body, AT, SIGNALS)).max() < 1e-9


@few
@given(dose=any_dose, people=any_people(count=st.just(1)))
def test_any_person_agrees_with_the_matrix_exponential(dose, people):
    body = dosed(people, dose)
    found = levels(body, times_h=AT, signals=SIGNALS)[0]
    assert distance(found, levels_by_matrix(body, AT, SIGNALS)).max() < 1e-9


@pytest.mark.parametrize("apart", [0, 1e-15, 1e-12, 1e-9, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3])
@pytest.mark.parametrize("which", ["fastest rate of ketamine", "dissociation", "tolerance", "pressure"])
def test_equal_and_nearly_equal_rates_keep_nine_digits(which, apart):
    body = dosed(typical(), DOSES["muscle"])
    other = (
        body.s_ketamine.ketamine_poles()[0]
        if which == "fastest rate of ketamine"
        else body.effect_rates[which]
    )
    body = replace(body, absorption=replace(body.absorption, ka=other * (1 + apart)))
    found = levels(body, times_h=AT, signals=SIGNALS)[0]
    assert distance(found, levels_by_matrix(body, AT, SIGNALS)).max() < 1e-9


def test_three_equal_rates_are_handled():
    body = dosed(typical(), DOSES["push"])
    s = body.s_ketamine
    factor = body.effect_rates["pressure"] / s.ketamine_poles()[0]
    s = replace(s, clearance=s.clearance * factor, q2=s.q2 * factor, q3=s.q3 * factor)
    body = replace(dosed(typical(), DOSES["one device"]), s_ketamine=s)
    body = replace(body, absorption=replace(body.absorption, ka=s.ketamine_poles()[0]))
    found = levels(body, times_h=AT, signals=SIGNALS)[0]
    assert distance(found, levels_by_matrix(body, AT, SIGNALS)).max() < 1e-9


@few
@given(dose=any_dose, people=any_people(), hours=st.lists(st.floats(0, 500), max_size=30))
def test_levels_are_never_negative_on_any_grid_repeated_unordered_or_empty(dose, people, hours):
    found = levels(dosed(people, dose), times_h=np.array(hours), signals=SIGNALS)
    assert found.shape == (len(people), len(SIGNALS), len(hours))
    assert np.isfinite(found).all()
    assert (found >= 0).all()


@few
@given(dose=any_dose, people=any_people(), at=st.floats(0.01, 200))
def test_no_drug_is_lost_or_made(dose, people, at):
    """All that stands in the body, what left as norketamine and what the first pass lost make up the dose."""
    body = dosed(people, dose)
    forms = 2 if body.absorption.is_racemate else 1
    both = [(body.s_ketamine, body.absorption.f_oral_s), (body.r_ketamine, body.absorption.f_oral_r)][:forms]
    for of, f_oral in both:
        dose_of_one = replace(body.absorption, is_racemate=False, f_oral_s=f_oral)
        alone = replace(body, s_ketamine=of, absorption=dose_of_one)
        inside = levels(alone, times_h=np.array([at]), signals=AMOUNTS)[:, :, 0]
        norketamine_area = areas(alone, until_h=at, signals=[Signal.NORKETAMINE])[:, 0]
        left = of.norketamine_clearance * norketamine_area / 1000
        in_gut_area = areas(alone, until_h=at, signals=[Signal.IN_GUT])[:, 0]
        first_pass = dose_of_one.to_norketamine(f_oral)
        lost = (1 - f_oral - first_pass) * dose_of_one.kg * in_gut_area
        put_in = sum(
            entry.mg * (1.0 if entry.over_h == 0 else np.clip((at - entry.start_h) / entry.over_h, 0, 1))
            for entry in body.absorption.entries
            if entry.start_h <= at
        )
        np.testing.assert_allclose(inside.sum(axis=1) + left + lost, put_in, rtol=1e-10)


@few
@given(dose=any_dose, people=any_people(), factor=st.integers(0, 3))
def test_levels_grow_in_proportion_to_what_is_put_in(dose, people, factor):
    body = dosed(people, dose)
    entries = tuple(replace(entry, mg=factor * entry.mg) for entry in body.absorption.entries)
    one = levels(body, times_h=AT, signals=SIGNALS)
    many = levels(
        replace(body, absorption=replace(body.absorption, entries=entries)), times_h=AT, signals=SIGNALS
    )
    np.testing.assert_allclose(many, factor * one, rtol=1e-9, atol=1e-9 * one.max())


@pytest.mark.parametrize("name", sorted(set(DOSES) - {"one device", "three devices"}))
def test_twice_the_dose_gives_twice_the_level(name):
    one = levels(dosed(typical(), DOSES[name]), times_h=AT, signals=SIGNALS)
    two = levels(dosed(typical(), times_as_much(DOSES[name], 2)), times_h=AT, signals=SIGNALS)
    np.testing.assert_allclose(two, 2 * one, rtol=1e-12)


def test_three_devices_give_less_than_three_times_one_because_the_nose_takes_up_less():
    one, three = (
        areas(dosed(typical(), DOSES[name]), until_h=200, signals=[Signal.VENOUS])[0, 0]
        for name in ("one device", "three devices")
    )
    assert 2 * one < three < 3 * one


@few
@given(dose=any_dose, people=any_people(), apart=st.floats(1, 30))
def test_two_sessions_are_the_sum_of_each_alone(dose, people, apart):
    at = np.linspace(0, 24 * apart + 10, 37)
    both = follow(
        regimen=Regimen.of(dose, days=(0, apart)), people=people, times_h=at, measures=[Measure.VENOUS]
    )
    alone = levels(dosed(people, dose), times_h=at, signals=[Signal.VENOUS])[:, 0]
    later = levels(dosed(people, dose), times_h=at - 24 * apart, signals=[Signal.VENOUS])[:, 0]
    np.testing.assert_allclose(both[Measure.VENOUS], alone + later, rtol=1e-12, atol=1e-12)


@few
@given(dose=any_dose, people=any_people())
def test_everything_has_left_after_a_month(dose, people):
    peak = levels(dosed(people, dose), times_h=np.linspace(0, 6, 61), signals=[Signal.VENOUS]).max(axis=-1)
    end = levels(dosed(people, dose), times_h=np.array([24.0 * 180]), signals=[Signal.VENOUS])[..., 0]
    assert (end < 1e-6 * peak + 1e-12).all()


@pytest.mark.parametrize("name", ["three devices", "troche swallowed", "tablet", "muscle"])
def test_who_takes_up_a_larger_share_has_a_larger_area(name):
    shares = np.linspace(-3, 3, 13)
    people = replace(typical(), given=np.zeros((13, 17)), weight_kg=np.full(13, 70.0))
    people.given[:, 5] = shares  # the share taken up
    people.given[:, 8] = shares  # the share that passes gut and liver
    found = areas(dosed(people, DOSES[name]), until_h=200, signals=[Signal.VENOUS])[:, 0]
    assert (np.diff(found) > 0).all()


def test_an_even_grid_gives_what_single_times_give():
    grid = np.linspace(0, 6, 200)
    body = dosed(typical(), DOSES["three devices"])
    whole = levels(body, times_h=grid, signals=SIGNALS)
    apart = np.concatenate(
        [levels(body, times_h=grid[[place]], signals=SIGNALS) for place in range(200)], axis=2
    )
    np.testing.assert_allclose(whole, apart, rtol=1e-11, atol=1e-11)


def test_the_level_at_the_end_of_an_infusion_is_the_one_before_it_ends():
    body = dosed(typical(), DOSES["infusion"])
    end = 40 / 60
    at, after = levels(body, times_h=np.array([end, end + 1e-9]), signals=[Signal.ARTERIAL])[0, 0]
    assert at - after == pytest.approx(1000 * 37.5 / end / body.flow[0], rel=1e-6)


def test_no_dose_gives_no_level():
    nothing = Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg=0, over_min=40)
    assert (levels(dosed(typical(), nothing), times_h=AT, signals=SIGNALS) == 0).all()


def test_the_area_is_that_under_the_drawn_level():
    body, grid = dosed(typical(), DOSES["film"]), np.linspace(0, 24, 200_001)
    drawn = np.trapezoid(levels(body, times_h=grid, signals=[Signal.VENOUS])[0, 0], grid)
    assert areas(body, until_h=24, signals=[Signal.VENOUS])[0, 0] == pytest.approx(drawn, rel=1e-7)
