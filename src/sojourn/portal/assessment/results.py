"""What the rules found, in the order and the words in which a visitor reads it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sojourn.clinical.protocols import Disposition, Evaluation, Finding, Severity


@dataclass(frozen=True)
class Headline:
    """The answer in one line, what it means, and what to do next."""

    title: str
    says: str
    tone: str


@dataclass(frozen=True)
class Group:
    """Findings that weigh the same, under a heading."""

    title: str
    tone: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class WayOfTreatment:
    """One way of treatment and what the answers say about it."""

    label: str
    says: str
    tone: str


@dataclass(frozen=True)
class Result:
    headline: Headline
    groups: tuple[Group, ...]
    ways: tuple[WayOfTreatment, ...]
    unanswered: int
    rule_set_version: str
    needs_help_now: bool
    may_join: bool


def result_of(evaluation: Evaluation) -> Result:
    """Put an evaluation into the words of the portal."""
    return Result(
        headline=_headline(evaluation),
        groups=tuple(_groups(evaluation.findings)),
        ways=tuple(
            WayOfTreatment(each.setting.label, *_way(each.disposition)) for each in evaluation.by_setting
        ),
        unanswered=len(evaluation.unanswered),
        rule_set_version=evaluation.rule_set_version,
        needs_help_now=evaluation.disposition is Disposition.HELP_NOW,
        may_join=True,
    )


def _headline(evaluation: Evaluation) -> Headline:
    match evaluation.disposition:
        case Disposition.HELP_NOW:
            return Headline(
                _("Please get help now"),
                _(
                    "What you wrote tells us that you may be in danger. That comes before anything else on this page."
                ),
                "act",
            )
        case Disposition.NOT_A_FIT:
            return Headline(
                _("This treatment is not a fit for you now"),
                _(
                    "At least one of your answers rules it out, for the reasons below. Each says what would change that."
                ),
                "attention",
            )
        case Disposition.SPECIALIST_FIRST:
            return Headline(
                _("You need to see a specialist first"),
                _(
                    "Some of your answers need a specialist's opinion before anybody can decide. Below is which, and why."
                ),
                "attention",
            )
    return Headline(
        _("This may be a fit. A clinician must decide"),
        _(
            "Nothing you answered rules it out. That is not yet a yes: a clinician looks at every answer first."
        ),
        "done",
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


def _groups(findings: tuple[Finding, ...]) -> list[Group]:
    open_ones = tuple(f for f in findings if f.is_unresolved and f.severity is not Severity.HELP_NOW)
    known = tuple(f for f in findings if f not in open_ones)
    by_severity = (
        (Severity.HELP_NOW, _("Help first"), "act"),
        (Severity.ABSOLUTE, _("What rules it out"), "attention"),
        (Severity.SPECIALIST, _("What a specialist has to look at"), "attention"),
        (Severity.CAUTION, _("What needs care"), ""),
        (Severity.INFO, _("Good to know"), ""),
    )
    groups = [
        Group(title, tone, tuple(f for f in known if f.severity is severity))
        for severity, title, tone in by_severity
    ]
    groups.append(Group(_("What we do not know yet"), "unknown", open_ones))
    return [group for group in groups if group.findings]
