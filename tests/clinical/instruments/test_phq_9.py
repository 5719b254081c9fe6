"""PHQ-9: published worked examples, blanks, and the question about self-harm."""

from datetime import timedelta
from fractions import Fraction

import pytest

from sojourn.clinical.instruments import (
    Score,
    Unscorable,
    band_of,
    critical_answers,
    get,
    pattern_verdict,
    score,
    stated_total_conflict,
)
from tests.clinical.instruments.answering import answered

PHQ_9 = get("phq-9")
SDC_EXAMPLE = (0, 0, 0, 1, 2, 1, 3, 2, 1)


def scored(*values):
    result = score(PHQ_9, answered(PHQ_9, *values))
    assert isinstance(result, Score)
    return result


def alarms(*values, previous=None):
    before = answered(PHQ_9, *previous) if previous else None
    return critical_answers(PHQ_9, answered(PHQ_9, *values), previous=before)


@pytest.mark.parametrize(
    ("values", "total", "band"),
    [
        ((2, 2, 2, 2, 1, 1, 2, 0, 0), 12, "moderate"),  # US Core and behavioral health examples
        ((0, 0, 1, 1, 1, 0, 0, 0, 0), 3, "minimal"),  # personal health record guide
        ((3,) * 9, 27, "severe"),  # German medical informatics initiative
        (SDC_EXAMPLE, 10, "moderate"),  # structured data capture guide, which says 13
    ],
)
def test_published_examples_give_the_sum_of_their_items(values, total, band):
    result = scored(*values)
    assert (result.value, result.band.label, result.prorated, result.answered) == (total, band, False, 9)


def test_the_published_total_of_13_conflicts_with_its_own_answers():
    conflict = stated_total_conflict(instrument=PHQ_9, answers=answered(PHQ_9, *SDC_EXAMPLE), stated=13)
    assert (conflict.stated, conflict.computed) == (13, 10)
    assert stated_total_conflict(instrument=PHQ_9, answers=answered(PHQ_9, *SDC_EXAMPLE), stated="10") is None


def test_a_stated_total_of_an_unscorable_form_is_a_conflict_too():
    conflict = stated_total_conflict(instrument=PHQ_9, answers=answered(PHQ_9, 1, 1), stated=2)
    assert conflict.computed is None
    assert "2 of 9 questions answered" in conflict.reason


def test_one_blank_is_prorated_and_its_band_rounds_half_up():
    result = scored(1, 1, 1, 1, 0, 0, 0, 0, None)
    assert (result.value, result.prorated, result.answered, result.of) == (Fraction(9, 2), True, 8, 9)
    assert result.band.label == "mild"
    assert result.missing_rule == "prorate-mean"


def test_two_blanks_are_prorated_and_three_are_not_scorable():
    assert scored(3, 3, 3, 3, 3, 3, 3, None, None).value == 27
    result = score(PHQ_9, answered(PHQ_9, 3, 3, 3, 3, 3, 3, None, None, None))
    assert isinstance(result, Unscorable)
    assert result.missing == ("q7", "q8", "q9")
    assert result.reason == "6 of 9 questions answered; a score needs 7"


def test_nothing_answered_is_no_score_rather_than_zero():
    assert isinstance(score(PHQ_9, answered(PHQ_9)), Unscorable)


def test_the_question_about_difficulty_is_not_part_of_the_score():
    with_difficulty = score(PHQ_9, answered(PHQ_9, *SDC_EXAMPLE, difficulty=3))
    assert with_difficulty.value == 10


def test_the_two_worst_difficulties_keep_their_order_although_their_codes_do_not():
    codes = [option.code for option in PHQ_9.item("difficulty").options]
    assert codes == ["LA6572-7", "LA6573-5", "LA6575-0", "LA6574-3"]


@pytest.mark.parametrize(
    ("total", "band"),
    [(0, "minimal"), (4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate"), (14, "moderate"),
     (15, "moderately severe"), (19, "moderately severe"), (20, "severe"), (27, "severe")],
)  # fmt: skip
def test_bands_change_where_published(total, band):
    assert band_of(PHQ_9, total).label == band


def test_a_value_outside_the_scale_has_no_band():
    with pytest.raises(ValueError, match="outside the range"):
        band_of(PHQ_9, 28)


@pytest.mark.parametrize(("answer", "severity"), [(1, "amber"), (2, "red"), (3, "red")])
def test_any_thought_of_self_harm_raises_one_alarm(answer, severity):
    (alarm,) = alarms(0, 0, 0, 0, 0, 0, 0, 0, answer)
    assert (alarm.severity, alarm.item_id) == (severity, "q9")


def test_a_partial_response_still_raises_the_self_harm_alarm():
    (alarm,) = alarms(None, None, None, None, None, None, None, None, 2)
    assert alarm.reason == "phq-9.item-9.often"
    assert alarm.acknowledge_within == timedelta(minutes=15)


def test_a_blank_self_harm_question_is_an_alarm_and_not_a_zero():
    (alarm,) = alarms(0, 0, 0, 0, 0, 0, 0, 0, None)
    assert alarm.reason == "phq-9.item-9.not-answered"
    assert "Not answered is not “no”" in alarm.says


def test_a_form_with_nothing_answered_still_raises_the_not_answered_alarm():
    assert [alarm.reason for alarm in alarms()] == ["phq-9.item-9.not-answered"]


def test_no_thought_of_self_harm_raises_nothing():
    assert alarms(3, 3, 3, 3, 3, 3, 3, 3, 0) == ()


def test_a_rise_since_the_last_form_is_red_and_raised_once():
    (alarm,) = alarms(0, 0, 0, 0, 0, 0, 0, 0, 1, previous=(0,) * 9)
    assert (alarm.reason, alarm.severity) == ("phq-9.item-9.rise", "red")
    (same,) = alarms(0, 0, 0, 0, 0, 0, 0, 0, 1, previous=(0, 0, 0, 0, 0, 0, 0, 0, 1))
    assert same.reason == "phq-9.item-9.some"


@pytest.mark.parametrize(
    ("values", "met"),
    [
        ((2, 2, 2, 2, 1, 1, 2, 0, 0), True),  # five symptoms
        (SDC_EXAMPLE, False),  # no core symptom
        ((2, 0, 2, 2, 2, 0, 0, 0, 1), True),  # item 9 counts from several days
        ((2, 0, 2, 2, 1, 1, 1, 1, 1), False),  # four symptoms
        ((2, 2, 2, 2, None, 0, 0, 0, 0), None),  # the blank could be the fifth
        ((2, 2, 2, 2, 2, None, None, None, None), True),  # no blank can undo five
    ],
)
def test_the_diagnostic_algorithm_leaves_open_what_a_blank_decides(values, met):
    assert pattern_verdict(PHQ_9, answered(PHQ_9, *values), "major-depressive-syndrome") is met
