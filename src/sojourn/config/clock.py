"""What time a request is given: the machine's clock, which for pages never goes back while a session runs.

A clock set back an hour would date what is recorded now before the dose, and the record would refuse it. The pages of one
process see that against a clock nobody can set, and go on as they were; what all have agreed on is the clock of the watch
(`program.safety.steady`), asked every few seconds. Tests and commands take the machine's clock as it is.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import Error as DatabaseError
from django.utils import timezone

from sojourn.program.safety import steady

ASK_EVERY_S: Final = 5.0


class PagesClock:
    """The clock of one process that serves pages. Threads share it."""

    def __init__(
        self,
        *,
        wall: Callable[[], datetime] = timezone.now,
        steady_s: Callable[[], float] = steady.steady_s,
        agreed: Callable[[], timedelta] = steady.ahead,
    ) -> None:
        self._wall, self._steady_s, self._agreed = wall, steady_s, agreed
        self._lock = threading.Lock()
        self._ahead = timedelta()
        self._last: tuple[datetime, float] | None = None
        self._asked_s = -ASK_EVERY_S

    def now(self) -> datetime:
        """Return what time it is; asks the database every five seconds, and does without it where it is silent."""
        with self._lock:
            wall, at_s = self._wall(), self._steady_s()
            self._notice(wall, at_s)
            is_to_ask = at_s - self._asked_s >= ASK_EVERY_S
            if is_to_ask:
                self._asked_s = at_s
        if is_to_ask:
            self._ask()
        return wall + self._ahead

    def _notice(self, wall: datetime, at_s: float) -> None:
        """Keep on where the clock was set since the last request: the workers of the watch see it within a second."""
        if self._last is not None:
            jump = wall - self._last[0] - timedelta(seconds=at_s - self._last[1])
            if jump < -steady.LEAST or (jump > steady.LEAST and self._ahead):
                self._ahead = max(self._ahead - jump, timedelta())
                self._asked_s = at_s
        self._last = (wall, at_s)

    def _ask(self) -> None:
        try:
            self._ahead = self._agreed()
        except DatabaseError:
            return


_now: Callable[[], datetime] = timezone.now


def now() -> datetime:
    """Return what time it is."""
    return _now()


def keep_steady() -> None:
    """From now on this process serves pages, and its clock does not go back."""
    global _now  # noqa: PLW0603 - one clock for one process
    _now = PagesClock().now
