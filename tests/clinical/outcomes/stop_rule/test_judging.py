"""Where a rule stands: its edges, what is missing, and how often it calls the right people."""

import sys
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

from sojourn.clinical.outcomes import PointKind, ScorePoint
from sojourn.clinical.outcomes.stop_rule import (
    Standing,
    Terms,
    chance_of_conversation,
    judge,
    least_fall,
    standard_error,
)
from sojourn.clinical.outcomes.trajectory import Baseline

DAY = date(2026, 3, 2)
TERMS = Terms("phq-9", 6, 4)
PEOPLE = 20_000


def standing(*after, start=18, terms=TERMS, doses=4, as_of=None, stale=False, kinds=None):
    kinds = kinds or [PointKind.SCORED] * len(after)
    scores = [
        ScorePoint(DAY + timedelta(weeks=week), Fraction(value), kind)
        for week, (value, kind) in enumerate(zip(after, kinds, strict=True), 1)
        if value is not None
    ]
    baseline = None if start is None else Baseline(ScorePoint(DAY, Fraction(start)), "", stale)
    return judge(
        terms=terms,
        baseline=baseline,
        scores=scores,
        first_dose_on=DAY,
        doses_given=doses,
        as_of=as_of or DAY + timedelta(weeks=max(1, len(after))),
    )


def test_before_the_agreed_session_nothing_is_judged():
    assert standing(18, 18, 18, doses=3).standing is Standing.NOT_YET
    assert standing(18, 18, 18, doses=4).standing is Standing.DUE


def test_exactly_the_agreed_fall_on_average_is_enough():
    assert standing(12, 12, 12).standing is Standing.FALLEN
    assert standing(12, 12, 13).standing is Standing.CLOSE


def test_one_good_day_among_bad_ones_does_not_hide_that_nothing_changed():
    assert standing(18, 19, 6).standing is Standing.DUE


def test_one_bad_day_among_good_ones_calls_nobody():
    assert standing(8, 7, 15).standing is Standing.FALLEN


def test_a_fall_within_noise_is_not_a_fall():
    least = least_fall(TERMS, scores=3)
    assert least == pytest.approx(1.96 * standard_error(TERMS, scores=3))
    assert 4.8 < least < 5
    assert standing(14, 13, 13).standing is Standing.DUE  # 4.7
    assert standing(13, 13, 13).standing is Standing.CLOSE  # 5.0
    assert standing(14, 13, 13).low < 0


def test_a_large_agreed_amount_asks_for_more_than_a_reliable_fall():
    twelve = Terms("phq-9", 12, 4)
    assert least_fall(twelve, scores=3) == pytest.approx(12 - least_fall(TERMS, scores=3))
    assert standing(13, 13, 13, start=20, terms=twelve).standing is Standing.DUE  # 7.0 of 12
    assert standing(12, 12, 13, start=20, terms=twelve).standing is Standing.CLOSE  # 7.7 of 12


def test_worse_scores_are_due_and_said_as_up():
    found = standing(20, 21, 22)
    assert found.standing is Standing.DUE
    assert "up by 3 points" in found.because


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({"after": ()}, "no score since the first dose; 2 are needed"),
        ({"after": (None, None, 5)}, "1 score since the first dose; 2 are needed"),
        ({"after": (9, 9), "start": None}, "no score from before the first dose"),
        ({"after": (9, 9), "stale": True}, "more than 7 days older"),
        ({"after": (0, 0), "start": 5}, "began at 5: it cannot fall by 6"),
        ({"after": (9, 9), "start": 0}, "began at 0"),
        ({"after": (9, 9), "as_of": DAY + timedelta(days=14 + 22)}, "newest score is 22 days old"),
    ],
)
def test_what_is_missing_is_said_and_is_neither_failure_nor_success(case, says):
    found = standing(*case.pop("after"), **case)
    assert found.standing is Standing.UNKNOWN
    assert says in found.because


def test_a_score_of_21_days_still_counts():
    assert standing(9, 9, as_of=DAY + timedelta(days=14 + 21)).standing is Standing.FALLEN


