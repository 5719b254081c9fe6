"""What the simulated patient, sitter and gateway have sent of themselves by a minute of a drill."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sojourn.clinical.rehearsal.clock import DrillClock
from sojourn.clinical.rehearsal.deeds import Deed
from sojourn.clinical.rehearsal.patient import LONGEST_MIN, Condition, condition_at, reading_at, under_way
from sojourn.clinical.rehearsal.scripts import Script, Tap, Whose, World

EVERYBODY: Final = frozenset(Whose)


@dataclass(frozen=True, slots=True)
class DueTap:
    """One tap of one minute. `name` is its own in the drill. `was_cut_off`: its device had no network in that minute."""

    name: str
    by: Whose
    kind: str
    facts: Mapping[str, str | float]
    minute: float
    was_cut_off: bool


def taps_due(
    script: Script,
    minute: float,
    deeds: Sequence[Deed],
    *,
    clock: DrillClock,
    seed: int,
    without: Collection[str] = (),
) -> tuple[DueTap, ...]:
    """Give every tap of a script up to a minute, in order of time, but for those named in `without`.

    Who is silent at a minute taps nothing in it, and a patient who has gone taps nothing any more. A deed that is done
    later changes no tap of an earlier minute.
    """
    began = under_way(script, deeds, clock=clock)
    found = []
    for tap in script.taps:
        for turn, at in _turns(tap, began, minute):
            name = f"{tap.id}-{turn}"
            if name in without:
                continue
            seen = condition_at(script, at, deeds, clock=clock, seed=seed)
            if _is_held_back(tap, at, seen, began):
                continue
            read = reading_at(seen, minute=at, seed=seed) if tap.measures else {}
            facts = {**{signal: read[signal] for signal in tap.measures}, **tap.facts}
            cut_off = tap.by in cut_off_in(seen)
            found.append(DueTap(name, tap.by, tap.kind, MappingProxyType(facts), at, cut_off))
    return tuple(sorted(found, key=lambda due: due.minute))


def cut_off_in(condition: Condition) -> frozenset[Whose]:
    """Say whose devices have no network: what they send waits in them."""
    return EVERYBODY if condition.world & {World.NETWORK_LOST, World.HOME_OFFLINE} else frozenset()


def _turns(tap: Tap, began: Mapping[str, float], minute: float) -> Iterator[tuple[int, float]]:
    since = began.get(tap.after, LONGEST_MIN)
    last = min(minute, since + (LONGEST_MIN if tap.until is None else tap.until))
    turn, at = 1, since + tap.at
    while at <= last:
        yield turn, at
        if tap.every is None:
            return
        turn, at = turn + 1, at + tap.every


def _is_held_back(tap: Tap, at: float, seen: Condition, began: Mapping[str, float]) -> bool:
    if tap.by in seen.silent or (seen.has_left and tap.by is not Whose.SITTER):
        return True
    return any(began.get(name, LONGEST_MIN) <= at for name in tap.unless)
