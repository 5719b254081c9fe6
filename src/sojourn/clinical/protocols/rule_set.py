"""All rules together: proved by their own examples, never silent, and versioned by their content."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence import Table, read_table, toml_files
from sojourn.clinical.protocols.conditions import Compares, Includes, IsOneOf, Leaf, answer, leaves_of
from sojourn.clinical.protocols.facts import DERIVED_FROM, FactsInvalid, known, read_facts
from sojourn.clinical.protocols.questions import DATA, question
from sojourn.clinical.protocols.rules import Example, Rule, rules_in

RULES = DATA / "eligibility"
FINEST_STEP = 1.0  # an example this close to a limit, on either side of it, counts as standing at its edge


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules with the version that names them: the day of the latest change and a hash of the content."""

    version: str
    rules: tuple[Rule, ...]

    def on(self, day: date) -> tuple[tuple[Rule, bool], ...]:
        """Give for each rule id the version to use that day, and whether it is out of date, ordered by id.

        Where no version is in force, the nearest one is used and marked: a rule may not fall silent.
        """
        versions: dict[str, list[Rule]] = {}
        for rule in self.rules:
            versions.setdefault(rule.id, []).append(rule)
        return tuple(_version_for(versions[rule_id], day) for rule_id in sorted(versions))


def _version_for(versions: list[Rule], day: date) -> tuple[Rule, bool]:
    for rule in versions:
        if rule.is_in_force(day):
            return rule, False
    begun = [rule for rule in versions if rule.valid_from <= day]
    latest = max(begun, key=lambda rule: rule.valid_from, default=None)
    return latest or min(versions, key=lambda rule: rule.valid_from), True


@cache
def rule_set() -> RuleSet:
    """Give the rules this release ships."""
    return read_rule_set(RULES, DATA / "questions.toml")


def read_rule_set(folder: Traversable, question_file: Traversable) -> RuleSet:
    """Read the rules of a folder. Raises DataFileInvalid.

    The version covers the questions too: changing what is asked changes what an answer means.
    """
    found: list[Rule] = []
    digest = sha256(question_file.read_bytes())
    for file in toml_files(folder):
        digest.update(file.read_bytes())
        found.extend(_proved_rules_in(file))
    _refuse_overlaps(found, folder)
    released = max(rule.version for rule in found)
    return RuleSet(version=f"{released}+{digest.hexdigest()[:12]}", rules=tuple(found))


def _proved_rules_in(file: Traversable) -> list[Rule]:
    table = read_table(file, allowed=("defaults",), required=("rule",))
    rules = rules_in(table)
    for rule in rules:
        for defect in defects_of(rule):
            raise table.refuse(rule.id, defect)
    return rules


def defects_of(rule: Rule) -> Iterator[str]:
    """Say what keeps a rule from being trusted: unknown words, wrong examples, edges without an example."""
    unknown = [problem for leaf in leaves_of(rule.when) if (problem := _unknown_word(leaf))]
    yield from unknown
    if not unknown:
        yield from _wrong_examples(rule)
        yield from _unproved_edges(rule)


def _unknown_word(leaf: Leaf) -> str | None:
    asked = question(DERIVED_FROM.get(leaf.fact, leaf.fact))
    if asked is None:
        return f"the fact '{leaf.fact}' is not asked; add it to questions.toml or correct its name"
    words = leaf.choices if isinstance(leaf, IsOneOf) else leaf.entries if isinstance(leaf, Includes) else ()
    allowed = {option.value for option in asked.options}
    if wrong := [word for word in words if word not in allowed and leaf.fact == asked.id]:
        return f"'{wrong[0]}' is no answer to '{leaf.fact}'; use one of {', '.join(sorted(allowed))}"
    return None


def _wrong_examples(rule: Rule) -> Iterator[str]:
    for example in rule.examples:
        try:
            met = answer(rule.when, _known_in(rule, example))
        except FactsInvalid as refused:
            yield f"the example {dict(example.facts)} cannot be read: {refused}"
        else:
            if met != example.met:
                yield f"the example {dict(example.facts)} should be '{example.met}' but comes out as '{met}'"


def _unproved_edges(rule: Rule) -> Iterator[str]:
    proofs = [(_known_in(rule, example), example.met) for example in rule.examples]
    if not {"yes", "no"} <= {met for _, met in proofs}:
        yield "needs at least one example that is met and one that is not"
    for leaf in leaves_of(rule.when):
        if isinstance(leaf, Compares):
            near = [found for facts, _ in proofs if isinstance(found := facts.get(leaf.fact), float)]
            at, beside = leaf.limit in near, any(0 < abs(value - leaf.limit) <= FINEST_STEP for value in near)
            if not (at and beside):
                yield f"needs examples with '{leaf.fact}' at {leaf.limit:g} and just beside it"
            continue
        words = leaf.choices if isinstance(leaf, IsOneOf) else leaf.entries
        for word in words:
            if not any(met == "yes" and _holds(facts.get(leaf.fact), word) for facts, met in proofs):
                yield f"needs an example with '{leaf.fact}' as '{word}'"


def _holds(value: object, word: str) -> bool:
    return word in value if isinstance(value, frozenset) else value == word


def _known_in(rule: Rule, example: Example) -> dict[str, str | float | frozenset[str]]:
    facts = read_facts(dict(example.facts))
    return known(facts, on=example.on or rule.valid_from, licensed_states=example.licensed_states)


def _refuse_overlaps(rules: list[Rule], folder: Traversable) -> None:
    for place, rule in enumerate(rules):
        for other in rules[:place]:
            ends_before = rule.valid_to is not None and rule.valid_to < other.valid_from
            begins_after = other.valid_to is not None and other.valid_to < rule.valid_from
            if rule.id == other.id and not (ends_before or begins_after):
                where = Table(folder.name, {})
                raise where.refuse(
                    rule.id, "two versions hold on the same day; end the older with `valid_to`"
                )
