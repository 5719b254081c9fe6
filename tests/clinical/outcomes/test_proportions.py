import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.outcomes.proportions import clopper_pearson, mee, miettinen_nurminen

COUNTS = st.integers(1, 60).flatmap(lambda n: st.builds(Counts, st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("events", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (87, 100, 0.7880, 0.9289), (26, 30, 0.693, 0.962)],
)
def test_clopper_and_pearsons_interval_as_newcombe_prints_it(events, n, low, high):
    found = clopper_pearson(Counts(events, n))
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


def test_the_score_intervals_of_a_difference_as_newcombe_prints_them():
    """56/70 minus 48/80; a widely used library gives 0.3440 for the upper end, which is wrong."""
    active, control = Counts(56, 70), Counts(48, 80)
    found, plain = miettinen_nurminen(active, control), mee(active, control)
    assert (found.low, found.high) == (pytest.approx(0.0528, abs=5e-5), pytest.approx(0.3382, abs=5e-5))
    assert (plain.low, plain.high) == (pytest.approx(0.0533, abs=5e-5), pytest.approx(0.3377, abs=5e-5))


def test_the_difference_of_elekt_d_as_published():
    found = miettinen_nurminen(Counts(108, 195), Counts(70, 170))
    assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (3.9, 24.2)


@given(active=COUNTS, control=COUNTS)
def test_a_difference_lies_in_its_interval_and_both_in_what_is_possible(active, control):
    """Small and one-sided tables too: the same library raises an error on some of them."""
    found = miettinen_nurminen(active, control)
    observed = float(active.share - control.share)
    assert -1 <= found.low <= observed + 1e-9
    assert observed - 1e-9 <= found.high <= 1
    turned = miettinen_nurminen(control, active)
    assert (turned.low, turned.high) == (
        pytest.approx(-found.high, abs=1e-6),
        pytest.approx(-found.low, abs=1e-6),
    )


@given(counts=COUNTS)
def test_the_strict_interval_holds_the_share(counts):
    found = clopper_pearson(counts)
    assert 0 <= found.low <= float(counts.share) <= found.high <= 1
