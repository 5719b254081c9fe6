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
FEWER_WHEN_HIGHER = {"at_least", "above", "rise"}
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

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names the number, whatever it is set to."""
        return (self.rule_id, self.rule_version, self.fact, self.relation)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number the practice may set, from `low` to `high`, and what the rule it belongs to says.

    `only_stricter`: never so that the rule speaks less often.
    """

    rule_id: str
    rule_version: str
    says: str
    fact: str
    measure: str  # what is measured, in words
    unit: str
    relation: str
    limit: float
    low: float
    high: float
    only_stricter: bool

    @property
    def in_words(self) -> str:
        """Say the number as the rule uses it, such as "MoCA total below 18 points"."""
        return f"{self.measure} {self.relation.replace('_', ' ')} {self.limit:g} {self.unit}".strip()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names the number in every adoption of it."""
        return (self.rule_id, self.rule_version, self.fact, self.relation)

    def is_looser(self, limit: float) -> bool:
        """Hold where the rule would speak about fewer people."""
        return limit > self.limit if self.relation in FEWER_WHEN_HIGHER else limit < self.limit

    def why_not(self, limit: float) -> str:
        """Say why the practice may not set this number, or nothing."""
        if not self.low <= limit <= self.high:
            return f"Give a number from {self.low:g} to {self.high:g}."
        if self.only_stricter and self.is_looser(limit):
            return f"{self.rule_id} may only become stricter than {self.limit:g}: it forbids, or looks for danger."
        return ""


def thresholds(rules: RuleSet) -> tuple[Threshold, ...]:
    """Give every number a practice may set, in the newest version of each rule, by rule."""
    return tuple(found for rule in _newest(rules) for found in _thresholds_of(rule))


def with_thresholds(rules: RuleSet, adopted: Iterable[Adopted]) -> RuleSet:
    """Put the practice's numbers into the rules. A number that may not stand is left out: the shipped one holds.

    So a release that changes a rule puts the practice back on that rule's own number until it is adopted again,
    and adopting the shipped number is the way back.
    """
    shipped = {each.key: each.limit for each in thresholds(rules)}
    standing = tuple(
        sorted(
            (each for each in adopted if not _why_not(rules, each) and each.limit != shipped.get(each.key)),
            key=lambda each: each.key,
        )
    )
    if not standing:
        return rules
    told = "\n".join(f"{each.key} {each.limit!r}" for each in standing)
    return RuleSet(
        version=f"{rules.version}{PRACTICE}.{sha256(told.encode()).hexdigest()[:12]}",
        rules=tuple(_adopting(rule, standing) for rule in rules.rules),
    )


def refuse_threshold(rules: RuleSet, wanted: Adopted) -> None:
    """Raise ThresholdRefused where the practice may not set this number so; `rules` are those that ship."""
    if why := _why_not(rules, wanted):
        raise ThresholdRefused(why)


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
            yield _threshold(rule, asked, leaf, only_stricter=stricter)


def _threshold(rule: Rule, asked: Question, leaf: Compares, *, only_stricter: bool) -> Threshold:
    return Threshold(
        rule_id=rule.id,
        rule_version=rule.version,
        says=rule.says,
        fact=asked.id,
        measure=asked.text,
        unit=asked.unit,
        relation=leaf.relation,
        limit=leaf.limit,
        low=asked.low or 0.0,
        high=asked.high or 0.0,
        only_stricter=only_stricter,
    )


def _why_not(rules: RuleSet, wanted: Adopted) -> str:
    named = [rule for rule in rules.rules if (rule.id, rule.version) == (wanted.rule_id, wanted.rule_version)]
    if not named:
        return f"{wanted.rule_id} {wanted.rule_version} is not in force any more. Adopt a number for its newest version."
    if any(weight.basis is not Basis.PROGRAM_POLICY for weight in named[0].weights):
        return f"{wanted.rule_id} does not rest on program policy alone: a label, trial, guideline or law says it."
    asked = (wanted.fact, wanted.relation)
    threshold = next((each for each in _thresholds_of(named[0]) if (each.fact, each.relation) == asked), None)
    if threshold is None:
        return f"{wanted.rule_id} has no such number that a practice may set."
    return threshold.why_not(wanted.limit)


def _adopting(rule: Rule, adopted: tuple[Adopted, ...]) -> Rule:
    mine = {
        (each.fact, each.relation): each.limit
        for each in adopted
        if (each.rule_id, each.rule_version) == (rule.id, rule.version)
    }
    if not mine:
        return rule
    told = "; ".join(
        f"{threshold.in_words} is {mine[threshold.fact, threshold.relation]:g} here"
        for threshold in _thresholds_of(rule)
        if (threshold.fact, threshold.relation) in mine
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
