"""A visitor goes on with a clinician: an account is made, and what they answered comes along."""

import pytest

from tests.support.answering import answer_assessment, answer_questionnaire, follow, press
from tests.support.ward import NOW, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(ward, new_page, enter, live_server, looks_right_everywhere, time_machine):
    time_machine.move_to(NOW)
    return Story(ward, new_page, enter, live_server.url, looks_right_everywhere)


class Story:
    def __init__(self, ward, new_page, enter, address, looks_right):
        self.ward, self.new_page, self.enter = ward, new_page, enter
        self.address, self.looks_right = address, looks_right

    def given_an_answer_of_the_assessment(self, **answers):
        self.page = self.new_page()
        self.page.goto(f"{self.address}/assessment/")
        answer_assessment(self.page, **answers)
        press(self.page, "See my answer")

    def when_they_go_on(self):
        press(self.page, "Make an account")
        assert self.page.get_by_label("When were you born?").input_value() == "05/05/1985"
        self.looks_right(self.page)

    def when_they_make_an_account(self, **changed):
        account = {"name": "Nora Lindgren", "email": "nora@example.org", "password": PASSWORD, **changed}
        for name, value in account.items():
            self.page.locator(f"[name={name}]").fill(value)
        press(self.page, "Make my account")

    def when_they_answer_the_next_questionnaire(self, instrument_id, **answers):
        follow(self.page, "Answer now")
        self.looks_right(self.page)
        answer_questionnaire(self.page, instrument_id, **answers)
        press(self.page, "Send my answers")

    def then_today_asks_for(self, title):
        assert self.page.url == f"{self.address}/today/"
        assert self.page.get_by_role("heading", name=title).is_visible()
        self.looks_right(self.page)

    def then_nothing_is_asked_until_a_clinician_has_decided(self):
        assert (
            self.page.get_by_role("heading", level=1).inner_text() == "A clinician is looking at your answers"
        )
        assert self.page.get_by_role("heading", name="Nothing is needed from you now").is_visible()
        self.looks_right(self.page)

    def then_their_record_holds_what_they_answered(self, question, answer):
        follow(self.page, "My record")
        self.page.get_by_text("The assessment").click()
        assert self.page.locator("div").filter(has_text=question).filter(has_text=answer).last.is_visible()
        self.looks_right(self.page)

    def then_a_prescriber_sees_whom_to_decide_about(self):
        desk = self.enter(self.ward.ben)
        desk.goto(f"{self.address}/workspace/decisions/")
        assert desk.get_by_text("Nora Lindgren").first.is_visible()


def test_what_a_visitor_answered_carries_over_and_the_screens_are_scored(story):
    story.given_an_answer_of_the_assessment(sleep_apnea="treated")
    story.when_they_go_on()
    story.when_they_make_an_account()
    story.then_today_asks_for("Your mood over the last two weeks")
    story.when_they_answer_the_next_questionnaire("phq-9", q1="2", q2="1")
    story.then_today_asks_for("Worry over the last two weeks")
    story.when_they_answer_the_next_questionnaire("gad-7", q1="2", q2="1")
    story.then_today_asks_for("Very hard experiences")
    story.when_they_answer_the_next_questionnaire("pc-ptsd-5")
    story.then_nothing_is_asked_until_a_clinician_has_decided()
    story.then_their_record_holds_what_they_answered("Do you have sleep apnea?", "Yes, and it is treated")
    story.then_a_prescriber_sees_whom_to_decide_about()


def test_an_account_that_cannot_be_made_keeps_everything_but_the_password(story):
    story.given_an_answer_of_the_assessment()
    story.when_they_go_on()
    story.when_they_make_an_account(email="ada@example.org", phone="510-555-0199")
    page = story.page
    assert page.get_by_text("There is an account with this e-mail.").first.is_visible()
    assert page.get_by_label("Your name").input_value() == "Nora Lindgren"
    assert page.get_by_label("Telephone").input_value() == "510-555-0199"
    assert page.locator("[name=password]").input_value() == ""
    story.looks_right(page)
    story.when_they_make_an_account(email="nora@example.org")
    story.then_today_asks_for("Your mood over the last two weeks")


def test_somebody_who_told_of_danger_is_shown_help_after_joining_and_clinicians_see_it(story):
    story.given_an_answer_of_the_assessment(suicidal_thoughts="plan")
    press(story.page, "Make an account")
    story.when_they_make_an_account()
    assert story.page.get_by_role("heading", level=1).inner_text() == "Thank you for telling us"
    story.looks_right(story.page)
    desk = story.enter(story.ward.ben)
    desk.goto(f"{story.address}/workspace/inbox/")
    alarm = desk.get_by_text("Told the free assessment of suicidal intent")
    assert alarm.first.is_visible()
    assert desk.get_by_text("Nora Lindgren").first.is_visible()
