"""Pooled effects equal published ones and a second implementation, and keep what pooling must keep."""

import csv
from math import log

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize
from statsmodels.stats.meta_analysis import combine_effects

from sojourn.clinical.evidence.meta_analysis import (
    Comparison,
    Counts,
    Effect,
    Measure,
    Method,
    NothingToPool,
    effect_of,
    odds_ratio,
    pool,
    risk_difference,
)
from tests.support.data_sets import data_set

DL, REML, HK = Method

# Colditz 1994: 13 trials of BCG vaccine, cases and others, vaccinated and not. The standard example of the field.
BCG = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
]  # fmt: skip


def effects(rows, measure=Measure.RISK_RATIO):
    found = [
        effect_of(Comparison(label=str(place), active=Counts(a, a + b), control=Counts(c, c + d)), measure)
        for place, (a, b, c, d) in enumerate(rows)
    ]
    return tuple(effect for effect in found if effect is not None)


def made(*pairs):
    return tuple(
        Effect(label=str(place), measure=Measure.ODDS_RATIO, estimate=y, variance=v)
        for place, (y, v) in enumerate(pairs)
    )


def linde():
    with data_set("linde_2005.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["id"] not in {"5", "6", "26"}]
    return effects(
        [
            (a, int(row["n1i"]) - a, c, int(row["n2i"]) - c)
            for row in rows
            for a, c in [(int(row["ai"]), int(row["ci"]))]
        ]
    )


def test_the_trials_of_st_johns_wort_pool_as_published():
    pooled = pool(linde(), method=DL)
    assert pooled.studies == 23
    assert (round(pooled.estimate, 4), round(pooled.standard_error, 4)) == (0.5574, 0.1002)
    assert round(pooled.natural, 3) == 1.746
    assert (round(pooled.interval.low, 3), round(pooled.interval.high, 3)) == (1.435, 2.125)
    assert (round(pooled.prediction.low, 3), round(pooled.prediction.high, 3)) == (0.815, 3.743)
    assert (round(pooled.tau2, 4), round(100 * pooled.i2, 2), round(pooled.q, 4)) == (0.1413, 73.94, 84.4155)


def test_the_trials_of_bcg_vaccine_pool_as_published():
    """Viechtbauer 2010, Journal of Statistical Software 36(3): REML, tau² 0.3132, I² 92.22%, Q 152.233."""
    pooled = pool(effects(BCG), method=REML)
    assert (round(pooled.estimate, 4), round(pooled.standard_error, 4)) == (-0.7145, 0.1798)
    assert (round(pooled.tau2, 4), round(100 * pooled.i2, 2), round(pooled.q, 3)) == (0.3132, 92.22, 152.233)


@pytest.mark.parametrize("rows", [BCG, BCG[:3], BCG[4:9], [(15, 5, 3, 20), (9, 11, 2, 18)]])
def test_dersimonian_laird_equals_a_second_implementation(rows):
    found = effects(rows, Measure.ODDS_RATIO)
    other = combine_effects(
        np.array([e.estimate for e in found]), np.array([e.variance for e in found]), method_re="chi2"
    )
    pooled = pool(found, method=DL)
    assert pooled.q == pytest.approx(other.q)
    assert pooled.tau2 == pytest.approx(max(other.tau2, 0))  # the other one lets a variance fall below 0
    if other.tau2 > 0:
        assert pooled.estimate == pytest.approx(other.mean_effect_re)
        assert pooled.standard_error == pytest.approx(other.sd_eff_w_re)
    else:
        assert pooled.estimate == pytest.approx(other.mean_effect_fe)
        assert pooled.standard_error == pytest.approx(other.sd_eff_w_fe)


@pytest.mark.parametrize("rows", [BCG, BCG[:3], BCG[4:9]])
def test_reml_stands_at_the_top_of_the_restricted_likelihood(rows):
    """The likelihood is written out here a second way, and its top found by another program."""
    found = effects(rows)
    y, v = np.array([e.estimate for e in found]), np.array([e.variance for e in found])

    def against(tau2):
        total = v + tau2
        mean = np.average(y, weights=1 / total)
        return (np.log(total).sum() + np.log((1 / total).sum()) + ((y - mean) ** 2 / total).sum()) / 2

    top = optimize.minimize_scalar(against, bounds=(0, 5), method="bounded", options={"xatol": 1e-10})
    assert pool(found, method=REML).tau2 == pytest.approx(top.x, abs=1e-5)


def test_hartung_knapp_equals_a_second_implementation_given_the_same_spread():
    found = effects(BCG)
    y, v = np.array([e.estimate for e in found]), np.array([e.variance for e in found])
    pooled = pool(found, method=HK)
    other = combine_effects(y, v + pooled.tau2, method_re="chi2", use_t=True)
    assert pooled.estimate == pytest.approx(other.mean_effect_fe)
    assert pooled.standard_error == pytest.approx(other.sd_eff_w_fe_hksj)
    low, high = log(pooled.interval.low), log(pooled.interval.high)
    assert (high - low) / 2 / pooled.standard_error == pytest.approx(
        2.178813, abs=1e-6
    )  # t, 12 degrees of freedom


def test_hartung_knapp_on_two_studies_is_honest_about_how_little_two_studies_say():
    pair = made((0.5, 0.04), (1.5, 0.05))
    plain, careful = pool(pair, method=REML).interval, pool(pair, method=HK).interval
    assert careful.high - careful.low > 3 * (plain.high - plain.low)


def test_one_study_is_not_pooled():
    with pytest.raises(NothingToPool):
        pool(made((0.5, 0.04)), method=DL)


def test_a_zero_gets_one_half_in_all_four_counts():
    effect = effect_of(Comparison(label="a", active=Counts(6, 22), control=Counts(0, 19)), Measure.ODDS_RATIO)
    assert effect.estimate == pytest.approx(log(6.5 / 16.5 / (0.5 / 19.5)))
    assert effect.variance == pytest.approx(1 / 6.5 + 1 / 16.5 + 1 / 0.5 + 1 / 19.5)


@pytest.mark.parametrize("counts", [(Counts(0, 10), Counts(0, 12)), (Counts(10, 10), Counts(12, 12))])
def test_a_study_without_contrast_says_nothing_about_a_ratio_but_something_about_a_difference(counts):
    trial = Comparison(label="a", active=counts[0], control=counts[1])
    assert effect_of(trial, Measure.ODDS_RATIO) is effect_of(trial, Measure.RISK_RATIO) is None
    assert effect_of(trial, Measure.RISK_DIFFERENCE).estimate == 0
    assert effect_of(trial, Measure.RISK_DIFFERENCE).variance > 0


def test_a_group_without_control_has_no_effect_and_a_trial_is_not_pooled_as_a_share():
    alone = Comparison(label="a", active=Counts(5, 10))
    with pytest.raises(ValueError, match="no comparison group"):
        effect_of(alone, Measure.ODDS_RATIO)
    with pytest.raises(ValueError, match="has a comparison group"):
        effect_of(Comparison(label="a", active=Counts(5, 10), control=Counts(1, 10)), Measure.SHARE)
    assert effect_of(alone, Measure.SHARE).natural == pytest.approx(0.5)


def test_odds_ratios_and_differences_are_exact():
    assert odds_ratio(Counts(46, 73), Counts(25, 79)) == pytest.approx(46 * 54 / (27 * 25), rel=0)
    assert odds_ratio(Counts(3, 3), Counts(1, 3)) is odds_ratio(Counts(1, 3), Counts(0, 3)) is None
    assert str(risk_difference(Counts(1, 3), Counts(1, 6))) == "1/6"


cells = st.integers(0, 60)
tables = st.tuples(cells, cells, cells, cells).filter(lambda t: t[0] + t[1] and t[2] + t[3])
several = st.lists(tables, min_size=2, max_size=12)
ratios = st.sampled_from([Measure.ODDS_RATIO, Measure.RISK_RATIO])


@given(several, st.sampled_from(list(Measure)[:3]), st.sampled_from(list(Method)), st.randoms())
def test_the_order_of_the_studies_does_not_matter(rows, measure, method, rng):
    found = effects(rows, measure)
    assume(len(found) > 1)
    shuffled = list(found)
    rng.shuffle(shuffled)
    first, second = pool(found, method=method), pool(tuple(shuffled), method=method)
    assert first.estimate == pytest.approx(second.estimate, abs=1e-6)
    assert first.tau2 == pytest.approx(second.tau2, abs=1e-6)


@given(several, ratios, st.sampled_from(list(Method)))
def test_exchanging_the_groups_turns_a_ratio_upside_down(rows, measure, method):
    there = effects(rows, measure)
    back = effects([(c, d, a, b) for a, b, c, d in rows], measure)
    assume(len(there) > 1)
    assert pool(there, method=method).estimate == pytest.approx(-pool(back, method=method).estimate, abs=1e-6)


@given(several, st.sampled_from(list(Measure)[:3]), st.sampled_from(list(Method)))
def test_a_pooled_effect_lies_between_its_studies_and_predicts_no_more_surely_than_it_knows(
    rows, measure, method
):
    found = effects(rows, measure)
    assume(len(found) > 1)
    pooled = pool(found, method=method)
    estimates = [e.estimate for e in found]
    assert min(estimates) - 1e-9 <= pooled.estimate <= max(estimates) + 1e-9
    assert pooled.tau2 >= 0
    assert 0 <= pooled.i2 < 1
    assert 0 <= pooled.q_p <= 1
    assert sum(pooled.weights) == pytest.approx(1)
    assert pooled.prediction.low <= pooled.interval.low + 1e-12
    assert pooled.interval.high <= pooled.prediction.high + 1e-12


@given(st.lists(tables, min_size=2, max_size=6), st.integers(2, 9))
def test_the_same_study_several_times_shows_no_spread(rows, times):
    found = effects(rows[:1] * times, Measure.RISK_DIFFERENCE)
    pooled = pool(found, method=REML)
    assert pooled.tau2 == pytest.approx(0, abs=1e-12)
    assert pooled.estimate == pytest.approx(found[0].estimate)
