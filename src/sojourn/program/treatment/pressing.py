"""One press of a button on a page of patient or sitter: one event, by the same way as everything recorded by token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sojourn.program.treatment.receiving import receive
from sojourn.program.treatment.sent import Sent, Status


@dataclass(frozen=True)
class Pressed:
    """Whether it is on record; `why` not, in words."""

    is_recorded: bool
    why: str = ""


def press(*, secret: str, form_id: str, kind: str, facts: Mapping[str, Any], now: datetime) -> Pressed:
    """Record a press; the same form again is the same event. Raises TokenUnknown, TokenEnded."""
    try:
        made = UUID(form_id)
    except ValueError:
        return Pressed(is_recorded=False, why="This page is out of date. Open it again and press once more.")
    sent = Sent(form_id=made, kind=kind, facts=facts, taken_at=now, is_dated_here=True)
    (outcome,) = receive(secret=secret, sent_at=now, events=[sent], now=now).outcomes
    return Pressed(outcome.status is not Status.REFUSED, outcome.why)
