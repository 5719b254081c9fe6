"""Shares and their differences, against published intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.evidence.meta_analysis import Counts, newcombe, wilson


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        (Counts(81, 263), 0.2553, 0.3662),  # Newcombe 1998
        (Counts(15, 148), 0.0624, 0.1605),
        (Counts(87, 100), 0.7902, 0.9224),
        (Counts(26, 30), 0.703, 0.947),
    ],
)
def test_a_share_has_the_published_wilson_interval(counts, low, high):
    found = wilson(counts)
    assert (round(found.low, 4), round(found.high, 4)) == pytest.approx(
        (low, high), abs=5e-4 if low == 0.703 else 0
    )


@pytest.mark.parametrize(
    ("active", "control", "low", "high"),
    [
        (Counts(56, 70), Counts(48, 80), 0.0524, 0.3339),  # Newcombe 1998, method 10
        (Counts(9, 10), Counts(3, 10), 0.1705, 0.8090),
        (Counts(5, 56), Counts(0, 29), -0.0381, 0.1926),
        (Counts(108, 195), Counts(70, 170), 0.039, 0.241),
    ],
)
def test_a_difference_has_the_published_newcombe_interval(active, control, low, high):
    found = newcombe(active, control)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-4)


def test_the_plain_interval_would_be_another():
    """Wald gives 4.0 to 24.4 points for ELEKT-D; the published one is 3.9 to 24.2."""
    found = newcombe(Counts(108, 195), Counts(70, 170))
    assert round(found.low, 3) == 0.039
    assert found.high < 0.2435


@pytest.mark.parametrize(("events", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_an_impossible_count_cannot_be_built(events, n):
    with pytest.raises(ValueError, match="cannot be counted"):
        Counts(events, n)


counts = st.integers(1, 400).flatmap(lambda n: st.builds(Counts, st.integers(0, n), st.just(n)))


@given(counts)
def test_a_wilson_interval_holds_the_share_and_stays_between_0_and_1(of):
    found = wilson(of)
    assert 0 <= found.low <= float(of.share) + 1e-12
    assert float(of.share) - 1e-12 <= found.high <= 1


@given(counts, counts)
def test_exchanging_the_groups_mirrors_the_difference(active, control):
    there, back = newcombe(active, control), newcombe(control, active)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
