"""The running hub: a listener, a beat every two seconds, deliveries, and a server for streams."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

import psycopg

from sojourn.live.database import Asking, changes
from sojourn.live.delivery import Delivery
from sojourn.live.hub import Hub
from sojourn.live.pages import Pages
from sojourn.live.streams import Asked, Stream
from sojourn.live.tickets import hub_word

log = logging.getLogger("sojourn.live")
BEAT_EVERY_S: Final = 2.0
BEAT: Final = "beat "
ALARM: Final = "alarm "
AGAIN_AFTER_S: Final = 1.0


@dataclass(frozen=True)
class Where:
    """Where the hub listens, its database, the secret it shares with the pages, and where those are served."""

    host: str
    port: int
    database: str
    secret: str
    pages: str
    name: str


class Station:
    """One hub at work. A tick is sent only when the beat came back through the listener and nothing is late."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.asking = Asking(where.database)
        self.hub = Hub(secret=where.secret, standing_of=self.asking.standing_of)
        self.delivery = Delivery(self.hub, Pages(where.pages, where.name, hub_word(where.secret)))
        self.hub.first_board = self.delivery.ask_for_all
        self.admitting: set[asyncio.Task[None]] = set()
        self.state: dict[str, Any] = {}

    def stream(self) -> Stream:
        return Stream(self._admit, self.hub.leave)

    def _admit(self, stream: Stream, asked: Asked) -> None:
        task = asyncio.get_running_loop().create_task(self.hub.admit(stream, asked))
        self.admitting.add(task)
        task.add_done_callback(self.admitting.discard)

    async def listen(self) -> None:
        """Hear of changes until the connection breaks. What was told meanwhile is found by comparing all."""
        async with aclosing(changes(self.where.database)) as heard:
            async for told in heard:
                if told == "listening":
                    self.delivery.ask_for_all()
                    self.hub.tell_inboxes(None)
                    for visit in tuple(self.hub.sessions):
                        self.hub.tell_session(visit)
                elif told == BEAT + self.hub.run:
                    self._tick()
                elif told.startswith(ALARM):
                    self.hub.tell_inboxes(told.removeprefix(ALARM))
                elif not told.startswith(BEAT):
                    self.delivery.changed([told])

    async def beat(self) -> None:
        """Ask every two seconds what time it is, whether the watch lives, and who is still what they were."""
        while True:
            watch = await self.asking.watch()
            self.state = {  # before the beat: the tick that it calls forth must not tell of the beat before
                "at": watch.at.astimezone(UTC).isoformat(timespec="milliseconds"),
                "watch": watch.is_living,
                "silent_s": None if watch.silent_for_s is None else round(watch.silent_for_s),
            }
            await self.asking.beat(BEAT + self.hub.run)
            await self.hub.close_those_who_changed()
            await asyncio.sleep(BEAT_EVERY_S)

    def _tick(self) -> None:
        if self.state and not self.delivery.is_late:  # the first beat may come back before its answer
            self.hub.tell_all("tick", self.state)


async def serve(where: Where) -> None:
    """Serve until cancelled."""
    station = Station(where)
    server = await asyncio.get_running_loop().create_server(
        station.stream, where.host, where.port, backlog=1024
    )
    log.info("listening")
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_again(station.listen))
            tasks.create_task(_again(station.beat))
            tasks.create_task(station.delivery.run())
    finally:
        server.close()
        for stream in station.hub.streams():
            stream.end()
        await station.asking.close()


async def _again(work: Callable[[], Awaitable[None]]) -> None:
    """Do some work over and over: the database may be away for a while."""
    while True:
        try:
            await work()
        except (psycopg.Error, OSError, TimeoutError):
            log.warning("the database does not answer; asking again")
        await asyncio.sleep(AGAIN_AFTER_S)
