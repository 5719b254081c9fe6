import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.outcomes.proportions import clopper_pearson, miettinen_nurminen

COUNTS = st.integers(1, 60).flatmap(lambda n: st.builds(Counts, st.integers(0, n), st.just(n)))


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
