"""The load: keep-alive HTTP/1.1 connections, each sending its next request when the last is answered.

Run as a program of its own (`python -m benchmarks.driver`), so that it shares no interpreter with what starts it: a
pickled `Job` comes in, "ready" goes out, any line starts it, and the pickled fields of a `Tally` go out.
"""

import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

PROCESSES = 2
BLOCK = 1 << 16


@dataclass(frozen=True)
class Job:
    """What one process sends. `again` begins the list anew at its end; otherwise the end of the list ends the job."""

    port: int
    connections: int
    seconds: float
    requests: tuple[bytes, ...]
    again: bool


@dataclass
class Tally:
    """What came back. `latencies_ms` are of whole answers; `example` is the first answer of each status.

    The first `sent` requests may have been sent; none after them was.
    """

    latencies_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    example: dict[int, bytes] = field(default_factory=dict)
    seconds: float = 0.0
    sent: int = 0


def drive(*, port: int, connections: int, seconds: float, requests: Sequence[bytes], again: bool) -> Tally:
    """Send requests for some seconds from two processes; with one connection, from one."""
    count = min(PROCESSES, connections)
    jobs = [
        Job(port, connections // count, seconds, tuple(requests if again else requests[place::count]), again)
        for place in range(count)
    ]
    command = [sys.executable, "-m", "benchmarks.driver"]
    drivers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in jobs]
    try:
        for driver, job in zip(drivers, jobs, strict=True):
            pickle.dump(job, driver.stdin)
            driver.stdin.flush()
        for driver in drivers:
            if driver.stdout.readline() != b"ready\n":
                raise RuntimeError("a load driver did not start")
        for driver in drivers:
            driver.stdin.write(b"go\n")
            driver.stdin.flush()
        tallies = [Tally(**pickle.load(driver.stdout)) for driver in drivers]  # noqa: S301 - our own child's words
    finally:
        for driver in drivers:
            driver.kill()
            driver.communicate()
    whole = Tally(
        seconds=max(tally.seconds for tally in tallies), sent=count * max(tally.sent for tally in tallies)
    )
    for tally in tallies:
        whole.latencies_ms += tally.latencies_ms
        whole.statuses += tally.statuses
        whole.example |= tally.example
    return whole


@dataclass
class Line:
    """One connection and the answer it waits for."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    whole: int = 0  # bytes of the whole answer, 0 until its head is known


def run(job: Job) -> Tally:
    """Keep every connection busy until the time is up or the requests are used up."""
    tally = Tally()
    lines = [Line(socket.create_connection(("127.0.0.1", job.port))) for _ in range(job.connections)]
    chosen = selectors.DefaultSelector()
    for line in lines:
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chosen.register(line.socket, selectors.EVENT_READ, line)
    sys.stdout.buffer.write(b"ready\n")
    sys.stdout.buffer.flush()
    sys.stdin.buffer.readline()
    began = time.perf_counter()
    waiting, following = 0, 0
    for line in lines:
        following, waiting = _send_next(line, job, following, waiting)
    while waiting:
        for key, _ in chosen.select(timeout=30) or _no_answer():
            line = key.data
            if not _take(line):
                continue
            now = time.perf_counter()
            _count(line, now, tally)
            waiting -= 1
            if now - began < job.seconds:
                following, waiting = _send_next(line, job, following, waiting)
    tally.seconds = time.perf_counter() - began
    tally.sent = following
    return tally


def _no_answer() -> list[tuple[selectors.SelectorKey, int]]:
    raise TimeoutError("the server did not answer within 30 s")


def _send_next(line: Line, job: Job, following: int, waiting: int) -> tuple[int, int]:
    if following >= len(job.requests):
        if not job.again:
            return following, waiting
        following = 0
    line.received.clear()
    line.whole = 0
    line.sent_at = time.perf_counter()
    line.socket.sendall(job.requests[following])
    return following + 1, waiting + 1


def _take(line: Line) -> bool:
    """Receive what has come; returns True when the answer is whole."""
    block = line.socket.recv(BLOCK)
    if not block:
        raise ConnectionError("the server closed a connection in mid-answer")
    line.received += block
    if not line.whole:
        head = line.received.find(b"\r\n\r\n")
        if head < 0:
            return False
        length = _length(bytes(line.received[: head + 2]))
        if length is None:
            return line.received.endswith(b"0\r\n\r\n")
        line.whole = head + 4 + length
    return len(line.received) >= line.whole


def _length(head: bytes) -> int | None:
    """Read the length from an answer's head; None for one that comes in chunks."""
    for name_and_value in head.lower().split(b"\r\n")[1:]:
        name, _, value = name_and_value.partition(b":")
        if name == b"content-length":
            return int(value)
        if name == b"transfer-encoding":
            return None
    return 0


def _count(line: Line, now: float, tally: Tally) -> None:
    tally.latencies_ms.append((now - line.sent_at) * 1000)
    status = int(line.received[9:12])
    tally.statuses[status] += 1
    if status not in tally.example:
        tally.example[status] = bytes(line.received[:4000])


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(vars(run(pickle.load(sys.stdin.buffer)))))  # noqa: S301 - from our own parent
