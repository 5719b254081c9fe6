"""Short-lived signed tickets: a page gets one for its reader, and the hub lets a stream in with it. Standard library only.

A ticket says what its bearer may be told about and for how long a stream opened with it lasts; it holds ids and nothing
else. The hub asks the database again, every few seconds, whether the account behind it is still what the ticket says.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

OPENS_WITHIN_S: Final = 30  # a ticket opens a stream this long after it was given
STAFF_STREAM_S: Final = (
    600  # then the page asks for a new one, with its log-in: signing out ends a stream by then
)
GUEST_STREAM_S: Final = 60  # a stream of somebody without an account
PURPOSE: Final = b"sojourn live "


class TicketRefused(Exception):
    """The ticket was not signed here, is not one, or came too late."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Whom a stream is for and what it tells.

    `visit_id` names the one session of a stream; "" stands for a board, or with `is_inbox` for an inbox of alarms: then
    `sites` are those it shows, None for all.
    `user_id` is "" for a guest. `roles` and `sites` are compared with the account's own while the stream is open.
    """

    user_id: str = ""
    roles: tuple[str, ...] = ()
    sites: tuple[str, ...] | None = ()
    visit_id: str = ""
    is_inbox: bool = False
    given_at: float = 0.0

    @property
    def lasts_s(self) -> int:
        return STAFF_STREAM_S if self.user_id else GUEST_STREAM_S


def signed(ticket: Ticket, *, secret: str) -> str:
    """Write a ticket as one word that can stand in an address."""
    told = {
        "u": ticket.user_id,
        "r": sorted(ticket.roles),
        "s": None if ticket.sites is None else sorted(ticket.sites),
        "v": ticket.visit_id,
        "i": ticket.is_inbox,
        "t": ticket.given_at,
    }
    body = json.dumps(told, separators=(",", ":")).encode()
    return f"{_word(body)}.{_word(_mac(body, secret))}"


def opened(word: str, *, secret: str, now: float) -> Ticket:
    """Read a ticket that was signed with this secret within the last half minute. Raises TicketRefused."""
    body_word, _, mac_word = word.partition(".")
    try:
        body, mac = _bytes(body_word), _bytes(mac_word)
        if not hmac.compare_digest(mac, _mac(body, secret)):
            raise TicketRefused
        told = json.loads(body)
        ticket = Ticket(
            user_id=told["u"],
            roles=tuple(told["r"]),
            sites=None if told["s"] is None else tuple(told["s"]),
            visit_id=told["v"],
            is_inbox=told["i"] is True,
            given_at=float(told["t"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise TicketRefused from error
    if not -OPENS_WITHIN_S <= now - ticket.given_at <= OPENS_WITHIN_S:
        raise TicketRefused
    return ticket


def hub_word(secret: str) -> str:
    """The word with which the hub itself asks the pages for rows."""
    return _word(_mac(b"the hub", secret))


def _mac(body: bytes, secret: str) -> bytes:
    return hmac.new(sha256(PURPOSE + secret.encode()).digest(), body, sha256).digest()


def _word(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(word: str) -> bytes:
    return urlsafe_b64decode(word.encode() + b"=" * (-len(word) % 4))
