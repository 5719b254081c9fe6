"""Who listens, and how a change reaches all of them: made into bytes once, written to each stream that may hear of it."""

import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from sojourn.live.history import History, Told
from sojourn.live.streams import Asked, Stream
from sojourn.live.tickets import Ticket, TicketRefused, opened

log = logging.getLogger("sojourn.live")
MOST_STREAMS: Final = 10_000
Sites = frozenset[str] | None  # None: every site


@dataclass(frozen=True)
class Standing:
    """What an account is at this moment: its roles and the sites it works at. Somebody disabled has none."""

    roles: tuple[str, ...]
    sites: tuple[str, ...]


class Hub:
    """The open streams: boards and inboxes by the sites they show, and pages of single sessions."""

    def __init__(
        self, *, secret: str, standing_of: Callable[[Iterable[str]], Awaitable[Mapping[str, Standing]]]
    ) -> None:
        self.secret = secret
        self.standing_of = standing_of
        self.boards: dict[Sites, set[Stream]] = {}
        self.inboxes: dict[Sites, set[Stream]] = {}
        self.sessions: dict[str, set[Stream]] = {}
        self.history = History()
        self.number = 0
        self.run = uuid4().hex[:12]  # numbers of another run mean nothing here
        self.first_board: Callable[[], None] = lambda: None
        self.marks: Mapping[str, tuple[str, str]] | None = (
            None  # visit -> mark of its row, site; None: not known yet
        )

    # ---- coming and going
    async def admit(self, stream: Stream, asked: Asked) -> None:
        """Open a stream for a ticket that holds, on a path that ends in /stream."""
        origin = _own_origin(asked)
        if not asked["path"].endswith("/stream"):
            stream.refuse(404, "nothing here")
            return
        try:
            ticket = opened(asked.get("ticket", ""), secret=self.secret, now=time.time())
            holds = not ticket.user_id or _still_holds(ticket, await self.standing_of([ticket.user_id]))
        except TicketRefused:
            holds = False
        except Exception:  # the edge of a worker: without the database nobody is let in
            log.exception("the account behind a ticket could not be asked for")
            stream.refuse(503, "not now", origin)
            return
        if not holds:
            stream.refuse(403, "ticket refused", origin)
        elif self.count >= MOST_STREAMS:
            stream.refuse(503, "too many streams", origin)
        elif stream.transport is not None:
            self._open(stream, ticket, origin, asked.get("after", ""))

    def _open(self, stream: Stream, ticket: Ticket, origin: str, after: str) -> None:
        stream.ticket = ticket
        stream.until = time.monotonic() + ticket.lasts_s
        stream.accept(origin)
        if ticket.visit_id:
            self.sessions.setdefault(ticket.visit_id, set()).add(stream)
            if after:
                stream.send(_message("changed", {}))
            return
        sites = _sites_of(ticket)
        if ticket.is_inbox:
            self.inboxes.setdefault(sites, set()).add(stream)
            stream.send(_message("changed", {}))  # something may have come since the page was made
            return
        had_boards = self.has_boards
        self.boards.setdefault(sites, set()).add(stream)
        self._catch_up(stream, sites, after)
        if not had_boards:
            self.first_board()

    def _catch_up(self, stream: Stream, sites: Sites, after: str) -> None:
        """Tell what was missed since `after`; where that cannot be told, tell the marks, and the page compares."""
        run, _, number = after.partition("-")
        missed = self.history.after(int(number)) if run == self.run and number.isdigit() else None
        if missed is None:
            self._tell_marks(sites, [stream])
            return
        for told in missed:
            if _hears(sites, told.sites):
                stream.send(told.message)

    def know_marks(self, marks: Mapping[str, tuple[str, str]]) -> None:
        """From now on these are the rows that stand; every board that came before this was known compares."""
        self.marks = marks
        for sites, streams in self.boards.items():
            self._tell_marks(sites, tuple(streams))

    def _tell_marks(self, sites: Sites, streams: Iterable[Stream]) -> None:
        if self.marks is None:
            return
        shown = {
            visit: mark for visit, (mark, site) in self.marks.items() if _hears(sites, frozenset({site}))
        }
        message = _message("marks", shown, self._id)
        for stream in streams:
            stream.send(message)

    def leave(self, stream: Stream) -> None:
        """Forget a stream that has ended."""
        ticket = stream.ticket
        if ticket is None:
            return
        if ticket.visit_id:
            _take_out(self.sessions, ticket.visit_id, stream)
        else:
            _take_out(self.inboxes if ticket.is_inbox else self.boards, _sites_of(ticket), stream)

    # ---- telling
    def tell_row(self, row: Mapping[str, Any]) -> None:
        """Tell the boards of its site how a session stands now."""
        self._tell("row", row, frozenset({row["site"]}))

    def tell_gone(self, visit_id: str, sites: Iterable[str]) -> None:
        """Tell the boards that a session stands on them no more."""
        self._tell("gone", {"visit": visit_id}, frozenset(sites))

    def tell_session(self, visit_id: str) -> None:
        """Tell the pages of one session that something was added to it."""
        message = _message("changed", {})
        for stream in tuple(self.sessions.get(visit_id, ())):
            stream.send(message)

    def tell_inboxes(self, site: str | None) -> None:
        """Tell the inboxes of a site, or all of them, that an alarm was raised or its story went on."""
        message = _message("changed", {})
        for shown, streams in self.inboxes.items():
            if site is None or _hears(shown, frozenset({site})):
                for stream in tuple(streams):
                    stream.send(message)

    def tell_all(self, event: str, told: Mapping[str, Any]) -> None:
        """Tell every stream; not kept for those who are away."""
        message = _message(event, told)
        for stream in self.streams():
            stream.send(message)

    def skip(self) -> None:
        """Something changed while no board listened: whoever comes back must compare."""
        self.number += 1
        self.marks = None
        self.history.forget(self.number)

    def _tell(self, event: str, told: Mapping[str, Any], sites: frozenset[str]) -> None:
        self.number += 1
        message = _message(event, told, self._id)
        self.history.keep(Told(self.number, sites, message))
        for shown, streams in self.boards.items():
            if _hears(shown, sites):
                for stream in tuple(streams):
                    stream.send(message)

    @property
    def _id(self) -> str:
        return f"{self.run}-{self.number}"

    # ---- who is still what the ticket said
    async def close_those_who_changed(self) -> None:
        """End the streams of accounts that are disabled or no longer what they were, and those whose time is up."""
        holders: dict[str, list[Stream]] = {}
        for stream in self.streams():
            if stream.ticket is not None and stream.ticket.user_id:
                holders.setdefault(stream.ticket.user_id, []).append(stream)
        standing = await self.standing_of(holders) if holders else {}
        for streams in holders.values():
            for stream in streams:
                if stream.ticket is not None and not _still_holds(stream.ticket, standing):
                    stream.end(_message("closed", {}))
        now = time.monotonic()
        for stream in self.streams():
            if stream.until <= now:
                stream.end(_message("renew", {}))

    def streams(self) -> list[Stream]:
        kinds = (self.boards.values(), self.inboxes.values(), self.sessions.values())
        return [stream for kind in kinds for streams in kind for stream in streams]

    @property
    def count(self) -> int:
        return sum(
            len(streams) for kind in (self.boards, self.inboxes, self.sessions) for streams in kind.values()
        )

    @property
    def has_boards(self) -> bool:
        return bool(self.boards)


