"""How many deliveries a second one hub makes, beside a bare hub that knows neither tickets nor history; and memory.

`python fanout.py product|bare SUBSCRIBERS SECONDS` serves in this process; readers run in another, from the same file.
"""

import asyncio
import json
import os
import selectors
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
BOARDS = 4
ROW = {"visit": "01930000-000b-7000-8000-000000000001", "site": "site-0", "mark": "abcdef", "html": "x" * 60}
READ = 1 << 20
FULL = 256 * 1024
SECRET = "only-for-this-run"  # noqa: S105 - of a hub that ends with the run


class Bare(asyncio.Protocol):
    """A subscriber of the bare hub: whoever connects is told everything of one board."""

    listening: list["Bare"] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.listening.append(self)
        transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")


async def serve(kind: str, subscribers: int, seconds: float) -> dict[str, float]:
    """Flood all subscribers for a while; gives CPU and memory of this process."""
    from benchmarks.processes import memory_mb
    from sojourn.live.hub import Hub, Standing
    from sojourn.live.streams import Stream
    from sojourn.live.tickets import signed

    async def standing_of(accounts: Any) -> Any:
        return {account: Standing(("session_monitor",), (f"site-{account}",)) for account in accounts}

    hub = Hub(secret=SECRET, standing_of=standing_of)
    tasks = set()

    def admit(stream: Stream, asked: dict[str, str]) -> None:
        tasks.add(asyncio.ensure_future(hub.admit(stream, asked)))

    made = Bare if kind == "bare" else (lambda: Stream(admit, hub.leave))
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    words = [signed(_seen(board), secret=SECRET) for board in range(BOARDS)]
    before_mb = memory_mb(os.getpid())
    readers = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "read", str(port), str(subscribers), *words, stdout=asyncio.subprocess.PIPE
    )
    assert readers.stdout is not None
    await readers.stdout.readline()  # all are connected
    while (len(Bare.listening) if kind == "bare" else hub.count) < subscribers:  # noqa: ASYNC110 - nobody tells how many listen
        await asyncio.sleep(0.01)
    with_mb = memory_mb(os.getpid())
    transports = [each.transport for each in (Bare.listening if kind == "bare" else hub.streams())]
    began, spent, told = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        for board in range(BOARDS):
            if kind == "bare":
                message = f"event: row\nid: {told}\ndata: {json.dumps(ROW)}\n\n".encode()
                for each in Bare.listening[board::BOARDS]:
                    each.transport.write(message)
            else:
                hub.tell_row(ROW | {"site": f"site-{board}"})
            told += 1
        await asyncio.sleep(0)
        while any(transport.get_write_buffer_size() > FULL for transport in transports if transport):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.001)
    lasted, cpu = time.perf_counter() - began, time.process_time() - spent
    wanted = told // BOARDS * subscribers
    for each in transports:
        each.close()
    said, _ = await readers.communicate()
    counted = int(said.split()[-1])
    return {
        "deliveries_per_s": counted / lasted, "lost": wanted - counted, "cpu_us": cpu / counted * 1e6,
        "kb_each": (with_mb - before_mb) * 1024 / subscribers,
    }  # fmt: skip


def _seen(board: int) -> Any:
    from sojourn.live.tickets import Ticket

    return Ticket(
        user_id=str(board), roles=("session_monitor",), sites=(f"site-{board}",), given_at=time.time()
    )


def read(port: int, subscribers: int, words: list[str]) -> None:
    """Read everything and count events, to the end."""
    chosen = selectors.DefaultSelector()
    for n in range(subscribers):
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(
            f"GET /live/stream?ticket={words[n % BOARDS]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        )
        chosen.register(line, selectors.EVENT_READ)
    print("connected", flush=True)
    counted, left = 0, subscribers
    while left:
        for key, _ in chosen.select():
            line = key.fileobj
            block = line.recv(READ)  # type: ignore[union-attr]
            counted += block.count(b"event: row")
            if not block:
                chosen.unregister(line)
                left -= 1
    print(counted, flush=True)


def measured(kind: str, *, subscribers: int = 200, seconds: float = 2.0) -> dict[str, float]:
    """Run one hub in a process of its own, and give its figures."""
    command = [sys.executable, __file__, kind, str(subscribers), str(seconds)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


if __name__ == "__main__":
    if sys.argv[1] == "read":
        read(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
    else:
        print(json.dumps(asyncio.run(serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))))
