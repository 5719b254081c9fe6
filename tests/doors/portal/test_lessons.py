from html import unescape

import pytest

from sojourn.clinical.evidence.claim_files import claims
from sojourn.clinical.evidence.lessons import lesson, lessons
from sojourn.program.education.models import Understanding
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
MYTHS = "/lessons/myths-and-facts/"
DRIVING = "/lessons/driving/"
RIGHT = {question.id: question.correct for question in lesson("driving").questions}


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def test_a_visitor_finds_every_lesson(client):
    page = text_of(client.get("/lessons/"))
    for each in lessons():
        assert each.title in page
        assert client.get(f"/lessons/{each.id}/").status_code == 200


def test_an_unknown_lesson_is_not_found(client):
    assert client.get("/lessons/juggling/").status_code == 404


def test_the_lessons_are_one_press_from_the_first_page(client):
    assert 'href="/lessons/"' in text_of(client.get("/welcome/"))


def test_every_claim_stands_on_a_card_with_verdict_truth_and_speaker(client):
    page = text_of(client.get(MYTHS))
    for card in claims().values():
        assert card.title in page
        assert card.truth in page
        assert f'id="{card.id}"' in page
    assert "Says a company that sells ketamine treatment:" in page


def test_cards_are_narrowed_by_a_link_without_script(client):
    page = text_of(client.get(MYTHS, {"topic": "driving"}))
    assert f"2 of {len(claims())} cards" in page
    assert "Is ketamine an opioid?" not in page
    both = text_of(client.get(MYTHS, {"topic": "driving", "verdict": "not supported as said"}))
    assert "No card fits" in both


@pytest.mark.parametrize("query", [{"topic": "nonsense"}, {"verdict": "'; drop"}, {"q": "x" * 5000}])
def test_an_address_that_makes_no_sense_shows_every_card(client, query):
    assert f"{len(claims())} of {len(claims())} cards" in text_of(client.get(MYTHS, query))


def test_a_card_that_is_being_rechecked_says_so_instead_of_its_verdict(client, time_machine):
    assert "Being re-checked" not in text_of(client.get(MYTHS))
    time_machine.move_to(NOW.replace(year=2027, month=1, day=2), tick=False)
    page = text_of(client.get(MYTHS, {"topic": "law"}))
    assert page.count("Being re-checked") == 1
    card = page.split('id="is-it-legal"')[1].split("</article>")[0]
    assert "What this card said until then" in card
    assert "Law, for now" not in card
    assert "Being re-checked" in text_of(client.get("/lessons/sessions/"))


def test_a_lesson_overdue_for_review_says_so(client, time_machine):
    assert "This page is being re-checked" not in text_of(client.get(DRIVING))
    time_machine.move_to(NOW.replace(year=2027, month=5, day=24), tick=False)
    assert "This page is being re-checked" in text_of(client.get(DRIVING))


def test_who_reviewed_a_page_is_said_truthfully(client):
    page = text_of(client.get(DRIVING))
    assert "Not yet reviewed by a clinician." in page
    assert "Checked against its sources on November 23, 2026; review due by May 23, 2027." in page


def test_each_sentence_leads_to_its_card_on_the_page(client):
    page = text_of(client.get("/lessons/how-it-works/"))
    shown = lesson("how-it-works").cards
    for place, card in enumerate(shown, 1):
        assert f'href="#note-{place}"' in page
        assert f'id="note-{place}"' in page
        assert f'href="{MYTHS}#{card.id}"' in page


def test_a_figure_that_somebody_has_drawn_stands_with_its_part(client, settings, tmp_path):
    drawn = tmp_path / "portal" / "lessons" / "figures" / "four_stages.html"
    drawn.parent.mkdir(parents=True)
    drawn.write_text("<figure>The four steps, drawn</figure>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}, *settings.TEMPLATES[1:]]
    assert "The four steps, drawn" in text_of(client.get("/lessons/how-it-works/"))


def test_what_does_not_add_up_in_print_is_said_on_the_card(client):
    assert "The abstract prints 46/83 against 25/73." in text_of(client.get(MYTHS, {"topic": "does it help"}))


def test_the_four_steps_are_told_as_an_idea_and_no_figure_is_pretended(client):
    page = text_of(client.get("/lessons/how-it-works/"))
    assert "as an idea, not as a fact" in page


def test_a_visitor_sees_at_once_whether_it_is_clear_and_nothing_is_kept(client):
    page = text_of(client.post(DRIVING, RIGHT))
    assert "All answers were right" in page
    assert "nothing was kept" in page
    assert not Understanding.objects.exists()


def test_a_wrong_answer_gets_its_explanation_and_keeps_the_others(client):
    response = client.post(DRIVING, {**RIGHT, "when": "evening"})
    assert response.status_code == 422
    assert "Not quite. Not before the next day" in text_of(response)
    assert "All answers were right" not in text_of(response)


def test_an_empty_check_asks_for_answers(client):
    assert client.post(DRIVING, {}).status_code == 422


def test_a_lesson_without_questions_takes_a_post_as_a_visit(client):
    assert client.post("/lessons/costs/", {"when": "x"}).status_code == 200


def test_what_a_patient_understood_is_kept_and_shown(ward, sign_in):
    client = sign_in(ward.ada)
    page = text_of(client.post(DRIVING, RIGHT, follow=True))
    assert "Kept in your record on November 24, 2026." in page
    assert Understanding.objects.get().patient_id == ward.ada.patient_id
    assert "Understood" in text_of(client.get("/lessons/"))


def test_a_patients_wrong_try_is_kept_too(ward, sign_in):
    sign_in(ward.ada).post(DRIVING, {**RIGHT, "when": "evening"})
    assert Understanding.objects.get().wrong == ["when"]


def test_another_patient_sees_nothing_of_it(ward, sign_in):
    sign_in(ward.ada).post(DRIVING, RIGHT)
    assert "Understood" not in text_of(sign_in(ward.bea).get("/lessons/"))


def test_a_visitor_reads_lessons_and_cards_without_the_database(client, django_assert_num_queries):
    client.get("/lessons/")
    with django_assert_num_queries(1):  # the name of the practice
        client.get(MYTHS)
