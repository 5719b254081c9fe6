import pytest

from sojourn.clinical.outcomes.significant_change import Significance, sd_of, significance_of


def test_jacobson_and_truax_example_is_higher_better():
    """Means 40 and 60, s 7.5, r .80: a change of 15 across the cut-off of 50."""
    judge = {"sd": 7.5, "reliability": 0.8, "cut_off": 50.0, "lower_is_better": False}
    assert significance_of(before=40, after=55, **judge) is Significance.RECOVERED
    assert significance_of(before=30, after=45, **judge) is Significance.IMPROVED
    assert significance_of(before=47, after=55, **judge) is Significance.UNCHANGED
    assert significance_of(before=60, after=45, **judge) is Significance.HARMED
    assert significance_of(before=49, after=30, **judge) is Significance.DETERIORATED


def test_one_score_has_no_spread():
    with pytest.raises(ValueError, match="takes two"):
        sd_of([12.0])
