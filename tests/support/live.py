"""A live hub for tests: in a thread of its own, on a free port; and a reader of its streams."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection

from sojourn.live.serving import Where, serve

SECRET = "a-secret-of-the-tests"
PATIENCE_S = 15.0


@contextmanager
def hub_for(*, database: str, pages: str, secret: str = SECRET) -> Iterator[int]:
    """Serve a hub; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    where = Where("127.0.0.1", port, database, secret, pages, "localhost")
    loop = asyncio.new_event_loop()
    work = loop.create_task(serve(where))

    def run() -> None:
        asyncio.set_event_loop(loop)
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(work)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        _wait(port)
        yield port
    finally:
        loop.call_soon_threadsafe(work.cancel)
        thread.join(10)


def database_url() -> str:
    """The database of this test, as the hub is told of it."""
    about = connection.settings_dict
    return f"postgresql://{about['USER']}@/{about['NAME']}?host={about['HOST']}&port={about['PORT']}"


@contextmanager
def hub_beside(live_server: Any, settings: Any) -> Iterator[int]:
    """Serve a hub that the pages of a live server may reach, as `./sojourn up` sets it up; yields its port."""
    with hub_for(database=database_url(), pages=live_server.url, secret=settings.SECRET_KEY) as port:
        settings.LIVE_PORT = port
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        sources = [*directives["connect-src"], f"http://localhost:{port}"]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "connect-src": sources}}
        yield port


def _wait(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the hub does not listen")


def in_own_loop(story: Coroutine[Any, Any, None]) -> None:
    """Run a story in a loop and a thread of its own: a browser of another test may keep one in this thread."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, story).result()


class Listener:
    """One open stream. `next("row")` waits for the next event of that name and gives (id, told)."""

    def __init__(
        self, port: int, ticket: str, *, after: str = "", origin: str = "", path: str = "/live/stream"
    ) -> None:
        self.line = socket.create_connection(("127.0.0.1", port), 5)
        self.line.settimeout(PATIENCE_S)
        asked = f"GET {path}?ticket={ticket}&after={after} HTTP/1.1\r\nHost: localhost:{port}\r\n"
        asked += f"Origin: {origin}\r\n" if origin else ""
        self.line.sendall(asked.encode() + b"\r\n")
        self.stream = self.line.makefile("rb")
        self.status = int(self.stream.readline().split()[1])
        self.head = b"".join(iter(lambda: self.stream.readline().strip(b"\r\n"), b"")).decode()

    def next(self, *names: str, within_s: float = PATIENCE_S) -> tuple[str, str, Any]:
        """Give (name, id, told) of the next event of one of these names; others are passed over."""
        self.line.settimeout(within_s)
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            event: dict[str, str] = {}
            while line := self.stream.readline().rstrip(b"\n").decode():
                name, _, value = line.partition(": ")
                event[name] = value
            if not event:
                return "end", "", None
            if not names or event["event"] in names:
                return event["event"], event.get("id", ""), json.loads(event["data"])
        raise TimeoutError(f"no {names} within {within_s} s")

    def close(self) -> None:
        self.stream.close()
        self.line.close()
