"""Readings of one thing that two sources took at nearly one moment, and that do not agree. They are never averaged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sojourn.clinical.monitoring.courses import Course
from sojourn.program.treatment.sessions import Session

NEAR: Final = timedelta(minutes=2)  # program policy: readings this close tell of one moment
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
    found = []
    for signal, course in of.told.courses.items():
        near = course.since(course.times[-1] - NEAR - timedelta.resolution)
        if len(near.values) > 1 and (against := _against(_readings(near, of), AGREE_WITHIN[signal])):
            found.append(Disagreement(signal, against))
    return tuple(found)


def _readings(near: Course, of: Session) -> list[Reading]:
    rows = of.rows_told
    return [
        Reading(value, taken_at, rows[event.event_id].told_by)
        for event, taken_at, value in zip(near.events, near.times, near.values, strict=True)
    ]


def _against(readings: Sequence[Reading], within: float) -> tuple[Reading, ...]:
    """The newest reading and what the last of each other source has against it; nothing where all agree."""
    newest = readings[-1]
    others = {each.source: each for each in readings if each.source != newest.source}
    against = [each for each in others.values() if abs(each.value - newest.value) > within]
    return (newest, *reversed(against)) if against else ()
