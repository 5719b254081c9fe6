"""Keeps the clock of the watch going on where the database's clock is set back: a deadline is never an hour late for that.

Deadlines are moments of `watch_now()`, which is the database's clock and what it is ahead of it. Each worker of the watch
holds the database's clock against its own steady one, which nobody can set. Where the database's went back, the
difference is added, by the first worker who sees it; where it goes forward again, it is taken off. A clock that was set
forward otherwise is believed: then somebody looks too early, and never too late.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

LEAST: Final = timedelta(seconds=5)  # less may be a slow answer


def steady_s() -> float:
    """Seconds that nobody can set, and that go on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True)
class Seen:
    """The database's clock, between two moments of the steady one; `steps` as the clock of the watch stood."""

    at: datetime
    not_before_s: float
    not_after_s: float
    steps: int


class SteadyClock:
    """One worker's eye on the database's clock."""

    def __init__(self, *, steady: Callable[[], float] = steady_s) -> None:
        self._steady = steady
        self._last: Seen | None = None

    def look(self) -> timedelta:
        """Look at the database's clock; give by how much the clock of the watch was moved, mostly nothing."""
        before_s = self._steady()
        at, steps = _read()
        seen = Seen(at, before_s, self._steady(), steps)
        last, self._last = self._last, seen
        jump = _jump(last, seen) if last else timedelta()
        if last is None or not jump or not _move(-jump, steps=last.steps):
            return timedelta()
        self._last = Seen(at, seen.not_before_s, seen.not_after_s, last.steps + 1)
        return -jump


def rest() -> bool:
    """Let the clock of the watch be the database's again once nothing is waited for; give whether it was ahead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE safety_watchclock SET ahead = interval '0', steps = steps + 1"
            " WHERE ahead > interval '0' AND NOT EXISTS (SELECT FROM safety_deadline WHERE is_armed)"
        )
        return bool(cursor.rowcount)


def ahead() -> timedelta:
    """How far the clock of the watch is ahead of the database's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce((SELECT ahead FROM safety_watchclock), interval '0')")
        found: timedelta = cursor.fetchone()[0]
    return found


def _jump(last: Seen, seen: Seen) -> timedelta:
    """By how much the clock was surely set, whatever the answers took: back is below zero."""
    passed = seen.at - last.at
    least = timedelta(seconds=seen.not_before_s - last.not_after_s)
    most = timedelta(seconds=seen.not_after_s - last.not_before_s)
    if passed < least - LEAST:
        return passed - least
    return passed - most if passed > most + LEAST else timedelta()


def _read() -> tuple[datetime, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), coalesce((SELECT steps FROM safety_watchclock), 0)")
        at, steps = cursor.fetchone()
    return at, steps


def _move(by: timedelta, *, steps: int) -> bool:
    """Move the clock of the watch, unless another worker did since; forward jumps only take off what it was ahead."""
    with connection.cursor() as cursor:
        if by > timedelta():
            cursor.execute(
                """
                INSERT INTO safety_watchclock (id, ahead, steps)
                SELECT 1, make_interval(secs => %(by_s)s), 1 WHERE %(steps)s = 0
                ON CONFLICT (id) DO NOTHING
                """,
                {"by_s": by.total_seconds(), "steps": steps},
            )
            if cursor.rowcount:
                return True
        cursor.execute(
            """
            UPDATE safety_watchclock
            SET ahead = greatest(ahead + make_interval(secs => %(by_s)s), interval '0'), steps = steps + 1
            WHERE steps = %(steps)s AND (%(by_s)s > 0 OR ahead > interval '0')
            """,
            {"by_s": by.total_seconds(), "steps": steps},
        )
        return bool(cursor.rowcount)
