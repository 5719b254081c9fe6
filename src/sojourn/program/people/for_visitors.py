"""What a visitor's page needs of the practice, remembered for a minute, so that the free assessment asks nothing.

A practice's name and its states change once in years; a page that is a minute behind does no harm. A practice that is not
there yet is not remembered.
"""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from django.db import connection

from sojourn.program.people.queries import PracticeCard, states_served, the_practice

REMEMBERED_S = 60  # program policy
Value = TypeVar("Value")

_known: dict[tuple[str, str], tuple[float, object]] = {}  # by database: a rehearsal is no practice


def practice_for_visitors() -> PracticeCard:
    """Give the practice of this database, at most a minute old."""
    return _remembered("practice", the_practice, lambda practice: practice.exists)


def states_for_visitors() -> tuple[str, ...]:
    """Give the states in which the practice has a site, at most a minute old."""
    return _remembered("states", states_served, bool)


def forget() -> None:
    """Ask again at the next page."""
    _known.clear()


def _remembered(name: str, ask: Callable[[], Value], is_worth_it: Callable[[Value], bool]) -> Value:
    key = (connection.alias, name)
    found = _known.get(key)
    if found is not None and monotonic() - found[0] < REMEMBERED_S:
        return found[1]  # type: ignore[return-value]
    value = ask()
    if is_worth_it(value):
        _known[key] = (monotonic(), value)
    return value
