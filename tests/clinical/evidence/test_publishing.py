"""The gate for what a practice says in public: no card, no denominators, no publication."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.evidence.claim_files import claim, claims
from sojourn.clinical.evidence.publishing import FigureImpossible, PracticeFigure, why_not_published

TODAY = date(2026, 11, 25)
CARD = claim("some-do-not-respond")


def figure(**more):
    return PracticeFigure(
        **{
            "event": "Score on the PHQ-9 at least halved", "instrument": "PHQ-9", "window": "4 weeks after the first dose",
            "period": "January to June 2026", "treated": 52, "due": 40, "observed": 30, "events": 18,
        } | more
    )  # fmt: skip


def rules(text, *, card=CARD, figure=None, on=TODAY):
    return {refusal.rule for refusal in why_not_published(text, card=card, figure=figure, on=on)}


def test_a_statement_with_a_card_and_its_counts_may_be_published():
    assert not rules(
        "In 60% of our patients the score halved within 4 weeks after the first dose.", figure=figure()
    )
    assert not rules("18 of 30 patients whom we asked had their score halved.", figure=figure())


def test_a_statement_without_a_number_needs_only_its_card():
    assert not rules("You stay with us until you are clear and steady.", card=claim("two-hour-observation"))


def test_the_advertisement_of_the_article_is_refused():
    assert rules("87% of patients report improvement within 4 weeks", card=None) == {"card", "denominator"}
    assert rules("87% improve within 4 weeks", card=claim("sellers-own-results")) == {
        "verdict",
        "denominator",
    }


@pytest.mark.parametrize(
    "text",
    [
        "87% of our patients improve.", "Most of our patients improve.", "The majority gets better.",
        "Nine in ten feel better.", "Nearly all respond.", "Two thirds respond.", "Half respond.", "87 out of them all.",
        "Eighty percent respond.", "Twice as many respond.", "Eight of ten respond.", "Dozens got well.", "Many feel better.",
    ],
)  # fmt: skip
def test_an_amount_without_counts_is_refused_in_digits_and_in_words(text):
    assert "denominator" in rules(text)


@pytest.mark.parametrize(
    "text", ["62% responded.", "In 18 of 29 the score halved.", "Of 500 patients 60% responded."]
)
def test_a_number_that_does_not_follow_from_the_counts_is_refused(text):
    assert rules(text, figure=figure()) == {"number"}


@pytest.mark.parametrize("text", ["Most of our patients respond.", "Nearly all respond.", "Half respond."])
def test_an_amount_in_words_is_refused_even_beside_counts(text):
    assert rules(text, figure=figure()) == {"number"}


def test_a_number_of_a_card_is_said_in_the_cards_own_sentence():
    """Else “12 people got better” would pass, because another 12 stands on the card."""
    card = claim("not-an-opioid")
    assert "denominator" in rules("12 of our patients got better.", card=card)
    worse = claim("some-get-worse")
    whole_sentence = "In one group of clinics, 8 of 100 had a worse score after the first series."
    assert whole_sentence in worse.truth
    assert not rules(f"We say it openly. {whole_sentence}", card=worse)
    assert "denominator" in rules("Only 8 of 100 had a worse score.", card=worse)


@pytest.mark.parametrize(
    "text",
    [
        "It cures depression.",
        "A risk-free treatment.",
        "Guaranteed relief.",
        "Proven to work.",
        "The best care.",
    ],
)
def test_a_promise_is_refused_whatever_stands_behind_it(text):
    assert "promise" in rules(text)


@pytest.mark.parametrize(
    "card", [c for c in claims().values() if not c.verdict.may_be_published], ids=lambda c: c.id
)
def test_what_is_not_supported_or_cannot_be_checked_is_refused(card):
    assert "verdict" in rules("It changes the structure of the brain.", card=card)


def test_a_card_that_is_being_rechecked_carries_nothing():
    assert rules("It is legal.", card=claim("is-it-legal")) == set()
    assert rules("It is legal.", card=claim("is-it-legal"), on=date(2027, 1, 1)) == {"re-checked"}


def test_a_rate_of_few_observed_people_is_insufficient_follow_up():
    assert not rules("60% responded.", figure=figure(due=50, observed=30))
    assert rules("60% responded.", figure=figure(due=51, observed=30)) == {"follow-up"}


def test_the_counts_are_printed_with_interval_missing_people_and_bounds():
    assert figure().in_words == (
        "Score on the PHQ-9 at least halved: 18 of 30 patients observed, 60% (95% interval 42 to 75%), by PHQ-9, "
        "4 weeks after the first dose, January to June 2026. 52 were treated, 40 had reached this point, 10 of them "
        "were not observed; with them, between 45 and 70%. No comparison group."
    )


@pytest.mark.parametrize(
    "more", [{"events": 31}, {"observed": 41}, {"due": 53}, {"events": -1}, {"observed": 0, "events": 0}]
)
def test_counts_that_contradict_each_other_cannot_be_built(more):
    with pytest.raises(FigureImpossible):
        figure(**more)


@given(st.integers(1, 300), st.data())
def test_a_share_passes_only_as_its_counts_give_it(observed, data):
    events = data.draw(st.integers(0, observed))
    shown = data.draw(st.integers(0, 100))
    right = int(100 * events / observed + 0.5)
    counted = figure(events=events, observed=observed, due=observed, treated=observed)
    refused = rules(f"{shown}% responded.", figure=counted)
    assert ("number" in refused) == (shown != right)
