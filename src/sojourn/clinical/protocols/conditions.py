"""The closed vocabulary in which a rule says when it applies. The answer is yes, no or unknown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

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

RELATIONS = ("at_least", "above", "at_most", "below")


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


def answer(condition: Condition, known: Mapping[str, Known]) -> Answer:
    """Say whether a condition holds for what is known; a fact that is missing or "unknown" leaves it open."""
    match condition:
        case AnyOf(conditions):
            return _any({answer(inner, known) for inner in conditions})
        case AllOf(conditions):
            return _all({answer(inner, known) for inner in conditions})
        case IsOneOf(fact, choices):
            value = known.get(fact, UNKNOWN)
            return Answer.UNKNOWN if value == UNKNOWN else _yes_no(value in choices)
        case Includes(fact, entries):
            return _includes(known.get(fact, frozenset()), entries)
        case Compares(fact, relation, limit):
            number = known.get(fact)
            return _yes_no(_compare(number, relation, limit)) if isinstance(number, float) else Answer.UNKNOWN


def _yes_no(held: bool) -> Answer:  # noqa: FBT001 - the fact itself
    return Answer.YES if held else Answer.NO


def _any(answers: set[Answer]) -> Answer:
    if Answer.YES in answers:
        return Answer.YES
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.NO


def _all(answers: set[Answer]) -> Answer:
    if Answer.NO in answers:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in answers else Answer.YES


def _includes(ticked: Known, entries: tuple[str, ...]) -> Answer:
    if not isinstance(ticked, frozenset):
        return Answer.UNKNOWN
    if ticked & set(entries):
        return Answer.YES
    return Answer.UNKNOWN if UNKNOWN in ticked or not ticked else Answer.NO


def _compare(value: float, relation: str, limit: float) -> bool:
    match relation:
        case "at_least":
            return value >= limit
        case "above":
            return value > limit
        case "at_most":
            return value <= limit
        case _:
            return value < limit
