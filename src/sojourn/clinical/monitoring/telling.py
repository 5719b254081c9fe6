"""Puts the events of a session in order, whatever the order in which they came."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sojourn.clinical.monitoring.courses import Course, OpenCourse
from sojourn.clinical.monitoring.events import KINDS, Corrected, Event, Struck
from sojourn.clinical.monitoring.limits import values_of

KIND_RANKS = {made: rank for rank, made in enumerate(KINDS.values())}
Kind = TypeVar("Kind", bound=Event)


class Telling(tuple[Event, ...]):  # noqa: SLOT001 - no subclass of tuple can have any
    """Events in order of time, without repeats and without those taken back. Only this module makes one.

    `every` are all of them by name, with those taken back, and `taken_back` the names of these. `kinds` are the events
    of each kind and `courses` the values of each signal, in order of time too.
    """

    every: Mapping[str, Event]
    taken_back: frozenset[str]
    kinds: Mapping[type, tuple[Any, ...]]
    courses: Mapping[str, Course]

    def of(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """The events of one kind."""
        return self.kinds.get(kind, ())

    def stands(self, event_id: str) -> bool:
        """True where the event of this id was told and not taken back."""
        return event_id in self.every and event_id not in self.taken_back


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
    told = Telling(
        sorted(
            (event for name, event in every.items() if not event.event_id or name not in struck), key=place_of
        )
    )
    told.every, told.taken_back = every, struck
    kinds: defaultdict[type, list[Event]] = defaultdict(list)
    measured: defaultdict[str, list[tuple[Event, float]]] = defaultdict(list)
    for event in told:
        kinds[type(event)].append(event)
        for signal, value in values_of(event).items():
            measured[signal].append((event, value))
    told.kinds = {kind: tuple(some) for kind, some in kinds.items()}
    told.courses = {signal: Course.of(some) for signal, some in measured.items()}
    return told


def told_with(told: Telling, added: Iterable[Event]) -> Telling:
    """Give what is told with more events: the same as all of them `in_order`, for the price of the new ones."""
    added = tuple(added)
    every, kept = dict(told.every), list(told)
    kinds: dict[type, list[Event]] = {}
    courses: dict[str, OpenCourse] = {}
    for event in added:
        name = _name(event)
        if name in every or isinstance(event, (Struck, Corrected)):
            return in_order((*told.every.values(), *added))
        every[name] = event
        if event.event_id and name in told.taken_back:
            continue
        _insert(kept, event)
        kind = type(event)
        if kind not in kinds:
            kinds[kind] = list(told.of(kind))
        _insert(kinds[kind], event)
        for signal, value in values_of(event).items():
            if signal not in courses:
                courses[signal] = OpenCourse(told.courses.get(signal, Course()))
            course = courses[signal]
            course.insert(_insert(course.events, event), event.taken_at, value)
    more = Telling(kept)
    more.every, more.taken_back = every, told.taken_back
    more.kinds = {**told.kinds, **{kind: tuple(some) for kind, some in kinds.items()}}
    more.courses = {**told.courses, **{signal: course.closed() for signal, course in courses.items()}}
    return more


def place_of(event: Event) -> tuple[datetime, int, str]:
    """Where an event stands among others: by time, at one moment by kind, and of one kind by name."""
    return event.taken_at, KIND_RANKS[type(event)], _name(event)


def _insert(held: list[Event], event: Event) -> int:
    """Insert an event where it belongs, mostly at the end; gives its number there."""
    place = place_of(event)
    is_last = not held or place_of(held[-1]) <= place
    at = len(held) if is_last else bisect_right(held, place, key=place_of)
    held.insert(at, event)
    return at


def _name(event: Event) -> str:
    """An event without an id is the same as another that says the same."""
    return event.event_id or repr(event)
