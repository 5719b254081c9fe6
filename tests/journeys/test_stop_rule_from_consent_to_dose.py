"""From the consent with its stop rule over three sessions to the hold, the conversation, and the dose that is then allowed."""

from datetime import timedelta

import pytest

from sojourn.program.intake.models import Consent, StopRule
from sojourn.program.treatment.models import StopConversation
from sojourn.program.treatment.session_refusals import DoseHeld
from tests.journeys.test_patient_consents import DOCUMENT
from tests.support import courses, stop_rules
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[1440, 360], ids=["desk", "phone"])
def story(request, ward, enter, looks_right, time_machine):
    time_machine.move_to(NOW)
    return Story(ward, enter, looks_right, time_machine, width=request.param)


class Story:
    def __init__(self, ward, enter, looks_right, time_machine, width):
        self.ward, self.enter, self.looks_right, self.clock, self.width = (
            ward,
            enter,
            looks_right,
            time_machine,
            width,
        )

    def given_a_course(self):
        self.course = courses.start(self.ward)

    def when_the_prescriber_proposes(self):
        self.open(self.ward.ben, f"/workspace/patients/{self.ward.ada.patient_id}/stop-rule/")
        self.page.get_by_label("Scale and least fall").select_option("phq-9:6")
        self.page.get_by_label("By session").select_option("3")
        self.press("Propose these terms")
        assert self.page.get_by_text("by session 3, we stop and talk").first.is_visible()
        self.looks_right(self.page)

    def when_she_signs_with_the_rule(self):
        self.open(self.ward.ada, f"/consent/{DOCUMENT.id}/")
        assert self.page.get_by_label("by this session").input_value() == "3"
        for place, question in enumerate(DOCUMENT.questions, 1):
            label = next(o.label for o in question.options if o.value == question.correct)
            asked = self.page.get_by_role("group", name=f"{place}. {question.asks}")
            asked.get_by_label(label, exact=True).check()
        self.page.get_by_label("My prescriber").check()
        self.page.get_by_label("Somebody you trust").fill("Nils Núñez")
        self.page.get_by_label("Their telephone number").fill("555-0101")
        self.page.get_by_label("Type your full name to sign").fill(self.ward.ada.name)
        self.page.get_by_label("I have read this").check()
        self.looks_right(self.page)
        self.press("Sign this consent")
        assert self.page.get_by_text("If my PHQ-9 score has not fallen by 6 points by session 3").is_visible()
        assert StopRule.objects.get().consent == Consent.objects.get()

    def when_three_sessions_change_nothing(self):
        visits = courses.book(self.ward, self.course)
        self.next_dose = stop_rules.dosed(self.ward, self.course, visits, [18, 17, 18])[0]
        self.clock.move_to(self.next_dose.during.lower)

    def then_the_dose_is_held(self):
        with pytest.raises(DoseHeld) as held:
            courses.give_dose(self.ward, self.next_dose)
        assert any("stop and talk before this dose" in hold.says for hold in held.value.holds)

    def then_her_day_says_so_kindly(self):
        self.open(self.ward.ada, "/today/")
        assert self.page.get_by_role("heading", name="Before your next dose we talk").is_visible()
        self.looks_right(self.page)
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="What we agreed").click()
        assert self.page.get_by_text("Your next dose waits for a conversation").is_visible()
        self.looks_right(self.page)

    def when_the_prescriber_records_the_conversation(self):
        self.open(self.ward.ben, "/workspace/decisions/")
        self.looks_right(self.page)
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=self.ward.ada.name).first.click()
        self.looks_right(self.page)
        self.page.get_by_label("Change the dose", exact=True).check()
        self.page.get_by_label("What was said and agreed").fill("84 mg twice, then look again.")
        self.page.get_by_label("Look again at session").fill("5")
        self.press("Record the conversation")
        assert self.page.get_by_text("Holds no dose").is_visible()
        self.looks_right(self.page)
        assert StopConversation.objects.get().choice_id == "change_dose"

    def then_the_dose_may_be_given(self):
        courses.note_event(
            self.ward,
            self.next_dose,
            "dosed",
            {"mg": 56, "words": "L1"},
            self.next_dose.during.lower + timedelta(minutes=6),
        )
        assert courses.session_at(self.ward, self.next_dose, self.clock_now()).state.dosed_at is not None

    def clock_now(self):
        return self.next_dose.during.lower + timedelta(minutes=10)

    def open(self, actor, path):
        self.page = self.enter(actor, width=self.width)
        self.page.goto("/".join(self.page.url.split("/")[:3]) + path)

    def press(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).click()


def test_a_rule_signed_with_the_consent_holds_a_dose_until_it_is_talked_over(story):
    story.given_a_course()
    story.when_the_prescriber_proposes()
    story.when_she_signs_with_the_rule()
    story.when_three_sessions_change_nothing()
    story.then_the_dose_is_held()
    story.then_her_day_says_so_kindly()
    story.when_the_prescriber_records_the_conversation()
    story.then_the_dose_may_be_given()
