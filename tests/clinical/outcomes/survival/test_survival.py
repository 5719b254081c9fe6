import csv
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.outcomes.survival import Followed, NotComparable, curve, hazard_ratio, log_rank
from tests.support.data_sets import data_set

PEOPLE = st.lists(st.builds(Followed, st.integers(0, 30).map(float), st.booleans()), min_size=1, max_size=40)


def rows(name):
    with data_set(name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def smoking():
    return [
        (Followed(float(row["ttr"]) or 0.5, row["relapse"] == "1"), row["grp"] == "patchOnly")
        for row in rows("pharmaco_smoking.csv")
    ]


def test_a_median_never_turns_on_a_rounding_error():
    """Exactly half are left after day 21: one library says 25, because it counts 0.5000000000000002 as more than half."""
    patch = curve([person for person, is_patch in smoking() if is_patch])
    assert patch.at(21) == Fraction(1, 2)
    assert patch.median == 21
    assert patch.median_midpoint == 23


@given(people=PEOPLE)
def test_without_loss_the_curve_is_the_share_left(people):
    everybody = [Followed(person.time, event=True) for person in people]
    found = curve(everybody)
    for time in {person.time for person in everybody}:
        assert found.at(time) == Fraction(sum(p.time > time for p in everybody), len(everybody))


@given(people=PEOPLE)
def test_the_curve_only_falls_and_its_interval_holds_it(people):
    before = Fraction(1)
    for step in curve(people).steps:
        assert 0 <= step.survival <= before
        before = step.survival
        interval = step.interval()
        if interval:
            assert interval.low <= float(step.survival) <= interval.high


def test_nobody_with_the_event_has_no_median_and_cannot_be_compared():
    well = [Followed(10, event=False)] * 3
    assert curve(well).median is None
    with pytest.raises(NotComparable, match="nobody had the event"):
        log_rank([well, well])
    with pytest.raises(NotComparable, match="people in each"):
        log_rank([well, []])


def test_a_group_with_all_the_events_has_no_finite_ratio():
    apart = [
        Followed(1, event=True),
        Followed(2, event=True),
        Followed(9, event=False),
        Followed(9, event=False),
    ]
    with pytest.raises(NotComparable, match="all the events"):
        hazard_ratio(apart, [1, 1, 0, 0])


def test_a_curve_is_drawn_only_while_ten_are_followed():
    people = [Followed(time, event=True) for time in range(1, 16)]
    assert curve(people).drawn_until == 6


def test_a_negative_time_is_refused():
    with pytest.raises(ValueError, match="cannot be followed"):
        Followed(-1, event=True)
