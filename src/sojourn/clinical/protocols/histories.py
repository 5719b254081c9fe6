"""The versions of one rule over time: each follows the one it replaces, without a gap in the chain or a day twice."""

from collections.abc import Iterable
from itertools import pairwise

from sojourn.clinical.evidence import Table
from sojourn.clinical.protocols.rules import Rule


def refuse_broken_histories(file: Table, rules: Iterable[Rule]) -> None:
    """Raise DataFileInvalid where versions overlap, come twice, replace each other in a circle or leave no trace."""
    versions: dict[str, dict[str, Rule]] = {}
    for rule in rules:
        of_rule = versions.setdefault(rule.id, {})
        if rule.version in of_rule:
            raise file.refuse(rule.id, f"version {rule.version} stands twice; give each its own `version`")
        of_rule[rule.version] = rule
    for rule_id, of_rule in versions.items():
        _refuse_overlaps(file, rule_id, tuple(of_rule.values()))
        _refuse_bad_chain(file, rule_id, of_rule)


def _refuse_overlaps(file: Table, rule_id: str, versions: tuple[Rule, ...]) -> None:
    in_order = sorted(versions, key=lambda rule: rule.valid_from)
    for earlier, later in pairwise(in_order):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            raise file.refuse(rule_id, "two versions hold on the same day; end the older with `valid_to`")


def _refuse_bad_chain(file: Table, rule_id: str, of_rule: dict[str, Rule]) -> None:
    first = min(of_rule.values(), key=lambda rule: rule.valid_from)
    for rule in of_rule.values():
        if rule.replaces is not None and rule.replaces not in of_rule:
            raise file.refuse(rule_id, f"`replaces` names {rule.replaces}, which is no version of this rule")
        if rule.replaces is None and rule is not first:
            raise file.refuse(rule_id, f"say which version {rule.version} follows, with `replaces`")
        seen, before = {rule.version}, rule
        while before.replaces is not None:
            before = of_rule[before.replaces]
            if before.version in seen:
                raise file.refuse(rule_id, "versions replace each other in a circle; correct `replaces`")
            seen.add(before.version)
        if rule.replaces is not None and of_rule[rule.replaces].valid_from > rule.valid_from:
            raise file.refuse(
                rule_id, f"{rule.version} replaces a version that begins later; correct the dates"
            )
