"""What the hub asks the database: to be woken by changes, what time it is, whether the watch lives, who an account is."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from sojourn.live.hub import Standing

log = logging.getLogger("sojourn.live")
CHANNEL: Final = "sojourn_live"
ANSWER_WITHIN_S: Final = 5.0
WATCH_SILENT_AFTER_S: Final = 12.0  # as in program.safety.watch

STANDING = """
SELECT account.id::text, staff.roles,
       array(SELECT site_id::text FROM people_staffmember_sites s WHERE s.staffmember_id = staff.id)
FROM people_user account JOIN people_staffmember staff ON staff.user_id = account.id
WHERE account.id = ANY(%s::uuid[]) AND account.is_active AND staff.left_on IS NULL
UNION ALL
SELECT account.id::text, ARRAY['patient'], ARRAY[]::text[]
FROM people_user account JOIN people_patient patient ON patient.user_id = account.id
WHERE account.id = ANY(%s::uuid[]) AND account.is_active
"""
BEAT = "SELECT pg_notify(%s, %s)"
WATCH = """
SELECT clock_timestamp(), min(abs(extract(epoch FROM clock_timestamp() - beat_at)))::float8
FROM safety_watchbeat WHERE kind = 'alarm'
"""


@dataclass(frozen=True)
class Watch:
    """Whether an alarm worker lives, by the database's time `at`; `silent_for_s` is None when none ever beat."""

    at: datetime
    is_living: bool
    silent_for_s: float | None


class Asking:
    """One connection for questions, made again after it broke. A question unanswered for five seconds breaks it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection: psycopg.AsyncConnection[Any] | None = None
        self.one_at_a_time = asyncio.Lock()

    async def rows(self, question: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Ask, and give all rows. Raises psycopg.Error or TimeoutError; the next question connects anew."""
        async with self.one_at_a_time:
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    if self.connection is None:
                        self.connection = await connected(self.url)
                    found = await self.connection.execute(question, tuple(values))
                    return await found.fetchall()
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        if self.connection is not None:
            connection, self.connection = self.connection, None
            await connection.close()

    async def standing_of(self, accounts: Iterable[str]) -> Mapping[str, Standing]:
        """What these accounts are now; a disabled one, or one of somebody who left, is missing."""
        asked = list(accounts)
        found = await self.rows(STANDING, (asked, asked))
        return {account: Standing(tuple(roles), tuple(sites)) for account, roles, sites in found}

    async def beat(self, payload: str) -> None:
        """Send a beat on its way through the listener."""
        await self.rows(BEAT, (CHANNEL, payload))

    async def watch(self) -> Watch:
        ((at, silent_for_s),) = await self.rows(WATCH)
        return Watch(at, silent_for_s is not None and silent_for_s <= WATCH_SILENT_AFTER_S, silent_for_s)


async def connected(url: str) -> psycopg.AsyncConnection[Any]:
    """Open a connection of the hub's own."""
    return await psycopg.AsyncConnection.connect(
        url, autocommit=True, application_name="sojourn live", connect_timeout=3
    )


async def changes(url: str) -> AsyncGenerator[str]:
    """Give what is told on the channel, for as long as the connection lasts. Begins with "listening"."""
    async with await connected(url) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        yield "listening"
        async for told in connection.notifies():
            yield told.payload
