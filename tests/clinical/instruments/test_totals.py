"""Totals from elsewhere: accepted when some answers could give them, refused with the reason otherwise."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from sojourn.clinical.instruments import TotalImpossible, get, score_from_total

PHQ_9 = get("phq-9")
REFRAMED = Path(__file__).resolve().parents[4] / "shared" / "data" / "reframed_phq9.csv"


@pytest.mark.parametrize("total", [0, 27, "23", " 7 ", "12.0", 12.0, Decimal(9)])
def test_a_possible_total_is_accepted_and_has_a_band(total):
    result = score_from_total(PHQ_9, total)
    assert result.value == int(float(total))
    assert result.band is not None


@pytest.mark.parametrize(
    ("total", "reason"),
    [
        (28, "is above 27, the highest possible total"), ("-1", "is below 0, the lowest possible total"),
        (-0.2485, "is below 0, the lowest possible total"), ("12.5", "is not a whole number"),
        (4.000001, "is not a whole number"), (float("nan"), "is not a number"), (float("inf"), "is not a number"),
        ("NaN", "is not a number"), ("1e1", "is not a number"), ("12,0", "is not a number"), ("", "is blank"),
        (None, "is blank"), (True, "is not a number"), ("1/2", "is not a number"), ("9" * 5000, "is not a number"),
        ([5], "is not a number"),
    ],
)  # fmt: skip
def test_an_impossible_total_is_refused_with_its_reason(total, reason):
    with pytest.raises(TotalImpossible) as refused:
        score_from_total(PHQ_9, total)
    assert refused.value.reason == reason


@pytest.mark.skipif(not REFRAMED.exists(), reason="the shared data folder is not here")
def test_the_impossible_totals_of_a_real_trial_are_exactly_its_non_integers():
    with REFRAMED.open(encoding="utf-8") as file:
        totals = [row["phq9"] for row in csv.DictReader(file) if row["phq9"] not in {"", "NaN"}]
    reasons = Counter()
    for total in totals:
        try:
            score_from_total(PHQ_9, total)
        except TotalImpossible as refused:
            reasons[refused.reason] += 1
    assert len(totals) == 2433
    assert sum(reasons.values()) == 55
    assert reasons["is below 0, the lowest possible total"] == 1
