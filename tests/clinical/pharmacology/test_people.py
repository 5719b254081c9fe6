"""A virtual person is the same wherever she stands in whichever block, and people differ as published."""

import numpy as np
import pytest

from sojourn.clinical.pharmacology import CannotSimulate, Measure, People, Regimen, bands
from sojourn.clinical.pharmacology.measures import follow
from sojourn.clinical.pharmacology.otto_2021 import disposition, share_of_clearance_at
from tests.clinical.pharmacology.bodies import DOSES


@pytest.mark.parametrize("size", [1, 7, 1000, 1024, 5000])
def test_people_do_not_depend_on_the_size_of_the_blocks(size):
    people = People(count=2100 if size > 1 else 30, seed=7)
    whole = people.draw(first=0, count=people.count)
    blocks = list(people.blocks(size))
    everything = ("weight", "systolic_baseline")
    drawn = np.concatenate([block.columns(*everything) for block in blocks])
    assert np.array_equal(drawn, whole.columns(*everything))
    assert np.array_equal(np.concatenate([block.occasion(3) for block in blocks]), whole.occasion(3))
    assert np.array_equal(np.concatenate([block.weight_kg for block in blocks]), whole.weight_kg)


@pytest.mark.parametrize("name", ["infusion", "three devices", "troche spat out"])
def test_results_do_not_depend_on_the_size_of_the_blocks(name):
    people, regimen, at = People(count=700, seed=3), Regimen.of(DOSES[name]), np.linspace(0, 4, 81)
    told = {
        size: np.concatenate(
            [
                follow(regimen=regimen, people=block, times_h=at, measures=[Measure.DISSOCIATION])[
                    Measure.DISSOCIATION
                ]
                for block in people.blocks(size)
            ]
        )
        for size in (700, 256, 33)
    }
    np.testing.assert_allclose(told[256], told[700], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(told[33], told[700], rtol=1e-12, atol=1e-13)


def test_quantiles_are_the_same_at_any_block_size():
    people, at = People(count=900, seed=5), np.linspace(0, 3, 31)
    found = [
        bands(
            regimen=Regimen.of(DOSES["infusion"]), people=people, times_h=at, measures=[Measure.VENOUS], block=size
        )[Measure.VENOUS].values
        for size in (900, 128)
    ]  # fmt: skip
    assert np.array_equal(found[0], found[1])


def test_quantiles_are_right_to_half_a_hundredth():
    people, at = People(count=2000, seed=5), np.linspace(0.1, 3, 30)
    regimen = Regimen.of(DOSES["infusion"])
    band = bands(regimen=regimen, people=people, times_h=at, measures=[Measure.VENOUS])[Measure.VENOUS]
    values = follow(
        regimen=regimen,
        people=people.draw(first=0, count=2000),
        times_h=at,
        measures=[Measure.VENOUS],
        occasions=True,
    )[Measure.VENOUS]
    exact = np.quantile(values, band.shares, axis=0, method="inverted_cdf")
    np.testing.assert_allclose(band.values, exact, rtol=0.005)


def test_the_middle_half_lies_inside_the_wide_band():
    at = np.linspace(0, 3, 31)
    band = bands(
        regimen=Regimen.of(DOSES["tablet"]), people=People(count=300), times_h=at, measures=[Measure.DISSOCIATION]
    )[Measure.DISSOCIATION]  # fmt: skip
    assert (np.diff(band.values, axis=0) >= 0).all()


def test_people_vary_as_the_paper_says():
    people = People(count=40_000, seed=2).draw(first=0, count=40_000)
    drawn = disposition(
        weight_kg=np.full(40_000, 70.0), z=people.columns("v1", "norketamine_clearance")
    )  # fmt: skip
    logs = np.log(np.stack([drawn.v1 / 133.0, drawn.clearance / 95.2]))
    np.testing.assert_allclose(np.cov(logs), [[0.0842, 0.0226], [0.0226, 0.0260]], rtol=0.05)
    logs = np.log(np.stack([drawn.norketamine_v / 98.6, drawn.norketamine_clearance / 57.7]))
    np.testing.assert_allclose(np.cov(logs), [[0.0404, 0.0446], [0.0446, 0.1032]], rtol=0.05)


def test_volumes_grow_with_weight_and_flows_with_three_quarters_of_its_power():
    light, heavy = disposition(weight_kg=np.array([70.0])), disposition(weight_kg=np.array([140.0]))
    assert heavy.v2[0] / light.v2[0] == pytest.approx(2)
    assert heavy.clearance[0] / light.clearance[0] == pytest.approx(2**0.75)


@pytest.mark.parametrize(("age", "share"), [(60, 1.0), (61, 0.99), (100, 0.6), (120, 0.6)])
def test_age_lowers_clearance_only_where_asked_for(age, share):
    assert share_of_clearance_at(age) == pytest.approx(share)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"count": 0}, "people"),
        ({"count": 2.5}, "people"),
        ({"seed": -1}, "seed"),
        ({"weight_kg": 7}, "weight_kg"),
        ({"weight_kg": "80 kg"}, "weight_kg"),
        ({"weight_sd_kg": -3}, "weight_sd_kg"),
    ],
)
def test_a_population_that_cannot_be_is_refused_by_field(told, field):
    with pytest.raises(CannotSimulate) as refused:
        People(**told)
    assert refused.value.field == field
    assert len(refused.value.remedy) > 10
