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
TWICE: Final = "A name stands twice in one object, and nobody can tell which value is meant."
YEARS: Final = range(1970, 2200)  # a clock outside of these cannot be set right by arithmetic


class BodyRefused(Exception):
    """The whole body was refused; the message says why."""


@dataclass(frozen=True)
class Unreadable:
    """One event of an array that is none: nobody can say of which kind, or which one it is."""

    why: str


class Doubled(dict[str, Any]):
    """A JSON object in which a name stood twice; the later ones bear their number."""


@dataclass(frozen=True)
class Body:
    """What was sent. `form_ids` are the ids as they were written, in order: the sender finds its own again."""

    sent_at: datetime
    events: tuple[Sent | Unreadable, ...]
    form_ids: tuple[str | None, ...]


def read_body(body: bytes) -> Body:
    """Read what was sent. Raises BodyRefused."""
    try:
        whole = json.loads(body, parse_constant=str, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        raise BodyRefused("Send one JSON object in UTF-8.") from None
    if not isinstance(whole, dict):
        raise BodyRefused("Send one JSON object.")
    if isinstance(whole, Doubled):
        raise BodyRefused(TWICE)
    sent_at = _moment(whole.get("sent_at"))
    if sent_at is None:
        raise BodyRefused("sent_at: the time of your clock as you send, in ISO 8601 with its offset.")
    events = whole.get("events")
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
        raise BodyRefused(f"events: an array of 1 to {MOST_EVENTS} events.")
    read = tuple(_event(each, sent_at) for each in events)
    return Body(sent_at, read, tuple(_named(each) for each in events))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object that loses nothing: of two values of one name JSON itself would keep the last, unseen."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    doubled = Doubled()
    for number, (name, value) in enumerate(pairs, start=1):
        doubled[f"{name} ({number})" if name in doubled else name] = value
    return doubled


def _named(raw: Any) -> str | None:
    """The id of an event as it was written; what is longer than an id is none."""
    written = raw.get("form_id") if isinstance(raw, dict) else None
    return written[:LONGEST_ID] if isinstance(written, str) else None


def _event(raw: Any, sent_at: datetime) -> Sent | Unreadable:
    if not isinstance(raw, dict):
        return Unreadable("An event is a JSON object.")
    form_id, kind = _form_id(raw.get("form_id")), raw.get("kind")
    if form_id is None:
        return Unreadable("form_id: a UUID made where the event was entered.")
    if not isinstance(kind, str) or len(kind) > LONGEST_KIND:
        return Unreadable("kind: the kind of event, as a text.")
    if why := _why_unreadable(raw):
        told = json.dumps({name: each for name, each in raw.items() if name not in {"form_id", "kind"}})
        return Sent(
            form_id=form_id,
            kind=kind,
            facts={"sent": told},
            taken_at=sent_at,
            is_dated_here=True,
            unreadable=why,
        )
    taken_at = _moment(raw["taken_at"])
    assert taken_at is not None
    return Sent(
        form_id=form_id,
        kind=kind,
        facts={name: value for name, value in raw.get("facts", {}).items() if value is not None},
        taken_at=taken_at,
        device=raw.get("device", ""),
        units=raw.get("units", {}),
    )


def _why_unreadable(raw: dict[str, Any]) -> str:
    """Say what of an event cannot be read, or "" when all can."""
    facts, units, device = raw.get("facts", {}), raw.get("units", {}), raw.get("device", "")
    if any(isinstance(each, Doubled) for each in (raw, facts, units)):
        return TWICE
    if _moment(raw.get("taken_at")) is None:
        return "taken_at: the time in ISO 8601 with its offset."
    if not _is_flat(facts) or not _is_flat(units):
        return "facts and units: JSON objects that hold texts, numbers, true or false."
    if not isinstance(device, str) or len(device) > LONGEST_DEVICE or not _is_printable(device):
        return f"device: a text of at most {LONGEST_DEVICE} characters."
    return ""


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