def _still_holds(ticket: Ticket, standing: Mapping[str, Standing]) -> bool:
    found = standing.get(ticket.user_id)
    if found is None or tuple(sorted(found.roles)) != tuple(sorted(ticket.roles)):
        return False
    return ticket.sites is None or set(ticket.sites) <= set(found.sites)


def _sites_of(ticket: Ticket) -> Sites:
    return None if ticket.sites is None else frozenset(ticket.sites)


def _hears(shown: Sites, sites: frozenset[str]) -> bool:
    return shown is None or not shown.isdisjoint(sites)


def _message(event: str, told: Mapping[str, Any], number: str = "") -> bytes:
    line = f"id: {number}\n" if number else ""
    return f"event: {event}\n{line}data: {json.dumps(told, separators=(',', ':'))}\n\n".encode()


def _take_out(kept: dict[Any, set[Stream]], key: Any, stream: Stream) -> None:
    streams = kept.get(key, set())
    streams.discard(stream)
    if not streams:
        kept.pop(key, None)


def _own_origin(asked: Asked) -> str:
    """The asking page's origin, where it is served under the name the hub was asked by; else nothing."""
    origin = asked.get("header:origin", "")
    host = urlsplit(f"//{asked.get('header:host', '')}").hostname
    return origin if host and urlsplit(origin).hostname == host else ""
