"""Linux facts about processes: who dies with whom, what was left over, who lives in a folder."""

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PR_SET_PDEATHSIG = 1  # Source: prctl(2)
PR_SET_CHILD_SUBREAPER = 36  # Source: prctl(2)
TIME_ERROR = 5  # Source: adjtimex(2), the clock is not synchronized
TIMEX_BYTES = 512  # more than struct timex has; all zero only asks
MARK = "SUPERVISED_BY_SOJOURN"
_libc = ctypes.CDLL(None, use_errno=True)


def born_to_die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """Return what a child does before its program starts: ask for a signal when its parent dies."""
    parent = os.getpid()

    def before_program() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # the parent died before the request was made
            os.kill(os.getpid(), signal.SIGKILL)

    return before_program


def adopt_orphans() -> None:
    """Let grandchildren whose parent died become our children, so that we can see and reap them."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def reap_adopted(own: Iterable[int]) -> None:
    """Collect dead processes we adopted; those in `own` are left to whoever started them."""
    mine = set(own)
    while True:
        try:
            dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if dead is None or dead.si_pid in mine:
            return
        os.waitpid(dead.si_pid, 0)


def clock_is_kept_right() -> bool:
    """Tell whether the kernel knows of a time service that steers its clock."""
    state: int = _libc.adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    return 0 <= state != TIME_ERROR


def all_processes() -> list[int]:
    """Return the ids of all processes on this machine that we can see."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and not yet reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (OSError, IndexError):
        return False


def environment_of(pid: int) -> dict[str, str]:
    """Return the environment a process was started with; empty when it is gone or somebody else's."""
    try:
        lines = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return {}
    pairs = (line.decode(errors="surrogateescape").partition("=") for line in lines if line)
    return {name: value for name, _, value in pairs}


def marked(mark: str, *, but_not: str) -> tuple[int, ...]:
    """Return what a supervisor with this mark started, children's children too, save one program's."""
    found = []
    for pid in all_processes():
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            continue
        is_ours = pid != os.getpid() and name != but_not and environment_of(pid).get(MARK) == mark
        if is_ours and is_alive(pid):
            found.append(pid)
    return tuple(found)


def living_in(folder: Path, *, named: str) -> tuple[int, ...]:
    """Return the processes of a program that work in a folder; a database server works in its cluster's."""
    found = []
    for pid in all_processes():
        try:
            here = Path(f"/proc/{pid}/cwd").readlink()
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            continue
        if here == folder and name == named and pid != os.getpid() and is_alive(pid):
            found.append(pid)
    return tuple(found)


def end(pids: Iterable[int], how: signal.Signals, *, wait_s: float) -> tuple[int, ...]:
    """Signal processes and wait for them; returns those still alive after `wait_s` seconds."""
    left = tuple(pids)
    for pid in left:
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + wait_s
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = tuple(pid for pid in left if is_alive(pid))
    return left
