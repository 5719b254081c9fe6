"""Proves a rule by its own examples: known words, right answers, and an example on each side of every edge."""

from collections.abc import Iterator

from sojourn.clinical.protocols.conditions import Compares, Includes, IsOneOf, Leaf, answer, leaves_of
from sojourn.clinical.protocols.derived import asked_for, known
from sojourn.clinical.protocols.facts import FactsInvalid, read_facts
from sojourn.clinical.protocols.questions import question
from sojourn.clinical.protocols.rules import Example, Rule

FINEST_STEP = 1.0  # an example this close to a limit, on either side of it, counts as standing at its edge


def defects_of(rule: Rule) -> Iterator[str]:
    """Say what keeps a rule from being trusted: unknown words, wrong examples, edges without an example."""
    unknown = [problem for leaf in leaves_of(rule.when) if (problem := _unknown_word(leaf))]
    yield from unknown
    if not unknown:
        yield from _wrong_examples(rule)
        yield from _unproved_edges(rule)


def _unknown_word(leaf: Leaf) -> str | None:
    asked = next(map(question, asked_for(leaf.fact)))
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
