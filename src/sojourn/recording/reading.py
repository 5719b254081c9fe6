"""Takes the body of a recording request apart. Whatever is sent, the answer is a value or one refusal in words."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sojourn.program.treatment.sent import Sent

MOST_EVENTS: Final = 200
MOST_BYTES: Final = 512 * 1024
LONGEST_KIND: Final = 30
LONGEST_DEVICE: Final = 80
LONGEST_ID: Final = 80
YEARS: Final = range(1970, 2200)  # a clock outside of these cannot be set right by arithmetic


class BodyRefused(Exception):
    """The whole body was refused; the message says why."""


@dataclass(frozen=True)
class Unreadable:
    """One event of an array that is none."""

    why: str


@dataclass(frozen=True)
class Body:
    """What was sent. `form_ids` are the ids as they were written, in order: the sender finds its own again."""

    sent_at: datetime
    events: tuple[Sent | Unreadable, ...]
    form_ids: tuple[str | None, ...]


def read_body(body: bytes) -> Body:
    """Read what was sent. Raises BodyRefused."""
    try:
        whole = json.loads(body, parse_constant=str)
    except (ValueError, RecursionError):
        raise BodyRefused("Send one JSON object in UTF-8.") from None
    if not isinstance(whole, dict):
        raise BodyRefused("Send one JSON object.")
    sent_at = _moment(whole.get("sent_at"))
    if sent_at is None:
        raise BodyRefused("sent_at: the time of your clock as you send, in ISO 8601 with its offset.")
    events = whole.get("events")
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
        raise BodyRefused(f"events: an array of 1 to {MOST_EVENTS} events.")
    return Body(sent_at, tuple(_event(each) for each in events), tuple(_named(each) for each in events))


def _named(raw: Any) -> str | None:
    """The id of an event as it was written; what is longer than an id is none."""
    written = raw.get("form_id") if isinstance(raw, dict) else None
    return written[:LONGEST_ID] if isinstance(written, str) else None


def _event(raw: Any) -> Sent | Unreadable:
    if not isinstance(raw, dict):
        return Unreadable("An event is a JSON object.")
    form_id, taken_at = _form_id(raw.get("form_id")), _moment(raw.get("taken_at"))
    if form_id is None:
        return Unreadable("form_id: a UUID made where the event was entered.")
    if taken_at is None:
        return Unreadable("taken_at: the time in ISO 8601 with its offset.")
    kind, device = raw.get("kind"), raw.get("device", "")
    if not isinstance(kind, str) or len(kind) > LONGEST_KIND:
        return Unreadable("kind: the kind of event, as a text.")
    facts, units = raw.get("facts", {}), raw.get("units", {})
    if not _is_flat(facts) or not _is_flat(units):
        return Unreadable("facts and units: JSON objects that hold texts, numbers, true or false.")
    if not isinstance(device, str) or len(device) > LONGEST_DEVICE or not _is_printable(device):
        return Unreadable(f"device: a text of at most {LONGEST_DEVICE} characters.")
    return Sent(
        form_id=form_id,
        kind=kind,
        facts={name: value for name, value in facts.items() if value is not None},
        taken_at=taken_at,
        device=device,
        units=units,
    )


def _is_flat(value: Any) -> bool:
    return isinstance(value, dict) and all(
        each is None or isinstance(each, (str, int, float)) for each in value.values()
    )


def _is_printable(text: str) -> bool:
    return text.isprintable() and text == text.encode("utf-8", "replace").decode()


def _form_id(value: Any) -> UUID | None:
    if not isinstance(value, str):
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and moment.year in YEARS else None
