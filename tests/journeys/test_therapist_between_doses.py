"""A therapist writes the integration note tied to its dose; the private note stays hers."""

import pytest

from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment.models import VisitNote
from tests.support import courses

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(ward, enter, live_server, looks_right, time_machine):
    return Story(ward, enter, live_server.url, looks_right, time_machine)


class Story:
    def __init__(self, ward, enter, address, looks_right, time_machine):
        self.ward, self.enter, self.address = ward, enter, address
        self.looks_right, self.clock = looks_right, time_machine

    def given_a_dose_whose_integration_is_today(self):
        course = courses.prepare(self.ward)
        self.dose = courses.visit_of(course, VisitKind.DOSING, 1)
        courses.run_session(self.ward, self.dose)
        self.talk = courses.visit_of(course, VisitKind.INTEGRATION, 1)
        self.clock.move_to(self.talk.during.upper)

    def when_the_therapist_opens_her_day(self, **window):
        self.page = self.enter(self.ward.thea, **window)
        assert self.page.get_by_role("heading", level=1).inner_text() == "Between doses"

    def when_she_opens_the_patient(self):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Ada Núñez").click()
        self.looks_right(self.page)

    def when_she_writes_the_note(self):
        self.page.get_by_label("Shared note").fill("She spoke of the shore, and slept well after.")
        self.page.get_by_label("To the prescriber").fill("Sleep improves.")
        self.press("Write note")

    def when_she_keeps_a_private_note(self):
        self.page.get_by_role("textbox", name="Private note").fill("My own unease about the father.")
        self.press("Keep private note")

    def when_another_opens_the_same_page(self, actor):
        self.page = self.enter(actor)
        self.page.goto(f"{self.address}/workspace/between-doses/{self.ward.ada.patient_id}/")
        self.looks_right(self.page)

    def press(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).click()

    def then_the_integration_is_due(self):
        assert self.page.get_by_text("Integration 1 due by").is_visible()
        self.looks_right(self.page)

    def then_the_note_is_tied_to_the_dose(self):
        assert self.page.get_by_text("The visit counts as held.").is_visible()
        assert VisitNote.objects.get(visit=self.talk).about_dose_visit_id == self.dose.id

    def then_nothing_is_owed_any_more(self):
        self.page.goto(f"{self.address}/workspace/between-doses/")
        assert self.page.get_by_text("Integration 1 due by").count() == 0

    def then_the_private_note_is_on_her_page(self):
        assert self.page.get_by_text("My own unease about the father.").is_visible()
        self.looks_right(self.page)

    def then_the_shared_note_is_there_and_the_private_one_is_not(self):
        assert self.page.get_by_text("She spoke of the shore, and slept well after.").is_visible()
        assert self.page.get_by_text("unease").count() == 0


@pytest.mark.parametrize("width", [1440, 360])
def test_the_integration_note_is_written_and_tied_to_its_dose(story, width):
    story.given_a_dose_whose_integration_is_today()
    story.when_the_therapist_opens_her_day(width=width)
    story.then_the_integration_is_due()
    story.when_she_opens_the_patient()
    story.when_she_writes_the_note()
    story.then_the_note_is_tied_to_the_dose()
    story.then_nothing_is_owed_any_more()


def test_a_private_note_is_seen_by_nobody_else(story):
    story.given_a_dose_whose_integration_is_today()
    story.when_the_therapist_opens_her_day()
    story.when_she_opens_the_patient()
    story.when_she_writes_the_note()
    story.when_she_keeps_a_private_note()
    story.then_the_private_note_is_on_her_page()
    for other in (story.ward.dora, story.ward.ben):
        story.when_another_opens_the_same_page(other)
        story.then_the_shared_note_is_there_and_the_private_one_is_not()
