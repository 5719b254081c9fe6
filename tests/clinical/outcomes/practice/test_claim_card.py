from dataclasses import replace
from datetime import date

import pytest

from sojourn.clinical.outcomes.practice import Definition, chain_of, claim_card
from tests.clinical.outcomes.practice.test_practice import CUT, HALVED, MONTH, person

DEFINITION = Definition(
    instrument="phq-9",
    instrument_hash="0" * 64,
    outcome="fell by 50 % or more",
    population="everybody with a first dose in 2026",
    baseline_at_least="10",
    window=MONTH,
)


def card(answered, silent, met):
    people = [person(f"m{n}", (-1, 20), (28, 9)) for n in range(met)]
    people += [person(f"n{n}", (-1, 20), (28, 19)) for n in range(answered - met)]
    people += [person(f"s{n}", (-1, 24)) for n in range(silent)]
    chain = chain_of(people=people, window=MONTH, outcome=HALVED, as_of=CUT)
    return claim_card(definition=DEFINITION, chain=chain, as_of=CUT, software="0.1.0", author="Dora Okafor")


def test_the_headline_carries_every_denominator():
    found = card(answered=8, silent=2, met=4)
    assert found.headline == (
        "Of 8 people who answered at month 1, 4 fell by 50 % or more (50.0 %, 95 % interval 21.5 to 78.5). "
        "10 were due: with the 2 missing counted as not, 40.0 %, 95 % interval 16.8 to 68.7; whatever the missing did, "
        "between 40.0 % and 60.0 %. No comparison group: this is what happened, not what treatment did."
    )


@pytest.mark.parametrize(
    ("answered", "silent", "is_sufficient"), [(6, 4, True), (59, 41, False), (0, 0, False)]
)
def test_below_six_in_ten_there_is_no_headline(answered, silent, is_sufficient):
    found = card(answered=answered, silent=silent, met=answered // 2)
    assert found.is_sufficient is is_sufficient
    assert found.headline.startswith("Insufficient follow-up") is not is_sufficient
    assert ("%, 95 % interval" in found.headline) is is_sufficient


def test_who_is_missing_was_how_ill():
    found = card(answered=8, silent=2, met=4)
    assert (found.severity.observed, found.severity.missing) == (20.0, 24.0)


def test_the_same_definition_cut_and_version_give_the_same_bytes():
    first, second = card(8, 2, 4), card(8, 2, 4)
    assert first.as_json().encode() == second.as_json().encode()
    assert first.hash == second.hash


@pytest.mark.parametrize(
    "changed",
    [
        {"software": "0.1.1"},
        {"as_of": date(2026, 12, 30)},
        {"author": "Ben Adeyemi"},
        {"definition": replace(DEFINITION, population="completers")},
    ],
)
def test_any_other_word_is_another_card(changed):
    found = card(8, 2, 4)
    assert replace(found, **changed).hash != found.hash
