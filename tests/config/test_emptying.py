"""A request that is still under way when a test ends does not spoil the tests after it."""

import pytest
from django.core.management import CommandError
from django.db import OperationalError
from django.test import TransactionTestCase

from tests.support import emptying


def refused(cause):
    wrong = CommandError("couldn't be flushed")
    wrong.__cause__ = cause
    return wrong


def emptied(*outcomes, monkeypatch):
    """Empty with these outcomes, one for each try; gives how often it was tried."""
    monkeypatch.setattr(emptying, "REST_S", 0.0)
    left, tried = list(outcomes), []

    def empty():
        tried.append(1)
        if (outcome := left.pop(0)) is not None:
            raise outcome

    emptying.again_when_in_the_way(empty)()
    return len(tried)


def test_what_met_a_request_is_tried_again(monkeypatch):
    in_the_way = refused(OperationalError("deadlock detected"))
    assert emptied(in_the_way, in_the_way, None, monkeypatch=monkeypatch) == 3


def test_what_is_in_the_way_for_good_is_told(monkeypatch):
    with pytest.raises(CommandError):
        emptied(*[refused(OperationalError("deadlock detected"))] * emptying.TRIES, monkeypatch=monkeypatch)


def test_what_is_wrong_otherwise_is_told_at_once(monkeypatch):
    with pytest.raises(CommandError):
        emptied(refused(ValueError("no such table")), None, monkeypatch=monkeypatch)


def test_every_test_empties_so():
    assert TransactionTestCase._fixture_teardown.__qualname__.startswith("again_when_in_the_way")
