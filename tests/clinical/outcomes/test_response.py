"""Response and remission at their edges."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.instruments import get
from sojourn.clinical.outcomes import RemissionVerdict, ResponseVerdict, remission, response

PHQ_9 = get("phq-9")


def judged(baseline, value, **how):
    return response(instrument=PHQ_9, baseline=Fraction(baseline), value=Fraction(value), **how).verdict


@pytest.mark.parametrize(
    ("baseline", "value", "expected"),
    [
        (20, 10, ResponseVerdict.RESPONSE), (20, 11, ResponseVerdict.PARTIAL), (21, 11, ResponseVerdict.PARTIAL),
        (21, 10, ResponseVerdict.RESPONSE), (20, 15, ResponseVerdict.PARTIAL), (20, 16, ResponseVerdict.NONE),
        (20, 25, ResponseVerdict.NONE), (10, 5, ResponseVerdict.RESPONSE), (9, 0, ResponseVerdict.NOT_JUDGED),
        (0, 0, ResponseVerdict.NOT_JUDGED),
    ],
)  # fmt: skip
def test_exactly_half_is_a_response_and_a_low_baseline_is_not_judged(baseline, value, expected):
    assert judged(baseline, value) is expected


def test_a_prorated_score_proves_no_response_but_can_fail_to_show_one():
    assert judged(20, Fraction(9, 2), prorated=True) is ResponseVerdict.NOT_JUDGED
    assert judged(20, 19, prorated=True) is ResponseVerdict.NONE


def test_a_scale_without_percent_change_is_not_judged():
    found = response(instrument=get("phq-2"), baseline=Fraction(6), value=Fraction(0))
    assert found.verdict is ResponseVerdict.NOT_JUDGED
    assert remission(instrument=get("phq-2"), value=Fraction(0)) is RemissionVerdict.NOT_JUDGED


@pytest.mark.parametrize(
    ("value", "prorated", "expected"),
    [
        (4, False, RemissionVerdict.REMISSION), (5, False, RemissionVerdict.NOT_IN_REMISSION),
        (Fraction(9, 2), True, RemissionVerdict.NOT_IN_REMISSION), (4, True, RemissionVerdict.NOT_JUDGED),
    ],
)  # fmt: skip
def test_remission_is_below_five_rounded_as_the_band_is(value, prorated, expected):
    assert remission(instrument=PHQ_9, value=Fraction(value), prorated=prorated) is expected


@given(st.integers(10, 27), st.integers(0, 27))
def test_response_agrees_with_twice_the_score_being_at_most_the_baseline(baseline, value):
    assert (judged(baseline, value) is ResponseVerdict.RESPONSE) == (2 * value <= baseline)
