"""Puts the events of a session in order, whatever the order in which they came."""

from bisect import insort
from collections.abc import Iterable, Mapping
from datetime import datetime

from sojourn.clinical.monitoring.events import KINDS, Corrected, Event, Struck

KIND_RANKS = {made: rank for rank, made in enumerate(KINDS.values())}


class Telling(tuple[Event, ...]):  # noqa: SLOT001 - no subclass of tuple can have any
    """Events in order of time, without repeats and without those taken back. Only this module makes one.

    `every` are all of them by name, with those taken back, and `taken_back` the names of these.
    """

    every: Mapping[str, Event]
    taken_back: frozenset[str]


def in_order(events: Iterable[Event]) -> Telling:
    """Sort events by when they were true, drop repeats, and leave out those that were struck or corrected."""
    if isinstance(events, Telling):
        return events
    every: dict[str, Event] = {}
    for event in events:
        name = _name(event)
        held = every.get(name)
        every[name] = event if held is None else min(held, event, key=repr)
    struck = frozenset(event.struck_id for event in every.values() if isinstance(event, (Struck, Corrected)))
    kept = [event for name, event in every.items() if not event.event_id or name not in struck]
    return _telling(sorted(kept, key=_place), every, struck)


def told_with(told: Telling, added: Iterable[Event]) -> Telling:
    """Give what is told with more events: the same as all of them `in_order`, for the price of the new ones."""
    added = tuple(added)
    every, kept = dict(told.every), list(told)
    for event in added:
        name = _name(event)
        if name in every or isinstance(event, (Struck, Corrected)):
            return in_order((*told.every.values(), *added))
        every[name] = event
        if not event.event_id or name not in told.taken_back:
            insort(kept, event, key=_place)
    return _telling(kept, every, told.taken_back)


def _telling(kept: Iterable[Event], every: Mapping[str, Event], taken_back: frozenset[str]) -> Telling:
    told = Telling(kept)
    told.every, told.taken_back = every, taken_back
    return told


def _name(event: Event) -> str:
    """An event without an id is the same as another that says the same."""
    return event.event_id or repr(event)


def _place(event: Event) -> tuple[datetime, int, str]:
    return event.taken_at, KIND_RANKS[type(event)], _name(event)
