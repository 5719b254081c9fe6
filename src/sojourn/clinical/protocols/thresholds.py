"""The practice's own thresholds: which numbers of the rules it may set, and the rules with its numbers in them.

Only what rests on program policy alone may be set, only where a clinician enters the fact (so that the free assessment
answers everybody by the same rules), and an absolute rule only more strictly.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from sojourn.clinical.evidence import Basis, Citation, Provenance
from sojourn.clinical.protocols.conditions import AllOf, AnyOf, Compares, Condition, leaves_of
from sojourn.clinical.protocols.questions import CLINICIAN, Question, question
from sojourn.clinical.protocols.rule_set import RuleSet
from sojourn.clinical.protocols.rules import Rule, Severity

NEVER_LOOSER = {Severity.HELP_NOW, Severity.ABSOLUTE}
FEWER_WHEN_HIGHER = {"at_least", "above"}
PRACTICE = "+practice"


class ThresholdRefused(ValueError):
    """This number may not be set to that; the message says why, in words for the person who asked."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A number the practice sets for itself, in place of the one of this version of a rule."""

    rule_id: str
    rule_version: str
    fact: str
    relation: str
    limit: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of a rule that the practice may set. `only_stricter`: never so that the rule speaks less often."""

    rule: Rule
    fact: Question
    relation: str
    limit: float
    only_stricter: bool

    @property
    def in_words(self) -> str:
        """Say the number as the rule uses it, such as "MoCA total below 18 points"."""
        return f"{self.fact.text} {self.relation.replace('_', ' ')} {self.limit:g} {self.fact.unit}".strip()


def thresholds(rules: RuleSet) -> tuple[Threshold, ...]:
    """Give every number a practice may set, in the newest version of each rule, by rule."""
    return tuple(found for rule in _newest(rules) for found in _thresholds_of(rule))


def with_thresholds(rules: RuleSet, adopted: Iterable[Adopted]) -> RuleSet:
    """Put the practice's numbers into the rules. A number that may not stand is left out: the shipped one holds.

    So a release that changes a rule puts the practice back on that rule's own number until it is adopted again,
    and adopting the shipped number is the way back.
    """
    shipped = {
        (each.rule.id, each.rule.version, each.fact.id, each.relation): each.limit
        for each in thresholds(rules)
    }
    standing = tuple(
        sorted(
            (each for each in adopted if not _why_not(rules, each) and each.limit != shipped.get(_key(each))),
            key=_key,
        )
    )
    if not standing:
        return rules
    told = "\n".join(f"{_key(each)} {each.limit!r}" for each in standing)
    return RuleSet(
        version=f"{rules.version}{PRACTICE}.{sha256(told.encode()).hexdigest()[:12]}",
        rules=tuple(_adopting(rule, standing) for rule in rules.rules),
    )


def refuse_threshold(rules: RuleSet, wanted: Adopted) -> None:
    """Raise ThresholdRefused where the practice may not set this number so; `rules` are those that ship."""
    if why := _why_not(rules, wanted):
        raise ThresholdRefused(why)


def _key(adopted: Adopted) -> tuple[str, str, str, str]:
    return (adopted.rule_id, adopted.rule_version, adopted.fact, adopted.relation)


def _newest(rules: RuleSet) -> list[Rule]:
    newest: dict[str, Rule] = {}
    for rule in rules.rules:
        if rule.id not in newest or newest[rule.id].valid_from < rule.valid_from:
            newest[rule.id] = rule
    return [newest[rule_id] for rule_id in sorted(newest)]


def _thresholds_of(rule: Rule) -> Iterator[Threshold]:
    if any(weight.basis is not Basis.PROGRAM_POLICY for weight in rule.weights):
        return
    stricter = rule.only_stricter or any(
        severity in NEVER_LOOSER
        for weight in rule.weights
        for severity in (weight.severity, weight.when_expired)
    )
    for leaf in leaves_of(rule.when):
        asked = question(leaf.fact)
        if isinstance(leaf, Compares) and asked is not None and asked.asked_of == CLINICIAN:
            yield Threshold(rule, asked, leaf.relation, leaf.limit, stricter)


def _why_not(rules: RuleSet, wanted: Adopted) -> str:
    named = [rule for rule in rules.rules if (rule.id, rule.version) == (wanted.rule_id, wanted.rule_version)]
    if not named:
        return f"{wanted.rule_id} {wanted.rule_version} is not in force any more. Adopt a number for its newest version."
    if any(weight.basis is not Basis.PROGRAM_POLICY for weight in named[0].weights):
        return f"{wanted.rule_id} does not rest on program policy alone: a label, trial, guideline or law says it."
    asked = (wanted.fact, wanted.relation)
    threshold = next(
        (each for each in _thresholds_of(named[0]) if (each.fact.id, each.relation) == asked), None
    )
    if threshold is None:
        return f"{wanted.rule_id} has no such number that a practice may set."
    low, high = threshold.fact.low or 0.0, threshold.fact.high or 0.0
    if not low <= wanted.limit <= high:
        return f"Give a number from {low:g} to {high:g}."
    if threshold.only_stricter and _is_looser(threshold, wanted.limit):
        return f"{wanted.rule_id} may only become stricter than {threshold.limit:g}: it forbids, or looks for danger."
    return ""


def _is_looser(threshold: Threshold, limit: float) -> bool:
    """Hold where the rule would speak about fewer people."""
    return limit > threshold.limit if threshold.relation in FEWER_WHEN_HIGHER else limit < threshold.limit


def _adopting(rule: Rule, adopted: tuple[Adopted, ...]) -> Rule:
    mine = {
        (each.fact, each.relation): each.limit
        for each in adopted
        if (each.rule_id, each.rule_version) == (rule.id, rule.version)
    }
    if not mine:
        return rule
    told = "; ".join(
        f"{threshold.in_words} is {mine[threshold.fact.id, threshold.relation]:g} here"
        for threshold in _thresholds_of(rule)
        if (threshold.fact.id, threshold.relation) in mine
    )
    return replace(
        rule,
        version=f"{rule.version}{PRACTICE}",
        when=_with_limits(rule.when, mine),
        says=f"{rule.says} This practice's own policy: {told}.",
        citations=(
            *rule.citations,
            Citation("program-policy", f"this practice: {told}", Provenance.PROGRAM_POLICY),
        ),
    )


def _with_limits(condition: Condition, limits: dict[tuple[str, str], float]) -> Condition:
    match condition:
        case AnyOf(conditions):
            return AnyOf(tuple(_with_limits(inner, limits) for inner in conditions))
        case AllOf(conditions):
            return AllOf(tuple(_with_limits(inner, limits) for inner in conditions))
        case Compares(fact, relation):
            return replace(condition, limit=limits.get((fact, relation), condition.limit))
        case _:
            return condition
