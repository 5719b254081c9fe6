"""Cards: complete, cited, computed, dated, and honest about their age."""

import re
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest

from sojourn.clinical.evidence import DataFileInvalid, sources
from sojourn.clinical.evidence.claim_files import CLAIMS, UnknownClaim, claim, claims, read_claims
from sojourn.clinical.evidence.claims import Speaker, Verdict

CHECKED = date(2026, 11, 25)
GOOD = """
[[claim]]
id = "a"
topic = "does it help"
title = "A?"
claim = "It helps 60% of people."
verdict = "supported with a caveat"
truth = "It helped {k} on ketamine and {dropped} left."
strength = "low"
because = "One small trial."
speaker = "this program"
citations = [{ source = "hull-2022", locator = "table 1", provenance = "excerpt" }]
figure = [{ name = "k", of = "karma-2/response", arm = "active", show = "in a hundred" }]
quoted = [{ name = "dropped", says = "7", source = "hull-2022", locator = "table 2", provenance = "excerpt" }]
checked_on = 2026-11-01
review_by = 2027-05-01
"""


def read(tmp_path, text):
    path = tmp_path / "some_claims.toml"
    path.write_text(text)
    return read_claims((path,))


def test_every_claim_of_the_article_has_a_card():
    numbers = [card.number for card in claims().values() if card.number]
    assert numbers == list(range(1, 38))
    assert all(claims()[i].speaker is Speaker.SELLER for i in claims() if claims()[i].number)
    assert all(
        "myths-article" in {c.source_id for c in card.citations} for card in claims().values() if card.number
    )


def test_a_card_by_data_alone(tmp_path):
    assert read(tmp_path, GOOD)["a"].truth == "It helped 47 of 100 on ketamine and 7 left."


@pytest.mark.parametrize(
    ("good", "spoiled", "says"),
    [
        ("strength =", "strenght =", "`strenght`: is not known here"),
        ('strength = "low"\n', "", "`strength`: is missing"),
        ('strength = "low"', 'strength = "huge"', "use one of high, moderate"),
        ("citations = [{", "citations = []\ncounter = [{", "`says`: is missing"),
        ('[{ source = "hull-2022", locator = "table 1", provenance = "excerpt" }]', "[]", "cite at least one source"),
        ("checked_on = 2026-11-01\n", "", "`checked_on`: is missing"),
        ("review_by = 2027-05-01", "review_by = 2026-11-01", "give a day after `checked_on`"),
        ("review_by = 2027-05-01", 'review_by = "soon"', "give a day such as"),
        ("It helped {k}", "It helped 47 of 100", "a number is typed"),
        ("It helped {k}", "It helped {x}", "{x} is not among the figures"),
        ("and {dropped} left", "and some left", "dropped stands in no text"),
        ("karma-2/response", "karma-3/response", "use one of"),
        ('arm = "active"', 'arm = "winner"', "use one of"),
        ('show = "in a hundred"', 'show = "nicely"', "use one of"),
        ('arm = "active", show = "in a hundred"', 'show = "in a hundred"', "use one of difference"),
        ('of = "karma-2/response", arm', 'of = "karma-2/response", pool = "x", arm', "either one result"),
        ('"supported with a caveat"', '"true"', "use one of"),
        ('speaker = "this program"', 'speaker = "everybody"', "use one of"),
        ('name = "dropped"', 'name = "k"', "stands twice"),
    ],
)  # fmt: skip
def test_a_spoiled_card_is_refused_with_file_key_and_remedy(tmp_path, good, spoiled, says):
    assert good in GOOD
    with pytest.raises(DataFileInvalid) as refused:
        read(tmp_path, GOOD.replace(good, spoiled, 1))
    assert says in str(refused.value)
    assert str(refused.value).startswith("some_claims.toml [claim a")


def test_two_cards_cannot_share_an_id_or_a_number(tmp_path):
    with pytest.raises(DataFileInvalid, match="a stands twice"):
        read(tmp_path, GOOD + GOOD)
    numbered = GOOD.replace("topic", "number = 1\ntopic", 1)
    with pytest.raises(DataFileInvalid, match="1 stands twice"):
        read(tmp_path, numbered + numbered.replace('"a"', '"b"'))
    with pytest.raises(UnknownClaim):
        claim("no-such-card")


def test_cards_are_current_on_the_day_they_were_checked():
    assert not [card.id for card in claims().values() if card.being_rechecked(on=CHECKED)]


@pytest.mark.parametrize("card", claims().values(), ids=lambda c: c.id)
def test_a_card_is_rechecked_from_the_day_after_its_review_is_due(card):
    assert not card.being_rechecked(on=card.review_by)
    assert card.being_rechecked(on=card.review_by + timedelta(days=1))


def test_a_card_on_the_telehealth_exception_is_rechecked_when_the_exception_ends():
    card = claim("is-it-legal")
    assert not card.being_rechecked(on=date(2026, 12, 31))
    assert any("telemedicine" in why for why in card.being_rechecked(on=date(2027, 1, 1)))


def test_a_card_whose_source_is_retired_is_rechecked_at_once(monkeypatch):
    retired = replace(sources()["le-2022"], retired_on=date(2026, 11, 20), retired="withdrawn by the journal")
    changed = {**sources(), "le-2022": retired}
    monkeypatch.setattr(sys.modules["sojourn.clinical.evidence.sources"], "sources", lambda: changed)
    assert claim("sixty-five-studies").being_rechecked(on=date(2026, 11, 20)) == (
        f"{retired.title} is retired: withdrawn by the journal.",
    )
    assert not claim("sixty-five-studies").being_rechecked(on=date(2026, 11, 19))
    assert not claim("bladder").being_rechecked(on=date(2026, 11, 20))


def test_a_number_from_memory_marks_its_card():
    assert claim("fast-onset").is_from_memory
    assert not claim("inpatient-remission").is_from_memory


def test_no_sentence_of_the_article_stands_on_a_card():
    """Facts carry over with their source; sentences do not. Eight words in a row would be a sentence."""
    text = " ".join(path.read_text() for path in CLAIMS.iterdir() if path.name.endswith(".toml"))
    said = [
        "Ketamine is not an opioid—it works through the glutamate system, not opioid receptors",
        "Response rates reach 40–70% for treatment-resistant depression in clinical trials",
        "Effects can begin within hours rather than the weeks required for traditional antidepressants",
        "Single doses often produce effects lasting 1–2 weeks in people who respond",
        "Most protocols involve 6–8 sessions over 2–3 weeks for initial treatment",
        "True hallucinations are uncommon at therapeutic doses",
    ]
    assert not [each for each in said if each in text]


def test_what_cannot_be_checked_or_is_not_so_may_not_be_published():
    assert [v for v in Verdict if not v.may_be_published] == [
        Verdict.NOT_SUPPORTED,
        Verdict.CANNOT_BE_CHECKED,
    ]


def test_the_negative_hospital_trial_is_told_with_its_comparison_group():
    truth = claim("inpatient-remission").truth
    assert "44 of 100" in truth
    assert "30 of 100" in truth
    assert "−10 to 35 in 100" in truth


def test_numbers_on_cards_follow_the_studies():
    """Every figure says how it came about, and reads as its counts say."""
    for card in claims().values():
        for figure in card.figures:
            counted = re.search(r": ([\d,]+) of ([\d,]+)|: (\d+)/(\d+)(?:,|$)", figure.how)
            if counted and figure.reads.endswith("of 100"):
                events, n = (int(x) for x in counted.groups() if x)
                assert figure.reads == f"{int(100 * events / n + 0.5)} of 100"
