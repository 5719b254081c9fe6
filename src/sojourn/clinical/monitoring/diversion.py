"""Adds up the signs that medicine may not go where it should. A number to talk about with a clinician, not a verdict."""

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sojourn.clinical.monitoring.diversion_files import DiversionRules, Sign, diversion_rules

TALKED_ABOUT_FROM = 2
HELD_FROM = 3


class Level(StrEnum):
    """What follows: nothing, a note, a talk and medicine for a week at a time, or the next dose held."""

    NONE = "none"
    NOTE = "note"
    TALK = "talk"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign as it was seen: on which day, on what it rests, and who said so. `key` names it for good, to settle it by.

    `differs_by`: for a count, the tablets that are missing or too many.
    """

    key: str
    sign: str
    on: date
    evidence: str
    by: str = ""
    differs_by: int = 0


@dataclass(frozen=True, slots=True)
class SignStanding:
    """One sign with every time it counts, the newest first."""

    sign: Sign
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Diversion:
    """What the signs of a patient add up to on a day: different signs count, not how often each was seen."""

    level: Level
    signs: tuple[SignStanding, ...]
    widest_count: int
    says: str

    @property
    def score(self) -> int:
        return len(self.signs)


@dataclass(frozen=True, slots=True)
class Count:
    """Tablets that were counted, and how many had to remain."""

    key: str
    on: date
    counted: int
    expected: int
    by: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """A dose that was ordered for home."""

    key: str
    on: date
    mg: float
    by: str


@dataclass(frozen=True, slots=True)
class At:
    """Where a session at home was held."""

    key: str
    on: date
    address: str
    by: str


def diversion(seen: Iterable[Seen], *, on: date, settled: Collection[str] = ()) -> Diversion:
    """Add up what was seen until a day. What a clinician settled, and what is older than 90 days, does not count."""
    rules = diversion_rules()
    counting = [
        each
        for each in seen
        if each.key not in settled and each.sign in rules.signs and on - rules.counts_for <= each.on <= on
    ]
    standing = tuple(
        SignStanding(sign, tuple(found))
        for sign in rules.signs.values()
        if (found := sorted((each for each in counting if each.sign == sign.id), key=_newest_first))
    )
    widest = max((abs(each.differs_by) for each in counting), default=0)
    level = _level(len(standing), widest, rules)
    return Diversion(level, standing, widest, _says(len(standing), widest, level))


def is_early(*, asked_on: date, due_on: date) -> bool:
    """Hold where more was asked for more than five days before it was due."""
    return due_on - asked_on > diversion_rules().early_ask


def counts_that_differ(counts: Iterable[Count]) -> tuple[Seen, ...]:
    """Each count that is not what had to remain."""
    return tuple(
        Seen(
            key=each.key,
            sign="count_differs",
            on=each.on,
            evidence=f"{each.counted} counted, {each.expected} must remain",
            by=each.by,
            differs_by=each.counted - each.expected,
        )
        for each in counts
        if each.counted != each.expected
    )


def increases(orders: Sequence[Ordered], *, on: date) -> tuple[Seen, ...]:
    """The newest increase of a dose at home where there were as many within the time that signs count; else none."""
    rules = diversion_rules()
    in_order = sorted(orders, key=lambda each: (each.on, each.key))
    raised = [
        (before, after)
        for before, after in itertools.pairwise(in_order)
        if after.mg > before.mg and on - rules.counts_for <= after.on <= on
    ]
    if len(raised) < rules.increases_at_least:
        return ()
    steps = ", ".join(
        f"{before.mg:g} to {after.mg:g} mg on {after.on.isoformat()}" for before, after in raised
    )
    last = raised[-1][1]
    return (Seen(f"{last.key}:raised", "tolerance", last.on, steps, last.by),)


def moves(places: Sequence[At], *, on: date) -> tuple[Seen, ...]:
    """The newest change of address where there were as many within the time that signs count; else none."""
    rules = diversion_rules()
    in_order = sorted(places, key=lambda each: (each.on, each.key))
    changed = [
        after
        for before, after in itertools.pairwise(in_order)
        if _plain(after.address) != _plain(before.address) and on - rules.counts_for <= after.on <= on
    ]
    if len(changed) < rules.address_changes_at_least:
        return ()
    last = changed[-1]
    days = ", ".join(each.on.isoformat() for each in changed)
    return (Seen(f"{last.key}:moved", "address_changes", last.on, f"another address on {days}", last.by),)


def _level(score: int, widest: int, rules: DiversionRules) -> Level:
    if score >= HELD_FROM or widest > rules.count_differs_holds_above:
        return Level.HOLD
    if score >= TALKED_ABOUT_FROM:
        return Level.TALK
    return Level.NOTE if score else Level.NONE


def _says(score: int, widest: int, level: Level) -> str:
    if level is Level.NONE:
        return "No sign in the last 90 days."
    signs = "1 sign" if score == 1 else f"{score} different signs"
    if level is Level.HOLD:
        why = f"{signs}, a count off by {widest}" if score < HELD_FROM else signs
        return f"{why}: the next dose is held until a prescriber has talked with the patient and settled it."
    if level is Level.TALK:
        return f"{signs}: a clinician talks with the patient, and medicine goes out for a week at a time."
    return f"{signs}: noted."


def _newest_first(seen: Seen) -> tuple[int, str]:
    return -seen.on.toordinal(), seen.key


def _plain(address: str) -> str:
    return " ".join(address.casefold().replace(",", " ").replace(".", " ").split())
