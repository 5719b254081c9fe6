"""What stands beside the values of a session: readings that do not agree, and the sitter's next look."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sojourn.clinical.monitoring.sitting import LOOK_LATE_AFTER
from sojourn.program.treatment.crossings import SIGNALS
from sojourn.program.treatment.sessions import Session
from sojourn.program.treatment.side_by_side import Reading, disagreements
from sojourn.program.treatment.sitting import sitter_look_due


@dataclass(frozen=True)
class ShownReading:
    value: str
    source: str
    taken_at: datetime


@dataclass(frozen=True)
class Differing:
    """One signal with the readings of both sources, ready to print."""

    name: str
    unit: str
    readings: tuple[ShownReading, ...]


@dataclass(frozen=True)
class SitterDue:
    at: datetime
    is_late: bool


def beside(found: Session, *, now: datetime) -> dict[str, Any]:
    """Give templates `disagreements` and `sitter_due`."""
    due = sitter_look_due(found)
    return {
        "disagreements": [
            Differing(*SIGNALS[each.signal], tuple(map(_shown, each.readings)))
            for each in disagreements(found)
        ],
        "sitter_due": SitterDue(due, now > due + LOOK_LATE_AFTER) if due else None,
    }


def _shown(reading: Reading) -> ShownReading:
    return ShownReading(f"{reading.value:g}", reading.source, reading.taken_at)
