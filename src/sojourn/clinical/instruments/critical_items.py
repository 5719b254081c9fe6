"""Answers that need a person now. They are looked for first: a half-filled form can ask for help."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from sojourn.clinical.evidence import Citation
from sojourn.clinical.instruments.answers import Answers, points_of
from sojourn.clinical.instruments.conditions import Facts, Verdict, verdict
from sojourn.clinical.instruments.definition import Instrument, Severity
from sojourn.clinical.instruments.scoring import Score, score


@dataclass(frozen=True)
class CriticalAnswer:
    """Why somebody must look, how urgently, and about which item (None: about a scale)."""

    reason: str
    severity: Severity
    says: str
    item_id: str | None
    acknowledge_within: timedelta
    citations: tuple[Citation, ...]


def critical_answers(
    instrument: Instrument, answers: Answers, *, previous: Answers | None = None
) -> tuple[CriticalAnswer, ...]:
    """Find the answers that raise an alarm, red first. A critical item left blank is one, never a zero.

    `previous` are the patient's last answers to the same instrument, for rules about a rise. Each item raises
    its gravest rule only.
    """
    facts = _facts(instrument, answers, previous)
    raised: dict[str, CriticalAnswer] = {}
    for rule in instrument.critical_rules:
        if rule.about not in raised and verdict(rule.when, facts):
            raised[rule.about] = CriticalAnswer(
                reason=rule.id,
                severity=rule.severity,
                says=rule.says,
                item_id=rule.about if rule.about in instrument.by_id else None,
                acknowledge_within=rule.acknowledge_within,
                citations=rule.citations,
            )
    return tuple(sorted(raised.values(), key=lambda found: found.severity is not Severity.RED))


def pattern_verdict(instrument: Instrument, answers: Answers, pattern_id: str) -> Verdict:
    """Judge a named combination of answers; None where blanks leave it open."""
    pattern = next(p for p in instrument.patterns if p.id == pattern_id)
    return verdict(pattern.when, _facts(instrument, answers, None))


def _facts(instrument: Instrument, answers: Answers, previous: Answers | None) -> Facts:
    def value(scale_id: str) -> Fraction | None:
        scored = score(instrument, answers, scale_id=scale_id)
        return scored.value if isinstance(scored, Score) else None

    return Facts(
        points=lambda item_id: points_of(instrument, answers, item_id),
        points_before=lambda item_id: points_of(instrument, previous, item_id) if previous else None,
        value=value,
    )
