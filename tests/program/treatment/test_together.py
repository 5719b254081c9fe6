"""What waits at the same time is done together: everybody has their own answer, and nobody pays for another's fault."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError

from sojourn.program.treatment.together import MOST_AT_ONCE, NOT_TAKEN, Together

HANDS = 12
WAIT_S = 20


class Desk:
    """Doubles numbers; refuses odd ones, fails for what is poison, and stops while its door is shut."""

    def __init__(self):
        self.door, self.arrived = threading.Event(), threading.Semaphore(0)
        self.door.set()
        self.batches, self.alone = [], []
        self.poison = frozenset()

    def all_at_once(self, asked):
        self.batches.append(list(asked))
        self.arrived.release()
        assert self.door.wait(WAIT_S)
        if self.poison & set(asked):
            raise ValueError("poison")
        return [_refused(each) if each % 2 else 2 * each for each in asked]

    def by_itself(self, asked):
        self.alone.append(asked)
        if asked in self.poison:
            raise ValueError(f"poison {asked}")
        return 2 * asked


def _refused(number):
    return KeyError(number)


def behind_a_shut_door(desk, together, first, others):
    """One is at work behind a shut door; the others come meanwhile. Gives the futures of all."""
    desk.door.clear()
    hands = ThreadPoolExecutor(len(others) + 1)
    waiting = [hands.submit(together.take, first)]
    assert desk.arrived.acquire(timeout=WAIT_S)
    for number, each in enumerate(others, start=1):
        waiting.append(hands.submit(together.take, each))
        until(lambda number=number: len(together._line) == number)
    desk.door.set()
    return waiting


def until(holds):
    deadline = threading.Event()
    for _ in range(WAIT_S * 200):
        if holds():
            return
        deadline.wait(0.005)
    raise AssertionError("it never came to pass")


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def together(desk):
    return Together(desk.all_at_once, desk.by_itself)


def test_who_comes_alone_waits_for_nobody(desk, together):
    assert together.take(4) == 8
    assert desk.batches == [[4]]


def test_who_comes_while_one_is_at_work_is_served_with_all_who_wait(desk, together):
    waiting = behind_a_shut_door(desk, together, 2, [4, 6, 8])
    assert [each.result(WAIT_S) for each in waiting] == [4, 8, 12, 16]
    assert desk.batches == [[2], [4, 6, 8]]
    assert desk.alone == []


def test_a_refusal_is_its_own(desk, together):
    first, refused, last = behind_a_shut_door(desk, together, 2, [5, 6])
    assert (first.result(WAIT_S), last.result(WAIT_S)) == (4, 12)
    with pytest.raises(KeyError, match="5"):
        refused.result(WAIT_S)


def test_one_that_makes_the_others_fail_fails_by_itself(desk, together):
    desk.poison = frozenset({6})
    first, sound, poison, last = behind_a_shut_door(desk, together, 2, [4, 6, 8])
    assert [each.result(WAIT_S) for each in (first, sound, last)] == [4, 8, 16]
    with pytest.raises(ValueError, match="poison 6"):
        poison.result(WAIT_S)
    assert sorted(desk.alone) == [4, 6, 8]


def test_what_is_not_taken_with_the_others_is_done_by_itself():
    together = Together(lambda asked: [NOT_TAKEN for _ in asked], lambda asked: asked + 1)
    assert together.take(1) == 2


def test_where_the_database_is_gone_each_is_told_and_none_waits_for_it_again(desk, together):
    def gone(asked):
        desk.arrived.release()
        assert desk.door.wait(WAIT_S)
        raise OperationalError("the server is gone")

    together._all_at_once = gone
    told = [each.exception(WAIT_S) for each in behind_a_shut_door(desk, together, 2, [4, 6])]
    assert all(isinstance(each, OperationalError) for each in told)
    assert len({id(each) for each in told}) == len(told)
    assert desk.alone == []


def test_more_than_are_done_at_once_are_all_done(desk, together):
    asked = list(range(4, 4 + 2 * (MOST_AT_ONCE + 5), 2))
    waiting = behind_a_shut_door(desk, together, 2, asked)
    assert [each.result(WAIT_S) for each in waiting] == [2 * each for each in [2, *asked]]
    assert [len(batch) for batch in desk.batches] == [1, MOST_AT_ONCE, 5]


def test_in_a_storm_each_is_done_once_and_has_its_own_answer(desk, together):
    numbers = range(0, 2000, 2)
    with ThreadPoolExecutor(HANDS) as hands:
        assert list(hands.map(together.take, numbers)) == [2 * number for number in numbers]
    done = Counter(each for batch in desk.batches for each in batch)
    assert set(done.values()) == {1}
    assert set(done) == set(numbers)
    assert not together._line
    assert not together._is_at_work
