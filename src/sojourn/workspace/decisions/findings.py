"""Findings, ways of treatment and the replay, ready to print."""

from dataclasses import dataclass
from datetime import date

from sojourn.clinical.protocols import Evaluation, Finding, Severity
from sojourn.program.intake.practice_rules import rules_then_and_now
from sojourn.program.intake.queries import AssessmentRow
from sojourn.program.intake.verdicts import ruled_out, to_settle
from sojourn.workspace.wording import DISPOSITIONS, SEVERITIES, Wording


@dataclass(frozen=True)
class FindingLine:
    """One finding with the word for its weight; `must_settle`: a clinician says how before "suitable"."""

    finding: Finding
    severity: Wording
    must_settle: bool


@dataclass(frozen=True)
class WayLine:
    """One way of treatment, what the rules make of it, and the absolute rules against it."""

    label: str
    disposition: Wording
    against: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """What the rules make of the same facts as of the day they were given, and as of today."""

    same_then: bool
    then: Wording
    same_today: bool
    today: Wording
    added: tuple[str, ...]
    gone: tuple[str, ...]


def findings_of(evaluation: Evaluation) -> tuple[FindingLine, ...]:
    """Every finding, the heaviest first, as the evaluation orders them."""
    open_ones = to_settle(evaluation)
    return tuple(
        FindingLine(finding, SEVERITIES[finding.severity], finding in open_ones)
        for finding in evaluation.findings
    )


def ways_of(evaluation: Evaluation) -> tuple[WayLine, ...]:
    """Give each way of treatment with its disposition and what forbids it."""
    against = ruled_out(evaluation)
    return tuple(
        WayLine(
            label=outcome.setting.label,
            disposition=DISPOSITIONS[outcome.disposition],
            against=against.get(outcome.setting, ()),
        )
        for outcome in evaluation.by_setting
    )


def replayed(row: AssessmentRow, *, today: date) -> Replay:
    """Judge the same facts again: by the rules of that day, to check the record, and by those of today.

    Both with the practice's own numbers of their moment.
    """
    stored = row.evaluation
    rules_then, rules_now = rules_then_and_now(row.taken_at)
    then, now = row.by_rules_of(stored.on, rules=rules_then), row.by_rules_of(today, rules=rules_now)
    was, are = _weights(stored), _weights(now)
    return Replay(
        same_then=_weights(then) == was and then.disposition == stored.disposition,
        then=DISPOSITIONS[then.disposition],
        same_today=are == was and now.disposition == stored.disposition,
        today=DISPOSITIONS[now.disposition],
        added=tuple(sorted(set(are) - set(was))),
        gone=tuple(sorted(set(was) - set(are))),
    )


def _weights(evaluation: Evaluation) -> dict[str, tuple[Severity, bool, bool]]:
    return {f.rule_id: (f.severity, f.unknown, f.expired) for f in evaluation.findings}
