"""Bad input of one patient: each has a defined result that says so in words."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from sojourn.clinical import instruments, outcomes
from sojourn.clinical.outcomes import PointKind, ScoreOutsideScale, ScorePoint, SessionKind, SessionMark
from sojourn.clinical.outcomes.response import RemissionVerdict, ResponseVerdict

PHQ9 = instruments.get("phq-9")
DAY = date(2026, 3, 2)


def line(*values, sessions=(), due=()):
    points = [ScorePoint(DAY + timedelta(days=day), Fraction(str(value))) for day, value in values]
    return outcomes.trajectory(instrument=PHQ9, points=points, sessions=sessions, due=due)


@pytest.mark.parametrize("value", [99, -1, 28, "-0.25", 27.5])
def test_a_value_outside_the_scale_is_refused_with_day_and_range(value):
    with pytest.raises(
        ScoreOutsideScale, match=r"2026-03-02: scores go from 0 to 27; a missed visit is left out"
    ):
        line((0, value))


@pytest.mark.parametrize("value", [0, 27, 12.5])
def test_the_ends_of_the_scale_and_a_prorated_half_are_scores(value):
    assert line((0, value)).latest.value == Fraction(str(value))


def test_of_two_scores_on_one_day_the_later_counts_and_it_is_said():
    two = line((0, 18), (0, 12), (7, 9))
    assert "2 scores on March 2, 2026: the later one counts." in outcomes.oddities(two)
    dosed = line((0, 18), (0, 12), (7, 9), sessions=[SessionMark(DAY, SessionKind.DOSING)])
    assert dosed.baseline.point.value == 12
    assert dosed.latest.change.points == -3


def test_a_zero_between_high_scores_is_asked_about_and_kept():
    odd = line((0, 18), (7, 0), (14, 17))
    assert outcomes.oddities(odd) == (
        "0 on March 9, 2026 stands between 18 and 17: was a missed visit written as 0?",
    )
    assert [point.value for point in odd.points] == [18, 0, 17]
    assert outcomes.oddities(line((0, 18), (7, 0), (14, 3))) == ()


def test_a_last_zero_right_after_a_high_score_is_asked_about_and_kept():
    odd = line((0, 18), (7, 17), (14, 0))
    assert outcomes.oddities(odd) == (
        "0 on March 16, 2026 comes right after 17: was a missed visit written as 0?",
    )
    assert odd.latest.value == 0
    assert outcomes.oddities(line((0, 18), (7, 6), (14, 0))) == ()
    assert outcomes.oddities(line((0, 0))) == (
        "The baseline is 0, the lowest score: nothing can fall from there, and no percent is computed.",
    )


def test_a_baseline_of_zero_proves_no_response_and_divides_nothing():
    dosed = line((0, 0), (7, 0), (14, 6), sessions=[SessionMark(DAY, SessionKind.DOSING)])
    assert any("The baseline is 0" in said for said in outcomes.oddities(dosed))
    assert {point.response.verdict for point in dosed.points if point.response} == {
        ResponseVerdict.NOT_JUDGED
    }
    assert dosed.has_worsened


def test_a_changed_version_is_said_with_how_many_of_each():
    said = outcomes.oddities(line((0, 18), (7, 12)), versions=["1", "2", "1"])
    assert said == (
        "The instrument changed: 2 with version 1, 1 with version 2. Scores across versions may not be comparable.",
    )
    assert outcomes.oddities(line((0, 18)), versions=["1", "1"]) == ()


def test_no_score_at_all_is_said_and_nothing_is_computed():
    empty = line()
    assert outcomes.summary_for_clinician(empty) == "PHQ-9: no score yet."
    assert outcomes.summary_for_patient(empty) == "There is no score yet."
    assert outcomes.oddities(empty) == ()


def test_all_missing_is_gaps_and_no_score():
    missed = line(due=[DAY, DAY + timedelta(days=7)])
    assert len(missed.gaps) == 2
    assert "Not answered: 2 of 2 due questionnaires." in outcomes.summary_for_clinician(missed)


def test_one_score_is_no_change():
    one = line((0, 18))
    assert one.latest.change is None
    assert "Your latest score is 18." in outcomes.summary_for_patient(one)


def test_a_score_that_is_not_whole_comes_from_blanks_and_proves_no_remission_alone():
    half = ScorePoint(DAY, Fraction(9, 2), PointKind.PRORATED)
    found = outcomes.trajectory(instrument=PHQ9, points=[half]).latest
    assert found.band.label == "mild"
    assert found.remission is not RemissionVerdict.REMISSION
