"""A drill on the desk: its clock, and deeds as a trainee would record them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sojourn.clinical.monitoring import read_event
from sojourn.clinical.rehearsal import Deed, DrillClock

BEGAN = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
CLOCK = DrillClock(began_at=BEGAN, started_at=BEGAN, speed=60)


def deed(
    kind: str, minute: float, *, written: float | None = None, refused: bool = False, **facts: Any
) -> Deed:
    """A deed at a minute of the script, written down then or later."""
    taken_at = CLOCK.moment_of(minute)
    recorded_at = CLOCK.moment_of(minute if written is None else written)
    event = read_event(kind=kind, facts=facts, taken_at=taken_at, event_id=f"{kind}-{minute}-{facts}")
    return Deed(event, recorded_at, was_refused=refused)


def pressure(minute: float, systolic: int = 192, diastolic: int = 114, **more: Any) -> Deed:
    return deed("vital_taken", minute, systolic=systolic, diastolic=diastolic, **more)


def called(minute: float, whom: str, *, reached: bool = True) -> Deed:
    return deed("called", minute, whom=whom, reached=reached)


def later(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)
