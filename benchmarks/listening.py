"""Open streams for a while and note when each is told: `python listening.py PORT STREAMS SECONDS TICKET [row|changed]`.

With 0 seconds it listens until its standard input ends.
"""

import json
import re
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field

HEARS = {
    "row": re.compile(rb'event: row\nid: [^\n]*\ndata: \{"visit":"([0-9a-f-]{36})"'),
    "changed": re.compile(rb"event: (changed)\n"),
}
READ = 1 << 20


@dataclass
class Line:
    """One stream, by its number, and what came of it that is not whole yet."""

    number: int
    rest: bytes = field(default=b"")


def listen(
    port: int, streams: int, seconds: float, word: str, event: str = "row"
) -> list[tuple[int, str, float]]:
    """Give (stream, visit or event, moment) of everything told; moments by the machine's steady clock."""
    chosen = selectors.DefaultSelector()
    for number in range(streams):
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(f"GET /live/stream?ticket={word} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        chosen.register(line, selectors.EVENT_READ, Line(number))
    print("listening", flush=True)
    heard = []
    until = time.monotonic() + seconds if seconds else float("inf")
    if not seconds:
        chosen.register(sys.stdin, selectors.EVENT_READ)
    while time.monotonic() < until:
        for key, _ in chosen.select(timeout=0.2):
            stream = key.fileobj
            if stream is sys.stdin:
                return heard
            assert isinstance(stream, socket.socket)
            block = stream.recv(READ)
            if not block:
                raise ConnectionError("the hub closed a stream")
            at = time.monotonic()
            whole, mark, rest = (key.data.rest + block).rpartition(b"\n\n")
            if mark:
                heard += [(key.data.number, said.decode(), at) for said in HEARS[event].findall(whole)]
            key.data.rest = rest
    return heard


if __name__ == "__main__":
    told = listen(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], *sys.argv[5:6])
    print(json.dumps(told), flush=True)
