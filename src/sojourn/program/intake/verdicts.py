"""What an evaluation allows a clinician to decide: which ways are forbidden, and what is to be settled first."""

from sojourn.clinical.protocols import Evaluation, Finding, Setting, Severity


def to_settle(evaluation: Evaluation) -> tuple[Finding, ...]:
    """Give the findings a clinician has to settle with a line each before somebody is called suitable.

    They are those that are open or out of date, and those of danger, which no rule calls open.
    """
    return tuple(f for f in evaluation.findings if f.is_unresolved or f.severity is Severity.HELP_NOW)


def ruled_out(evaluation: Evaluation) -> dict[Setting, tuple[str, ...]]:
    """Give the ways of treatment that an absolute rule forbids, each with the rules that do."""
    found = {
        outcome.setting: tuple(
            f.rule_id
            for f in evaluation.findings
            if not f.unknown and f.severity_in(outcome.setting) is Severity.ABSOLUTE
        )
        for outcome in evaluation.by_setting
    }
    return {setting: rules for setting, rules in found.items() if rules}


def forbidden_everywhere(evaluation: Evaluation) -> tuple[str, ...]:
    """Give the absolute rules at work where they forbid every way that was asked; empty where one way is open.

    The disposition alone does not tell: "help now" stands before "not a fit".
    """
    against = ruled_out(evaluation)
    if len(against) < len(evaluation.by_setting):
        return ()
    return tuple(sorted({rule_id for rules in against.values() for rule_id in rules}))
