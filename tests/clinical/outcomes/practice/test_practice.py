from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.outcomes.practice import (
    Outcome,
    Person,
    Reading,
    Window,
    chain_of,
    funnel,
    rates_of,
    suppress,
    suppress_chain,
)

START = date(2026, 1, 5)
CUT = date(2026, 12, 31)
MONTH = Window("month 1", target=28, opens=25, closes=32)
HALVED = Outcome(
    met=lambda before, after: 2 * after <= before, is_worse=lambda before, after: after - before >= 6
)


def person(name, *scores, first_dose_on=START):
    """A person with (day, score) pairs, days counted from the first dose."""
    readings = tuple(Reading(START + timedelta(days=day), Fraction(score)) for day, score in scores)
    return Person(name, START - timedelta(days=30), first_dose_on, readings)


def count(*people, window=MONTH, outcome=HALVED, as_of=CUT):
    return chain_of(people=people, window=window, outcome=outcome, as_of=as_of)


def test_each_step_of_the_chain_loses_who_it_says():
    chain = count(
        person("met", (-1, 20), (28, 9)),
        person("not met", (-1, 20), (28, 15)),
        person("silent", (-1, 20)),
        person("no baseline", (28, 9)),
        person("old baseline", (-20, 20), (28, 9)),
        person("not dosed", (-5, 20), first_dose_on=None),
        person("still to come", (-1, 20), first_dose_on=START),
        as_of=CUT,
    )
    assert [link.people for link in chain.links] == [7, 5, 4, 4, 2, 1]
    assert chain.reached_without_baseline == 2
    assert chain.due == 6
    assert chain.missing == 4


def test_a_window_that_has_not_closed_is_not_due():
    early = START + timedelta(days=MONTH.closes - 1)
    chain = count(person("a", (-1, 20), (28, 9)), as_of=early)
    assert (chain.dosed, chain.reached, chain.due) == (1, 0, 0)
    assert rates_of(chain).observed is None


def test_the_nearest_score_counts_and_of_two_as_near_the_earlier():
    assert count(person("a", (-1, 20), (26, 9), (30, 20))).met == 1
    assert count(person("a", (-1, 20), (26, 20), (30, 9))).met == 0
    assert count(person("a", (-1, 20), (25, 20), (29, 9))).met == 1


def test_a_score_outside_the_window_is_no_answer():
    assert count(person("a", (-1, 20), (24, 5), (33, 5))).observed == 0


def test_a_baseline_below_the_floor_counts_nowhere():
    floored = Outcome(HALVED.met, HALVED.is_worse, baseline_at_least=Fraction(10))
    chain = count(person("low", (-1, 9), (28, 1)), person("at", (-1, 10), (28, 5)), outcome=floored)
    assert (chain.baseline, chain.due, chain.met) == (1, 1, 1)


def test_exactly_half_is_a_response_and_six_points_more_is_worse():
    assert count(person("a", (-1, 18), (28, 9))).met == 1
    assert count(person("a", (-1, 18), (28, 24))).worse == 1
    assert count(person("a", (-1, 18), (28, 23))).worse == 0


def test_a_prorated_score_proves_nothing():
    readings = (Reading(START, Fraction(20)), Reading(START + timedelta(days=28), Fraction(5), counts=False))
    chain = count(Person("a", START, START, readings))
    assert (chain.observed, chain.missing) == (0, 1)


def test_a_person_who_stands_twice_is_refused():
    with pytest.raises(ValueError, match="stands twice"):
        count(person("a", (-1, 20)), person("a", (-1, 20)))


def test_of_nobody_there_is_no_rate():
    rates = rates_of(count())
    assert (rates.observed, rates.missing_not_met, rates.worst, rates.best) == (None, None, None, None)


