"""Lets what waits at the same time be done together: one transaction and one wait for the disk, for all of it.

Whoever comes while nobody is at work does what waits, their own with it; who comes meanwhile waits, and finds it done. So
nobody waits for company, and the more there is to do, the less each costs. What cannot be done with the others, or makes
them fail, is done by its own thread, by itself: nobody pays for another's fault.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from django.db import InterfaceError, OperationalError

Asked = TypeVar("Asked")
Done = TypeVar("Done")

MOST_AT_ONCE: Final = 64
NOT_TAKEN: Final = None
UNDONE: Final = "the database did not take what was done together"


@dataclass(slots=True)
class _Waiting(Generic[Asked, Done]):
    """One that waits; once `is_over`, with its answer, with what it raises, or with neither: to be done by itself.

    Its thread is woken when it is over, or when it is its turn to do what waits.
    """

    asked: Asked
    woken: threading.Event = field(default_factory=threading.Event)
    is_over: bool = False
    answer: Done | None = None
    raises: Exception | None = None

    def end(self, found: Done | Exception | None) -> None:
        if isinstance(found, Exception):
            self.raises = found
        else:
            self.answer = found


class Together(Generic[Asked, Done]):
    """Does what several threads ask for. `all_at_once` gives for each an answer, what it raises, or NOT_TAKEN."""

    def __init__(
        self,
        all_at_once: Callable[[Sequence[Asked]], Sequence[Done | Exception | None]],
        alone: Callable[[Asked], Done],
    ) -> None:
        self._all_at_once, self._alone = all_at_once, alone
        self._line: deque[_Waiting[Asked, Done]] = deque()
        self._is_at_work = False
        self._lock = threading.Lock()  # of the two above; held for moments

    def take(self, asked: Asked) -> Done:
        """Give the answer to what is asked, done with what else waits, or by itself. Raises what doing it raises."""
        mine: _Waiting[Asked, Done] = _Waiting(asked)
        with self._lock:
            self._line.append(mine)
            waits, self._is_at_work = self._is_at_work, True
        if waits:
            mine.woken.wait()
        if not mine.is_over:
            self._take_turn()
        if mine.raises is not None:
            raise mine.raises
        return self._alone(asked) if mine.answer is NOT_TAKEN else mine.answer

    def _take_turn(self) -> None:
        """Do what stands first in the line, this thread's own before all; then let the next thread have its turn."""
        with self._lock:
            some = [self._line.popleft() for _ in range(min(len(self._line), MOST_AT_ONCE))]
        try:
            self._do(some)
        finally:
            for each in some:
                each.is_over = True
                each.woken.set()
            with self._lock:
                self._is_at_work = bool(self._line)
                if self._line:
                    self._line[0].woken.set()

    def _do(self, some: Sequence[_Waiting[Asked, Done]]) -> None:
        try:
            for each, found in zip(some, self._all_at_once([each.asked for each in some]), strict=True):
                each.end(found)
        except (OperationalError, InterfaceError) as gone:
            for each in some:  # by itself each would wait for the same database
                each.end(_told_anew(gone))
        except Exception:  # noqa: BLE001 - each is done again by itself, where whoever it belongs to raises it
            for each in some:
                each.end(NOT_TAKEN)


def _told_anew(gone: Exception) -> Exception:
    """What each waiting thread raises: an exception of its own, as one that is raised twice tells of neither."""
    told = OperationalError(UNDONE)
    told.__cause__ = gone
    return told
