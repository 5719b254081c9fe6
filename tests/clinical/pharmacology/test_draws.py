"""Draws are normal, independent, and the same wherever they are cut from."""

import numpy as np
import pytest
from scipy import stats

from sojourn.clinical.pharmacology.draws import normal

MANY = normal(seed=3, stream=1, first=0, count=200_000, columns=4)


def test_draws_are_normal():
    assert stats.kstest(MANY[:, 0], "norm").pvalue > 0.001
    assert MANY.std(axis=0) == pytest.approx(1, abs=0.01)
    assert stats.skew(MANY[:, 1]) == pytest.approx(0, abs=0.03)
    assert stats.kurtosis(MANY[:, 2]) == pytest.approx(0, abs=0.06)
    assert np.abs(MANY).max() < 7


def test_columns_neighbors_streams_and_seeds_know_nothing_of_each_other():
    pairs = [
        (MANY[:, 0], MANY[:, 1]),
        (MANY[:-1, 0], MANY[1:, 0]),
        (MANY[:, 0], normal(seed=3, stream=2, first=0, count=200_000, columns=1)[:, 0]),
        (MANY[:, 0], normal(seed=4, stream=1, first=0, count=200_000, columns=1)[:, 0]),
        (MANY[:, 0] ** 2, MANY[:, 1] ** 2),
    ]
    for one, other in pairs:
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.012  # five standard errors


def test_a_person_far_away_is_drawn_without_those_before():
    far = 2**40 + 7
    assert np.array_equal(
        normal(seed=1, stream=0, first=far, count=1, columns=17)[0],
        normal(seed=1, stream=0, first=far - 3, count=5, columns=17)[3],
    )


@pytest.mark.parametrize("count", [1, 3000])
def test_some_columns_are_those_of_all(count):
    asked = {"seed": 1, "stream": 0, "first": 5, "count": count, "columns": 17}
    assert np.array_equal(normal(**asked, only=slice(3, 6)), normal(**asked)[:, 3:6])


def test_no_people_are_no_draws():
    assert normal(seed=1, stream=0, first=0, count=0, columns=4).shape == (0, 4)
