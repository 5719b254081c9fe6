"""Readings of one thing that two sources took at nearly one moment, and that do not agree. They are never averaged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sojourn.clinical.monitoring.limits import values_of
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.sessions import EventRow, Session

NEAR: Final = timedelta(minutes=2)  # program policy: readings this close tell of one moment
MEASURING: Final = {EventKind.VITAL_TAKEN, EventKind.RATED}
# Program policy: by how much two readings of one moment may differ and still agree.
AGREE_WITHIN: Final = {
    "systolic": 10.0,
    "diastolic": 10.0,
    "heart_rate": 10.0,
    "spo2": 3.0,
    "respiratory_rate": 4.0,
    "moaas": 0.0,
    "dissociation": 0.0,
}


@dataclass(frozen=True)
class Reading:
    """One value with where it came from."""

    value: float
    taken_at: datetime
    source: str


@dataclass(frozen=True)
class Disagreement:
    """The last readings of one signal that do not agree, the newest first."""

    signal: str
    readings: tuple[Reading, ...]


def disagreements(of: Session) -> tuple[Disagreement, ...]:
    """Signals whose newest reading another source contradicts within two minutes."""
    taken: dict[str, list[Reading]] = {}
    for row in _measured(of.events):
        for signal, value in values_of(row.as_event()).items():
            taken.setdefault(signal, []).append(Reading(value, row.taken_at, row.told_by))
    found = []
    for signal, readings in taken.items():
        newest = readings[-1]
        others = {
            each.source: each
            for each in readings
            if each.source != newest.source and abs(newest.taken_at - each.taken_at) <= NEAR
        }
        against = [each for each in others.values() if abs(each.value - newest.value) > AGREE_WITHIN[signal]]
        if against:
            found.append(Disagreement(signal, (newest, *reversed(against))))
    return tuple(found)


def _measured(rows: Iterable[EventRow]) -> list[EventRow]:
    return [row for row in rows if row.kind in MEASURING and row.is_standing]
