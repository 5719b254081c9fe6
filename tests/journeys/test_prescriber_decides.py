"""A prescriber reads every reason, settles what is open, decides with one line of why, and goes on to the course."""

from datetime import timedelta

import pytest

from sojourn.program.intake.models import Decision
from sojourn.program.intake.queries import assessment as one_assessment
from sojourn.program.intake.verdicts import to_settle
from tests.doors.workspace.test_inbox import alarm
from tests.doors.workspace.test_patients import score
from tests.support import histories as h
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(ward, enter, looks_right, time_machine):
    time_machine.move_to(NOW)
    return Story(ward, enter, looks_right)


class Story:
    def __init__(self, ward, enter, looks_right):
        self.ward, self.enter, self.looks_right = ward, enter, looks_right

    def given_ada_waits_for_a_decision_and_does_not_know_about_an_aneurysm(self):
        self.assessment = h.assessed(self.ward.ada.patient_id, NOW - timedelta(days=1), aneurysm="unknown")
        score(self.ward.ada.patient_id, 19, 1, band="moderately severe")

    def given_somebody_too_young_waits_for_a_decision(self):
        self.assessment = h.assessed(self.ward.ada.patient_id, NOW, born_on="2015-01-01")

    def given_a_critical_answer_has_raised_an_alarm(self):
        alarm(self.ward.ada, severity="red", says="Answered 2 to the question about self-harm.")

    def when_ben_begins_his_day(self, **window):
        self.page = self.enter(self.ward.ben, **window)
        assert self.page.get_by_role("heading", level=1).inner_text() == "Decisions"
        self.looks_right(self.page)

    def when_he_opens_ada(self):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Ada Núñez").first.click()
        self.looks_right(self.page)

    def when_he_decides(self, outcome, why):
        self.page.get_by_label(outcome, exact=True).check()
        self.page.get_by_label("Why").fill(why)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Record the decision").click()
        self.looks_right(self.page)

    def when_he_settles_every_open_finding(self):
        evaluation = one_assessment(self.assessment.id, actor=self.ward.ben).evaluation
        for finding in to_settle(evaluation):
            self.page.get_by_label(f"How was {finding.rule_id} settled?").fill("Records of 2025 read: none.")

    def when_he_takes_the_alarm_and_closes_it(self):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Inbox").first.click()
        self.looks_right(self.page)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="I have it").click()
        self.looks_right(self.page)
        self.page.get_by_text("Close this alarm").click()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Close the alarm").click()
        assert self.page.get_by_text("An alarm is closed only with a reason").first.is_visible()
        self.looks_right(self.page)
        self.page.get_by_label("What was done").fill("Called at 7:10. Safe; plan agreed.")
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Close the alarm").click()

    def then_no_alarm_is_open(self):
        assert self.page.get_by_text("No alarm is open").is_visible()
        assert self.page.get_by_text("Safe; plan agreed.").is_visible()
        self.looks_right(self.page)

    def then_the_reasons_stand_there_with_their_sources(self):
        assert self.page.get_by_text("Source:").first.is_visible()
        assert self.page.get_by_text("What would change it:").first.is_visible()
        assert self.page.get_by_text("moderately severe").is_visible()

    def then_he_is_told_what_is_still_open_and_his_words_are_kept(self):
        assert self.page.get_by_text("Say how this was settled").first.is_visible()
        assert self.page.get_by_label("Why").input_value() == "Two trials without effect."
        assert not Decision.objects.exists()

    def then_the_decision_stands_and_the_course_is_next(self):
        assert self.page.get_by_text("Decision recorded: suitable for treatment.").is_visible()
        assert Decision.objects.get().outcome == "suitable"
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Start a course").click()
        assert "/course/" in self.page.url

    def then_the_rule_that_forbids_it_is_named(self):
        assert self.page.get_by_text("cannot be overridden here").first.is_visible()
        assert not Decision.objects.exists()


@pytest.mark.parametrize("window", [{"width": 1440}, {"width": 360, "scheme": "dark"}], ids=["desk", "phone"])
def test_a_prescriber_settles_what_is_open_and_decides(story, window):
    story.given_ada_waits_for_a_decision_and_does_not_know_about_an_aneurysm()
    story.when_ben_begins_his_day(**window)
    story.when_he_opens_ada()
    story.then_the_reasons_stand_there_with_their_sources()
    story.when_he_decides("suitable for treatment", "Two trials without effect.")
    story.then_he_is_told_what_is_still_open_and_his_words_are_kept()
    story.when_he_settles_every_open_finding()
    story.when_he_decides("suitable for treatment", "Two trials without effect.")
    story.then_the_decision_stands_and_the_course_is_next()


def test_an_absolute_rule_stops_even_a_determined_prescriber(story):
    story.given_somebody_too_young_waits_for_a_decision()
    story.when_ben_begins_his_day()
    story.when_he_opens_ada()
    story.when_he_settles_every_open_finding()
    story.when_he_decides("suitable for treatment", "An exception.")
    story.then_the_rule_that_forbids_it_is_named()


def test_an_alarm_is_taken_on_and_closed_with_what_was_done(story):
    story.given_a_critical_answer_has_raised_an_alarm()
    story.when_ben_begins_his_day(width=360)
    story.page.set_viewport_size({"width": 1440, "height": 900})
    story.when_he_takes_the_alarm_and_closes_it()
    story.then_no_alarm_is_open()


def test_a_decision_is_taken_without_a_script(story):
    story.looks_right = lambda page: None  # axe is a script itself
    story.given_ada_waits_for_a_decision_and_does_not_know_about_an_aneurysm()
    story.when_ben_begins_his_day(script=False)
    story.when_he_opens_ada()
    story.when_he_settles_every_open_finding()
    story.when_he_decides("suitable for treatment", "Two trials without effect.")
    story.then_the_decision_stands_and_the_course_is_next()
