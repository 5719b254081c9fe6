"""Wording that a practice brings: complete, attested, and without any power over the score."""

import hashlib

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.instruments import get, read_text_pack, score, with_wording
from tests.clinical.instruments.answering import answered

WHO_5 = get("who-5")
PACK = """
instrument = "who-5"
version = "1"
language = "en"
copyright = "Test words, written for this test"
licence_reference = "letter of 2026-11-01"
permitted_uses = ["clinical", "educational"]
attested_by = "Dora Okafor"
attested_on = 2026-11-02
stem = "In the last two weeks:"

[[answer_set]]
id = "often"
options = [
  { value = 0, text = "never" }, { value = 1, text = "a little" }, { value = 2, text = "less than half" },
  { value = 3, text = "more than half" }, { value = 4, text = "mostly" }, { value = 5, text = "always" },
]
""" + "".join(f'\n[[item]]\nid = "q{n}"\ntext = "Test question {n}"\n' for n in range(1, 6))


def test_without_a_pack_a_tier_b_instrument_has_no_wording():
    assert not WHO_5.has_wording
    assert all(item.text is None for item in WHO_5.items)
    assert WHO_5.text_pack_hash is None


def test_a_pack_brings_the_words_and_leaves_score_and_definition_alone():
    worded = with_wording(WHO_5, read_text_pack(PACK, name="who_5.toml"))
    assert worded.has_wording
    assert (worded.item("q3").text, worded.item("q1").option(5).text) == ("Test question 3", "always")
    assert worded.definition_hash == WHO_5.definition_hash
    assert worded.text_pack_hash == hashlib.sha256(PACK.encode()).hexdigest()
    assert score(worded, answered(worded, 1, 2, 3, 4, 5)) == score(WHO_5, answered(WHO_5, 1, 2, 3, 4, 5))


@pytest.mark.parametrize(
    ("was", "becomes", "remedy"),
    [
        ('attested_by = "Dora Okafor"\n', "", "`attested_by`: is missing"),
        ("attested_on = 2026-11-02", 'attested_on = "yesterday"', "`attested_on`: give a day"),
        ('licence_reference = "letter of 2026-11-01"\n', "", "`licence_reference`: is missing"),
        ('["clinical", "educational"]', '["educational"]', "only where clinical use is permitted"),
        ('["clinical", "educational"]', '["clinical", "selling"]', "selling is not known"),
        ("stem = ", "stme = ", "`stme`: is not known here"),
        ('version = "1"', 'version = "2"', "give the words of who-5, version 1"),
        ('instrument = "who-5"', 'instrument = "wsas"', "give the words of who-5"),
        ('id = "q5"', 'id = "q6"', "q6 is not a question of who-5"),
        ('\n[[item]]\nid = "q5"\ntext = "Test question 5"\n', "", "q5 has no text"),
        ('{ value = 5, text = "always" },', "", "often has no text for 5"),
        ('language = "en"', 'language = = "en"', "is not valid TOML"),
    ],
)  # fmt: skip
def test_a_spoiled_pack_is_refused_with_its_remedy(was, becomes, remedy):
    assert was in PACK
    with pytest.raises(DataFileInvalid, match=remedy):
        with_wording(WHO_5, read_text_pack(PACK.replace(was, becomes, 1), name="who_5.toml"))


def test_an_instrument_that_ships_its_wording_takes_no_pack():
    pack = read_text_pack(PACK.replace("who-5", "phq-9"), name="phq_9.toml")
    with pytest.raises(DataFileInvalid, match="takes no text pack"):
        with_wording(get("phq-9"), pack)
