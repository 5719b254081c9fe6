"""The compiled path gives the numbers of the plain one, at any number of threads and on any grid."""

import numba
import numpy as np
import pytest

from sojourn.clinical.pharmacology import CannotSimulate, People, compiled
from sojourn.clinical.pharmacology.bodies import dosed
from sojourn.clinical.pharmacology.chain import AMOUNTS, Signal, modes_of
from sojourn.clinical.pharmacology.levels import highest_and_areas, levels
from tests.clinical.pharmacology.bodies import DOSES

SIGNALS = tuple(signal for signal in Signal if signal not in AMOUNTS)
GRIDS = {
    "even": np.linspace(0, 6, 200),
    "uneven": np.geomspace(0.01, 90, 41),
    "unordered and repeated": np.array([3.0, 0.5, 0.5, 0.0, 24.0, 0.1]),
    "long": np.linspace(0, 48, 2500),
    "empty": np.zeros(0),
}


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("name", ["infusion", "stepped and paused pump", "three devices", "troche swallowed"])
def test_compiled_and_plain_levels_are_the_same(name, grid):
    body = dosed(People(count=130, seed=4).draw(first=0, count=130), DOSES[name])
    plain = levels(body, times_h=GRIDS[grid], signals=SIGNALS)
    fast = levels(body, times_h=GRIDS[grid], signals=SIGNALS, is_compiled=True)
    np.testing.assert_allclose(fast, plain, rtol=1e-9, atol=1e-9 * (plain.max(initial=0) + 1))


def test_the_number_of_threads_changes_nothing():
    body = dosed(People(count=1000, seed=4).draw(first=0, count=1000), DOSES["three devices"])
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        one = levels(body, times_h=GRIDS["even"], signals=SIGNALS, is_compiled=True)
        numba.set_num_threads(before)
        many = levels(body, times_h=GRIDS["even"], signals=SIGNALS, is_compiled=True)
    finally:
        numba.set_num_threads(before)
    assert np.array_equal(one, many)


@pytest.mark.parametrize("first", [1, 17, 130])
def test_who_is_worked_out_together_changes_nothing(first):
    dose, people = DOSES["troche swallowed"], People(count=300, seed=4)
    asked = {"times_h": GRIDS["long"], "signals": SIGNALS, "is_compiled": True}
    whole = levels(dosed(people.draw(first=0, count=300), dose), **asked)
    alone = levels(dosed(people.draw(first=first, count=70), dose), **asked)
    assert np.array_equal(alone, whole[first : first + 70])


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("name", ["three devices", "stepped and paused pump"])
def test_an_answer_can_be_written_into_an_array_of_ones_own(name, is_compiled):
    body = dosed(People(count=40, seed=4).draw(first=0, count=40), DOSES[name])
    asked = {"times_h": GRIDS["even"] - 1, "signals": SIGNALS, "is_compiled": is_compiled}
    kept = np.full((60, len(SIGNALS), 200), np.nan)
    levels(body, **asked, into=kept[10:50])
    assert np.array_equal(kept[10:50], levels(body, **asked))
    assert np.isnan(kept[:10]).all()
    assert np.isnan(kept[50:]).all()


@pytest.mark.parametrize("grid", ["even", "uneven", "unordered and repeated", "empty"])
@pytest.mark.parametrize("until_h", [0.2, 6.0, 1000.0])
def test_highest_values_and_areas_are_those_of_the_plain_path(grid, until_h):
    body = dosed(People(count=130, seed=4).draw(first=0, count=130), DOSES["three devices"])
    asked = {"entries": body.absorption.entries, "modes": modes_of(body, SIGNALS), "times_h": GRIDS[grid]}
    fast = highest_and_areas(**asked, until_h=until_h, is_compiled=True)
    plain = highest_and_areas(**asked, until_h=until_h)
    np.testing.assert_allclose(fast, plain, rtol=1e-9, atol=1e-9 * np.max(plain))


def test_without_numba_the_compiled_path_says_what_to_install(monkeypatch):
    monkeypatch.setattr(compiled, "IS_THERE", False)
    body = dosed(People(count=2, seed=4).draw(first=0, count=2), DOSES["infusion"])
    with pytest.raises(CannotSimulate, match=r"requirements/fast\.txt"):
        levels(body, times_h=GRIDS["even"], signals=SIGNALS, is_compiled=True)
