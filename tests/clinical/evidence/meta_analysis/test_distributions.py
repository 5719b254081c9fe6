"""Quantiles and tails equal printed tables and a second implementation."""

import pytest
from scipy import stats

from sojourn.clinical.evidence.meta_analysis.distributions import (
    chi_squared_tail,
    normal_quantile,
    t_quantile,
)


@pytest.mark.parametrize(
    ("df", "printed"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (10, 2.228), (30, 2.042), (120, 1.980)],
)
def test_student_t_equals_the_printed_table(df, printed):
    assert t_quantile(0.95, df=df) == pytest.approx(printed, abs=5e-4)


@pytest.mark.parametrize(
    ("df", "printed"), [(1, 3.841), (2, 5.991), (3, 7.815), (10, 18.307), (20, 31.410), (30, 43.773)]
)
def test_chi_squared_equals_the_printed_table(df, printed):
    assert chi_squared_tail(printed, df=df) == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 17, 40, 199])
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.999])
def test_student_t_equals_a_second_implementation(df, confidence):
    assert t_quantile(confidence, df=df) == pytest.approx(stats.t.ppf((1 + confidence) / 2, df), rel=1e-9)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 22, 41])
@pytest.mark.parametrize("x", [0.001, 0.7, 5.0, 33.0, 84.4155])
def test_the_tail_of_chi_squared_equals_a_second_implementation(df, x):
    assert chi_squared_tail(x, df=df) == pytest.approx(stats.chi2.sf(x, df), rel=1e-9)


def test_the_normal_quantile_is_the_well_known_one():
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054)
