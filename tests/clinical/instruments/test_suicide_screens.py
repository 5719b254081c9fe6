"""C-SSRS and ASQ: the gravest answer decides, and a blank never reads as “no”."""

import pytest

from sojourn.clinical.instruments import (
    Category,
    Unscorable,
    all_instruments,
    contradictions,
    critical_answers,
    get,
    triage,
    unanswered,
)
from tests.clinical.instruments.answering import answered

SCREENER = get("c-ssrs-screener")
SINCE = get("c-ssrs-since-last-contact")
ASQ = get("asq")


def screen(*values, **named):
    return triage(SCREENER, answered(SCREENER, *values, **named))


def alarms(instrument, *values, **named):
    return [
        c.reason.split(".")[-1] for c in critical_answers(instrument, answered(instrument, *values, **named))
    ]


@pytest.mark.parametrize(
    ("values", "ever", "recent", "level"),
    [
        ((0, 0), 0, None, "none-reported"),
        ((1, 0), 0, None, "low"),
        ((0, 1, 0, 0, 0), 0, None, "low"),
        ((1, 1, 1, 0, 0), 0, None, "moderate"),
        ((0, 0), 1, 0, "moderate"),
        ((0, 1, 0, 1, 0), 0, None, "high"),
        ((0, 1, 0, 0, 1), 0, None, "high"),
        ((0, 0), 1, 1, "high"),
        ((1, 1, 1, 1, 1), 1, 1, "high"),
    ],
)
def test_each_answer_has_its_level(values, ever, recent, level):
    assert screen(*values, **{"q6": ever, "q6-recent": recent}).level.id == level


def test_questions_after_a_no_are_not_asked_and_are_no_gap():
    answers = answered(SCREENER, 0, 0, q6=0)
    assert unanswered(SCREENER, answers) == ()
    assert critical_answers(SCREENER, answers) == ()


def test_a_blank_that_could_be_graver_is_said_with_the_level_that_is_certain():
    found = screen(1, 1, 1, None, 0, q6=0)
    assert (found.level.id, found.could_be, found.blank) == ("moderate", ("high",), ("q4",))


def test_a_blank_never_reads_as_none_reported():
    assert isinstance(screen(0, None, q6=0), Unscorable)
    assert isinstance(screen(), Unscorable)
    assert isinstance(screen(0, 0), Unscorable)


def test_intent_reported_after_thoughts_denied_is_high_and_a_contradiction():
    answers = answered(SCREENER, 0, 0, None, 1, q6=0)
    assert triage(SCREENER, answers).level.id == "high"
    assert [found.id for found in contradictions(SCREENER, answers)] == ["thoughts-denied"]


def test_recent_behavior_is_high_although_behavior_ever_was_denied():
    found = screen(0, 0, **{"q6": 0, "q6-recent": 1})
    assert found.level.id == "high"


@pytest.mark.parametrize(
    ("values", "ever", "raised"),
    [((0, 0), 0, []), ((1, 0), 0, ["low"]), ((1, 1, 1, 0, 0), 0, ["moderate"]), ((1, 1, 1, 1, 0), 0, ["high"]),
     ((1, 1, 1, None, 0), 0, ["moderate", "not-answered"]), ((), None, ["not-answered"])],
)  # fmt: skip
def test_every_yes_and_every_blank_raises_its_alarm(values, ever, raised):
    assert alarms(SCREENER, *values, q6=ever) == raised


def test_since_last_contact_counts_any_behavior_as_recent():
    assert triage(SINCE, answered(SINCE, 0, 0, q6=1)).level.id == "high"
    assert triage(SINCE, answered(SINCE, 0, 0, q6=0)).level.id == "none-reported"


@pytest.mark.parametrize(
    ("values", "level"),
    [((0, 0, 0, 0), "negative"), ((1, 0, 0, 0, 0), "positive"), ((0, 0, 0, 1, 0), "positive"),
     ((0, 0, 1, 0, 1), "acute"), ((0, None, 0, 0), "positive"), ((1, 0, 0, 0, None), "positive"), ((), "positive")],
)  # fmt: skip
def test_asq_is_positive_for_any_yes_and_for_a_refusal(values, level):
    found = triage(ASQ, answered(ASQ, *values))
    assert isinstance(found, Category)
    assert found.level.id == level


def test_asq_with_item_5_blank_after_a_yes_may_be_acute():
    assert triage(ASQ, answered(ASQ, 1, 0, 0, 0, None)).could_be == ("acute",)


def test_a_blank_asq_raises_the_not_answered_alarm():
    assert alarms(ASQ) == ["not-answered"]
    assert alarms(ASQ, 0, 0, 0, 0) == []
    assert alarms(ASQ, 0, 1, 0, 0, 0) == ["positive"]


def test_blanks_of_an_unfinished_form_are_no_alarm_yet_but_its_answers_are():
    half = answered(ASQ, None, 1)
    assert [c.reason for c in critical_answers(ASQ, half, unfinished=True)] == ["asq.positive"]
    assert critical_answers(ASQ, answered(ASQ, 0), unfinished=True) == ()


def test_every_question_about_suicide_alarms_when_it_is_left_blank():
    about_suicide = [(i, item.id) for i in all_instruments() for item in i.items if item.about_suicide]
    assert {i.id for i, _ in about_suicide} == {
        "phq-9", "asq", "c-ssrs-screener", "c-ssrs-since-last-contact", "qids-sr16", "madrs", "next-day",
    }  # fmt: skip
    for instrument, item_id in about_suicide:
        highest = {item.id: item.options[-1].value for item in instrument.items} | {item_id: None}
        reasons = [c.reason for c in critical_answers(instrument, answered(instrument, **highest))]
        assert any("not-answered" in reason or "not-rated" in reason for reason in reasons), (
            instrument.id,
            item_id,
        )
