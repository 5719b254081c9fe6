"""The web server as in production, with the bare views added; and how long it takes to start."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher.processes import born_to_die_with_parent
from launcher.web import THREADS

STARTS_WITHIN_S = 60.0
POLL_S = 0.002


class NotServing(Exception):
    """The web server did not answer; the message holds the end of its log."""


@dataclass(frozen=True)
class Serving:
    """A running server, and the seconds from starting the process to its first 200."""

    pid: int
    port: int
    first_answer_s: float


@contextmanager
def serving(url: str, log: Path) -> Iterator[Serving]:
    """Serve the product and the bare views on a free port; the server is ended in any case. Raises NotServing."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", str(THREADS), "--workers-kill-timeout", "5"),
        *("--no-ws", "--log-level", "warning", "benchmarks.site.wsgi:application"),
    ]
    environment = {
        **os.environ,
        "SOJOURN_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "benchmarks.site.settings",
    }
    with log.open("ab") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=born_to_die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no thread of ours holds a lock here
        )
    try:
        _wait(process, port, log)
        yield Serving(process.pid, port, time.perf_counter() - began)
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    answer = b""
    while time.monotonic() < deadline and process.poll() is None:
        answer = _health(port)
        if b" 200 " in answer:
            return
        time.sleep(POLL_S)
    end = log.read_text(errors="replace")[-3000:]
    raise NotServing(f"The web server does not answer ({answer.decode(errors='replace')!r}).\n{end}")


def _health(port: int) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return line.recv(4096).split(b"\r\n", 1)[0]
    except OSError:
        return b""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server and everything in its process group."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
