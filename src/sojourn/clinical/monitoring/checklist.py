"""Reads the time before the dose: what is unanswered, what is missing, and what holds the session."""

from collections.abc import Sequence

from sojourn.clinical.monitoring.events import Checked, Event
from sojourn.clinical.monitoring.limits import Crossing, crossings_of, values_of
from sojourn.clinical.monitoring.plans import Alarm, ChecklistItem, MonitoringPlan
from sojourn.clinical.monitoring.session import Hold

BASELINE_SIGNALS = {"systolic": "blood pressure", "heart_rate": "heart rate", "spo2": "oxygen"}


def unanswered_items(before: Sequence[Event], *, plan: MonitoringPlan) -> tuple[ChecklistItem, ...]:
    """Give the items that still need an answer, in the order of the plan."""
    answered = _answers(before)
    called_for = {crossing.cleared_by for crossing in _current_crossings(before, plan)}
    return tuple(
        item for item in plan.checklist if item.id not in answered and (item.needed or item.id in called_for)
    )


def needs_baseline(before: Sequence[Event]) -> tuple[str, ...]:
    """Name the vital signs that must be taken before the dose and were not."""
    measured = {signal for event in before for signal in values_of(event)}
    return tuple(signal for signal in BASELINE_SIGNALS if signal not in measured)


def holds_before(before: Sequence[Event], *, plan: MonitoringPlan) -> tuple[Hold, ...]:
    """Say what holds the session: red items answered with no, and values that allow no dose.

    A value that only calls for the prescriber is lifted by their decision, if that came after the value.
    """
    answers = _answers(before)
    found = [
        Hold(item.id, item.when_no, item.citations)
        for item in plan.checklist
        if item.red and item.needed and item.id in answers and not answers[item.id].passed
    ]
    for crossing in _current_crossings(before, plan):
        decided = answers.get(crossing.cleared_by or "")
        is_lifted = decided is not None and decided.passed and decided.taken_at >= crossing.taken_at
        if crossing.severity is not Alarm.AMBER or not is_lifted:
            found.append(Hold(crossing.limit_id, crossing.says, crossing.citations))
    return tuple(found)


def _answers(before: Sequence[Event]) -> dict[str, Checked]:
    """Give the latest answer to each item; `before` is in order of time."""
    return {event.item: event for event in before if isinstance(event, Checked)}


def _current_crossings(before: Sequence[Event], plan: MonitoringPlan) -> list[Crossing]:
    """Give the limits crossed by the latest value of each signal."""
    latest = {signal: event for event in before for signal in values_of(event)}
    return [
        crossing
        for signal in sorted(latest)
        for crossing in crossings_of(latest[signal], plan=plan, baseline=None, after_dose=False)
        if crossing.signal == signal
    ]
