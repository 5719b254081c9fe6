"""A session that was dosed twenty minutes ago, for everything that is recorded by token."""

from datetime import timedelta

import pytest
import time_machine

from sojourn.program.plans.choices import VisitKind
from tests.support import courses


@pytest.fixture
def visit(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    courses.sign_consent(ward)
    courses.hold(ward, courses.visit_of(course, VisitKind.PREPARATION, 1))
    return courses.visit_of(course, VisitKind.DOSING, 1)


@pytest.fixture
def now(ward, visit):
    """Twenty minutes after the dose, by the server's clock."""
    at = courses.give_dose(ward, visit) + timedelta(minutes=20)
    with time_machine.travel(at, tick=False):
        yield at
