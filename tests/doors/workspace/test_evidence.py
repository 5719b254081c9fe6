from html import unescape

import pytest
from django.urls import reverse

from sojourn.clinical.evidence.claim_files import claims
from sojourn.clinical.evidence.strata import strata
from sojourn.program.education.models import PublicStatement
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
EVIDENCE = "/workspace/evidence/"
STATEMENTS = "/workspace/evidence/statements/"
PUBLISH = "/workspace/evidence/statements/publish/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def statement(**more):
    return {
        "text": "In 60% of the patients we asked, the score had halved.", "claim_id": "some-do-not-respond",
        "event": "Score at least halved", "instrument": "PHQ-9", "window": "4 weeks after the first dose",
        "period": "January to June 2026", "treated": "52", "due": "40", "observed": "30", "events": "18",
    } | more  # fmt: skip


def test_cards_are_found_by_their_words_topic_and_verdict(ward, sign_in):
    client = sign_in(ward.thea)
    assert f"{len(claims())} of {len(claims())} cards" in text_of(client.get(EVIDENCE))
    page = text_of(client.post(EVIDENCE, {"q": "NALTREXONE opioid"}))
    assert "No card holds these words" in page
    page = text_of(client.post(EVIDENCE, {"q": "opioid receptors"}))
    assert "Is ketamine an opioid?" in page
    assert "Is treatment at home covered" not in page
    page = text_of(client.post(EVIDENCE, {"topic": "driving", "verdict": "supported"}))
    assert f"1 of {len(claims())} cards" in page


def test_a_search_that_makes_no_sense_shows_what_it_can(ward, sign_in):
    client = sign_in(ward.thea)
    assert client.post(EVIDENCE, {"topic": "nonsense", "q": "x" * 500}).status_code == 200


def test_a_card_shows_everything_it_rests_on(ward, sign_in):
    page = text_of(sign_in(ward.ben).get(EVIDENCE + "inpatient-remission/"))
    card = claims()["inpatient-remission"]
    assert card.truth in page
    assert "KARMA-Dep 2: 14/32, worked out from the percentage" in page
    for citation in card.cited:
        assert citation.in_words in page


def test_an_unknown_card_is_not_found(ward, sign_in):
    assert sign_in(ward.ben).get(EVIDENCE + "no-such-card/").status_code == 404


def test_every_question_is_drawn_and_what_does_not_add_up_is_said(ward, sign_in):
    page = text_of(sign_in(ward.dora).get(EVIDENCE + "studies/"))
    assert page.count('class="chart forest"') == len(strata()) + 1
    assert "The abstract prints 46/83 against 25/73." in page
    assert "In a crossover trial the same people stand in both groups" in page


def test_the_director_publishes_what_passes_the_gate_and_visitors_see_it_with_its_counts(
    ward, sign_in, client
):
    answer = sign_in(ward.dora).post(PUBLISH, statement(), follow=True)
    assert "Published." in text_of(answer)
    client.logout()
    page = text_of(client.get("/lessons/what-we-say/"))
    assert "In 60% of the patients we asked" in page
    assert "18 of 30 patients observed, 60% (95% interval 42 to 75%)" in page
    assert "No comparison group." in page
    assert claims()["some-do-not-respond"].truth in page


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"claim_id": ""}, "No card stands behind it"),
        ({"text": "87% improve within weeks."}, "does not follow from the counts"),
        ({"claim_id": "sellers-own-results"}, "What is not supported is not published"),
        ({"observed": "20"}, "Insufficient follow-up"),
        (dict.fromkeys(("event", "instrument", "window", "period", "treated", "due", "observed", "events"), ""), "has no denominator"),
        ({"observed": ""}, "A number needs all of these"),
        ({"events": "31"}, "part of the one before it"),
        ({"events": "many"}, "Enter a whole number"),
    ],
)  # fmt: skip
def test_what_does_not_pass_is_refused_with_the_reason_and_nothing_typed_is_lost(ward, sign_in, more, says):
    answer = sign_in(ward.dora).post(PUBLISH, statement(**more))
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert statement(**more)["text"] in text_of(answer)
    assert not PublicStatement.objects.exists()


def test_staff_read_the_statements_and_only_the_director_writes(ward, sign_in):
    client = sign_in(ward.ben)
    assert "Publish a statement" not in text_of(client.get(STATEMENTS))
    assert client.post(PUBLISH, statement()).status_code == 403


def test_a_statement_is_taken_back_with_a_reason(ward, sign_in, client):
    director = sign_in(ward.dora)
    director.post(PUBLISH, statement())
    take_back = reverse("workspace:withdraw_statement", args=[PublicStatement.objects.get().id])
    assert director.post(take_back, {"why": ""}).status_code == 200
    assert "Taken back." in text_of(director.post(take_back, {"why": "Few were asked."}, follow=True))
    assert "Few were asked." in text_of(director.get(STATEMENTS))
    assert "was taken back before" in text_of(director.get(take_back, follow=True))
    client.logout()
    assert "60%" not in text_of(client.get("/lessons/what-we-say/"))
