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
from typing import Any

HEARS = {
    "row": re.compile(rb'event: row\nid: [^-\n]*-[0-9]+\ndata: \{"visit":"([0-9a-f-]{36})"'),
    "changed": re.compile(rb"event: (changed)\n"),
}
# The number of each change: the next is one more, where nothing is lost.
NUMBER = re.compile(rb"event: (?:row|gone)\nid: [0-9a-f]+-([0-9]+)\n")
READ = 1 << 20


@dataclass
class Line:
    """One stream, by its number, and what came of it that is not whole yet."""

    number: int
    rest: bytes = field(default=b"")
    told: int | None = None  # the number of the last change
    gaps: int = 0  # changes that were lost, came twice or out of their order

    def count(self, whole: bytes) -> None:
        """Look whether the changes follow each other."""
        for number in map(int, NUMBER.findall(whole)):
            self.gaps += self.told is not None and number != self.told + 1
            self.told = number


def listen(port: int, streams: int, seconds: float, word: str, event: str = "row") -> dict[str, Any]:
    """Give (stream, visit or event, moment) of everything told, and the gaps; moments by the machine's steady clock."""
    chosen = selectors.DefaultSelector()
    for number in range(streams):
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(f"GET /live/stream?ticket={word} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        chosen.register(line, selectors.EVENT_READ, Line(number))
    print("listening", flush=True)
    heard: list[tuple[int, str, float]] = []
    until = time.monotonic() + seconds if seconds else float("inf")
    if not seconds:
        chosen.register(sys.stdin, selectors.EVENT_READ)
    while time.monotonic() < until:
        for key, _ in chosen.select(timeout=0.2):
            stream = key.fileobj
            if stream is sys.stdin:
                until = 0.0
                break
            assert isinstance(stream, socket.socket)
            block = stream.recv(READ)
            if not block:
                raise ConnectionError("the hub closed a stream")
            at = time.monotonic()
            whole, mark, rest = (key.data.rest + block).rpartition(b"\n\n")
            if mark:
                key.data.count(whole)
                heard += [(key.data.number, said.decode(), at) for said in HEARS[event].findall(whole)]
            key.data.rest = rest
    lines = [each.data for each in chosen.get_map().values() if isinstance(each.data, Line)]
    return {"heard": heard, "gaps": sum(line.gaps for line in lines)}


if __name__ == "__main__":
    told = listen(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], *sys.argv[5:6])
    print(json.dumps(told), flush=True)
