"""Keeps programs running: restarts those that die, with growing pauses, and leaves none behind."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Self

from launcher.children import (
    Child,
    Program,
    ask_to_stop,
    begin,
    clear_group,
    death_in_words,
    end_of_log,
    make_stop,
    started,
)
from launcher.processes import adopt_orphans, end, marked, reap_adopted
from launcher.telling import last_lines, say

DELAYS_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)  # before the first, second, ... restart in a row
HEALTHY_AFTER_S = 60.0  # a program that ran this long starts over with the shortest delay
LOOK_EVERY_S = 0.2
HURRIED_WAIT_S = 1.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass
class Supervisor:
    """Looks after children until somebody asks it to stop. A context manager; only for the main thread.

    `mark` names the data folder; every process started here carries it, so that the next holder of that
    folder finds what was left behind when this supervisor was killed.
    """

    mark: str
    delays_s: tuple[float, ...] = DELAYS_S
    tell: Callable[[str], None] = say
    children: list[Child] = field(default_factory=list)
    asked_to_stop: int = 0

    def __enter__(self) -> Self:
        adopt_orphans()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        heard = [
            number
            for number in STOP_SIGNALS
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN
        ]
        self._earlier = {
            number: signal.signal(number, self._on_signal) for number in heard
        }  # nohup keeps its meaning
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._earlier.items():
                signal.signal(number, handler)
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop += 1
        os.write(self._wake_write, b"!")

    @property
    def is_hurried(self) -> bool:
        """Whether somebody asked a second time."""
        return self.asked_to_stop > 1

    def start(self, program: Program) -> Child:
        """Start a program and keep it running from now on."""
        child = Child(program)
        self.children.append(child)
        begin(child, self.mark)
        return child

    def run(
        self, command: tuple[str, ...], environment: Mapping[str, str], *, errors: int | None = None
    ) -> int | None:
        """Run one command to its end while looking after the children; None when asked to stop meanwhile."""
        process = started(command, environment, self.mark, errors=errors)
        while process.poll() is None:
            if self.asked_to_stop:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                return None
            self.look(wait_s=0.02, also_mine=process.pid)
        return process.returncode

    def watch(self) -> None:
        """Look after the children until asked to stop."""
        while not self.asked_to_stop:
            self.look()

    def look(self, *, wait_s: float = LOOK_EVERY_S, also_mine: int = 0) -> None:
        """Wait a moment (less when a signal comes), then notice deaths and start again what is due."""
        if select.select([self._wake_read], [], [], wait_s)[0]:
            os.read(self._wake_read, 100)
        reap_adopted([also_mine, *(child.process.pid for child in self.children if child.process)])
        for child in self.children:
            if self.asked_to_stop:
                return
            if child.process is not None and child.process.poll() is not None:
                self._note_death(child, child.process.returncode)
            if child.next_start_at is not None and time.monotonic() >= child.next_start_at:
                begin(child, self.mark)

    def _note_death(self, child: Child, returncode: int) -> None:
        clear_group(child)
        child.process = None
        ran_s = time.monotonic() - child.started_at
        child.deaths_in_a_row = 1 if ran_s >= HEALTHY_AFTER_S else child.deaths_in_a_row + 1
        delays_s = child.program.delays_s or self.delays_s
        delay_s = delays_s[min(child.deaths_in_a_row, len(delays_s)) - 1]
        child.next_start_at = time.monotonic() + delay_s
        self.tell(
            f"{child.program.name} {death_in_words(returncode)} after {ran_s:.0f} s; "
            f"it starts again in {delay_s:g} s. Its log is {child.program.log}."
        )
        if returncode > 0:
            self.tell(last_lines(end_of_log(child.program.log), 5))

    def stop(self) -> None:
        """Stop all children, those the others depend on last; a second signal shortens the wait."""
        for last in (False, True):
            those = [child for child in self.children if child.program.stops_last is last]
            for child in those:
                child.next_start_at = None
                ask_to_stop(child)
            for child in those:
                deadline = time.monotonic() + child.program.grace_s
                while child.is_running and time.monotonic() < deadline and (last or not self.is_hurried):
                    time.sleep(0.02)
                make_stop(child, wait_s=0.05 if not child.is_running else HURRIED_WAIT_S)
            # What they started and left, in whatever group, ends before the database does.
            running = {child.process.pid for child in self.children if child.process is not None}
            left = [pid for pid in marked(self.mark, but_not="postgres") if pid not in running]
            end(left, signal.SIGKILL, wait_s=5)
        reap_adopted(())
