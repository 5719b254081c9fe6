"""Asks the web server how sessions stand: it alone knows who a row belongs to and how it is drawn."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

ANSWER_WITHIN_S: Final = 8.0
ROWS: Final = "/workspace/sessions/rows/"


class NoRows(Exception):
    """The web server did not answer as it must."""


@dataclass(frozen=True)
class Pages:
    """Where the pages are served inside the machine, under which name they answer, and the hub's own word."""

    address: str
    name: str
    word: str

    async def rows(self, visits: Iterable[str]) -> dict[str, Any]:
        """The rows of these visits, and which of them stand on no board. Raises NoRows."""
        return await self._asked(f"{ROWS}?{'&'.join(f'v={visit}' for visit in visits)}")

    async def index(self) -> dict[str, Any]:
        """Every session that stands on a board now, with the mark of its row. Raises NoRows."""
        return await self._asked(ROWS)

    async def _asked(self, target: str) -> dict[str, Any]:
        place = urlsplit(self.address)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                reader, writer = await asyncio.open_connection(place.hostname, place.port)
                try:
                    writer.write(
                        f"GET {target} HTTP/1.1\r\nHost: {self.name}\r\nAuthorization: Hub {self.word}\r\n"
                        "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n".encode()
                    )
                    answer = await reader.read(-1)
                finally:
                    writer.close()
        except (OSError, TimeoutError) as error:
            raise NoRows(f"the web server does not answer: {error!r}") from error
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise NoRows(f"the web server answered {head[:60]!r}")
        try:
            found: dict[str, Any] = json.loads(body)
        except ValueError as error:
            raise NoRows("the web server's answer cannot be read") from error
        return found
