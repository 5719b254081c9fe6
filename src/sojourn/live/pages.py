"""Asks the web server how sessions stand: it alone knows who a row belongs to and how it is drawn."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

ANSWER_WITHIN_S: Final = 8.0
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
ROWS: Final = "/workspace/sessions/rows/"


class NoRows(Exception):
    """The web server did not answer as it must."""


class Pages:
    """Where the pages are served inside the machine, under which name they answer, and the hub's own word.

    A line to the web server is kept for the next question: to make one costs both sides as much as many an answer.
    """

    def __init__(self, address: str, name: str, word: str) -> None:
        self._place = urlsplit(address)
        self._head = f"Host: {name}\r\nAuthorization: Hub {word}\r\nX-Forwarded-Proto: https\r\n\r\n"
        self._kept: list[Line] = []

    async def rows(self, visits: Iterable[str]) -> dict[str, Any]:
        """The rows of these visits, and which of them stand on no board. Raises NoRows."""
        return await self._asked(f"{ROWS}?{'&'.join(f'v={visit}' for visit in visits)}")

    async def index(self) -> dict[str, Any]:
        """Every session that stands on a board now, with the mark of its row. Raises NoRows."""
        return await self._asked(ROWS)

    async def _asked(self, target: str) -> dict[str, Any]:
        request = f"GET {target} HTTP/1.1\r\n{self._head}".encode()
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                body = await self._answer(request)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            raise NoRows(f"the web server does not answer: {error!r}") from error
        try:
            found: dict[str, Any] = json.loads(body)
        except ValueError as error:
            raise NoRows("the web server's answer cannot be read") from error
        return found

    async def _answer(self, request: bytes) -> bytes:
        """Ask on a line that was kept; on a new one where there is none, or where its other end is gone."""
        while self._kept:
            line = self._kept.pop()
            try:
                return await self._on(line, request)
            except (OSError, EOFError):
                continue
        return await self._on(await asyncio.open_connection(self._place.hostname, self._place.port), request)

    async def _on(self, line: Line, request: bytes) -> bytes:
        reader, writer = line
        try:
            writer.write(request)
            told = _fields(await reader.readuntil(b"\r\n\r\n"))
            body = await reader.readexactly(int(told.get("content-length", "")))
        except BaseException:
            writer.close()
            raise
        if told.get("connection") == "close":
            writer.close()
        else:
            self._kept.append(line)
        return body


def _fields(head: bytes) -> dict[str, str]:
    """The fields of an answer's head, in small letters. Raises NoRows where it is no good answer."""
    status, *fields = head.decode("latin-1").lower().split("\r\n")
    if " 200" not in status:
        raise NoRows(f"the web server answered {status[:60]}")
    return {name: value.strip() for name, _, value in (field.partition(":") for field in fields)}
