"""Signs of diversion: what each number of them means, at the edges; what counts, until when, and what is settled."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.monitoring.diversion import (
    At,
    Count,
    Level,
    Ordered,
    Seen,
    counts_that_differ,
    diversion,
    increases,
    is_early,
    moves,
)
from sojourn.clinical.monitoring.diversion_files import diversion_rules

TODAY = date(2026, 11, 24)
NOTED = [sign.id for sign in diversion_rules().signs.values() if sign.is_noted]


def seen(sign, *, days=1, key=None, differs_by=0):
    return Seen(
        key or f"{sign}-{days}",
        sign,
        TODAY - timedelta(days=days),
        "said on the telephone",
        "Mona",
        differs_by,
    )


def level(*signs, settled=()):
    return diversion(signs, on=TODAY, settled=settled).level


def test_one_is_a_note_two_are_a_talk_three_hold():
    assert level() is Level.NONE
    assert level(seen("lost")) is Level.NOTE
    assert level(seen("lost"), seen("craving")) is Level.TALK
    assert level(seen("lost"), seen("craving"), seen("family")) is Level.HOLD


def test_the_same_sign_again_is_no_second_sign_and_every_time_is_shown():
    found = diversion([seen("lost"), seen("lost", days=9), seen("lost", days=20)], on=TODAY)
    assert found.score == 1
    assert found.level is Level.NOTE
    assert [each.on for each in found.signs[0].seen] == [TODAY - timedelta(days=days) for days in (1, 9, 20)]


@pytest.mark.parametrize(
    ("differs", "means"), [(1, Level.NOTE), (-1, Level.NOTE), (2, Level.HOLD), (-2, Level.HOLD)]
)
def test_a_count_off_by_one_is_a_sign_and_off_by_more_holds_by_itself(differs, means):
    (found,) = counts_that_differ([Count("c", TODAY, 6 + differs, 6, "Mona")])
    assert diversion([found], on=TODAY).level is means
    assert found.evidence == f"{6 + differs} counted, 6 must remain"


def test_a_count_that_agrees_is_no_sign():
    assert counts_that_differ([Count("c", TODAY, 6, 6, "Mona")]) == ()


def test_a_sign_counts_for_ninety_days_and_none_of_the_future():
    assert level(seen("lost", days=90)) is Level.NOTE
    assert level(seen("lost", days=91)) is Level.NONE
    assert level(seen("lost", days=0)) is Level.NOTE
    assert level(seen("lost", days=-1)) is Level.NONE


def test_what_was_settled_does_not_count_and_what_is_new_does():
    wide = seen("count_differs", key="count", differs_by=3)
    assert level(wide) is Level.HOLD
    assert level(wide, settled={"count"}) is Level.NONE
    assert (
        level(wide, seen("count_differs", key="count again", differs_by=-2), settled={"count"}) is Level.HOLD
    )


@pytest.mark.parametrize(("days", "early"), [(5, False), (6, True), (0, False), (-3, False)])
def test_more_than_five_days_before_it_is_due_is_early(days, early):
    assert is_early(asked_on=TODAY, due_on=TODAY + timedelta(days=days)) is early


def order(days, mg):
    return Ordered(f"order-{days}", TODAY - timedelta(days=days), mg, "Ben")


def test_two_increases_in_ninety_days_are_tolerance_and_one_is_not():
    assert increases([order(60, 100), order(30, 125)], on=TODAY) == ()
    (found,) = increases([order(60, 100), order(30, 125), order(2, 150)], on=TODAY)
    assert found.on == TODAY - timedelta(days=2)
    assert "100 to 125 mg" in found.evidence
    assert "125 to 150 mg" in found.evidence


def test_an_increase_of_longer_ago_and_a_decrease_do_not_count():
    assert increases([order(200, 75), order(91, 100), order(30, 125)], on=TODAY) == ()
    assert increases([order(60, 150), order(30, 125), order(2, 150)], on=TODAY) == ()
    assert increases([order(120, 75), order(90, 100), order(30, 125)], on=TODAY)


def place(days, address):
    return At(f"place-{days}", TODAY - timedelta(days=days), address, "Mona")


def test_two_changes_of_address_are_a_sign_and_another_writing_is_none():
    assert (
        moves(
            [place(40, "4 Elm St., Oakland"), place(20, "4 elm st oakland"), place(1, "9 Bay Rd")], on=TODAY
        )
        == ()
    )
    (found,) = moves([place(40, "4 Elm St"), place(20, "9 Bay Rd"), place(1, "4 Elm St")], on=TODAY)
    assert found.on == TODAY - timedelta(days=1)


@given(
    st.lists(
        st.builds(
            seen,
            st.sampled_from(NOTED),
            days=st.integers(-5, 120),
            differs_by=st.integers(-3, 3),
            key=st.uuids().map(str),
        ),
        max_size=9,
    ),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter_and_one_more_sign_never_lowers_the_level(signs, rng):
    shuffled = list(signs)
    rng.shuffle(shuffled)
    assert diversion(shuffled, on=TODAY) == diversion(signs, on=TODAY)
    ranks = list(Level)
    levels = [ranks.index(level(*signs[:n])) for n in range(len(signs) + 1)]
    assert levels == sorted(levels)


def test_every_sign_says_what_counts_and_that_it_is_program_policy():
    rules = diversion_rules()
    assert len(rules.signs) == 13
    for sign in rules.signs.values():
        assert sign.counts.endswith(".")
        assert {citation.provenance.value for citation in sign.citations} == {"program policy"}
    assert "swainson-2022" in str(rules.citations)
