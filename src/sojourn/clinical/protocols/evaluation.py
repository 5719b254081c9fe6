"""From facts and rules to findings and a disposition. It is never "eligible": a clinician decides."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.protocols.conditions import Answer, Known, answer, leaves_of
from sojourn.clinical.protocols.derived import DERIVED_FROM, known
from sojourn.clinical.protocols.facts import Facts, refuse_future
from sojourn.clinical.protocols.questions import question, questions
from sojourn.clinical.protocols.rule_set import RuleSet, rule_set
from sojourn.clinical.protocols.rules import Rule, Setting, Severity, UnknownPolicy, Weighed

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
        return list(Disposition).index(self)


@dataclass(frozen=True, slots=True)
class InSetting:
    """What a finding weighs in one setting, and what that rests on."""

    setting: Setting
    severity: Severity
    basis: Basis


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that speaks. `severity` and `basis` are those of the setting where it weighs least.

    `because` names the question behind each fact used. `unknown`: the facts leave the rule open and a
    clinician has to settle it. `expired`: the rule is out of date and must be reviewed; where it still
    applies it counts in full, and where it would not it is open, because nobody knows what it says today.
    """

    rule_id: str
    rule_version: str
    severity: Severity
    basis: Basis
    because: tuple[str, ...]
    patient_says: str
    clinician_says: str
    citations: tuple[Citation, ...]
    would_change_patient: str
    would_change_clinician: str
    unknown: bool
    expired: bool
    by_setting: tuple[InSetting, ...]

    def severity_in(self, setting: Setting) -> Severity | None:
        """Give what it weighs in a setting, or None where the rule does not apply."""
        return next((weight.severity for weight in self.by_setting if weight.setting is setting), None)

    @property
    def is_unresolved(self) -> bool:
        return self.unknown or self.expired

    @property
    def where(self) -> str:
        """Say in plain words what this rules out or in, when it does not weigh the same everywhere."""
        out = [weight.setting.label for weight in self.by_setting if weight.severity is Severity.ABSOLUTE]
        if not out or self.unknown or len(out) == len(Setting):
            return ""
        return f"This rules out {' and '.join(out)}, but not the other ways of treatment."


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
    found = [
        finding
        for rule, out_of_date in rules.on(on)
        if (finding := _finding(rule, facts=facts_known, asked=asked, expired=out_of_date))
    ]
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


def _finding(
    rule: Rule, *, facts: Mapping[str, Known], asked: tuple[Setting, ...], expired: bool
) -> Finding | None:
    weights = [weight for weight in rule.weights if weight.setting in asked]
    held = answer(rule.when, facts)
    is_open = held is Answer.UNKNOWN
    ignored = held is Answer.NO or (is_open and rule.unknown is UnknownPolicy.IGNORE)
    if not weights or (ignored and not expired):
        return None
    by_setting = tuple(_in_setting(rule, weight, held=held, expired=expired) for weight in weights)
    lightest = max(by_setting, key=lambda weight: weight.severity.rank)
    return Finding(
        rule_id=rule.id,
        rule_version=rule.version,
        severity=lightest.severity,
        basis=lightest.basis,
        because=_because(rule),
        patient_says=_opening(lightest.severity, held, expired=expired) + rule.patient_says,
        clinician_says=_clinical_opening(held, expired=expired) + rule.says,
        citations=rule.citations,
        would_change_patient=rule.would_change_patient,
        would_change_clinician=rule.would_change_clinician,
        unknown=is_open or held is Answer.NO,
        expired=expired,
        by_setting=by_setting,
    )


def _in_setting(rule: Rule, weight: Weighed, *, held: Answer, expired: bool) -> InSetting:
    severity = weight.when_expired if expired else weight.severity
    if held is Answer.UNKNOWN and severity is Severity.ABSOLUTE and _a_specialist_can_settle(rule):
        severity = Severity.SPECIALIST
    only_asked = held is Answer.UNKNOWN and rule.unknown is UnknownPolicy.ASK_CLINICIAN
    if (expired and held is Answer.NO) or (only_asked and severity is Severity.SPECIALIST):
        severity = Severity.CAUTION
    return InSetting(weight.setting, severity, weight.basis)


def _a_specialist_can_settle(rule: Rule) -> bool:
    """Keep an open rule from making home look better than a clinic where it asks for a specialist."""
    is_counted = rule.unknown is UnknownPolicy.TREAT_AS_POSITIVE
    return is_counted and any(weight.severity is Severity.SPECIALIST for weight in rule.weights)


def _because(rule: Rule) -> tuple[str, ...]:
    names = dict.fromkeys(DERIVED_FROM.get(leaf.fact, leaf.fact) for leaf in leaves_of(rule.when))
    return tuple(name for name in names if question(name))


def _opening(severity: Severity, held: Answer, *, expired: bool) -> str:
    if expired:
        return "This rule is out of date and a clinician must check it. "
    if held is not Answer.UNKNOWN:
        return ""
    if severity is Severity.HELP_NOW:
        return "You did not say whether you are safe, or you are not sure. "
    return "We do not know this about you yet, so a clinician has to find out. "


def _clinical_opening(held: Answer, *, expired: bool) -> str:
    if expired:
        return "OUT OF DATE, review before relying on it: "
    return "Not known, unresolved until a clinician settles it: " if held is Answer.UNKNOWN else ""
