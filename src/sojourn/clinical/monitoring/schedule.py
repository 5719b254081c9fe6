"""Says when the next look at the patient is due, and which looks were missed."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, takewhile

from sojourn.clinical.monitoring.events import Event, VitalTaken
from sojourn.clinical.monitoring.limits import SIGN, Crossing, values_of
from sojourn.clinical.monitoring.plans import MonitoringPlan
from sojourn.clinical.monitoring.session import Due

EARLY_MINUTES = 5  # program policy: a look up to 5 minutes before its time counts for it
RECHECK_AFTER = timedelta(minutes=5)  # program policy: look again 5 minutes after a crossed limit


def next_look(
    after: Sequence[Event],
    crossed: Sequence[Crossing],
    *,
    plan: MonitoringPlan,
    dosed_at: datetime,
    now: datetime,
) -> Due:
    """Give the next look that is due: by the schedule, or sooner because a limit was crossed at the last.

    `after` are the events since the dose, in order of time. A look of the schedule is one with a blood pressure, which
    every plan asks for: readings of an oximeter, however many, stand in for none.
    """
    looks = _looks(after, dosed_at)
    covered = looks[-1] + EARLY_MINUTES if looks else 0
    minute = next(each for each in _schedule(plan) if each > covered)
    due_at = dosed_at + timedelta(minutes=minute)
    scheduled = Due("vitals", due_at, overdue=now > due_at, minute=minute)
    recheck_at = _recheck_at(after, crossed)
    if recheck_at is not None and recheck_at < due_at:
        return Due("recheck", recheck_at, overdue=now > recheck_at)
    return scheduled


def looks_to_come(*, plan: MonitoringPlan, dosed_at: datetime, until: datetime) -> tuple[datetime, ...]:
    """Give every look of the schedule from the dose until a moment, taken or not."""
    times = (dosed_at + timedelta(minutes=minute) for minute in _schedule(plan))
    return tuple(takewhile(lambda time: time <= until, times))


def missed_minutes(
    after: Sequence[Event], *, plan: MonitoringPlan, dosed_at: datetime, now: datetime
) -> tuple[int, ...]:
    """Give the minutes of the schedule at which nobody looked, once the time for the next look has begun."""
    looks = _looks(after, dosed_at)
    elapsed = (now - dosed_at).total_seconds() / 60
    missed = []
    schedule = _schedule(plan)
    minute = next(schedule)
    for following in schedule:
        if elapsed < following - EARLY_MINUTES:
            break
        if bisect_left(looks, minute - EARLY_MINUTES) == bisect_left(looks, following - EARLY_MINUTES):
            missed.append(minute)
        minute = following
    return tuple(missed)


def _schedule(plan: MonitoringPlan) -> Iterator[int]:
    yield from plan.vitals_at
    yield from count(plan.vitals_at[-1] + plan.then_every, plan.then_every)


def _looks(after: Sequence[Event], dosed_at: datetime) -> list[float]:
    return [(taken_at - dosed_at).total_seconds() / 60 for taken_at in _pressures_at(after)]


def _pressures_at(after: Sequence[Event]) -> list[datetime]:
    return [
        event.taken_at
        for event in after
        if isinstance(event, VitalTaken) and event.blood_pressure is not None
    ]


def _recheck_at(after: Sequence[Event], crossed: Sequence[Crossing]) -> datetime | None:
    """Give when to look again after a crossing whose signal nobody has measured since; after a sign, by vital signs."""
    if not crossed:
        return None
    measured = {signal: event.taken_at for event in after for signal in values_of(event)}
    if looks := _pressures_at(after):
        measured[SIGN] = looks[-1]
    waiting = [
        crossing.taken_at + RECHECK_AFTER
        for crossing in crossed
        if (again := measured.get(crossing.signal)) is None or again <= crossing.taken_at
    ]
    return min(waiting, default=None)
