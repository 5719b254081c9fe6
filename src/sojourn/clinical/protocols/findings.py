"""What a rule says once it speaks. It depends on the rule and its answer alone, so each is made once."""

from collections.abc import Mapping
from dataclasses import dataclass

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.protocols.conditions import Answer, Known, Test, leaves_of, test_of
from sojourn.clinical.protocols.derived import asked_for
from sojourn.clinical.protocols.questions import question
from sojourn.clinical.protocols.rules import Rule, Setting, Severity, UnknownPolicy, Weighed


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
class Speaker:
    """A rule ready to judge many people: its test, and what it says for each answer in the settings asked."""

    rule: Rule
    expired: bool
    test: Test
    met: Finding | None
    not_met: Finding | None
    left_open: Finding | None

    def finding(self, facts: Mapping[str, Known]) -> Finding | None:
        """Give what the rule says about these facts, or None where it has nothing to say."""
        held = self.test(facts)
        if held is Answer.NO:
            return self.not_met
        return self.met if held is Answer.YES else self.left_open


def speaker_for(rule: Rule, *, expired: bool, asked: tuple[Setting, ...]) -> Speaker:
    """Make a rule ready to judge in these settings."""
    met, not_met, left_open = (
        _finding(rule, held, asked=asked, expired=expired) for held in (Answer.YES, Answer.NO, Answer.UNKNOWN)
    )
    return Speaker(rule, expired, test_of(rule.when), met, not_met, left_open)


def _finding(rule: Rule, held: Answer, *, asked: tuple[Setting, ...], expired: bool) -> Finding | None:
    weights = [weight for weight in rule.weights if weight.setting in asked]
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
    names = dict.fromkeys(name for leaf in leaves_of(rule.when) for name in asked_for(leaf.fact))
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
