"""The rules about suicide and the C-SSRS screener give one level: the one the screener's file works out."""

from itertools import product

import pytest

from sojourn.clinical import instruments, protocols
from sojourn.clinical.protocols.measured import measured
from sojourn.clinical.protocols.suicide_screener import BEHAVIOR, BEHAVIOR_POINTS, SCREENER, items, triaged
from tests.clinical.protocols.days import TODAY

RULE_OF_LEVEL = {"low": "SUI-03", "moderate": "SUI-04", "high": "SUI-05"}
WORDS = ("no", "yes", "unknown")
BEHAVIORS = ("no", "longer_ago", "past_3_months", "unknown")


def screens():
    """Every way to fill the screen: five items and the behavior, each with its unknown."""
    for answered in product(*[WORDS] * len(items()), BEHAVIORS):
        yield dict(zip((*items(), BEHAVIOR), answered, strict=True))


def as_instrument(raw):
    points = {each.item: WORDS.index(raw[name]) for name, each in items().items() if raw[name] != "unknown"}
    points |= BEHAVIOR_POINTS.get(raw[BEHAVIOR], {})
    screener = instruments.get(SCREENER)
    return screener, instruments.read_answers(screener, points)


def levels_found(raw):
    facts = protocols.read_facts(raw)
    evaluation = protocols.evaluate(facts=facts, on=TODAY)
    return {
        finding.rule_id: finding.unknown
        for finding in evaluation.findings
        if finding.rule_id in RULE_OF_LEVEL.values()
    }


def test_a_rule_speaks_surely_for_exactly_the_level_the_screener_gives():
    for raw in screens():
        category = instruments.triage(*as_instrument(raw))
        level = category.level.id if isinstance(category, instruments.Category) else None
        sure = {rule for rule, is_open in levels_found(raw).items() if not is_open}
        assert sure == ({RULE_OF_LEVEL[level]} if level in RULE_OF_LEVEL else set()), raw


def test_a_graver_level_that_blanks_leave_open_is_found_open():
    for raw in screens():
        category = instruments.triage(*as_instrument(raw))
        if isinstance(category, instruments.Category):
            still_open = {RULE_OF_LEVEL[level] for level in category.could_be}
            assert {rule for rule, is_open in levels_found(raw).items() if is_open} == still_open, raw


def test_a_screener_that_was_not_begun_says_nothing():
    assert set(triaged({"phq9_item9": 0.0}).values()) == {"no"}
    assert levels_found({}) == {}


def test_items_left_out_after_a_no_are_no_gaps_and_a_blank_behavior_is_one():
    found = triaged({"cssrs_wish": "no", "cssrs_thoughts": "no", "cssrs_behavior": "no"})
    assert (found["cssrs_high"], found["cssrs_moderate"], found["cssrs_low"]) == ("no", "no", "no")
    assert "cssrs_high" not in triaged({"cssrs_wish": "no", "cssrs_thoughts": "no"})


@pytest.mark.parametrize("item", ["cssrs_method", "cssrs_intent", "cssrs_plan"])
def test_a_yes_after_a_no_to_thoughts_is_a_conflict_and_counts(item):
    found = triaged({"cssrs_wish": "no", "cssrs_thoughts": "no", item: "yes", "cssrs_behavior": "no"})
    assert found["cssrs_conflict"] == "yes"
    assert "yes" in {found["cssrs_moderate"], found["cssrs_high"]}


def test_answers_to_the_screener_come_back_as_the_answers_of_the_screen():
    for raw in screens():
        _, given = as_instrument(raw)
        told = {name: answer for name, answer in raw.items() if answer != "unknown"}
        assert measured({SCREENER: given}) == told
