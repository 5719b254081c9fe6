"""Numbers with a unit refuse what cannot be true of an adult, and say what is accepted."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.quantities import (
    BloodPressure,
    Dose,
    HeartRate,
    Height,
    Implausible,
    OxygenSaturation,
    Percent,
    RespiratoryRate,
    Weight,
    age_years,
    body_mass_index,
    dose_for,
)


@pytest.mark.parametrize(
    ("systolic", "diastolic"),
    [(12, 80), (120, 200), (80, 120), (84, 80), (301, 80), (120, 19), (300, 20), (281, 80)],
)
def test_a_reading_that_was_mistyped_or_swapped_is_refused(systolic, diastolic):
    with pytest.raises(Implausible, match="number"):
        BloodPressure(systolic, diastolic)


@pytest.mark.parametrize(("systolic", "diastolic"), [(85, 80), (50, 20), (300, 200), (300, 100), (120, 80)])
def test_readings_at_the_edges_are_accepted(systolic, diastolic):
    assert str(BloodPressure(systolic, diastolic)) == f"{systolic}/{diastolic} mmHg"


@pytest.mark.parametrize(
    "build",
    [
        lambda: Weight(7), lambda: Weight(24.9), lambda: Weight(350.1), lambda: Weight(float("nan")),
        lambda: Weight(True), lambda: Weight("70"), lambda: Weight.from_lb(10), lambda: Height(99),
        lambda: Height.from_ft_in(5, 12), lambda: Height.from_ft_in(5.5, 0), lambda: HeartRate(19),
        lambda: HeartRate(251), lambda: HeartRate(72.5), lambda: OxygenSaturation(49), lambda: OxygenSaturation(101),
        lambda: RespiratoryRate(-1), lambda: Percent(100.1), lambda: Dose(0), lambda: Dose(float("inf")),
        lambda: BloodPressure(True, 80), lambda: BloodPressure(120.0, 80),
    ],
)  # fmt: skip
def test_impossible_values_are_refused(build):
    with pytest.raises(Implausible) as refused:
        build()
    assert refused.value.message.startswith("Give ")


def test_the_message_says_what_is_accepted_and_never_repeats_the_value():
    with pytest.raises(Implausible) as refused:
        Weight(7)
    assert refused.value.message == "Give a weight between 25 and 350 kg (56 and 771 lb)."


def test_the_edges_of_a_weight_are_accepted_in_both_units():
    assert Weight(25).kg == 25
    assert Weight(350).kg == 350
    assert Weight.from_lb(56).kg == pytest.approx(25.4, abs=0.01)
    assert Weight.from_lb(771).kg == pytest.approx(349.7, abs=0.1)


@given(st.floats(min_value=56, max_value=771))
def test_pounds_survive_the_way_through_kilograms(lb):
    assert Weight.from_lb(lb).lb == pytest.approx(lb, rel=1e-12)


def test_feet_and_inches_become_centimeters_and_back():
    height = Height.from_ft_in(5, 10)
    assert height.cm == pytest.approx(177.8)
    assert height.ft_in == (5, pytest.approx(10))


def test_body_mass_index_and_doses_by_weight():
    assert body_mass_index(weight=Weight(70), height=Height(175)) == pytest.approx(22.857, abs=0.001)
    assert dose_for(mg_per_kg=0.5, weight=Weight(75)) == Dose(37.5)
    assert Dose(37.5).per_kg(Weight(75)) == 0.5


@pytest.mark.parametrize(
    ("on", "years"),
    [(date(2026, 2, 27), 25), (date(2026, 2, 28), 25), (date(2026, 3, 1), 26), (date(2028, 2, 29), 28)],
)
def test_an_age_turns_on_the_birthday_even_in_leap_years(on, years):
    assert age_years(born_on=date(2000, 2, 29), on=on) == years


@pytest.mark.parametrize("born_on", [date(2026, 11, 24), date(1905, 1, 1)])
def test_a_birth_in_the_future_or_over_120_years_ago_is_refused(born_on):
    with pytest.raises(Implausible, match="date of birth"):
        age_years(born_on=born_on, on=date(2026, 11, 23))
