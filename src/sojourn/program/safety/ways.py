"""What leaves the house, to whom, and how a way out says that it took nothing."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class NotTaken(Exception):
    """The channel did not take the message; the text says why, and names nobody."""


class NoWay(NotTaken):
    """The channel does not lead to this person at all: another try would end the same."""


@dataclass(frozen=True)
class Recipient:
    """Who is to be told."""

    staff_id: UUID
    email: str


@dataclass(frozen=True)
class Message:
    """What leaves the house: that something waits and where, never what it is about."""

    subject: str
    words: str


class Gateway(Protocol):
    """One way out. Another provider is another class with this method, named in `gateways`.

    `tries`, where it has it, is how often a message that nobody took is handed over, each time as an attempt of its own;
    whom NoWay was said of is tried once.
    """

    def send(self, to: Recipient, message: Message) -> None:
        """Hand the message over, or raise NotTaken (NoWay where no try could succeed)."""
