"""Names said in different ways are one name; somebody else's never is."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sojourn.clinical.monitoring.names import same_name


@pytest.mark.parametrize(
    ("said", "on_record"),
    [
        ("ada  NUNEZ", "Ada Núñez"),
        ("Núñez, Ada", "Ada Núñez"),
        ("Núñez Ada", "Ada Núñez"),
        ("Anne Marie O Brien", "Anne-Marie O’Brien"),
        ("Annemarie OBrien", "Anne-Marie O'Brien"),
        ("Anne Marie OBrien", "Anne-Marie O'Brien"),
        ("O'Brien, Anne-Marie", "Anne-Marie O'Brien"),
        ("John Smith", "John Adam Smith"),
        ("John A. Smith", "John Adam Smith"),
        ("Smith, John Adam", "John A Smith"),
        ("Smith John", "John Adam Smith"),
        ("John Adam Smith", "John Smith"),
        ("John Smith Jr.", "John Smith, Jr"),
        ("John Smith junior", "John Smith II"),
        ("Mr. John Smith", "John Smith"),
        ("Ms Anna Lee", "Anna Lee"),
        ("de la Cruz, Juan", "Juan de la Cruz"),
        ("Juergen Mueller", "Jürgen Müller"),
        ("Jurgen Muller", "Jürgen Müller"),
        ("Soren Bjork", "Søren Björk"),
        ("Lukasz Zolc", "Łukasz Żółć"),
        ("ليلى", "ليلى"),
        ("王 小明", "王 小明"),
        ("Madonna", "madonna"),
    ],
)
def test_two_writings_of_one_name(said, on_record):
    assert same_name(said, on_record)
    assert same_name(on_record, said)


@pytest.mark.parametrize(
    ("said", "on_record"),
    [
        ("", "Ada Núñez"),
        ("  ", "Ada Núñez"),
        ("", ""),
        ("-", "Ada Núñez"),
        ("Ada", "Ada Núñez"),
        ("Núñez", "Ada Núñez"),
        ("A Núñez", "Ada Núñez"),
        ("Eda Núñez", "Ada Núñez"),
        ("Ada Núñez Ruiz", "Ada Núñez"),
        ("John Brian Smith", "John Adam Smith"),
        ("John B Smith", "John Adam Smith"),
        ("John Adam Brian Smith", "John Brian Adam Smith"),
        ("John Smith Jr", "John Smith Sr"),
        ("John Smith", "John Smith Jr"),
        ("Adam Lee Thomas", "Thomas Adam Lee"),
        ("Lee Thomas Adam", "Thomas Adam Lee"),
        ("Muller Jan", "Mueller Jan"),
        ("Jo Annlee", "Joann Lee"),
        ("Ann Alee", "Anna Lee"),
        ("Bob Smith", "Robert Smith"),
        ("かとう あい", "がとう あい"),
        ("Madonna Smith", "Madonna"),
        ("John John", "John Smith"),
        ("Smith", "Smith Smith"),
    ],
)
def test_another_name_or_a_part_of_one_is_not_it(said, on_record):
    assert not same_name(said, on_record)
    assert not same_name(on_record, said)


def plain(part):
    return part.translate(str.maketrans("áéíñôšøł", "aeinosol"))


LETTERS = st.sampled_from(string.ascii_lowercase + "áéíñôšøł")
PART = st.text(LETTERS, min_size=2, max_size=9).filter(
    lambda part: (
        plain(part)
        not in {"jr", "sr", "ii", "iii", "iv", "mr", "ms", "mx", "dr", "mrs", "miss", "junior", "senior"}
    )
)
NAME = st.tuples(PART, st.lists(PART, max_size=2), PART)


def written(given_name, middle, family, how):
    if how == "comma":
        return f"{family}, {' '.join([given_name, *middle])}"
    if how == "family first":
        return " ".join([family, given_name, *middle])
    return " ".join([given_name, *middle, family])


HOW = st.sampled_from(["as usual", "comma", "family first"])


@given(name=NAME, how=HOW, shout=st.booleans(), drop=st.booleans())
def test_whoever_says_their_own_name_is_known_by_it(name, how, shout, drop):
    given_name, middle, family = name
    said = written(given_name, [] if drop or how == "family first" else middle, family, how)
    assert same_name(said.upper() if shout else said, written(given_name, middle, family, "as usual"))


@given(one=NAME, other=NAME, how=HOW, also=HOW)
def test_nobody_is_taken_for_who_has_another_given_or_family_name(one, other, how, also):
    assume({plain(one[0]), plain(one[2])} != {plain(other[0]), plain(other[2])})
    # A name of three parts may be read from either end: leave out those that are each other's letter for letter.
    assume(
        not {plain(each) for each in (one[0], one[2])}
        <= {plain(each) for each in (other[0], *other[1], other[2])}
    )
    assume(
        not {plain(each) for each in (other[0], other[2])}
        <= {plain(each) for each in (one[0], *one[1], one[2])}
    )
    assume(not any("ø" in part for part in (one[0], one[2], other[0], other[2])))
    assert not same_name(written(*one, how), written(*other, also))


@given(name=NAME, one=PART, other=PART)
def test_two_different_middle_names_are_two_people(name, one, other):
    assume(plain(one) != plain(other) and "ø" not in one + other)
    given_name, _, family = name
    assume(len({plain(each) for each in (given_name, family, one, other)}) == 4)
    assert not same_name(f"{given_name} {one} {family}", f"{given_name} {other} {family}")


@given(one=st.text(max_size=40), other=st.text(max_size=40))
def test_whatever_is_typed_the_answer_is_the_same_from_both_sides(one, other):
    assert same_name(one, other) == same_name(other, one)


@given(text=st.text(st.sampled_from("ab-' .,"), max_size=300))
def test_a_long_row_of_signs_is_answered_at_once(text):
    assert same_name(text, text) in {True, False}
