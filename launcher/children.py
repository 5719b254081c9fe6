"""One supervised program: how it is started, how its death is read, how it is stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from launcher.processes import MARK, born_to_die_with_parent

LARGEST_LOG_BYTES = 20_000_000
WAITING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True)
class Program:
    """What to run: its command, environment and log file, and how it is asked to stop.

    `stops_last` is for what the others depend on. Without `owns_group` only the process itself is killed:
    a database server looks after its own children, and killing those would cost a recovery.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = (
        signal.SIGTERM
    )  # what the kernel sends when the supervisor itself is killed
    before_start: Callable[[], None] | None = None
    grace_s: float = 10.0
    stops_last: bool = False
    owns_group: bool = True
    delays_s: tuple[float, ...] = ()  # before its restarts in a row, where the supervisor's own are too long


@dataclass
class Child:
    """A program and its present process, if it has one."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths_in_a_row: int = 0
    next_start_at: float | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def begin(child: Child, mark: str) -> None:
    """Start the child's program, its output appended to its log."""
    if child.program.before_start is not None:
        child.program.before_start()
    log = child.program.log
    with suppress(FileNotFoundError):
        if log.stat().st_size > LARGEST_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        child.process = started(
            child.program.command,
            child.program.environment,
            mark,
            output=output,
            death_signal=child.program.death_signal,
        )
    finally:
        os.close(output)
    child.started_at = time.monotonic()
    child.next_start_at = None


def started(
    command: tuple[str, ...],
    environment: Mapping[str, str],
    mark: str,
    *,
    output: int | None = None,
    errors: int | None = None,
    folder: Path = Path("/"),
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own that dies with us and carries the mark of its supervisor."""
    # A stop signal between the fork and the note of the new process would lose the process: it waits.
    signal.pthread_sigmask(signal.SIG_BLOCK, WAITING_SIGNALS)
    try:
        return subprocess.Popen(
            command,
            env={**environment, MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output if errors is None else errors,
            cwd=folder,
            start_new_session=True,
            preexec_fn=born_to_die_with_parent(death_signal),  # noqa: PLW1509 - the supervisor has one thread
        )
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WAITING_SIGNALS)


def ask_to_stop(child: Child) -> None:
    """Send the stop signal to a running child."""
    if child.is_running and child.process is not None:
        child.process.send_signal(child.program.stop_signal)


def make_stop(child: Child, *, wait_s: float) -> None:
    """Wait for a child that was asked to stop; kill it, and what is left of its group, when it does not."""
    process = child.process
    if process is None:
        return
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT if child.program.stops_last else signal.SIGKILL)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    clear_group(child)
    child.process = None


def clear_group(child: Child) -> None:
    """Kill what is left of a dead child's process group."""
    if child.program.owns_group and child.process is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, signal.SIGKILL)


def death_in_words(returncode: int) -> str:
    """Say how a process ended."""
    if returncode < 0:
        return f"was killed by {signal.Signals(-returncode).name}"
    return "ended" if returncode == 0 else f"ended with error {returncode}"


def end_of_log(log: Path, *, most_bytes: int = 4000) -> str:
    """Return the end of a log file as text; empty when there is none."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - most_bytes))
            return stream.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
