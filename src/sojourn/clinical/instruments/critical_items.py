"""Answers that need a person now. They are looked for first: a half-filled form can ask for help."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sojourn.clinical.evidence import Citation
from sojourn.clinical.instruments.answers import Answers
from sojourn.clinical.instruments.conditions import mentioned, verdict
from sojourn.clinical.instruments.definition import Instrument, Owner, Severity
from sojourn.clinical.instruments.judging import facts_of


@dataclass(frozen=True)
class CriticalAnswer:
    """Why somebody must look, who first, how urgently, and about which item (None: a scale or the form)."""

    reason: str
    severity: Severity
    says: str
    item_id: str | None
    about_suicide: bool
    owner: Owner
    acknowledge_within: timedelta
    citations: tuple[Citation, ...]


def reasons_about_suicide(instruments: Iterable[Instrument]) -> frozenset[str]:
    """Name the critical rules of these instruments that ask about an item on suicide."""
    return frozenset(
        rule.id
        for instrument in instruments
        for rule in instrument.critical_rules
        if any(instrument.item(item_id).about_suicide for item_id in mentioned(rule.when)[0])
    )


def critical_answers(
    instrument: Instrument, answers: Answers, *, previous: Answers | None = None, unfinished: bool = False
) -> tuple[CriticalAnswer, ...]:
    """Find the answers that raise an alarm, red first. A critical item left blank is one, never a zero.

    `previous` are the patient's last answers to the same instrument, for rules about a rise. Each item raises
    its gravest rule only. While a form is `unfinished` its blanks are not yet alarms; its answers are.
    """
    facts = facts_of(instrument, answers, previous, unfinished=unfinished)
    raised: dict[str, CriticalAnswer] = {}
    for rule in instrument.critical_rules:
        if rule.about not in raised and verdict(rule.when, facts):
            raised[rule.about] = CriticalAnswer(
                reason=rule.id,
                severity=rule.severity,
                says=rule.says,
                item_id=rule.about if rule.about in instrument.by_id else None,
                about_suicide=any(
                    instrument.item(item_id).about_suicide for item_id in mentioned(rule.when)[0]
                ),
                owner=rule.owner,
                acknowledge_within=rule.acknowledge_within,
                citations=rule.citations,
            )
    return tuple(sorted(raised.values(), key=lambda found: found.severity is not Severity.RED))
