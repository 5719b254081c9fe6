"""The world of rehearsals: another database, in which every action and query of the practice runs unchanged.

A connection to one PostgreSQL database reaches no table of another. While a block runs in the world, the thread's
default connection is the one to the rehearsal database, so that nothing in it can write, or even read, a chart.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError, ProgrammingError

REHEARSAL: Final = "rehearsal"
PLACE: Final = ("HOST", "PORT", "NAME")


class NoRehearsal(Exception):
    """There is no rehearsal database to enter: it was not prepared, or its address is that of the practice."""


def is_rehearsal() -> bool:
    """Tell whether this thread is in the world of rehearsals."""
    return connections[DEFAULT_DB_ALIAS].alias == REHEARSAL


@contextmanager
def in_rehearsal(*, shown: datetime | None = None) -> Iterator[None]:
    """Run a block in the world of rehearsals. The database's own clock shows `shown`; without it, the real time.

    Blocks may lie inside each other: an inner one without a time keeps that of the outer. Raises NoRehearsal.
    """
    outside = connections[DEFAULT_DB_ALIAS]
    world = connections[REHEARSAL]
    is_inner = outside is world
    if not is_inner and _place(outside) == _place(world):
        raise NoRehearsal("the rehearsal database is that of the practice")
    before = _shown.get() if is_inner else None
    if not is_inner or shown is not None:
        _tell_time(world, shown)
    connections[DEFAULT_DB_ALIAS] = world
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = outside
        if is_inner and _shown.get() != before and not world.needs_rollback:
            _tell_time(world, before)


def set_clock(shown: datetime) -> None:
    """Let the clock of the rehearsal database show another moment; only inside the world."""
    world = connections[DEFAULT_DB_ALIAS]
    assert world.alias == REHEARSAL, "the practice's clock is never set"
    _tell_time(world, shown)


def _tell_time(world: BaseDatabaseWrapper, shown: datetime | None) -> None:
    """Ask the function that only a rehearsal database has: no other database can be entered by mistake."""
    try:
        with world.cursor() as cursor:
            cursor.execute("SELECT rehearsal_clock.tell(%s)", [shown])
    except (OperationalError, ProgrammingError) as error:
        if not world.in_atomic_block:
            world.close()
        raise NoRehearsal(" ".join(str(error).split())) from error
    _shown.set(shown)


def _place(connection: BaseDatabaseWrapper) -> tuple[object, ...]:
    return tuple(connection.settings_dict[key] for key in PLACE)


_shown: ContextVar[datetime | None] = ContextVar("shown", default=None)
