"""From facts and rules to findings and a disposition. It is never "eligible": a clinician decides."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sojourn.clinical.protocols.derived import known
from sojourn.clinical.protocols.facts import Facts, refuse_future
from sojourn.clinical.protocols.findings import Finding
from sojourn.clinical.protocols.questions import questions
from sojourn.clinical.protocols.rule_set import RuleSet, rule_set
from sojourn.clinical.protocols.rules import Setting, Severity

ANY_SETTING = "any"


class Disposition(StrEnum):
    """Listed from the one that wins to the one that yields."""

    HELP_NOW = "help_now"
    NOT_A_FIT = "not_a_fit"
    SPECIALIST_FIRST = "specialist_first"
    MAY_BE_A_FIT = "may_be_a_fit"

    @property
    def rank(self) -> int:
        """Zero for the one that wins."""
        return _RANKS[self]


_RANKS = {disposition: rank for rank, disposition in enumerate(Disposition)}


@dataclass(frozen=True, slots=True)
class SettingOutcome:
    setting: Setting
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer, why, and everything needed to find it again: the day, the setting and the rule-set version.

    `unresolved` are rules a clinician must settle; `unanswered` are questions of the assessment left blank.
    """

    disposition: Disposition
    findings: tuple[Finding, ...]
    by_setting: tuple[SettingOutcome, ...]
    unresolved: tuple[str, ...]
    unanswered: tuple[str, ...]
    rule_set_version: str
    on: date
    setting: str
    licensed_states: tuple[str, ...] | None = None

    @property
    def danger_is_said(self) -> bool:
        """True when an answer tells of danger; False when a blank or unsure one only leaves it open."""
        return any(f.severity is Severity.HELP_NOW and not f.is_unresolved for f in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Give a form that can be stored and read back with `evaluation_from_json`."""
        return {**asdict(self), "on": self.on.isoformat()}


def evaluate(
    *,
    facts: Facts,
    on: date,
    setting: str = ANY_SETTING,
    licensed_states: Iterable[str] | None = None,
    rules: RuleSet | None = None,
) -> Evaluation:
    """Apply the rules of that day to the facts, for one setting or for "any" (then the best setting counts).

    Any finding of danger gives "help now". Absolute findings in every setting asked give "not a fit". An
    absolute rule that the facts leave open does not: it stays unresolved until a clinician acts, and counts
    as "specialist first" where the same rule asks for a specialist in another setting.
    Raises FactsInvalid for a birth date in the future, ValueError for an unknown setting.
    """
    refuse_future(facts, on=on)
    asked = tuple(Setting) if setting == ANY_SETTING else (Setting(setting),)
    states = None if licensed_states is None else frozenset(licensed_states)
    rules = rules or rule_set()
    facts_known = known(facts, on=on, licensed_states=states)
    found = [finding for speaker in rules.speakers(on, asked) if (finding := speaker.finding(facts_known))]
    findings = tuple(sorted(found, key=lambda finding: (finding.severity.rank, finding.rule_id)))
    outcomes = tuple(SettingOutcome(each, _disposition(findings, each)) for each in asked)
    answered = dict(facts.answers)
    return Evaluation(
        disposition=_overall([outcome.disposition for outcome in outcomes]),
        findings=findings,
        by_setting=outcomes,
        unresolved=tuple(finding.rule_id for finding in findings if finding.is_unresolved),
        unanswered=tuple(each.id for each in questions() if each.id not in answered),
        rule_set_version=rules.version,
        on=on,
        setting=setting,
        licensed_states=None if states is None else tuple(sorted(states)),
    )


def replay(*, facts: Facts, past: Evaluation, rules: RuleSet | None = None) -> Evaluation:
    """Evaluate stored facts again as on the day of a past evaluation, with the given rules or today's."""
    return evaluate(
        facts=facts, on=past.on, setting=past.setting, licensed_states=past.licensed_states, rules=rules
    )


def _overall(dispositions: list[Disposition]) -> Disposition:
    if Disposition.HELP_NOW in dispositions:
        return Disposition.HELP_NOW
    return max(dispositions, key=lambda disposition: disposition.rank)


def _disposition(findings: Iterable[Finding], setting: Setting) -> Disposition:
    worst = Disposition.MAY_BE_A_FIT
    for finding in findings:
        match finding.severity_in(setting):
            case Severity.HELP_NOW:
                return Disposition.HELP_NOW
            case Severity.ABSOLUTE if not finding.unknown:
                worst = min(worst, Disposition.NOT_A_FIT, key=lambda each: each.rank)
            case Severity.SPECIALIST:
                worst = min(worst, Disposition.SPECIALIST_FIRST, key=lambda each: each.rank)
    return worst
