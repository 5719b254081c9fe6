"""A patient answers the PHQ-9. Item 9, answered or left blank, brings help to them and an alarm to their clinicians."""

import pytest

from sojourn.program.measures.models import Response
from tests.support.answering import answer_questionnaire, follow, press
from tests.support.questionnaires import ask
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(ward, enter, live_server, looks_right_everywhere, time_machine):
    time_machine.move_to(NOW)
    return Story(ward, enter, live_server.url, looks_right_everywhere)


class Story:
    def __init__(self, ward, enter, address, looks_right):
        self.ward, self.enter, self.address, self.looks_right = ward, enter, address, looks_right

    def given_a_patient_is_asked_today(self, **window):
        ask(self.ward)
        self.page = self.enter(self.ward.ada, **window)
        assert self.page.get_by_role("heading", name="Your mood over the last two weeks").is_visible()

    def when_she_answers(self, **changed):
        follow(self.page, "Answer now")
        answer_questionnaire(self.page, **changed)
        press(self.page, "Send my answers")

    def when_she_says_that_she_is_safe(self):
        follow(self.page, "I am safe, go on")

    def when_she_sends_it_as_it_is(self):
        press(self.page, "Send it as it is")

    def then_she_is_thanked_and_shown_help(self):
        assert self.page.get_by_role("heading", level=1).inner_text() == "Thank you for telling us"
        assert self.page.get_by_role("main").get_by_role("link", name="Call 988").is_visible()
        self.looks_right(self.page)

    def then_help_stands_above_what_she_chose_so_far(self):
        main = self.page.get_by_role("main")
        assert main.get_by_role("link").first.get_attribute("href") == "tel:988"
        assert main.get_by_text("A clinician has been told what you answered so far.").is_visible()
        assert main.get_by_text("You left this one out.").count() == 1
        assert self.page.locator("input:checked").count() == 9
        self.looks_right(self.page)

    def then_the_suicide_screen_follows_in_the_same_sitting(self):
        assert self.page.get_by_role("heading", name="Thoughts of suicide").is_visible()
        assert self.page.get_by_role("group").count() == 5
        self.looks_right(self.page)

    def then_nothing_more_is_asked_of_her(self):
        assert self.page.url == f"{self.address}/today/"
        assert self.page.get_by_role("heading", name="Your mood over the last two weeks").count() == 0
        self.looks_right(self.page)

    def then_her_prescriber_sees(self, alarm):
        desk = self.enter(self.ward.ben)
        desk.goto(f"{self.address}/workspace/inbox/")
        assert desk.get_by_text(alarm).first.is_visible()
        assert desk.get_by_role("link", name="Ada Núñez").first.is_visible()
        self.looks_right(desk)


def test_several_days_on_item_9_brings_help_and_an_alarm(story):
    story.given_a_patient_is_asked_today(width=360)
    story.when_she_answers(q9="1", q2="3")
    story.then_she_is_thanked_and_shown_help()
    story.then_her_prescriber_sees("Thoughts of being better off dead or of self-harm on several days.")
    story.when_she_says_that_she_is_safe()
    story.then_the_suicide_screen_follows_in_the_same_sitting()
    assert Response.objects.get().value == 4


def test_leaving_item_9_blank_brings_help_and_an_alarm_before_anything_is_complete(story):
    story.given_a_patient_is_asked_today(scheme="dark")
    story.when_she_answers(q9=None)
    story.then_help_stands_above_what_she_chose_so_far()
    story.then_her_prescriber_sees("The question about thoughts of death or self-harm was not answered.")
    assert Response.objects.count() == 0
    story.when_she_sends_it_as_it_is()
    story.then_she_is_thanked_and_shown_help()
    assert Response.objects.get().answers["values"]["q9"] is None


def test_the_back_button_after_sending_shows_that_it_is_answered(story):
    story.given_a_patient_is_asked_today()
    story.when_she_answers()
    story.then_nothing_more_is_asked_of_her()
    story.page.go_back()
    story.page.reload()
    assert story.page.get_by_role("heading", level=1).inner_text() == "You have answered this one"
    story.looks_right(story.page)


def test_a_double_press_records_one_response(story):
    story.given_a_patient_is_asked_today()
    follow(story.page, "Answer now")
    answer_questionnaire(story.page)
    with story.page.expect_navigation():
        story.page.get_by_role("button", name="Send my answers").dblclick()
    story.then_nothing_more_is_asked_of_her()
    assert Response.objects.count() == 1
