"""Empties the database after a test with a server of its own, though a page that was just closed may still be asking.

To empty it takes the tables one after another; a request under way holds some and wants others. PostgreSQL ends such an
embrace by refusing one of the two, and where that is the emptying, every test after it would find what is left.
"""

import time
from collections.abc import Callable
from typing import Any

from django.core.management import CommandError
from django.db import OperationalError
from django.test import TransactionTestCase

TRIES = 5
REST_S = 0.3


def again_when_in_the_way(empty: Callable[..., None]) -> Callable[..., None]:
    """Try again, as often as makes sense, where somebody's request stood in the way; raise all else at once."""

    def patiently(*given: Any, **named: Any) -> None:
        for left in reversed(range(TRIES)):
            try:
                empty(*given, **named)
            except CommandError as refused:
                if not left or not isinstance(refused.__cause__, OperationalError):
                    raise
                time.sleep(REST_S)
            else:
                return

    return patiently


def empty_patiently() -> None:
    """Let every test that empties the database do so patiently."""
    TransactionTestCase._fixture_teardown = again_when_in_the_way(TransactionTestCase._fixture_teardown)  # type: ignore[method-assign]
