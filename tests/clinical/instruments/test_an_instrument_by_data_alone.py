"""A second instrument costs one data file: the vocabulary covers what the planned instruments need."""

from fractions import Fraction
from pathlib import Path

import pytest

from sojourn.clinical.instruments import (
    AnswersInvalid,
    Score,
    TotalImpossible,
    Unscorable,
    band_of,
    contradictions,
    critical_answers,
    not_asked,
    pattern_verdict,
    score,
    score_from_total,
    triage,
)
from sojourn.clinical.instruments.reading import read_instrument
from tests.clinical.instruments.answering import answered

MADE_UP = read_instrument(Path(__file__).with_name("made_up.toml"))


def value(scale_id, *values, **named):
    result = score(MADE_UP, answered(MADE_UP, *values, **named), scale_id=scale_id)
    return result.value if isinstance(result, Score) else None


@pytest.mark.parametrize(
    ("values", "total"), [((1, 3, 2), 5), ((3, None, 0), 3), ((None, 1, 0), 1), ((None, None, 0), None)]
)
def test_of_joined_items_the_highest_counts_and_one_of_them_is_enough(values, total):
    assert value("domains", *values) == total


def test_a_multiplier_stretches_the_total_and_its_steps():
    assert value("times-four", 2, 1, 1) == 16
    assert score_from_total(MADE_UP, 16, scale_id="times-four").value == 16
    with pytest.raises(TotalImpossible, match="a step of 4"):
        score_from_total(MADE_UP, 17, scale_id="times-four")


def test_a_mean_stays_exact_and_may_be_prorated():
    assert value("mean", 1, 1, 2) == Fraction(4, 3)
    assert value("mean", 1, None, 2) == Fraction(3, 2)


def test_a_count_asks_how_many_and_a_reversed_item_counts_its_no():
    assert value("symptoms", 0, 0, 1, 0, 0) == 2
    assert value("symptoms", 0, 0, 0, 0, 1) == 0


def test_values_between_the_offered_ones_are_refused():
    assert value("even", 0, 0, 0, 4) == 4
    with pytest.raises(AnswersInvalid):
        answered(MADE_UP, 0, 0, 0, 1)
    with pytest.raises(TotalImpossible):
        score_from_total(MADE_UP, 3, scale_id="even")


def test_not_applicable_moves_the_score_to_a_scale_of_its_own():
    result = score(MADE_UP, answered(MADE_UP, None, None, 3, None, None, 9), scale_id="with-work")
    assert (result.scale_id, result.value, result.of) == ("without-work", 3, 1)
    assert value("with-work", None, None, 3, None, None, 2) == 5


def test_a_scale_can_be_critical_and_a_blank_leaves_it_open():
    (alarm,) = critical_answers(MADE_UP, answered(MADE_UP, 1, 1, 0))
    assert (alarm.reason, alarm.item_id) == ("made-up.low", None)
    assert critical_answers(MADE_UP, answered(MADE_UP, 1, 1)) == ()


def test_a_question_that_was_not_asked_adds_nothing_and_is_no_gap():
    assert value("gated", 0) == 0
    assert value("gated", 1) is None
    assert value("gated", 1, q7=10) == 11
    assert not_asked(MADE_UP, answered(MADE_UP, 0)) == {"q7"}
    assert not_asked(MADE_UP, answered(MADE_UP)) == set()


def test_an_answer_to_a_question_that_need_not_be_asked_counts_and_is_a_contradiction():
    assert value("gated", 0, q7=4) == 4
    assert [c.id for c in contradictions(MADE_UP, answered(MADE_UP, 0, q7=4))] == ["both"]
    assert contradictions(MADE_UP, answered(MADE_UP, 1, q7=4)) == ()


def test_a_line_offers_every_whole_point_between_its_ends():
    assert [o.value for o in MADE_UP.item("q7").options] == list(range(11))
    with pytest.raises(AnswersInvalid):
        answered(MADE_UP, q7=11)


def test_of_alternatives_one_answer_is_complete_and_other_blanks_are_named():
    result = score(MADE_UP, answered(MADE_UP, 2, None, None), scale_id="either")
    assert (result.value, result.blank) == (2, ("q3",))


def test_a_scale_may_be_compared_with_the_last_time():
    before, now = answered(MADE_UP, 0, 0, 0, 0, 1), answered(MADE_UP, 3, 3, 3, 2, 1)
    assert [c.reason for c in critical_answers(MADE_UP, now, previous=before)] == ["made-up.rise"]
    assert critical_answers(MADE_UP, now) == ()


def test_a_triage_takes_the_gravest_that_holds_and_says_what_blanks_leave_open():
    assert triage(MADE_UP, answered(MADE_UP, 1, 1, 3, 0, 0, 0, q7=0)).level.id == "grave"
    assert triage(MADE_UP, answered(MADE_UP, 1, 1, 2, 0, 0, 0, q7=0)).level.id == "left"
    assert isinstance(triage(MADE_UP, answered(MADE_UP, 1, 1)), Unscorable)


@pytest.mark.parametrize(
    ("values", "met"), [((1, 1, 1, 2), True), ((0, 0, 1, 2), False), ((1, 1, 1), None), ((0, 0, 0), False)]
)
def test_a_pattern_may_join_items_and_scales(values, met):
    assert pattern_verdict(MADE_UP, answered(MADE_UP, *values), "some") is met


def test_a_scale_without_published_bands_has_none():
    assert band_of(MADE_UP, 2, scale_id="mean") is None
    assert MADE_UP.change_set() is None


def test_an_instrument_without_scales_is_not_scorable(tmp_path):
    text = Path(__file__).with_name("made_up.toml").read_text()
    path = tmp_path / "categorical.toml"
    path.write_text(text[: text.index("[[scale]]")])
    categorical = read_instrument(path)
    result = score(categorical, answered(categorical, 1))
    assert isinstance(result, Unscorable)
    assert result.reason == "this instrument has no numeric score"
