"""Lessons: plain, carried by cards, dated, and honest about who read them."""

import re
from datetime import date, timedelta

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.evidence.claim_files import claims
from sojourn.clinical.evidence.lessons import LESSONS, UnknownLesson, lesson, lessons, read_lessons
from tests.support.reading import grade, syllables

HARDEST_GRADE = 9.0
HARDEST_CARD = 10.5  # one card is five sentences: a single long word moves it by a grade


def test_the_grade_of_a_known_text_comes_out_as_published():
    """The opening of Flesch and Kincaid's own kind of example: short words, short sentences."""
    assert grade("The cat sat on the mat. The dog ran to the cat.") == pytest.approx(-1.45, abs=0.3)
    assert grade(
        "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."
    ) == pytest.approx(11.3, abs=1.2)
    counted = {
        "ketamine": 3,
        "table": 2,
        "asked": 1,
        "treated": 2,
        "mood": 1,
        "people": 2,
        "sees": 1,
        "changes": 2,
    }
    assert {word: syllables(word) for word in counted} == counted | {"changes": 1}


@pytest.mark.parametrize("each", lessons(), ids=lambda x: x.id)
def test_a_lesson_reads_at_about_eighth_grade(each):
    assert grade(each.text) <= HARDEST_GRADE


def test_the_truths_of_the_cards_read_at_about_eighth_grade():
    assert grade(" ".join(card.truth for card in claims().values())) <= HARDEST_GRADE
    hard = {
        card.id: round(grade(card.truth), 1) for card in claims().values() if grade(card.truth) > HARDEST_CARD
    }
    assert not hard


def test_what_patients_need_to_know_is_there():
    assert [each.id for each in lessons()] == [
        "how-it-works", "what-improvement-looks-like", "risks", "who-should-not", "sessions", "costs", "driving",
    ]  # fmt: skip


def test_driving_and_risks_have_questions():
    assert {each.id for each in lessons() if each.questions} == {"risks", "driving"}


@pytest.mark.parametrize("each", lessons(), ids=lambda x: x.id)
def test_each_statement_rests_on_a_card_and_states_no_number_of_its_own(each):
    for part in each.parts:
        for statement in part.statements:
            assert statement.cards
            assert not re.search(r"(?<![\w-])\d", statement.says)


@pytest.mark.parametrize("each", lessons(), ids=lambda x: x.id)
def test_no_lesson_rests_on_what_is_not_so(each):
    """A card that refutes a claim may carry a warning, never a promise: its own truth is what is told."""
    for card in each.cards:
        assert card.truth
        assert each.checked_on >= card.checked_on


def test_nobody_is_named_as_reviewer_who_has_not_reviewed():
    assert not [each.id for each in lessons() if each.reviewed_by]
    assert not [card.id for card in claims().values() if card.reviewed_by]


def test_a_statement_is_rechecked_when_one_of_its_cards_is():
    legal = [
        s
        for part in lesson("sessions").parts
        for s in part.statements
        if "is-it-legal" in {c.id for c in s.cards}
    ]
    assert legal
    for statement in legal:
        assert not statement.being_rechecked(on=date(2026, 12, 31))
        assert statement.being_rechecked(on=date(2026, 12, 31) + timedelta(days=1))


def test_an_unanswered_question_is_not_understood():
    driving = lesson("driving")
    right = {q.id: q.correct for q in driving.questions}
    assert driving.wrong_answers(right) == ()
    assert driving.wrong_answers({}) == tuple(q.id for q in driving.questions)
    assert driving.wrong_answers({**right, "when": "evening"}) == ("when",)


@pytest.mark.parametrize(
    ("good", "spoiled", "says"),
    [
        ('cards = ["driving-treatment-day"]', "cards = []", "what has no card is not said"),
        ('cards = ["driving-treatment-day"]', 'cards = ["no-such-card"]', "is no card"),
        ("Do not drive until the next day", "Do not drive for 24 hours", "a number is typed"),
        ("review_by = 2027-05-23\n", "", "`review_by`: is missing"),
        ('correct = "next_day"', 'correct = "never"', "use one of"),
        ("about =", "abuot =", "is not known here"),
    ],
)  # fmt: skip
def test_a_spoiled_lesson_is_refused(tmp_path, good, spoiled, says):
    text = (LESSONS / "driving.toml").read_text()
    assert good in text
    path = tmp_path / "driving.toml"
    path.write_text(text.replace(good, spoiled, 1))
    with pytest.raises(DataFileInvalid, match=re.escape(says)):
        read_lessons((path,))


def test_an_unknown_lesson_is_said_so():
    with pytest.raises(UnknownLesson):
        lesson("juggling")
