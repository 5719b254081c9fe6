"""One open stream: the HTTP of it, by hand, so that five thousand idle ones cost little."""

import asyncio
import socket
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, urlsplit

from sojourn.live.tickets import Ticket

LONGEST_HEAD: Final = 8192
HEAD_WITHIN_S: Final = 10.0
MOST_WAITING_BYTES: Final = 512 * 1024  # what a slow reader may leave unread before it is let go
SEND_BUFFER: Final = 64 * 1024
ACCEPTED: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
    b"X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n"
)
Asked = dict[str, str]


class Stream(asyncio.Protocol):
    """A browser that asked for a stream, and then only listens. What it does not read in time costs it the stream."""

    __slots__ = ("ask", "forget", "head", "is_open", "loop_timer", "ticket", "transport", "until")

    def __init__(self, ask: Callable[["Stream", Asked], None], forget: Callable[["Stream"], None]) -> None:
        self.ask = ask
        self.forget = forget
        self.head = b""
        self.is_open = False
        self.ticket: Ticket | None = None
        self.until = 0.0
        self.transport: asyncio.Transport | None = None
        self.loop_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        line = transport.get_extra_info("socket")
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # a reader that vanished is noticed by its silence
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 20_000)
        self.loop_timer = asyncio.get_running_loop().call_later(HEAD_WITHIN_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        if self.is_open:
            return  # a listener has nothing to say
        self.head += data
        if len(self.head) > LONGEST_HEAD:
            self.refuse(431, "too long")
        elif b"\r\n\r\n" in self.head:
            head, self.head = self.head, b""
            self._rest()
            self._read(head)

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        self.is_open = False
        self.transport = None
        self.forget(self)

    def accept(self, allowed_origin: str) -> None:
        """Answer that the stream begins."""
        cross = f"Access-Control-Allow-Origin: {allowed_origin}\r\nVary: Origin\r\n" if allowed_origin else ""
        self.is_open = True
        self.send(ACCEPTED + cross.encode() + b"\r\n")

    def refuse(self, status: int, words: str, allowed_origin: str = "") -> None:
        """Answer with an error and close."""
        if self.transport is None:
            return
        cross = f"Access-Control-Allow-Origin: {allowed_origin}\r\n" if allowed_origin else ""
        body = words.encode() + b"\n"
        self.transport.write(
            f"HTTP/1.1 {status} {words}\r\nContent-Type: text/plain\r\n{cross}"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        self.transport.close()

    def send(self, message: bytes) -> None:
        """Pass on bytes that were made once for everybody; let a reader go that does not read."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        transport.write(message)
        if transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            transport.abort()

    def end(self, message: bytes = b"") -> None:
        """Say a last word and close."""
        if self.transport is not None:
            self.send(message)
            self.transport.close()

    def _rest(self) -> None:
        if self.loop_timer is not None:
            self.loop_timer.cancel()
            self.loop_timer = None

    def _read(self, head: bytes) -> None:
        try:
            request, *lines = head.decode("latin-1").split("\r\n")
            method, target, _version = request.split(" ")
        except ValueError:
            self.refuse(400, "not a request")
            return
        if method != "GET":
            self.refuse(405, "only GET")
            return
        address = urlsplit(target)
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        for line in lines:
            name, _, value = line.partition(":")
            asked[f"header:{name.strip().lower()}"] = value.strip()
        asked["path"] = address.path
        self.ask(self, asked)
