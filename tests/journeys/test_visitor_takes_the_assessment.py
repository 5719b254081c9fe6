"""A visitor without an account asks whether the treatment is for them, and gets an answer with its reasons."""

import pytest

from tests.support.answering import answer_assessment, follow, press
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(ward, new_page, live_server, looks_right_everywhere, time_machine):
    time_machine.move_to(NOW)
    return Story(new_page, live_server.url, looks_right_everywhere)


class Story:
    def __init__(self, new_page, address, looks_right):
        self.new_page, self.address, self.looks_right = new_page, address, looks_right

    def given_a_visitor_on_the_first_page(self, **window):
        self.page = self.new_page(**window)
        self.page.goto(self.address)
        assert self.page.get_by_role("heading", level=1).inner_text() == "When depression has not let go"

    def when_they_take_the_assessment(self, **answers):
        follow(self.page, "Take the free assessment")
        answer_assessment(self.page, **answers)
        press(self.page, "See my answer")

    def when_they_change_what_they_answered(self, **answers):
        press(self.page, "Change an answer")
        for name, value in answers.items():
            self.page.locator(f"[name={name}][value={value}]").check()
        press(self.page, "See my answer")

    def then_the_answer_is(self, headline):
        assert self.page.get_by_role("heading", level=1).inner_text() == headline
        self.looks_right(self.page)

    def then_a_rule_says(self, words, rule, source):
        finding = self.page.get_by_role("listitem").filter(has_text=words).first
        assert finding.get_by_text("What would change this:").is_visible()
        finding.get_by_text("Reasons and sources").click()
        assert finding.get_by_text(rule).is_visible()
        assert finding.get_by_text(source).first.is_visible()
        self.looks_right(self.page)

    def then_help_stands_first(self):
        main = self.page.get_by_role("main")
        first = main.get_by_role("link").first
        assert (first.get_attribute("href"), first.is_visible()) == ("tel:988", True)
        assert main.get_by_role("link", name="Call 911").get_attribute("href") == "tel:911"

    def then_nothing_of_it_is_kept(self):
        assert {cookie["name"] for cookie in self.page.context.cookies()} <= {"sojourn_csrf"}
        kept = self.page.evaluate("[...Object.entries(localStorage), ...Object.entries(sessionStorage)]")
        assert [value for _, value in kept if value != "/assessment/"] == []
        assert "?" not in self.page.url


def test_for_one_it_may_be_a_fit_and_a_clinician_must_decide(story):
    story.given_a_visitor_on_the_first_page()
    story.looks_right(story.page)
    story.when_they_take_the_assessment()
    story.then_the_answer_is("This may be a fit")
    assert story.page.get_by_text("A clinician must decide.").is_visible()
    assert story.page.get_by_role("button", name="Go on with a clinician").is_visible()
    story.then_nothing_of_it_is_kept()


def test_for_one_a_specialist_looks_first(story):
    story.given_a_visitor_on_the_first_page(width=360)
    story.when_they_take_the_assessment(blood_pressure="150/95")
    story.then_the_answer_is("A specialist needs to look first")
    story.then_a_rule_says("Your blood pressure is higher", "Rule ELIG-CV-04,", "SPRAVATO")


def test_for_one_it_is_not_a_fit_and_the_page_says_why(story):
    story.given_a_visitor_on_the_first_page(scheme="dark")
    story.when_they_take_the_assessment(aneurysm="yes")
    story.then_the_answer_is("This treatment is not a fit for you now")
    story.then_a_rule_says("An aneurysm can burst", "Rule ELIG-CV-01,", "program policy")


def test_for_one_help_comes_now(story):
    story.given_a_visitor_on_the_first_page(width=360)
    story.when_they_take_the_assessment(suicidal_thoughts="plan")
    story.then_the_answer_is("Please get help now")
    story.then_help_stands_first()
    story.then_nothing_of_it_is_kept()


def test_what_is_not_known_stays_open_and_can_be_answered_after_all(story):
    story.given_a_visitor_on_the_first_page()
    story.when_they_take_the_assessment(brain_bleed="unknown", suicidal_act="")
    story.then_the_answer_is("Are you safe right now?")
    story.then_help_stands_first()
    story.when_they_change_what_they_answered(suicidal_act="no")
    story.then_the_answer_is("This may be a fit")
    story.then_a_rule_says("Have you ever had bleeding in your brain?", "Rule ELIG-CV-03,", "SPRAVATO")


def test_an_answer_that_cannot_be_true_is_named_and_the_rest_stays(story):
    story.given_a_visitor_on_the_first_page(width=360)
    story.when_they_take_the_assessment(blood_pressure="12/80", weight="7 kg")
    assert story.page.get_by_role("heading", name="2 answers need another look").is_visible()
    story.looks_right(story.page)
    assert story.page.locator("[name=aneurysm][value=no]").is_checked()
    story.page.get_by_role("link", name="How much do you weigh?").click()
    assert story.page.evaluate("document.activeElement.name") == "weight"
    story.page.locator("[name=weight]").fill("82 kg")
    story.page.locator("[name=blood_pressure]").fill("118/76")
    press(story.page, "See my answer")
    story.then_the_answer_is("This may be a fit")


def test_the_way_back_from_the_answer_keeps_everything_typed(story):
    story.given_a_visitor_on_the_first_page(width=360)
    story.when_they_take_the_assessment(blood_pressure="150/95")
    story.page.go_back()
    page = story.page
    assert page.locator("[name=blood_pressure]").input_value() == "150/95"
    assert page.locator("[name=born_on]").input_value() == "1985-05-05"
    assert page.locator("[name=aneurysm][value=no]").is_checked()


def test_a_day_that_does_not_exist_is_named_and_stays(story):
    story.given_a_visitor_on_the_first_page(width=360)
    story.when_they_take_the_assessment(born_on="02/31/1980")
    assert story.page.get_by_text("There is no such day.").first.is_visible()
    assert story.page.locator("[name=born_on]").input_value() == "02/31/1980"


def test_it_works_without_script(story):
    story.given_a_visitor_on_the_first_page(width=360, script=False)
    story.when_they_take_the_assessment(aneurysm="yes")
    assert (
        story.page.get_by_role("heading", level=1).inner_text() == "This treatment is not a fit for you now"
    )
    story.page.get_by_text("Reasons and sources").first.click()
    assert story.page.get_by_text("Rule ELIG-CV-01,").is_visible()


def test_it_works_with_the_keyboard_alone(story):
    story.given_a_visitor_on_the_first_page()
    page = story.page
    while page.evaluate("document.activeElement.textContent.trim()") != "Take the free assessment":
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    while page.evaluate("document.activeElement.name") != "suicidal_thoughts":
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=suicidal_thoughts][value=plan]").is_checked()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Please get help now"
