"""A patient's line of scores: its baseline, its gaps, and what is said about it."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.instruments import get
from sojourn.clinical.outcomes import (
    PointKind,
    RemissionVerdict,
    ResponseVerdict,
    ScorePoint,
    SessionKind,
    SessionMark,
    summary_for_clinician,
    summary_for_patient,
    trajectory,
    unanswered,
)

PHQ_9 = get("phq-9")
START = date(2026, 9, 1)


def day(n):
    return START + timedelta(days=n)


def line(*scores, doses=(), due=(), kind=PointKind.SCORED, instrument=PHQ_9, **how):
    """Scores as (day, value); doses and due days as day numbers."""
    return trajectory(
        instrument=instrument,
        points=[ScorePoint(day(n), Fraction(value), kind) for n, value in scores],
        sessions=[SessionMark(day(n), SessionKind.DOSING) for n in doses],
        due=[day(n) for n in due],
        **how,
    )


def test_without_a_dose_the_first_score_is_the_baseline():
    found = line((7, 12), (0, 18))
    assert (found.baseline.point.value, found.baseline.because) == (18, "first score; no dose yet")


def test_the_baseline_is_the_last_score_on_or_before_the_first_dose():
    found = line((0, 21), (7, 18), (14, 12), doses=(7, 10))
    assert found.baseline.point.on == day(7)
    assert [point.standing for point in found.points] == [
        "before the baseline",
        "baseline",
        "reliably better",
    ]
    assert found.points[0].change is None


@pytest.mark.parametrize(("dose", "stale"), [(7, False), (8, True)])
def test_a_baseline_more_than_seven_days_old_is_stale_and_proves_no_response(dose, stale):
    found = line((0, 20), (14, 8), doses=(dose,))
    assert found.baseline.stale is stale
    assert found.latest.change.points == -12
    assert (found.latest.response.verdict is ResponseVerdict.NOT_JUDGED) is stale


def test_scores_after_the_first_dose_alone_have_no_baseline():
    found = line((3, 12), (10, 8), doses=(1,))
    assert found.baseline is None
    assert [point.standing for point in found.points] == ["no baseline", "no baseline"]
    assert "no score on or before the first dose" in summary_for_clinician(found)


def test_only_dosing_sessions_set_the_baseline():
    found = trajectory(
        instrument=PHQ_9,
        points=[ScorePoint(day(0), Fraction(18)), ScorePoint(day(5), Fraction(16))],
        sessions=[SessionMark(day(1), SessionKind.PREPARATION), SessionMark(day(6), SessionKind.DOSING)],
    )
    assert found.baseline.point.on == day(5)


def test_two_scores_of_one_day_leave_one_baseline():
    found = line((0, 18), (0, 17), (7, 9), doses=(0,))
    assert [point.is_baseline for point in found.points] == [False, True, False]
    assert found.latest.change.points == -8


def test_no_score_at_all_is_said_and_not_drawn():
    found = line(due=(0, 7))
    assert (found.latest, found.baseline, found.best) == (None, None, None)
    assert found.gaps == (day(0), day(7))
    assert summary_for_patient(found) == "There is no score yet."
    assert summary_for_clinician(found) == "PHQ-9: no score yet. Not answered: 2 of 2 due questionnaires."


@pytest.mark.parametrize(("answered_on", "gap"), [(4, True), (5, False), (8, False), (11, False), (12, True)])
def test_a_score_within_three_days_answers_a_due_day(answered_on, gap):
    assert bool(line((answered_on, 10), due=(8,)).gaps) is gap


def test_one_score_answers_one_due_day_only():
    assert line((2, 10), due=(0, 3)).gaps == (day(0),)


def test_the_nearest_pair_is_matched_first():
    days = [day(0), day(4)]
    assert unanswered(due=days, answered=[day(2), day(5)], window=timedelta(days=3)) == ()
    assert unanswered(due=days, answered=[day(3)], window=timedelta(days=3)) == (day(0),)


def test_the_latest_score_can_be_worse_than_the_best_without_being_worse_than_the_baseline():
    found = line((0, 18), (7, 6), (14, 14))
    assert found.latest.standing == "not a reliable change"
    assert found.has_worsened
    assert "Reliably worse than the best score since, 6 (mild)." in summary_for_clinician(found)


def test_an_improving_line_has_not_worsened():
    assert not line((0, 18), (7, 12), (14, 11)).has_worsened
    assert not line((0, 18)).has_worsened
    assert line((0, 10), (7, 16)).has_worsened


def test_the_summary_for_clinicians_names_scores_days_threshold_and_missing():
    found = line((0, 18), (14, 8), doses=(3,), due=(0, 7, 14))
    assert summary_for_clinician(found) == (
        "PHQ-9 fell from 18 (moderately severe) on September 1, 2026 (last score on or before the first dose, within "
        "7 days) to 8 (mild) on September 15, 2026. 10 points: reliably better (6 points or more, adults in NHS "
        "Talking Therapies, England). Response: fell by 50 % or more. Not in remission (below 5). "
        "Not answered: 1 of 3 due questionnaires."
    )


def test_the_summary_for_patients_says_the_direction_and_no_jargon():
    better = summary_for_patient(line((0, 18), (14, 8)))
    assert better.startswith(
        "Your score was 18 at the start and is 8 now. Lower is better. This is a clear change"
    )
    worse = summary_for_patient(line((0, 8), (14, 18)))
    assert "talk with your care team" in worse
    for word in ("deteriorat", "harmed", "reliabl", "remission", "severe"):
        assert word not in (better + worse).lower()


def test_a_small_change_is_called_chance_and_not_progress():
    assert "by chance" in summary_for_patient(line((0, 18), (7, 14)))


def test_totals_without_answers_and_prorated_scores_are_labeled():
    assert "8 (mild, total without answers)" in summary_for_clinician(line((0, 8), kind=PointKind.TOTAL_ONLY))
    found = line((0, 20), (7, 4), kind=PointKind.PRORATED)
    assert "4 (minimal, prorated)" in summary_for_clinician(found)
    assert found.latest.response.verdict is ResponseVerdict.NOT_JUDGED
    assert found.latest.remission is RemissionVerdict.NOT_JUDGED


def test_a_scale_without_threshold_says_so():
    found = line((0, 6), (7, 1), instrument=get("phq-2"))
    assert found.latest.standing == "no published threshold"
    assert "no published threshold" in summary_for_clinician(found)
    assert not found.has_worsened


def test_a_named_change_set_is_used_throughout():
    found = line((0, 15), (7, 10), instrument=get("gad-7"), change_set_id="bischoff-2020")
    assert found.latest.standing == "not a reliable change"
    assert "5.6 points or more" in summary_for_clinician(found)


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(0, 27)), max_size=15), st.lists(st.integers(0, 120), max_size=8),
       st.randoms(use_true_random=False))  # fmt: skip
def test_the_order_of_arrival_of_different_days_does_not_matter(scores, due, rng):
    scores = list(dict(scores).items())
    shuffled = rng.sample(scores, len(scores))
    assert line(*scores, due=due) == line(*shuffled, due=due)
    assert len(line(*scores, due=due).gaps) >= len(set(due)) - len(scores)


def test_a_stored_decimal_and_a_stored_kind_are_read_exactly():
    point = ScorePoint(START, Decimal("4.500"), "prorated")
    assert (point.value, point.kind) == (Fraction(9, 2), PointKind.PRORATED)
    with pytest.raises(ValueError, match="guess"):
        ScorePoint(START, Fraction(4), "guess")
