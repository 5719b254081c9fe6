"""What a process keeps in mind of sessions, as much as fits: past its bound the session kept longest ago is let go."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

Kept = TypeVar("Kept")


class BoundedMemory(Generic[Kept]):
    """One thing kept for each session, `most` events in all of them together. Threads share it."""

    def __init__(self, *, most: int, events_in: Callable[[Kept], int]) -> None:
        self.most, self._events_in = most, events_in
        self._kept: OrderedDict[UUID, Kept] = OrderedDict()
        self._events = 0
        self._lock = threading.Lock()

    def __contains__(self, visit_id: UUID) -> bool:
        return visit_id in self._kept

    def get(self, visit_id: UUID) -> Kept | None:
        return self._kept.get(visit_id)

    def keep(self, visit_id: UUID, kept: Kept) -> None:
        with self._lock:
            self._drop(visit_id)
            self._kept[visit_id] = kept
            self._events += self._events_in(kept)
            while self._events > self.most:
                self._drop(next(iter(self._kept)))

    def forget(self, visit_id: UUID) -> None:
        with self._lock:
            self._drop(visit_id)

    def _drop(self, visit_id: UUID) -> None:
        dropped = self._kept.pop(visit_id, None)
        if dropped is not None:
            self._events -= self._events_in(dropped)
