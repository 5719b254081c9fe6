"""Alarms that only a correction brings to light: the reading stood already, and what it is judged by has changed.

Another pressure before the dose, or another time of the dose, can bring a reading above its limit after the fact. It calls
for somebody as if it had been known in time.
"""

from collections.abc import Iterator
from typing import Final

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring.events import Alarmed, Event, Noticed
from sojourn.program.treatment.sessions import EventRow, Session

LEAST: Final = len(monitoring.Alarm)  # less urgent than any


def crossed_in_hindsight(of: Session) -> Iterator[tuple[EventRow, monitoring.Crossing]]:
    """Give each standing entry with a limit it crosses as things stand, where it never raised so urgent an alarm.

    What was measured again since and was amber is passed over: nobody can look again at what has passed.
    """
    current = {(each.limit_id, each.taken_at) for each in of.state.alarms}
    raised = _raised(of)
    for row, crossing in _crossings(of):
        already = raised.get(str(row.id), {})
        if crossing.limit_id in already or crossing.severity.rank >= min(already.values(), default=LEAST):
            continue
        is_current = (crossing.limit_id, crossing.taken_at) in current
        if is_current or crossing.severity is not monitoring.Alarm.AMBER:
            yield row, crossing


def _crossings(of: Session) -> Iterator[tuple[EventRow, monitoring.Crossing]]:
    dosed_at = of.state.dosed_at
    rows = {str(row.id): row for row in of.events}
    signs: list[str] = []
    for event in of.told:
        crossed = monitoring.crossings_of(
            event,
            plan=of.plan,
            baseline=of.state.baseline,
            after_dose=dosed_at is not None and event.taken_at > dosed_at,
            earlier_signs=signs,
        )
        yield from ((rows[event.event_id], crossing) for crossing in crossed)
        signs += _sign_of(event)


def _sign_of(event: Event) -> list[str]:
    return [event.sign] if isinstance(event, Noticed) else []


def _raised(of: Session) -> dict[str, dict[str, int]]:
    """The limits for which each entry raised an alarm already, with how urgent it was; 0 is the most urgent."""
    found: dict[str, dict[str, int]] = {}
    for row in of.events:
        event = row.as_event()
        if isinstance(event, Alarmed):
            rank = monitoring.Alarm(event.severity).rank
            found.setdefault(event.about_id, {})[event.limit_id] = rank
    return found
