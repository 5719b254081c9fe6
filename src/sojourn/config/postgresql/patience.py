"""How long pages wait for the database. A frozen server answers nobody and closes nothing; no time-out of a socket helps.

A statement that is not answered in time is given up with its connection. From then on one request at a time asks for
all of them whether the server is back, and the others are told at once: none of them hangs, and none queues behind one.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.errors import _WaitTimeout

UNANSWERED = "the database did not answer in time"
SILENT = "the database has not answered lately"
LOOK_EVERY_S = 0.1  # as psycopg does, for Ctrl-C
REST_S = 1.0
ANOTHER_ASKS_S = 0.1  # as long as a server that is back needs to say so


class Silence:
    """Whether the server was waited for in vain, and whether somebody is asking just now. Threads share it."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._asked_again_at = 0.0
        self.stands = False

    def begin(self) -> None:
        """Note that somebody waited in vain. For a moment nobody asks: a request that waited once waits for no more."""
        self._asked_again_at = time.monotonic() + REST_S
        self.stands = True

    @contextmanager
    def asking_for_all(self) -> Iterator[None]:
        """Ask for everybody, inside: what ends well ends the silence. Raises OperationalError while nobody may."""
        if not self._asking.acquire(timeout=ANOTHER_ASKS_S):
            raise OperationalError(SILENT)
        try:
            if self.stands and time.monotonic() < self._asked_again_at:
                raise OperationalError(SILENT)
            try:
                yield
            except BaseException:
                self.begin()
                raise
            self.stands = False
        finally:
            self._asking.release()


def lend(connection: Connection[Any], *, within_s: float, silence: Silence) -> None:
    """Let this connection wait so long for each answer, and no longer."""
    connection.wait = partial(_wait, connection, within_s, silence)  # type: ignore[method-assign]


def _wait(
    connection: Connection[Any],
    within_s: float,
    silence: Silence,
    answer: Any,
    interval: float = LOOK_EVERY_S,
    timeout: float | None = None,
) -> Any:
    """Wait as psycopg does; without a time-out of the caller's own, for `within_s` at most."""
    wait = type(connection).wait
    if timeout is not None:
        return wait(connection, answer, interval, timeout)
    try:
        return wait(connection, answer, interval, within_s)
    except _WaitTimeout as unanswered:
        silence.begin()
        connection.close()
        raise OperationalError(UNANSWERED) from unanswered
