"""Raw answers are read exactly: refused outside what is offered, never clipped, and blank stays blank."""

import json

import pytest

from sojourn.clinical.instruments import AnswersInvalid, answers_from_json, get, read_answers
from tests.clinical.instruments.answering import answered

PHQ_9 = get("phq-9")


@pytest.mark.parametrize(
    "raw", ["4", "-1", "7", "2.0", "03", "２", "two", "1e0", "9" * 5000, 4, -1, True, 2.0, [1], "<script>"]
)
def test_an_answer_that_was_not_offered_is_refused(raw):
    with pytest.raises(AnswersInvalid) as refused:
        read_answers(PHQ_9, {"q1": raw, "q2": "1"})
    assert list(refused.value.problems) == ["q1"]
    assert "Choose one of the answers shown" in refused.value.problems["q1"]


def test_every_problem_is_named_at_once_and_no_answer_is_repeated():
    with pytest.raises(AnswersInvalid) as refused:
        read_answers(PHQ_9, {"q1": "9", "q9": "9", "q10": "1"})
    assert set(refused.value.problems) == {"q1", "q9", "q10"}
    assert "9." not in str(refused.value)


@pytest.mark.parametrize("raw", [None, "", "  "])
def test_blank_is_blank(raw):
    answers = read_answers(PHQ_9, {"q1": raw})
    assert answers["q1"] is None
    assert len(answers.blank) == 10


def test_offered_values_are_read_from_text_and_number():
    answers = read_answers(PHQ_9, {"q1": " 3 ", "q2": 0})
    assert (answers["q1"], answers["q2"]) == (3, 0)


def test_stored_answers_come_back_the_same():
    answers = answered(PHQ_9, 0, 1, 2, 3, None, difficulty=2)
    assert answers_from_json(PHQ_9, json.loads(json.dumps(answers.as_json()))) == answers


def test_stored_answers_of_another_definition_are_not_read():
    stored = answered(PHQ_9, 1).as_json()
    with pytest.raises(ValueError, match="another definition"):
        answers_from_json(get("phq-2"), stored)
    with pytest.raises(ValueError, match="another definition"):
        answers_from_json(PHQ_9, stored | {"definition_hash": "0" * 64})


def test_stored_answers_without_values_are_refused_rather_than_blank():
    with pytest.raises(AnswersInvalid):
        answers_from_json(PHQ_9, answered(PHQ_9, 1).as_json() | {"values": None})
