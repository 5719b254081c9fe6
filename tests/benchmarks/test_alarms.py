"""Answers that call for help: told to every open inbox, none lost when the web server is killed; and a fault is found."""

import pytest

from benchmarks.alarms import INBOXES, Timed, answering, lose_one, timed_rounds, under_kills, verdict
from benchmarks.listening import Line
from benchmarks.served import practice

TIMED, DEAF, KILLED = 6, 3, 40


@pytest.mark.slow
def test_every_alarm_is_told_and_none_is_lost_and_the_bench_finds_one_that_was(tmp_path):
    with practice(tmp_path / "practice", whole=True, sessions=0) as served:
        asked = answering(served, TIMED + DEAF + KILLED)
        timed = timed_rounds(served, asked[:TIMED])
        assert (timed.never_told, len(timed.shown)) == (0, TIMED)
        assert [len(told) for told in timed.told] == [INBOXES] * TIMED

        found = under_kills(served, asked[TIMED + DEAF :], kills=2)
        assert found.asked_again > 0, "nobody met a killed server: the kills missed the answers"
        assert (found.acknowledged, found.kills, found.holds) == (KILLED, 2, True)

        # The controls: an inbox that is not told, and an alarm that is gone.
        deaf = timed_rounds(served, asked[TIMED : TIMED + DEAF], deaf_round=0)
        assert (deaf.never_told, len(deaf.shown)) == (DEAF * INBOXES, 0)
        gone = asked[-1]["request"]
        lose_one(served, gone)
        after = verdict(served, {each["request"] for each in asked[TIMED + DEAF :]})
        assert (after.lost, after.silent, after.holds) == (1, 1, False)


def test_an_inbox_told_before_the_answer_waited_for_nothing_and_one_never_told_is_counted():
    timed = Timed(sent=[1.0], answered=[1.5], told=[[1.25] * (INBOXES - 2) + [1.75]], names=["Ada"])
    assert timed.delays_ms(timed.answered) == [0.0] * (INBOXES - 2) + [250.0]
    assert timed.never_told == 1
    assert timed.shown_ms() == []


def test_a_change_that_was_lost_or_came_out_of_order_is_a_gap():
    def row(number):
        return f'event: row\nid: ab12-{number}\ndata: {{"visit":"x"}}\n\n'.encode()

    line = Line(0)
    line.count(b"event: marks\nid: ab12-4\ndata: {}\n\n" + row(5) + row(6))
    line.count(row(7))
    assert line.gaps == 0
    line.count(row(9))
    assert line.gaps == 1
    line.count(row(8))
    assert line.gaps == 2
