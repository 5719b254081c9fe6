"""Reliable change by Jacobson and Truax, with their worked example; and by published thresholds."""

from fractions import Fraction

import pytest

from sojourn.clinical.instruments import get
from sojourn.clinical.outcomes import (
    ChangeVerdict,
    change_between,
    cut_offs,
    difference_error,
    is_reliable,
    reliable_change_index,
    reliable_change_points,
)

PHQ_9, GAD_7 = get("phq-9"), get("gad-7")


def verdict(before, after, *, instrument=PHQ_9, by=None):
    return change_between(
        instrument=instrument, before=Fraction(before), after=Fraction(after), change_set_id=by
    ).verdict


def test_the_worked_example_of_jacobson_and_truax():
    assert difference_error(sd=7.5, reliability=0.80) == pytest.approx(4.7434, abs=5e-5)
    assert reliable_change_points(sd=7.5, reliability=0.80) == pytest.approx(9.2971, abs=5e-5)
    assert reliable_change_index(before=32.5, after=47.5, sd=7.5, reliability=0.80) == pytest.approx(
        3.162, abs=5e-4
    )


def test_the_three_cut_offs_of_jacobson_and_truax():
    found = cut_offs(clinical_mean=40, clinical_sd=7.5, norm_mean=60, norm_sd=7.5)
    assert (found.a, found.b, found.c) == (55, 45, 50)


def test_cut_offs_turn_around_where_lower_is_better():
    found = cut_offs(clinical_mean=60, clinical_sd=7.5, norm_mean=40, norm_sd=7.5)
    assert (found.a, found.b, found.c) == (45, 55, 50)


def test_a_real_trial_gives_the_threshold_recomputed_for_it():
    # HAM-D of the placebo amplification trial (claus_2020): sd 3.340121, reliability .80.
    assert difference_error(sd=3.340121, reliability=0.80) == pytest.approx(2.112478, abs=5e-7)
    assert reliable_change_points(sd=3.340121, reliability=0.80) == pytest.approx(4.140457, abs=5e-7)


@pytest.mark.parametrize(
    ("index", "reliable"), [(1.96, False), (-1.96, False), (1.9601, True), (-1.9601, True)]
)
def test_exactly_1_96_is_not_yet_reliable(index, reliable):
    assert is_reliable(index) is reliable


@pytest.mark.parametrize(("sd", "reliability"), [(0, 0.8), (-1, 0.8), (7.5, 1), (7.5, -0.1)])
def test_impossible_spreads_and_reliabilities_are_refused(sd, reliability):
    with pytest.raises(ValueError, match="sd must be above 0"):
        difference_error(sd=sd, reliability=reliability)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (18, 12, ChangeVerdict.BETTER), (18, 13, ChangeVerdict.WITHIN_NOISE), (12, 18, ChangeVerdict.WORSE),
        (12, 17, ChangeVerdict.WITHIN_NOISE), (12, 12, ChangeVerdict.WITHIN_NOISE),
        (18, Fraction(49, 4), ChangeVerdict.WITHIN_NOISE),
    ],
)  # fmt: skip
def test_six_points_on_the_phq_9_are_reliable_and_five_are_not(before, after, expected):
    assert verdict(before, after) is expected


def test_a_change_names_its_points_its_gain_and_its_set():
    change = change_between(instrument=PHQ_9, before=Fraction(18), after=Fraction(8))
    assert (change.points, change.gained, change.change_set.id) == (-10, 10, "nhs")


def test_another_change_set_gives_another_verdict_for_the_same_scores():
    assert verdict(15, 10, instrument=GAD_7) is ChangeVerdict.BETTER
    assert verdict(15, 10, instrument=GAD_7, by="bischoff-2020") is ChangeVerdict.WITHIN_NOISE


def test_a_scale_without_a_threshold_is_labeled_and_not_judged():
    assert verdict(6, 0, instrument=get("phq-2")) is ChangeVerdict.NO_THRESHOLD
    assert verdict(18, 6, by="nobody-1999") is ChangeVerdict.NO_THRESHOLD
