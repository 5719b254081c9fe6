"""A login ends while a patient is still answering: nothing typed is lost, and nothing is sent without them."""

import pytest

from sojourn.program.measures.models import Response
from tests.support.answering import answer_questionnaire, follow, press
from tests.support.questionnaires import ask
from tests.support.ward import NOW, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(ward, enter, live_server, looks_right_everywhere, time_machine):
    time_machine.move_to(NOW)
    return Story(ward, enter, live_server.url, looks_right_everywhere)


class Story:
    def __init__(self, ward, enter, address, looks_right):
        self.ward, self.enter, self.address, self.looks_right = ward, enter, address, looks_right

    def given_a_patient_half_way_through_a_questionnaire(self, **window):
        ask(self.ward)
        self.page = self.enter(self.ward.ada, **window)
        follow(self.page, "Answer now")
        answer_questionnaire(self.page, q1="3", q2="2")

    def when_her_login_ends(self):
        self.page.context.clear_cookies(name="sojourn_session")

    def when_she_sends_her_answers(self):
        press(self.page, "Send my answers")

    def when_she_signs_in_again_in_another_tab(self, email="ada@example.org"):
        with self.page.context.expect_page() as opened:
            self.page.get_by_role("link", name="Sign in again (opens in a new tab)").click()
        other = opened.value
        other.get_by_label("Email").fill(email)
        other.get_by_label("Password").fill(PASSWORD)
        with other.expect_navigation():
            other.keyboard.press("Enter")
        other.close()

    def when_she_sends_what_she_typed(self):
        press(self.page, "Send what I typed")

    def then_the_page_says_what_happened_and_what_was_kept(self):
        assert (
            self.page.get_by_role("heading", level=1).inner_text()
            == "You were signed out, and nothing was sent"
        )
        assert Response.objects.count() == 0
        self.looks_right(self.page)

    def then_the_page_asks_once_more(self):
        assert self.page.get_by_role("heading", level=1).inner_text() == "This page was open for a long time"
        self.looks_right(self.page)

    def then_her_answers_are_recorded(self):
        assert self.page.url == f"{self.address}/today/"
        kept = Response.objects.get()
        assert (kept.value, kept.patient_id) == (5, self.ward.ada.patient_id)


def test_what_was_typed_outlives_the_login(story):
    story.given_a_patient_half_way_through_a_questionnaire()
    story.when_her_login_ends()
    story.when_she_sends_her_answers()
    story.then_the_page_says_what_happened_and_what_was_kept()
    story.when_she_signs_in_again_in_another_tab()
    story.when_she_sends_what_she_typed()
    story.then_the_page_asks_once_more()
    story.when_she_sends_what_she_typed()
    story.then_her_answers_are_recorded()


def test_pressing_before_signing_in_again_still_loses_nothing(story):
    story.given_a_patient_half_way_through_a_questionnaire(width=360, script=False)
    story.when_her_login_ends()
    story.when_she_sends_her_answers()
    story.when_she_sends_what_she_typed()
    assert (
        story.page.get_by_role("heading", level=1).inner_text() == "You were signed out, and nothing was sent"
    )
    story.when_she_signs_in_again_in_another_tab()
    story.when_she_sends_what_she_typed()
    story.when_she_sends_what_she_typed()
    story.then_her_answers_are_recorded()


def test_another_person_who_signs_in_at_the_same_machine_sends_nothing_of_hers(story):
    story.given_a_patient_half_way_through_a_questionnaire()
    story.when_her_login_ends()
    story.when_she_sends_her_answers()
    story.when_she_signs_in_again_in_another_tab(email="bea@example.org")
    story.when_she_sends_what_she_typed()
    story.when_she_sends_what_she_typed()
    assert Response.objects.count() == 0
