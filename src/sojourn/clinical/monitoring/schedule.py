"""Says when the next look at the patient is due, and which looks were missed."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, takewhile

from sojourn.clinical.monitoring.limits import Crossing
from sojourn.clinical.monitoring.plans import MonitoringPlan
from sojourn.clinical.monitoring.session import Due

EARLY_MINUTES = 5  # program policy: a look up to 5 minutes before its time counts for it
RECHECK_AFTER = timedelta(minutes=5)  # program policy: look again 5 minutes after a crossed limit


def next_look(
    looks: Sequence[datetime],
    crossed: Iterable[Crossing],
    *,
    plan: MonitoringPlan,
    dosed_at: datetime,
    now: datetime,
) -> Due:
    """Give the next look that is due: by the schedule, or sooner because a limit was crossed at the last.

    `looks` are the times since the dose at which the blood pressure was taken, which every plan asks for: readings of an
    oximeter, however many, stand in for none. After a crossing somebody looks again until its signal was measured anew.
    """
    covered = _minute(looks[-1], dosed_at) + EARLY_MINUTES if looks else 0
    minute = next(each for each in _schedule(plan) if each > covered)
    due_at = dosed_at + timedelta(minutes=minute)
    scheduled = Due("vitals", due_at, overdue=now > due_at, minute=minute)
    recheck_at = min((each.taken_at + RECHECK_AFTER for each in crossed if each.is_current), default=None)
    if recheck_at is not None and recheck_at < due_at:
        return Due("recheck", recheck_at, overdue=now > recheck_at)
    return scheduled


def looks_to_come(*, plan: MonitoringPlan, dosed_at: datetime, until: datetime) -> tuple[datetime, ...]:
    """Give every look of the schedule from the dose until a moment, taken or not."""
    times = (dosed_at + timedelta(minutes=minute) for minute in _schedule(plan))
    return tuple(takewhile(lambda time: time <= until, times))


def missed_minutes(
    looks: Sequence[datetime], *, plan: MonitoringPlan, dosed_at: datetime, now: datetime
) -> tuple[int, ...]:
    """Give the minutes of the schedule at which nobody looked, once the time for the next look has begun."""
    elapsed = (now - dosed_at).total_seconds() / 60
    missed = []
    schedule = _schedule(plan)
    minute = next(schedule)
    for following in schedule:
        if elapsed < following - EARLY_MINUTES:
            break
        begins, ends = (dosed_at + timedelta(minutes=each - EARLY_MINUTES) for each in (minute, following))
        if bisect_left(looks, begins) == bisect_left(looks, ends):
            missed.append(minute)
        minute = following
    return tuple(missed)


def _schedule(plan: MonitoringPlan) -> Iterator[int]:
    yield from plan.vitals_at
    yield from count(plan.vitals_at[-1] + plan.then_every, plan.then_every)


def _minute(moment: datetime, dosed_at: datetime) -> float:
    return (moment - dosed_at).total_seconds() / 60
