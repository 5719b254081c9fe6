"""What may be agreed, and the words that are signed."""

import pytest

from sojourn.clinical.outcomes.stop_rule import (
    NotOffered,
    Terms,
    sentence,
    signed_words,
    stop_rule_policy,
    usual_terms,
)


def test_no_amount_below_the_reliable_change_is_offered():
    offered = stop_rule_policy().scales
    assert (offered["phq-9"].low, offered["gad-7"].low) == (6, 4)


@pytest.mark.parametrize(
    ("instrument", "points", "session", "says"),
    [
        ("phq-9", 5, 4, "6 to 12"),
        ("phq-9", 13, 4, "6 to 12"),
        ("phq-9", 6, 0, "session 0"),
        ("phq-9", 6, 9, "session 9"),
        ("who-5", 10, 4, "who-5"),
    ],
)
def test_terms_outside_the_bounds_cannot_be_built(instrument, points, session, says):
    with pytest.raises(NotOffered, match=says):
        Terms(instrument, points, session)


@pytest.mark.parametrize(
    ("doses", "sessions"), [(8, (3, 4, 5, 6, 7, 8)), (4, (3, 4)), (2, (1, 2)), (1, (1,))]
)
def test_a_session_of_the_rule_lies_within_the_series(doses, sessions):
    assert stop_rule_policy().sessions(doses=doses) == sessions
    assert usual_terms(doses=doses).by_session in sessions


def test_the_choices_that_remain_are_a_cited_list():
    choices = stop_rule_policy().choices
    assert {"change_dose", "change_route", "other_treatment", "second_opinion", "end_well"} <= set(choices)
    assert all(choice.citations and choice.patient_says for choice in choices.values())


def test_the_signed_words_hold_every_part_of_the_agreement():
    terms = Terms("phq-9", 7, 4)
    words = signed_words(
        terms, may_contact=("my prescriber", "my therapist"), trusted_name="Nils", trusted_phone="555-0101"
    )
    assert sentence(terms) in words
    assert "fallen by 7 points by session 4" in words
    assert "my prescriber, my therapist" in words
    assert "Nils, 555-0101" in words
    other = signed_words(Terms("phq-9", 8, 4), may_contact=(), trusted_name="", trusted_phone="")
    assert "Nobody contacts me" in other
    assert "named nobody else" in other


@pytest.mark.parametrize(("doses", "session"), [(8, 4), (6, 4), (5, 4), (4, 3), (3, 2), (2, 1), (1, 1)])
def test_the_usual_session_leaves_a_dose_of_the_series_that_can_wait(doses, session):
    assert usual_terms(doses=doses).by_session == session
