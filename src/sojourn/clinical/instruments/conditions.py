"""The closed vocabulary in which data files speak about answers. A new word is a function here, not there.

Forms: `{ item, at_least | at_most | is_one_of | unanswered | rises_by }`, `{ scale, at_least | at_most | rises_by }`,
`{ all = [...] }`, `{ any = [...] }`, `{ of = [...], at_least = n }`.
A verdict is True, False, or None where a blank leaves it open. A question that was not asked answers no condition.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sojourn.clinical.evidence import Table

Verdict = bool | None


@dataclass(frozen=True)
class AboutItem:
    item: str
    test: str
    operand: tuple[int, ...]


@dataclass(frozen=True)
class AboutScale:
    scale: str
    test: str
    operand: int


@dataclass(frozen=True)
class CountOf:
    """Holds when at least `at_least` of the parts hold."""

    parts: tuple["Condition", ...]
    at_least: int


Condition = AboutItem | AboutScale | CountOf

ITEM_TESTS = ("at_least", "at_most", "is_one_of", "unanswered", "rises_by")
SCALE_TESTS = ("at_least", "at_most", "rises_by")


@dataclass(frozen=True)
class Facts:
    """What a condition may look at: points of an item and value of a scale, now and before.

    `not_asked` are blanks that are no gaps. In an `unfinished` form a blank may still be filled: it is left open.
    """

    points: Callable[[str], int | None]
    points_before: Callable[[str], int | None]
    value: Callable[[str], Fraction | None]
    value_before: Callable[[str], Fraction | None]
    not_asked: frozenset[str] = frozenset()
    unfinished: bool = False


def verdict(condition: Condition, facts: Facts) -> Verdict:
    """Judge a condition; None where blanks leave it open."""
    match condition:
        case AboutItem():
            return _item_verdict(condition, facts)
        case AboutScale():
            return _scale_verdict(condition, facts)
        case CountOf(parts, at_least):
            verdicts = [verdict(part, facts) for part in parts]
            if verdicts.count(True) >= at_least:
                return True
            return None if verdicts.count(True) + verdicts.count(None) >= at_least else False


def _scale_verdict(condition: AboutScale, facts: Facts) -> Verdict:
    value = facts.value(condition.scale)
    if value is None:
        return None
    match condition.test:
        case "at_least":
            return value >= condition.operand
        case "at_most":
            return value <= condition.operand
        case _:
            before = facts.value_before(condition.scale)
            return before is not None and value - before >= condition.operand


def _item_verdict(condition: AboutItem, facts: Facts) -> Verdict:
    points = facts.points(condition.item)
    if points is None and condition.item in facts.not_asked:
        return False
    if condition.test == "unanswered":
        return (None if facts.unfinished else True) if points is None else False
    if points is None:
        return None
    match condition.test:
        case "at_least":
            return points >= condition.operand[0]
        case "at_most":
            return points <= condition.operand[0]
        case "is_one_of":
            return points in condition.operand
        case _:
            before = facts.points_before(condition.item)
            return before is not None and points - before >= condition.operand[0]


def read_condition(row: Table, key: str = "when") -> Condition:
    """Read the condition under the key. Raise DataFileInvalid for any form outside the vocabulary."""
    allowed = ("item", "scale", "all", "any", "of", *ITEM_TESTS)
    return _condition(row.table(key, allowed=allowed))


def mentioned(condition: Condition) -> tuple[frozenset[str], frozenset[str]]:
    """Collect the items and the scales a condition speaks about."""
    match condition:
        case AboutItem(item):
            return frozenset({item}), frozenset()
        case AboutScale(scale):
            return frozenset(), frozenset({scale})
        case CountOf(parts):
            pairs = [mentioned(part) for part in parts]
            return frozenset().union(*(i for i, _ in pairs)), frozenset().union(*(s for _, s in pairs))


def asks_for_blank(condition: Condition, item_id: str) -> bool:
    """Tell whether a condition looks for this item left blank."""
    match condition:
        case AboutItem(item, test):
            return (item, test) == (item_id, "unanswered")
        case CountOf(parts):
            return any(asks_for_blank(part, item_id) for part in parts)
    return False


def _condition(row: Table) -> Condition:
    subjects = [key for key in ("item", "scale", "all", "any", "of") if key in row]
    if len(subjects) != 1:
        raise row.refuse("when", "name exactly one of item, scale, all, any, of")
    subject = subjects[0]
    tests = [key for key in row.values if key != subject]
    if subject in {"all", "any", "of"}:
        return _count(row, subject, tests)
    known = ITEM_TESTS if subject == "item" else SCALE_TESTS
    if len(tests) != 1 or tests[0] not in known:
        raise row.refuse(subject, f"follow it with exactly one of {', '.join(known)}")
    test = tests[0]
    if subject == "scale":
        return AboutScale(row.text("scale"), test, row.whole(test))
    if test == "unanswered":
        if not row.flag(test):
            raise row.refuse(test, "write true, or leave the condition out")
        return AboutItem(row.text("item"), test, ())
    operand = row.wholes(test) if test == "is_one_of" else (row.whole(test),)
    if not operand:
        raise row.refuse(test, "list at least one value")
    return AboutItem(row.text("item"), test, operand)


def _count(row: Table, subject: str, tests: list[str]) -> CountOf:
    if tests != (["at_least"] if subject == "of" else []):
        raise row.refuse(subject, "write { all = [...] }, { any = [...] } or { of = [...], at_least = n }")
    allowed = ("item", "scale", "all", "any", "of", *ITEM_TESTS)
    parts = tuple(_condition(part) for part in row.tables(subject, allowed=allowed))
    needed = {"all": len(parts), "any": 1}.get(subject) or row.whole("at_least")
    if not 1 <= needed <= len(parts):
        raise row.refuse(subject, "list at least as many conditions as must hold")
    return CountOf(parts, needed)
