"""Seals each event of a session to the one before it, and names the first link that no longer holds.

A seal is the SHA-256 of the event, its number and the seal before it, written in one canonical way. Whoever changes,
moves, inserts or removes an event in the middle breaks the chain there. Somebody who can write the whole table could
still cut its tail or seal it all anew; that shows only against a *witness*: a number and seal kept somewhere else.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

BEFORE_THE_FIRST: Final = "0" * 64
FORMAT: Final = "sojourn sealed session 1"


class NotASealedSession(ValueError):
    """The text is not a sealed session of this format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One event as it stands on record: its number from 1, what it tells (JSON values only), and its seal."""

    sequence: int
    told: Mapping[str, Any]
    seal: str


@dataclass(frozen=True, slots=True)
class Witness:
    """What was seen from outside: the event of this number bore this seal."""

    sequence: int
    seal: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first event at which the record no longer holds, and why."""

    sequence: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many events there are, the last seal, and the first break, if there is one."""

    count: int
    head: str
    first_break: Break | None

    @property
    def is_intact(self) -> bool:
        return self.first_break is None


def moment(at: datetime) -> str:
    """Write a moment in the one way in which it is sealed: UTC, with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def seal_of(told: Mapping[str, Any], *, sequence: int, previous: str) -> str:
    """Give the seal of an event, 64 hexadecimal digits. Raises ValueError for what JSON cannot hold."""
    whole = {"format": FORMAT, "sequence": sequence, "previous": previous, "told": _plain(told)}
    return _hash_of(whole)


def _hash_of(whole: Mapping[str, Any]) -> str:
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def chain(told: Sequence[Mapping[str, Any]], *, after: Witness | None = None) -> tuple[Link, ...]:
    """Seal events one to the other, going on after the link `after`."""
    sequence, previous = (after.sequence, after.seal) if after else (0, BEFORE_THE_FIRST)
    links = []
    for each in told:
        sequence += 1
        previous = seal_of(each, sequence=sequence, previous=previous)
        links.append(Link(sequence=sequence, told=each, seal=previous))
    return tuple(links)


def verify(links: Iterable[Link], *, witnesses: Iterable[Witness] | None = None) -> Verdict:
    """Check a chain from its beginning, then against its witnesses; None where there are none to ask.

    With witnesses, the last event must have been witnessed too: an event added behind everybody's back was not.
    """
    held = sorted(links, key=lambda link: link.sequence)
    head = held[-1].seal if held else BEFORE_THE_FIRST
    found = _broken_link(held)
    if found is None and witnesses is not None:
        found = _against(held, sorted(witnesses, key=lambda witness: witness.sequence))
    return Verdict(len(held), head, found)


def sealed_file(links: Sequence[Link], *, visit_id: str, exported_at: datetime) -> str:
    """Write a session as a text that can be verified anywhere."""
    held = sorted(links, key=lambda link: link.sequence)
    whole = {
        "format": FORMAT,
        "visit": visit_id,
        "exported_at": moment(exported_at),
        "count": len(held),
        "head": held[-1].seal if held else BEFORE_THE_FIRST,
        "events": [
            {"sequence": link.sequence, "seal": link.seal, "told": _plain(link.told)} for link in held
        ],
    }  # and `file`, the hash of all this: a change beside the events is found, too
    return json.dumps(whole | {"file": _hash_of(whole)}, indent=1, ensure_ascii=False) + "\n"


def verify_file(text: str) -> Verdict:
    """Check a text that `sealed_file` wrote. Raises NotASealedSession.

    The head in the file can be compared with one kept elsewhere: that alone shows that a file was not made anew.
    """
    try:
        return _verified(json.loads(text, parse_constant=_no_number, object_pairs_hook=_object))
    except NotASealedSession:
        raise
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as wrong:
        raise NotASealedSession("This is not a sealed session.") from wrong


def _verified(whole: dict[str, Any]) -> Verdict:
    if whole["format"] != FORMAT:
        raise NotASealedSession("This is a sealed session of another format.")
    file_seal = whole.pop("file")
    links = [
        Link(sequence=int(each["sequence"]), told=each["told"], seal=str(each["seal"]))
        for each in whole["events"]
    ]
    count = int(whole["count"])
    verdict = verify(links, witnesses=[Witness(count, str(whole["head"]))] if count else [])
    if not verdict.is_intact:
        return verdict
    foreign = next((link for link in links if dict(link.told).get("visit") != whole["visit"]), None)
    if foreign is not None:
        return Verdict(verdict.count, verdict.head, Break(foreign.sequence, "it belongs to another session"))
    if _hash_of(_plain(whole)) != file_seal:
        return Verdict(verdict.count, verdict.head, Break(0, "what stands around the events was changed"))
    return verdict


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; of two values of one name a reader might see the one that was not verified."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise NotASealedSession("A name stands twice in this file.")
    return made


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _broken_link(held: Sequence[Link]) -> Break | None:
    previous = BEFORE_THE_FIRST
    for expected, link in enumerate(held, start=1):
        if link.sequence < 1:
            return Break(1, "something stands before it")
        if link.sequence < expected:
            return Break(link.sequence, "two events bear this number")
        if link.sequence > expected:
            return Break(expected, "it is missing")
        if seal_of(link.told, sequence=link.sequence, previous=previous) != link.seal:
            return Break(link.sequence, "it is not what was sealed: it was changed, moved or put in")
        previous = link.seal
    return None


def _against(held: Sequence[Link], witnesses: Sequence[Witness]) -> Break | None:
    for witness in witnesses:
        within = 1 <= witness.sequence <= len(held)
        if within and held[witness.sequence - 1].seal != witness.seal:
            return Break(witness.sequence, "it bears another seal than the one witnessed")
    seen = witnesses[-1].sequence if witnesses else 0
    if seen > len(held):
        return Break(len(held) + 1, f"it is missing: {seen} events were witnessed")
    return Break(seen + 1, "it was never witnessed") if seen < len(held) else None


def _plain(value: Any) -> Any:
    """Give a value as it comes back from any JSON store: 56.0 and 56 are one number."""
    if value is None or isinstance(
        value, (str, int)
    ):  # most of what is sealed, and nothing is cheaper to ask
        return value
    if isinstance(value, (dict, Mapping)):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