@given(
    scores=st.lists(
        st.tuples(st.one_of(st.none(), st.integers(0, 27)), st.one_of(st.none(), st.integers(0, 27))),
        max_size=30,
    )
)
def test_worst_and_best_enclose_every_rate(scores):
    people = [
        person(
            str(place),
            *(((-1, before),) if before is not None else ()),
            *(((28, after),) if after is not None else ()),
        )
        for place, (before, after) in enumerate(scores)
    ]
    chain = count(*people)
    numbers = [link.people for link in chain.links]
    assert numbers == sorted(numbers, reverse=True)
    rates = rates_of(chain)
    if rates.observed:
        assert rates.worst == rates.missing_not_met.share <= rates.observed.share <= rates.best


def test_a_funnel_is_in_order_of_names_and_flags_only_beyond_the_outer_limit():
    found = funnel([("Oakland", Counts(90, 100)), ("Brooklyn", Counts(50, 100)), ("Albany", Counts(6, 10))])
    assert [unit.name for unit in found.units] == ["Albany", "Brooklyn", "Oakland"]
    assert [unit.is_outside for unit in found.units] == [False, True, True]


@given(n=st.integers(5, 400))
def test_limits_narrow_around_the_center(n):
    unit = funnel([("a", Counts(n // 2, n))]).units[0]
    assert unit.outer.low <= unit.inner.low <= unit.inner.high <= unit.outer.high


def test_a_small_cell_is_hidden_with_others_that_would_give_it_away():
    found = suppress([[3, 20, 40], [15, 12, 0], [30, 30, 30]])
    assert found.cells[0][0] is None
    assert sum(cell is None for cell in found.cells[0]) >= 2
    assert sum(row[0] is None for row in found.cells) >= 2
    assert suppress([[0, 11], [12, 40]]).cells == ((0, 11), (12, 40))


@given(
    table=st.integers(1, 5).flatmap(
        lambda w: st.lists(st.lists(st.integers(0, 40), min_size=w, max_size=w), max_size=5)
    )
)
def test_no_small_count_can_be_subtracted_from_a_total(table):
    found = suppress(table).cells
    for line, true in [
        *zip(found, table, strict=True),
        *zip(zip(*found, strict=True), zip(*table, strict=True), strict=True),
    ]:
        hidden = [count for shown, count in zip(line, true, strict=True) if shown is None]
        assert all(shown is None or shown == 0 or shown >= 11 for shown in line)
        if hidden and len(hidden) < len(line):
            assert len(hidden) > 1
            assert sum(hidden) >= 11


@pytest.mark.parametrize(("table", "says"), [([[1, 2], [3]], "one length"), ([[-1]], "never negative")])
def test_an_impossible_table_is_refused(table, says):
    with pytest.raises(ValueError, match=says):
        suppress(table)


def test_a_window_that_misses_its_target_is_refused():
    with pytest.raises(ValueError, match="its target lies between its ends"):
        Window("week 4", target=28, opens=30, closes=40)


def test_a_small_loss_hides_the_steps_that_would_give_it_away():
    found = suppress_chain([200, 195, 150, 150, 120, 60])
    assert found.lost[1] is None
    assert found.people[0] == 200
    assert None in found.people[1:]
    assert suppress_chain([200, 180, 150, 150, 120, 60]).is_whole


@given(losses=st.lists(st.integers(0, 40), min_size=2, max_size=7))
def test_no_small_loss_of_a_chain_can_be_worked_out(losses):
    """Take every pair of shown numbers: their difference is never a small loss, or one that is hidden."""
    people = [sum(losses[place:]) for place in range(len(losses))]
    found = suppress_chain(people)
    shown = [(place, n) for place, n in enumerate(found.people) if n is not None]
    for (a, high), (b, low) in pairwise(shown):
        between = [place for place in range(a, b) if found.lost[place + 1] is None]
        if between:
            assert len(between) > 1
            assert high - low - sum(found.lost[p + 1] or 0 for p in range(a, b)) >= 11
    assert all(n is None or n == 0 or n >= 11 for n in found.lost)


def test_a_window_is_over_at_the_end_of_its_last_day():
    somebody = person("a", (-1, 20), (28, 9))
    last = START + timedelta(days=MONTH.closes)
    assert not MONTH.is_over(somebody, as_of=last - timedelta(days=1))
    assert MONTH.is_over(somebody, as_of=last)
