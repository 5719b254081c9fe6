"""The round that a worker of the watch goes, over and over: show that it lives, then do what has come due."""

import logging
import math
import os
import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from psycopg.errors import DiskFull

from sojourn.clinical import protocols
from sojourn.program.safety.delivering import deliver_next
from sojourn.program.safety.escalating import escalate_overdue
from sojourn.program.safety.lookout import leave_sign
from sojourn.program.safety.setting_aside import SetAside
from sojourn.program.safety.steady import SteadyClock, rest
from sojourn.program.safety.watch import beat
from sojourn.program.treatment.missed_looks import take_due_steps, tell_steps
from sojourn.program.treatment.unwatched import arm_unwatched

log = logging.getLogger("sojourn.watch")

ROUND_S: Final = 0.25
BEAT_EVERY_S: Final = 1.0
UPKEEP_EVERY_S: Final = 5.0
AGAIN_AFTER_S: Final = 0.5
HUNG_AFTER_S: Final = 12.0
HUNG: Final = 70  # the exit code of a worker that gave itself up


def raise_what_is_due(*, aside: SetAside | None = None, alarms_aside: SetAside | None = None) -> None:
    """Take the steps of missed looks, and escalate what nobody took on."""
    if count := take_due_steps(aside=aside):
        log.warning("%d steps taken for missed looks", count)
    within = protocols.policy("alarm-escalate").within
    if count := escalate_overdue(again_after=within, aside=alarms_aside):
        log.warning("%d alarms escalated", count)


class Watch:
    """One worker of the watch. `worker` names it among the others; any number of them may go their rounds."""

    def __init__(self, worker: str, *, round_s: float = ROUND_S) -> None:
        self.worker = worker
        self.round_s = round_s
        self.stopped = threading.Event()
        self._clock = SteadyClock()
        self._beat_at = self._upkeep_at = -math.inf
        self._round_at = time.monotonic()
        self._number = time.time_ns()  # grows over the restarts of a worker, too
        self._aside, self._alarms_aside, self._untold = SetAside(), SetAside(), SetAside()

    def stop(self) -> None:
        """Let the round that is under way be the last."""
        self.stopped.set()

    def go(self) -> None:
        """Go rounds until stopped. Whatever fails in one, the next is gone: nobody else may come to watch."""
        while not self.stopped.is_set():
            self._round_at = time.monotonic()
            try:
                self.round()
            except Exception as failure:  # noqa: BLE001 - told in full below; the watch must go on
                _tell_of(failure)
                _hang_up()
                self.stopped.wait(AGAIN_AFTER_S)
            else:
                self.stopped.wait(self.round_s)

    def round(self) -> None:
        """Go one round. Only one that raised what was due shows that its worker lives."""
        if time.monotonic() - self._beat_at >= BEAT_EVERY_S:
            self._look_at_the_clock()
        raise_what_is_due(aside=self._aside, alarms_aside=self._alarms_aside)
        if time.monotonic() - self._beat_at >= BEAT_EVERY_S:
            beat(self.worker)
            self._beat_at = time.monotonic()
            self._number += 1
            leave_sign(self.worker, self._number)
        if time.monotonic() - self._upkeep_at >= UPKEEP_EVERY_S:
            self._upkeep_at = time.monotonic()
            arm_unwatched(now=timezone.now())
            rest()

    def _look_at_the_clock(self) -> None:
        seconds = round(self._clock.look().total_seconds())
        if seconds:
            log.error("the database's clock was set, and the watch's is moved by %d s to go on", seconds)

    def tell_records(self) -> None:
        """Put steps that were taken on the sealed records, until stopped.

        In a thread of its own, as deliveries are: in a storm the records take seconds, and no alarm waits for them.
        """
        self._repeat(lambda: tell_steps(aside=self._untold))

    def deliver(self) -> None:
        """Tell people of alarms until stopped; a mail server may take its time."""
        self._repeat(lambda: deliver_next(seen_within=protocols.policy("alarm-seen").within))

    def _repeat(self, work: Callable[[], object]) -> None:
        while not self.stopped.is_set():
            try:
                while work() and not self.stopped.is_set():
                    pass
            except Exception as failure:  # noqa: BLE001 - told in full below; the watch must go on
                _tell_of(failure)
                _hang_up()
                self.stopped.wait(AGAIN_AFTER_S)
            else:
                self.stopped.wait(self.round_s)

    def give_up_when_hung(self, *, end: Callable[[int], None] = os._exit) -> None:
        """End the process when a round takes too long: a frozen database answers no client, ever.

        The kernel goes on acknowledging a frozen server's packets, so no time-out of the connection ends the wait.
        """

        def look() -> None:
            while not self.stopped.wait(1.0):
                if time.monotonic() - self._round_at > HUNG_AFTER_S:
                    log.error("a round of the watch hangs; this worker ends")
                    end(HUNG)
                    return

        threading.Thread(target=look, name="hung", daemon=True).start()


def _tell_of(failure: Exception) -> None:
    if isinstance(failure.__cause__, DiskFull):
        log.error("the disk of the database is full: NO ALARM CAN BE RAISED. Look at the patients; make room")
    elif isinstance(failure, (OperationalError, InterfaceError)):
        log.warning("the database does not answer; the watch tries again")
    else:
        log.exception("a round of the watch failed; it tries again")  # noqa: LOG004 - called in a handler


def _hang_up() -> None:
    """Close the connection, which may be broken; the next statement opens another."""
    try:
        connection.close()
    except Exception:
        log.exception("a connection to the database could not be closed")
