"""CPU time and memory of the web server and of its database connections, from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True)
class Spent:
    """CPU milliseconds since the start: of the web server, of its database connections, of the whole machine."""

    web_ms: float
    database_ms: float
    machine_ms: float
    own_ms: float

    def since(self, before: "Spent") -> "Spent":
        """What was spent between two moments."""
        return Spent(
            self.web_ms - before.web_ms,
            self.database_ms - before.database_ms,
            self.machine_ms - before.machine_ms,
            self.own_ms - before.own_ms,
        )


class Meter:
    """Reads what a process tree and the connections to one database have spent."""

    def __init__(self, root_pid: int, url: str, database: str) -> None:
        self.root_pid = root_pid
        self.database = database
        self.connection = psycopg.connect(url, autocommit=True)
        self.largest: dict[int, float] = {}  # a connection that has ended keeps what it had spent

    def read(self) -> Spent:
        """Read the present state."""
        for pid in self._backends():
            self.largest[pid] = max(self.largest.get(pid, 0.0), cpu_ms(pid))
        own = os.times()
        return Spent(
            web_ms=sum(cpu_ms(pid) for pid in tree(self.root_pid)),
            database_ms=sum(self.largest.values()),
            machine_ms=_machine_ms(),
            own_ms=(own.user + own.system + own.children_user + own.children_system) * 1000,
        )

    def sees_the_database(self) -> bool:
        """Tell whether the database's processes are on this machine, where /proc shows them."""
        return any(cpu_ms(pid) > 0 for pid in self._backends())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self.connection.close()

    def _backends(self) -> list[int]:
        rows = self.connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [self.database]
        )
        return [pid for (pid,) in rows if _is_postgres(pid)]


def tree(root: int) -> list[int]:
    """The process and all its descendants."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        try:
            for task in (PROC / str(pid) / "task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def cpu_ms(pid: int) -> float:
    """User and system time of all threads of a process; 0 when it is gone."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * TICK_MS


def memory_mb(root: int) -> float:
    """Memory of a process tree in MB, shared pages counted once by shares (PSS)."""
    kilobytes = 0
    for pid in tree(root):
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def _machine_ms() -> float:
    """Everything but idle and waiting, of all cores."""
    fields = [int(word) for word in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) * TICK_MS


def _is_postgres(pid: int) -> bool:
    try:
        return "postgres" in (PROC / str(pid) / "comm").read_text()
    except OSError:
        return False
