"""What the rules found, in the order and the words in which a visitor reads it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sojourn.clinical.evidence import Citation
from sojourn.clinical.protocols import Disposition, Evaluation, Facts, Finding, Severity, answers_in_words
from sojourn.clinical.protocols.answers import Said


@dataclass(frozen=True)
class Headline:
    """The answer in a few words, what it means, and what to do next."""

    title: str
    says: str
    tone: str
    icon: str = "triangle-alert"


@dataclass(frozen=True)
class FindingShown:
    """One finding to read: what it says, what would change it, what it follows from, and what it rests on."""

    says: str
    where: str
    would_change: str
    follows_from: tuple[Said, ...]
    rule: str
    version: str
    basis: str
    citations: tuple[Citation, ...]
    is_open: bool


@dataclass(frozen=True)
class Group:
    """Findings that weigh the same, under a heading."""

    title: str
    about: str
    tone: str
    findings: tuple[FindingShown, ...]


@dataclass(frozen=True)
class WayOfTreatment:
    """One way of treatment and what the answers say about it."""

    label: str
    says: str
    tone: str


@dataclass(frozen=True)
class Result:
    """`groups` are what to read first; `later` is the rest, when help comes before everything else."""

    headline: Headline
    groups: tuple[Group, ...]
    later: tuple[Group, ...]
    ways: tuple[WayOfTreatment, ...]
    unanswered: int
    rule_set_version: str
    needs_help_now: bool
    safety_is_open: bool
    is_ruled_out: bool


def result_of(evaluation: Evaluation, facts: Facts) -> Result:
    """Put an evaluation into the words of the portal."""
    said = {each.question_id: each for each in answers_in_words(facts)}
    groups = _groups(evaluation.findings, said)
    needs_help_now = evaluation.disposition is Disposition.HELP_NOW
    return Result(
        headline=_headline(evaluation),
        groups=groups[:1] if needs_help_now else groups,
        later=groups[1:] if needs_help_now else (),
        ways=tuple(
            WayOfTreatment(each.setting.label, *_way(each.disposition)) for each in evaluation.by_setting
        ),
        unanswered=len(evaluation.unanswered),
        rule_set_version=evaluation.rule_set_version,
        needs_help_now=needs_help_now,
        safety_is_open=needs_help_now and not evaluation.danger_is_said,
        is_ruled_out=evaluation.disposition is Disposition.NOT_A_FIT,
    )


def _headline(evaluation: Evaluation) -> Headline:
    match evaluation.disposition:
        case Disposition.HELP_NOW if evaluation.danger_is_said:
            return Headline(
                _("Please get help now"),
                _("What you answered tells us that you may be in danger. That comes before everything else."),
                "act",
            )
        case Disposition.HELP_NOW:
            return Headline(
                _("Are you safe right now?"),
                _(
                    "You left a question about your safety open, or you are not sure. Until we know, help comes first."
                ),
                "act",
            )
        case Disposition.NOT_A_FIT:
            return Headline(
                _("This treatment is not a fit for you now"),
                _(
                    "At least one of your answers rules it out. Below is which, why, and what would change that."
                ),
                "attention",
            )
        case Disposition.SPECIALIST_FIRST:
            return Headline(
                _("A specialist needs to look first"),
                _(
                    "Some of your answers need a specialist's opinion before anybody can decide. Below is which, and why."
                ),
                "attention",
            )
    return Headline(
        _("This may be a fit"),
        _("A clinician must decide. Nothing you answered rules it out, but that is not yet a yes."),
        "open",
        "stethoscope",
    )


def _way(disposition: Disposition) -> tuple[str, str]:
    match disposition:
        case Disposition.NOT_A_FIT:
            return _("not possible now"), "attention"
        case Disposition.SPECIALIST_FIRST:
            return _("specialist first"), "attention"
        case Disposition.HELP_NOW:
            return _("help comes first"), "act"
    return _("may be possible"), "done"


def _groups(findings: tuple[Finding, ...], said: dict[str, Said]) -> tuple[Group, ...]:
    danger, absolute = Severity.HELP_NOW, Severity.ABSOLUTE
    open_ones = [f for f in findings if f.is_unresolved and f.severity is not danger]
    known = [f for f in findings if f not in open_ones]
    kinds = (
        (_("Why this comes first"), "", "act", [f for f in known if f.severity is danger]),
        (_("What rules it out"), "", "attention", [f for f in known if f.severity is absolute]),
        (
            _("What a specialist looks at"),
            "",
            "attention",
            [f for f in known if f.severity is Severity.SPECIALIST],
        ),
        (_("What needs care"), "", "", [f for f in known if f.severity is Severity.CAUTION]),
        (_("Good to know"), "", "", [f for f in known if f.severity is Severity.INFO]),
        (
            _("What we do not know yet"),
            _("None of this counts against you. A clinician asks, and settles it with you."),
            "unknown",
            open_ones,
        ),
    )
    return tuple(
        Group(title, about, tone, tuple(_shown(finding, said) for finding in found))
        for title, about, tone, found in kinds
        if found
    )


def _would_change(finding: Finding) -> str:
    """Say what would change it; a question about safety that is open can simply be answered."""
    if finding.unknown and finding.severity is Severity.HELP_NOW:
        return f"{_('Answer this question if you can.')} {finding.would_change_patient}"
    return finding.would_change_patient


def _shown(finding: Finding, said: dict[str, Said]) -> FindingShown:
    return FindingShown(
        says=finding.patient_says,
        where=finding.where,
        would_change=_would_change(finding),
        follows_from=tuple(said[name] for name in finding.because if name in said),
        rule=finding.rule_id,
        version=finding.rule_version,
        basis=finding.basis.value,
        citations=finding.citations,
        is_open=finding.unknown,
    )
