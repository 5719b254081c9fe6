"""One Sojourn per data folder: a lock the kernel frees with its holder, and a note of what holds it."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from launcher.processes import end, environment_of, marked
from launcher.telling import Refusal, say

WAIT_FOR_A_COMMAND_S = 600.0


class AnotherCommandAtWork(Refusal):
    """Another command holds the data folder and does not finish."""


@dataclass(frozen=True)
class Running:
    """Who holds a data folder: `up` with its address (empty until it answers), or another command.

    `database` is the address of the database it uses, `embedded` whether that one is its own.
    """

    pid: int
    what: str
    address: str = ""
    database: str = ""
    embedded: bool = True


class AlreadyUp(Exception):
    """The practice of this data folder runs already; the caller decides what that means."""

    def __init__(self, running: Running) -> None:
        super().__init__(running.address)
        self.running = running


def running_in(data: Path) -> Running | None:
    """Return who holds the data folder now, None when nobody does."""
    try:
        descriptor = os.open(data / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _noted(data)
    finally:
        os.close(descriptor)
    return None


def settings_in_use(data: Path) -> dict[str, str]:
    """Return the settings the running practice's programs were started with; empty when none runs.

    They may differ from those of the shell somebody looks at the practice from.
    """
    running = running_in(data)
    for pid in marked(str(data), but_not="postgres"):
        given = {name: value for name, value in environment_of(pid).items() if name.startswith("SOJOURN_")}
        if running and running.embedded:
            given.pop("SOJOURN_DATABASE_URL", None)
        return given
    return {}


@contextmanager
def holding(data: Path, what: str) -> Iterator[None]:
    """Hold the data folder for a command; waits for others, raises AlreadyUp when the practice runs."""
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, data)
        # A holder that was killed may have left programs behind. Its database server is not killed but asked
        # to stop, when the cluster is served again.
        end(marked(str(data), but_not="postgres"), signal.SIGKILL, wait_s=5)
        note_running(data, Running(os.getpid(), what))
        yield
    finally:
        os.close(descriptor)


def note_running(data: Path, running: Running) -> None:
    """Write down who holds the data folder."""
    fresh = data / "running.json.new"
    fresh.unlink(missing_ok=True)
    # An outside database's address may hold a password.
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(asdict(running), stream)
    fresh.replace(data / "running.json")


def _take(descriptor: int, data: Path) -> None:
    deadline = time.monotonic() + WAIT_FOR_A_COMMAND_S
    told = False
    while time.monotonic() < deadline:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _noted(data)
            if holder.what == "up":
                raise AlreadyUp(holder) from None
            if not told:
                say(f"Waiting for ./sojourn {holder.what} (process {holder.pid}) to finish.")
                told = True
            time.sleep(0.1)
        else:
            return
    raise AnotherCommandAtWork(
        "Another ./sojourn command has held this practice for ten minutes. Stop it and try again."
    )


def _noted(data: Path) -> Running:
    try:
        return Running(**json.loads((data / "running.json").read_text()))
    except (OSError, ValueError, TypeError):
        return Running(0, "another command")
