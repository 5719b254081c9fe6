"""All rules together: proved by their own examples, never silent, and versioned by their content."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources.abc import Traversable

from sojourn.clinical.evidence import Table, read_table, toml_files
from sojourn.clinical.protocols.findings import Speaker, speaker_for
from sojourn.clinical.protocols.histories import refuse_broken_histories
from sojourn.clinical.protocols.proofs import defects_of
from sojourn.clinical.protocols.questions import DATA
from sojourn.clinical.protocols.rules import Rule, Setting, rules_in

RULES = DATA / "eligibility"


MOST_DAYS = 400  # how many days a rule set remembers which versions hold


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Rules with the version that names them: the day of the latest change and a hash of the content."""

    version: str
    rules: tuple[Rule, ...]
    _ready: dict[tuple[date, tuple[Setting, ...]], tuple[Speaker, ...]] = field(
        default_factory=dict, init=False, repr=False
    )

    def on(self, day: date) -> tuple[tuple[Rule, bool], ...]:
        """Give for each rule id the version to use that day, and whether it is out of date, ordered by id.

        Where no version is in force, the nearest one is used and marked: a rule may not fall silent.
        """
        versions: dict[str, list[Rule]] = {}
        for rule in self.rules:
            versions.setdefault(rule.id, []).append(rule)
        return tuple(_version_for(versions[rule_id], day) for rule_id in sorted(versions))

    def speakers(self, day: date, asked: tuple[Setting, ...]) -> tuple[Speaker, ...]:
        """Give the rules of that day ready to judge in these settings, ordered by id. Made once a day."""
        key = (day, asked)
        if key not in self._ready:
            if len(self._ready) >= MOST_DAYS:
                self._ready.clear()
            self._ready[key] = tuple(
                speaker_for(rule, expired=expired, asked=asked) for rule, expired in self.on(day)
            )
        return self._ready[key]


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
        proved = _proved_rules_in(file)
        refuse_broken_histories(Table(file.name, {}), proved)
        if twice := {rule.id for rule in proved} & {rule.id for rule in found}:
            raise Table(file.name, {}).refuse(
                min(twice), "stands in another file too; keep its versions together"
            )
        found.extend(proved)
    released = max(rule.version for rule in found)
    return RuleSet(version=f"{released}+{digest.hexdigest()[:12]}", rules=tuple(found))


def _proved_rules_in(file: Traversable) -> list[Rule]:
    table = read_table(file, allowed=("defaults",), required=("rule",))
    rules = rules_in(table)
    for rule in rules:
        for defect in defects_of(rule):
            raise table.refuse(rule.id, defect)
    return rules
