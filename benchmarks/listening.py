"""Open boards for a while and note when each row arrives: `python listening.py PORT BOARDS SECONDS TICKET`."""

import json
import re
import selectors
import socket
import sys
import time

ROW = re.compile(rb'event: row\nid: [^\n]*\ndata: \{"visit":"([0-9a-f-]{36})"')
READ = 1 << 20


def listen(port: int, boards: int, seconds: float, word: str) -> list[tuple[str, float]]:
    """Give (visit, moment) of every row on every board; moments by the machine's steady clock."""
    chosen = selectors.DefaultSelector()
    for _ in range(boards):
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(f"GET /live/stream?ticket={word} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        chosen.register(line, selectors.EVENT_READ, bytearray())
    print("listening", flush=True)
    heard = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for key, _ in chosen.select(timeout=0.2):
            line = key.fileobj
            assert isinstance(line, socket.socket)
            block = line.recv(READ)
            if not block:
                raise ConnectionError("the hub closed a stream")
            at = time.monotonic()
            key.data.extend(block)
            whole, mark, rest = bytes(key.data).rpartition(b"\n\n")
            if mark:
                heard += [(visit.decode(), at) for visit in ROW.findall(whole)]
                key.data[:] = rest
    return heard


if __name__ == "__main__":
    told = listen(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
    print(json.dumps(told), flush=True)
