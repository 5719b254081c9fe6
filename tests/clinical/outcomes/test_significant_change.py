import csv
from collections import Counter
from statistics import mean

import pytest

from sojourn.clinical.outcomes.reliable_change import cut_offs, reliable_change_points
from sojourn.clinical.outcomes.significant_change import Significance, sd_of, significance_of
from tests.support.data_sets import data_set


def test_the_placebo_trial_is_sorted_as_published():
    """Claus 2020, HAM-D, reliability .80, norm 8 (8), cut-off c: 26 recovered, 3 improved, 10 unchanged, 1 worse of 40."""
    scores = {}
    with data_set("claus_2020.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["hamd"] not in {"", "NA"}:
                scores.setdefault(row["id"], {})[float(row["time"])] = float(row["hamd"])
    pairs = [(found[1.0], found[4.0]) for found in scores.values() if {1.0, 4.0} <= set(found)]
    before = [first for first, _ in pairs]
    sd = sd_of(before)
    cut = cut_offs(clinical_mean=mean(before), clinical_sd=sd, norm_mean=8, norm_sd=8).c
    assert (len(pairs), sd) == (40, pytest.approx(3.340121, abs=1e-6))
    assert cut == pytest.approx(19.886998, abs=1e-6)
    assert reliable_change_points(sd=sd, reliability=0.8) == pytest.approx(4.140457, abs=1e-6)
    found = Counter(
        significance_of(before=first, after=last, sd=sd, reliability=0.8, cut_off=cut)
        for first, last in pairs
    )
    assert found == {
        Significance.RECOVERED: 26, Significance.IMPROVED: 3, Significance.UNCHANGED: 10, Significance.DETERIORATED: 1,
    }  # fmt: skip


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
