"""Counting in columns gives what counting people one by one gives."""

from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS, Person, Reading, chain_of
from sojourn.clinical.outcomes.recount import (
    MISSING,
    columns_of,
    day_number,
    followed_in_response,
    scores_that_count,
    survival_by_unit,
    tallies,
)
from sojourn.clinical.outcomes.reports import Grouped, yardstick_of
from sojourn.clinical.outcomes.reports.time_in_response import time_in_response

PHQ9 = yardstick_of(instruments.get("phq-9"))
WEEK = timedelta(days=7)
CUT = date(2026, 11, 25)


@st.composite
def persons(draw, most=6):
    found = []
    for place in range(draw(st.integers(0, most))):
        first = draw(st.none() | st.integers(0, 500).map(lambda ago: CUT - timedelta(days=ago)))
        around = first or CUT - timedelta(days=100)
        readings = draw(
            st.lists(
                st.tuples(st.integers(-10, 410), st.integers(0, 27_000), st.booleans()), max_size=14,
                unique_by=lambda reading: reading[0],
            )
        )  # fmt: skip
        found.append(
            Person(
                str(place), around - timedelta(days=20), first,
                tuple(
                    Reading(around + timedelta(days=day), Fraction(value, 1000), counts)
                    for day, value, counts in readings
                    if around + timedelta(days=day) <= CUT
                ),
            )
        )  # fmt: skip
    return found


def counted(people, units=None):
    columns, readings = columns_of(people, units)
    as_of = day_number(CUT)
    scores = scores_that_count(columns, readings, windows=USUAL_WINDOWS, as_of=as_of)
    return (
        columns,
        readings,
        scores,
        tallies(columns, scores, yardstick=PHQ9, windows=USUAL_WINDOWS, as_of=as_of),
    )


@settings(max_examples=150, deadline=None)
@given(persons())
def test_columns_count_what_people_one_by_one_count(people):
    *_, found = counted(people)
    for tally in found:
        response, remission, everybody = (
            chain_of(people=people, window=tally.window, outcome=outcome, as_of=CUT)
            for outcome in (PHQ9.response(WEEK), PHQ9.remission(WEEK), PHQ9.change(WEEK))
        )
        for ours, chain in (
            (tally.enrolled, response.enrolled), (tally.baseline, response.baseline), (tally.dosed, response.dosed),
            (tally.reached, response.reached), (tally.observed, response.observed), (tally.responded, response.met),
            (tally.remitted, remission.met), (tally.worse, response.worse),
            (tally.without_baseline, response.reached_without_baseline), (tally.seen_at_all, everybody.observed),
            (tally.worse_at_all, everybody.worse),
        ):  # fmt: skip
            assert int(ours.sum()) == chain, tally.window.id
        if response.observed:
            assert (
                Fraction(int(tally.baselines_observed.sum()), 1000 * response.observed)
                == response.baseline_of_observed
            )


@settings(max_examples=150, deadline=None)
@given(persons())
def test_columns_follow_whom_people_one_by_one_follow(people):
    columns, readings, scores, _ = counted(people)
    _who, time, lost = followed_in_response(columns, readings, scores[:, 0], yardstick=PHQ9)
    found = time_in_response([Grouped(person) for person in people], PHQ9, WEEK)
    if found is None:
        assert not len(time)
        return
    [(_, exact)] = found.curves
    assert sorted(time.tolist()) == list(exact.times)
    ours = survival_by_unit(time, lost, np.zeros_like(time), units=1, days=(0, 30, 90, 180))
    assert ours.shares[0] == pytest.approx([float(exact.at(day)) for day in (0, 30, 90, 180)], abs=1e-12)
    assert (None if np.isnan(ours.medians[0]) else ours.medians[0]) == exact.median


def test_of_two_scores_on_one_day_the_later_one_counts():
    first = CUT - timedelta(days=60)
    person = Person("a", first, first, (Reading(first, Fraction(20)), Reading(first, Fraction(11))))
    *_, scores, _ = counted([person])
    assert scores[0, 0] == 11_000
    assert set(scores[0, 1:]) == {MISSING}


def test_units_are_counted_apart():
    first = CUT - timedelta(days=60)
    people = [Person(str(n), first, first, (Reading(first, Fraction(20)),)) for n in range(5)]
    *_, found = counted(people, units=[0, 2, 2, 0, 2])
    assert found[0].reached.tolist() == [2, 0, 3]


def test_a_score_finer_than_a_thousandth_is_refused_and_not_rounded():
    person = Person("a", CUT, CUT, (Reading(CUT, Fraction(1, 3)),))
    with pytest.raises(ValueError, match="finer than a thousandth"):
        columns_of([person])