def test_prorated_scores_prove_nothing_alone():
    prorated, scored = PointKind.PRORATED, PointKind.SCORED
    assert standing(5, 5, 5, kinds=[prorated, prorated, scored]).standing is Standing.UNKNOWN
    assert standing(5, 17, 18, kinds=[prorated, scored, scored]).standing is Standing.DUE


def test_two_scores_of_one_day_are_one_and_later_ones_are_not_looked_at():
    twice = [ScorePoint(DAY + timedelta(days=7), Fraction(value)) for value in (18, 6)]
    later = ScorePoint(DAY + timedelta(days=30), Fraction(4))
    found = judge(
        terms=TERMS, baseline=Baseline(ScorePoint(DAY, Fraction(18)), "", stale=False), scores=[*twice, later],
        first_dose_on=DAY, doses_given=4, as_of=DAY + timedelta(days=14),
    )  # fmt: skip
    assert found.standing is Standing.UNKNOWN
    assert [score.value for score in found.scores] == [6]


def called(*, true_fall_share, noise, missing=0.0, seed=7, weeks=4):
    """Simulate people whose true score falls to a share of the baseline; give the share called, and that not known.

    Whole answers from 0 to 27; the noise of each score is normal and independent, the baseline's included.
    """
    rng = np.random.default_rng(seed)
    start = np.clip(rng.normal(19, 3, PEOPLE), 15, 24)
    falls = rng.uniform(*true_fall_share, PEOPLE)
    baselines = np.clip(np.rint(start + rng.normal(0, noise, PEOPLE)), 0, 27)
    due = unknown = 0
    for person in range(PEOPLE):
        level = start[person] * (1 - falls[person])
        after = np.clip(np.rint(level + rng.normal(0, noise, weeks)), 0, 27)
        there = [int(value) if rng.random() >= missing else None for value in after]
        found = standing(*there, start=int(baselines[person])).standing
        due += found is Standing.DUE
        unknown += found is Standing.UNKNOWN
    return due / (PEOPLE - unknown), unknown / PEOPLE


SEM = 6 / 1.96 / 2**0.5  # 2.16 points, from the reliable change of the PHQ-9


@pytest.mark.parametrize("noise", [SEM, 2.5])
def test_non_responders_are_called_in_95_of_100_and_responders_in_5(noise):
    without, _ = called(true_fall_share=(0.0, 0.0), noise=noise)
    halved_or_better, _ = called(true_fall_share=(0.5, 0.85), noise=noise)
    sys.stdout.write(
        f"noise {noise:.2f}: non-responders {100 * without:.1f} %, responders {100 * halved_or_better:.1f} %\n"
    )
    assert without >= 0.95
    assert halved_or_better <= 0.05


def test_with_a_third_of_scores_missing_the_known_are_judged_as_well_and_the_rest_is_unknown():
    without, unknown = called(true_fall_share=(0.0, 0.0), noise=SEM, missing=0.3)
    halved, also_unknown = called(true_fall_share=(0.5, 0.85), noise=SEM, missing=0.3)
    sys.stdout.write(
        f"30 % missing: non-responders {100 * without:.1f} %, responders {100 * halved:.1f} %, not known {100 * unknown:.1f} %\n"
    )
    assert without >= 0.95
    assert halved <= 0.05
    assert unknown == pytest.approx(0.3**4 + 4 * 0.7 * 0.3**3, abs=0.02)
    assert also_unknown == pytest.approx(unknown, abs=0.02)


def test_the_stated_chance_agrees_with_the_simulation():
    rng = np.random.default_rng(3)
    for true_fall in (0.0, 5.0, 9.0):
        means = rng.normal(20 - true_fall, SEM, (PEOPLE, 3)).mean(axis=1)
        falls = rng.normal(20, SEM, PEOPLE) - means
        share = (falls < least_fall(TERMS, scores=3)).mean()
        assert share == pytest.approx(chance_of_conversation(TERMS, true_fall=true_fall, scores=3), abs=0.01)


def test_the_less_a_score_has_truly_fallen_the_more_often_the_conversation_is_held():
    chances = [chance_of_conversation(TERMS, true_fall=fall / 2, scores=3) for fall in range(-4, 30)]
    assert chances == sorted(chances, reverse=True)
