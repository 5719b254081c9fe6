"""A patient follows a link on a phone: no password, kept as she goes, help at once, and the rest another time."""

import pytest

from sojourn.program.measures.links import make_link, token_of
from sojourn.program.measures.models import Draft, Response
from sojourn.program.safety.models import Alarm
from tests.support.answering import answer_questionnaire, press
from tests.support.questionnaires import ask
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_link(ward, new_page, live_server, time_machine):
    time_machine.move_to(NOW)
    address = f"{live_server.url}/questionnaires/by-link/{token_of(make_link(ask(ward), now=NOW).id)}/"

    def opened(**window):
        page = new_page(width=360, **window)
        page.goto(address)
        return page

    return opened


def choose(page, item, value):
    page.locator(f"[name={item}][value='{value}']").check()


def test_what_she_chooses_is_kept_and_comes_back_on_another_day(open_link, looks_right_everywhere):
    page = open_link()
    looks_right_everywhere(page)
    choose(page, "q1", 2)
    page.get_by_text("Saved. You can close this page and go on later.").wait_for()
    again = open_link()
    assert again.get_by_text("You began this one").is_visible()
    assert again.locator("input:checked").count() == 1
    answer_questionnaire(again, q1="2")
    press(again, "Send my answers")
    assert again.get_by_role("heading", level=1).inner_text() == "Thank you, your answers have arrived"
    looks_right_everywhere(again)
    assert Response.objects.get().value == 2


def test_an_answer_about_self_harm_brings_help_before_anything_is_sent(open_link):
    page = open_link(scheme="dark")
    assert page.get_by_role("main").get_by_role("link", name="Call 988").count() == 0
    choose(page, "q9", 1)
    page.get_by_role("main").get_by_role("link", name="Call 988").wait_for()
    assert Alarm.objects.get().reason == "phq-9.item-9.some"
    assert Response.objects.count() == 0


def test_without_scripts_a_button_keeps_what_she_chose(open_link):
    page = open_link(script=False)
    choose(page, "q2", 1)
    press(page, "Keep it and finish later")
    assert page.get_by_role("heading", level=1).inner_text() == "Kept for later"
    assert Draft.objects.get().answers["values"]["q2"] == 1


def test_every_question_is_a_group_with_its_words_as_name(open_link):
    page = open_link()
    groups = page.get_by_role("group")
    assert groups.count() == 10
    assert page.get_by_role("group", name="1. Little interest or pleasure in doing things").is_visible()
    first = page.locator("label.choice").first.bounding_box()
    assert first["height"] >= 44
