"""A session monitor rehearses on the real pages: another person sits in the chair, and nothing of it is in a chart."""

import re

import pytest
from playwright.sync_api import expect

from sojourn.program.people.models import Patient
from sojourn.program.treatment.models import SessionEvent

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "rehearsal"]),
    pytest.mark.usefixtures("rehearsal_database"),
]


@pytest.fixture
def story(ward, enter, looks_right_everywhere):
    return Story(ward, enter, looks_right_everywhere)


class Story:
    def __init__(self, ward, enter, looks_right):
        self.ward, self.enter, self.looks_right = ward, enter, looks_right

    def when_mona_begins(self, script):
        self.page = self.enter(self.ward.mona)
        self.page.set_default_timeout(60_000)
        self.page.get_by_role("link", name="Rehearsal").first.click()
        expect(self.page.get_by_role("heading", name="Begin a drill")).to_be_visible()
        self.looks_right(self.page)
        self.page.get_by_label("Script", exact=True).select_option(label=script)
        self.page.get_by_label("Speed", exact=True).select_option(label="10 times as fast")
        with self.page.expect_navigation(url=re.compile("/rehearsal/.+/workspace/sessions/.+")):
            self.page.get_by_role("button", name="Begin the drill").click()

    def then_the_strip_says(self, words):
        expect(self.page.get_by_text("REHEARSAL: simulated patient")).to_be_visible()
        expect(self.page.get_by_text(words)).to_be_visible(timeout=60_000)

    def when_she_checks_the_dose_by_what_she_hears(self):
        form = self.page.locator("form", has_text="Record the check")
        form.get_by_label("Name, as the patient says it").fill("Rosa Delgado")
        form.get_by_label("Date of birth, as the patient says it").fill("1975-03-09")
        form.get_by_label("Drug in hand").select_option("esketamine")
        form.get_by_label("Route").select_option("intranasal")
        form.get_by_label("Dose prepared").fill("56")
        form.get_by_label("Devices in hand").fill("2")
        form.get_by_label("Lot number").fill("L1")
        form.get_by_label("Expires on").fill("2030-01-01")
        with self.page.expect_navigation():
            form.get_by_role("button", name="Record the check").click()
        expect(self.page.get_by_text("No dose yet")).to_be_visible()

    def when_she_calls(self, whom):
        self.page.locator("summary", has_text="Call").first.click()
        form = self.page.locator("form", has_text="Record call")
        form.get_by_label("Who was called").fill(whom)
        form.get_by_label("Yes", exact=True).check()
        form.get_by_role("button", name="Record call").click()
        expect(self.page.get_by_text(whom).first).to_be_visible(timeout=60_000)

    def when_she_ends_the_session(self, why):
        self.page.locator("summary", has_text="End without a dose").click()
        self.page.get_by_label("Why no dose is given").fill(why)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="End session").click()

    def then_the_report_says_passed(self):
        with self.page.expect_navigation(url=re.compile("/workspace/rehearsal/.+")):
            self.page.get_by_role("button", name="End the drill").click()
        expect(self.page.get_by_text("100 %")).to_be_visible()
        expect(self.page.get_by_text("passed", exact=True).first).to_be_visible()
        self.looks_right(self.page)

    def and_nothing_of_it_is_in_the_practice(self):
        assert not SessionEvent.objects.exists()
        assert set(Patient.objects.values_list("name", flat=True)) == {"Ada Núñez", "Bea Thornton"}


def test_a_wrong_patient_is_sent_home_without_a_dose(story):
    story.when_mona_begins("The wrong patient in the chair")
    story.then_the_strip_says("Rosa Delgado, the ninth of March 1975")
    story.when_she_checks_the_dose_by_what_she_hears()
    story.when_she_calls("coordinator")
    story.when_she_ends_the_session("Another person was shown in.")
    story.then_the_report_says_passed()
    story.and_nothing_of_it_is_in_the_practice()


def test_on_a_phone_the_strip_of_a_drill_lies_over_nothing_that_is_pressed(story, ward, enter):
    story.when_mona_begins("Blood pressure of 190 at 40 minutes")
    page = story.page
    page.set_viewport_size({"width": 360, "height": 740})
    strip = page.locator(".rehearsal__mark").bounding_box()
    assert strip["y"] + strip["height"] <= 740
    for name in ("Vital signs", "Look", "Sign"):
        link = page.get_by_role("navigation", name="To what is recorded most").get_by_role(
            "link", name=name, exact=True
        )
        box = link.bounding_box()
        assert box["y"] + box["height"] <= strip["y"], name
    with page.expect_navigation(url=re.compile("/workspace/rehearsal/.+")):
        page.get_by_role("button", name="End the drill").click()
