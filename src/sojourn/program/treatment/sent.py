"""What is sent to be recorded by token, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Status(StrEnum):
    RECORDED = "recorded"
    REPEAT = "repeat"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An event as it was sent. `taken_at` is by the sender's clock; `units`, where given, name a unit for a fact.

    `is_dated_here`: the sender names no time of its own, so the same sent again is dated later. `unreadable` says why
    nobody could read what came, which is then all of `facts`.
    """

    form_id: UUID
    kind: str
    facts: Mapping[str, Any]
    taken_at: datetime
    device: str = ""
    units: Mapping[str, Any] = field(default_factory=dict)
    is_dated_here: bool = False
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class SentArray:
    """What one request brings: by whose token, when by the clock of the sender (`sent_at`) and by ours (`now`)."""

    secret: str
    sent_at: datetime
    events: Sequence[Sent]
    now: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event; `why` it was refused, in words for whoever sent it."""

    form_id: UUID
    status: Status
    why: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """All that a token may know of its session: when the next look is due, whether it is over, whether anybody watches."""

    next_due_at: datetime | None
    ended: bool
    is_watched: bool


@dataclass(frozen=True, slots=True)
class Received:
    outcomes: tuple[Outcome, ...]
    tick: Tick
