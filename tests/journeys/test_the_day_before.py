"""The day before a session: the coordinator sees what is missing, the patient says it, and the list turns green."""

from datetime import timedelta

import pytest

from tests.support import courses

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Story:
    def __init__(self, ward, enter, address, looks_right, time_machine):
        self.ward, self.enter, self.address = ward, enter, address
        self.looks_right, self.clock = looks_right, time_machine

    # ---- given
    def given_a_session_tomorrow(self):
        self.visit = courses.first_session(self.ward)
        self.clock.move_to(self.visit.during.lower - timedelta(hours=20))

    # ---- when
    def when_the_patient_opens_getting_ready(self, width):
        self.page = self.enter(self.ward.ada, width=width)
        self.page.goto(f"{self.address}/getting-ready/")
        self.looks_right(self.page)

    def when_she_says_who_takes_her_home(self):
        card = self.page.locator("#companion")
        card.get_by_label("Name").fill("Nils Núñez")
        card.get_by_label("Telephone").fill("555 0123456")
        self.press(card, "Tell the practice")

    def when_she_says_from_when_she_fasts(self):
        card = self.page.locator("#fasting")
        card.get_by_label("Nothing to eat from").fill("06:30")
        self.press(card, "Tell the practice")

    def when_the_coordinator_opens_tomorrow(self):
        self.page = self.enter(self.ward.cora)
        self.looks_right(self.page)
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Readiness").first.click()
        self.looks_right(self.page)

    def press(self, where, name):
        with self.page.expect_navigation():
            where.get_by_role("button", name=name).click()

    # ---- then
    def then_it_is_heard(self, words):
        assert self.page.get_by_text(words).first.is_visible()
        self.looks_right(self.page)


@pytest.fixture
def story(ward, enter, live_server, looks_right, time_machine):
    return Story(ward, enter, live_server.url, looks_right, time_machine)


@pytest.mark.parametrize("width", [1440, 360])
def test_a_patient_gets_ready_and_the_coordinator_sees_it(story, width):
    story.given_a_session_tomorrow()
    story.when_the_patient_opens_getting_ready(width)
    story.when_she_says_who_takes_her_home()
    story.then_it_is_heard("Nils Núñez")
    story.when_she_says_from_when_she_fasts()
    story.then_it_is_heard("Eats nothing from 6:30 AM")
    story.when_the_coordinator_opens_tomorrow()
    story.then_it_is_heard("eats nothing from 6:30 AM")
