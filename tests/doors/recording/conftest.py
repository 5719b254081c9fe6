"""A session that was dosed twenty minutes ago, for everything that is recorded by token."""

from datetime import timedelta

import pytest
import time_machine

from tests.support import courses


@pytest.fixture
def visit(ward):
    return courses.first_session(ward)


@pytest.fixture
def now(ward, visit):
    """Twenty minutes after the dose, by the server's clock."""
    at = courses.give_dose(ward, visit) + timedelta(minutes=20)
    with time_machine.travel(at, tick=False):
        yield at
