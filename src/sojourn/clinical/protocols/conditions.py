"""The closed vocabulary in which a rule says when it applies. The answer is yes, no or unknown."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

Known = str | float | frozenset[str]
"""What is known about one fact: a choice, a number, or the ticked entries of a checklist."""

UNKNOWN = "unknown"
NONE_OF_THESE = "none"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ConditionInvalid(ValueError):
    """A condition in a data file uses words outside the vocabulary."""


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """The fact is one of these choices."""

    fact: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Includes:
    """The checklist has at least one of these entries ticked."""

    fact: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compares:
    """The number stands in this relation to the limit."""

    fact: str
    relation: str
    limit: float


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple["Condition", ...]


Condition = IsOneOf | Includes | Compares | AnyOf | AllOf
Leaf = IsOneOf | Includes | Compares


def condition_from(table: object) -> Condition:
    """Read a condition from its TOML table. Raises ConditionInvalid, naming what is allowed."""
    if not isinstance(table, dict):
        raise ConditionInvalid(f"a condition is a table such as {{ fact = ..., is = ... }}, not {table!r}")
    if set(table) in ({"any"}, {"all"}):
        (word, parts), *_ = table.items()
        if not isinstance(parts, list) or not parts:
            raise ConditionInvalid(f"'{word}' needs a list of conditions")
        inner = tuple(condition_from(part) for part in parts)
        return AnyOf(inner) if word == "any" else AllOf(inner)
    if len(table) != 2 or "fact" not in table:  # noqa: PLR2004 - a fact and one test of it
        raise ConditionInvalid(f"a condition holds 'fact' and one test, or only 'any' or 'all': {table!r}")
    return _leaf_from(table)


def _leaf_from(table: dict[str, object]) -> Leaf:
    (word,) = set(table) - {"fact"}
    fact, value = str(table["fact"]), table[word]
    match word, value:
        case "is", str():
            return IsOneOf(fact, (value,))
        case "any_of", [_, *_]:
            return IsOneOf(fact, tuple(str(choice) for choice in value))
        case "includes_any", [_, *_]:
            return Includes(fact, tuple(str(entry) for entry in value))
        case relation, int() | float() if relation in RELATIONS and not isinstance(value, bool):
            return Compares(fact, relation, float(value))
    raise ConditionInvalid(
        f"'{word} = {value!r}' is not a test; use is, any_of, includes_any, {', '.join(RELATIONS)}"
    )


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """Walk the tests of single facts inside a condition, in order."""
    if isinstance(condition, AnyOf | AllOf):
        for inner in condition.conditions:
            yield from leaves_of(inner)
    else:
        yield condition


Test = Callable[[Mapping[str, Known]], Answer]
"""Judges a condition by what is known."""


def answer(condition: Condition, known: Mapping[str, Known]) -> Answer:
    """Say whether a condition holds for what is known; a fact that is missing or "unknown" leaves it open."""
    return test_of(condition)(known)


@cache
def test_of(condition: Condition) -> Test:
    """Turn a condition into a function once, so that judging many people by it is fast."""
    match condition:
        case AnyOf(conditions):
            return _unless_one(Answer.YES, tuple(map(test_of, conditions)), otherwise=Answer.NO)
        case AllOf(conditions):
            return _unless_one(Answer.NO, tuple(map(test_of, conditions)), otherwise=Answer.YES)
        case IsOneOf(fact, choices):
            return _is_one_of(fact, frozenset(choices))
        case Includes(fact, entries):
            return _includes(fact, frozenset(entries))
        case Compares(fact, relation, limit):
            return _compares(fact, _RELATIONS[relation], limit)


_RELATIONS: Mapping[str, Callable[[float, float], bool]] = {
    "at_least": operator.ge,
    "above": operator.gt,
    "at_most": operator.le,
    "below": operator.lt,
}
RELATIONS = tuple(_RELATIONS)


def _is_one_of(fact: str, choices: frozenset[str]) -> Test:
    def test(known: Mapping[str, Known]) -> Answer:
        value = known.get(fact, UNKNOWN)
        if value == UNKNOWN:
            return Answer.UNKNOWN
        return Answer.YES if value in choices else Answer.NO

    return test


def _includes(fact: str, entries: frozenset[str]) -> Test:
    def test(known: Mapping[str, Known]) -> Answer:
        ticked = known.get(fact)
        if not isinstance(ticked, frozenset):
            return Answer.UNKNOWN
        if not entries.isdisjoint(ticked):
            return Answer.YES
        return Answer.UNKNOWN if UNKNOWN in ticked or not ticked else Answer.NO

    return test


def _compares(fact: str, stands: Callable[[float, float], bool], limit: float) -> Test:
    def test(known: Mapping[str, Known]) -> Answer:
        value = known.get(fact)
        if not isinstance(value, float):
            return Answer.UNKNOWN
        return Answer.YES if stands(value, limit) else Answer.NO

    return test


def _unless_one(decides: Answer, tests: tuple[Test, ...], *, otherwise: Answer) -> Test:
    """Give `decides` as soon as one test does; else unknown where one of them is, and `otherwise` where none is."""

    def test(known: Mapping[str, Known]) -> Answer:
        found = otherwise
        for each in tests:
            held = each(known)
            if held is decides:
                return held
            if held is Answer.UNKNOWN:
                found = held
        return found

    return test
