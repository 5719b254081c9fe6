"""A session monitor runs a dosing session: a red item holds it, and nobody leaves before every criterion is met."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from sojourn.program.safety.models import Alarm
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(ward, enter, looks_right, time_machine):
    return Story(ward, enter, looks_right, time_machine)


LOOKS_FIRST_MS = 800  # a press that meets a page which has just changed is not taken


class Story:
    def __init__(self, ward, enter, looks_right, time_machine):
        self.ward, self.enter, self.looks_right, self.clock = ward, enter, looks_right, time_machine

    # ---- given
    def given_a_prepared_patient_whose_session_is_today(self):
        self.visit = courses.first_session(self.ward)
        courses.name_escort(self.ward, self.visit)
        self.clock.move_to(self.visit.during.lower)

    def given_the_dose_was_given(self, minutes_ago):
        dosed_at = courses.give_dose(self.ward, self.visit)
        self.clock.move_to(dosed_at + timedelta(minutes=minutes_ago))

    # ---- when
    def when_the_monitor_opens_the_session(self, **window):
        self.page = self.enter(self.ward.mona, **window)
        assert self.page.get_by_role("heading", level=1).inner_text() == "Sessions today"
        self.looks_right(self.page)
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Ada Núñez", exact=True).click()
        self.looks_right(self.page)

    def when_she_answers_the_checklist(self, ride):
        checklist = self.page.locator("form", has_text="Record checklist")
        for question in checklist.locator("fieldset.field").all():
            words = question.locator("legend").inner_text()
            answer = "No" if "ride home" in words and not ride else "Yes"
            question.get_by_label(answer, exact=True).check()
        self.press("Record checklist")

    def when_she_takes_vital_signs(self, systolic="124", diastolic="78"):
        given = {
            "Systolic": systolic,
            "Diastolic": diastolic,
            "Heart rate": "70",
            "Oxygen (SpO2)": "98",
            "Breaths": "14",
        }
        for label, value in given.items():
            self.page.get_by_label(label, exact=True).fill(value)
        self.press("Record vital signs")

    def when_she_checks_the_dose(self, name="Ada Nunez"):
        typed = {
            "Name, as the patient says it": name,
            "Date of birth, as the patient says it": "1984-05-02",
            "Dose prepared": "56",
            "Devices in hand": "2",
            "Lot number": "L77",
            "Expires on": "2027-06-30",
        }
        form = self.page.locator("form", has_text="Record the check")
        if not form.is_visible():
            self.page.get_by_text("Check again", exact=True).click()
        for label, value in typed.items():
            form.get_by_label(label).fill(value)
        form.get_by_label("Drug in hand").select_option("esketamine")
        form.get_by_label("Route").select_option("intranasal")
        self.press("Record the check")

    def when_she_records_the_dose(self):
        self.page.get_by_label("Dose in hand").fill("56")
        self.press("Record dose")

    def when_she_rates_and_confirms_everything(self):
        self.page.get_by_label("5 · answers readily to the name").check()
        self.page.get_by_label("Dissociation, said by the patient").fill("0")
        self.press("Record rating")
        for box in (
            self.page.locator("form", has_text="Record what is confirmed").get_by_role("checkbox").all()
        ):
            box.check()
        self.page.get_by_label("The escort who takes the patient home is named and here.").fill("Nils Núñez")
        self.press("Record what is confirmed")

    def when_the_minutes_pass(self, minutes):
        self.clock.shift(timedelta(minutes=minutes))
        self.page.reload()

    def when_she_discharges_the_patient(self):
        self.page.get_by_label("Handed over to, and how they were").fill("To Nils, well.")
        self.press("Discharge patient")

    def press(self, name):
        """Press a button: the page is sent, or, where a script keeps the entry, it goes out and the chart follows."""
        button = self.page.get_by_role("button", name=name)
        if button.locator("xpath=ancestor::form[@data-record]").count() and self.has_scripts:
            expect(self.page.locator("form[data-rests]")).to_have_count(
                0
            )  # a second press at once is a tremble
            with self.page.expect_response(lambda answer: answer.url == self.page.url):
                button.click()
            sent = self.page.get_by_text("Everything recorded here has been sent.")
            expect(sent.or_(self.page.locator("[data-refused]")).filter(visible=True).first).to_be_visible()
        else:
            self.page.wait_for_timeout(LOOKS_FIRST_MS)
            with self.page.expect_navigation():
                button.click()

    @property
    def has_scripts(self):
        return self.page.locator("html[data-connection]").count() > 0

    # ---- then
    def then_the_dose_is_held_because(self, words):
        assert self.page.get_by_text("No dose yet").is_visible()
        assert self.page.get_by_text(words).first.is_visible()
        assert self.page.get_by_role("button", name="Record dose").count() == 0

    def then_the_clock_runs_and_the_next_look_is_named(self):
        assert self.page.get_by_text("Vital signs, minute 40").is_visible()
        assert SessionEvent.objects.filter(visit=self.visit, kind="dosed").count() == 1
        self.looks_right(self.page)

    def then_the_page_says_what_is_accepted_and_keeps_what_was_typed(self):
        assert self.page.get_by_text("must be at least 5 mmHg above the lower one").first.is_visible()
        expect(self.page.get_by_label("Systolic", exact=True)).to_have_value("120")
        assert not SessionEvent.objects.filter(kind="vital_taken", facts__systolic=120).exists()
        self.looks_right(self.page)

    def then_an_alarm_stands_with_the_value(self):
        assert self.page.get_by_text("Systolic pressure 185 mmHg").first.is_visible()
        assert Alarm.objects.get(severity="red").says.startswith("Systolic pressure 185 mmHg")
        self.looks_right(self.page)

    def then_nobody_leaves_yet(self, words):
        assert self.page.get_by_text(words).first.is_visible()
        assert self.page.get_by_role("button", name="Discharge patient").count() == 0

    def then_the_session_is_over(self):
        assert self.page.get_by_text("Discharged: To Nils, well.").first.is_visible()
        self.looks_right(self.page)


def test_a_red_item_holds_the_dose_until_it_is_settled(story):
    story.given_a_prepared_patient_whose_session_is_today()
    story.when_the_monitor_opens_the_session()
    story.when_she_takes_vital_signs()
    story.when_she_answers_the_checklist(ride=False)
    story.then_the_dose_is_held_because("No dose without a ride home.")
    story.when_she_answers_the_checklist(ride=True)
    story.when_she_checks_the_dose(name="Bea Thornton")
    story.then_the_dose_is_held_because("Wrong patient: name is not as on record.")
    story.when_she_checks_the_dose()
    story.when_she_records_the_dose()
    story.then_the_clock_runs_and_the_next_look_is_named()


@pytest.mark.parametrize("width", [1440, 360])
def test_nobody_leaves_before_the_observation_is_over(story, width):
    story.given_a_prepared_patient_whose_session_is_today()
    story.given_the_dose_was_given(minutes_ago=115)
    story.when_the_monitor_opens_the_session(width=width)
    story.when_she_takes_vital_signs()
    story.when_she_rates_and_confirms_everything()
    story.then_nobody_leaves_yet("of 120, ")
    story.when_the_minutes_pass(6)
    story.when_she_discharges_the_patient()
    story.then_the_session_is_over()


def test_an_impossible_pressure_is_refused_and_a_high_one_raises_an_alarm(story):
    story.given_a_prepared_patient_whose_session_is_today()
    story.given_the_dose_was_given(minutes_ago=40)
    story.when_the_monitor_opens_the_session()
    story.when_she_takes_vital_signs(systolic="120", diastolic="200")
    story.then_the_page_says_what_is_accepted_and_keeps_what_was_typed()
    story.when_she_takes_vital_signs(systolic="185", diastolic="95")
    story.then_an_alarm_stands_with_the_value()


def test_a_session_runs_without_scripts(story):
    story.given_a_prepared_patient_whose_session_is_today()
    story.page = story.enter(story.ward.mona, script=False)
    with story.page.expect_navigation():
        story.page.get_by_role("link", name="Ada Núñez", exact=True).click()
    story.when_she_takes_vital_signs()
    story.when_she_answers_the_checklist(ride=True)
    story.when_she_checks_the_dose(name="Bea Thornton")
    story.then_the_dose_is_held_because("Wrong patient: name is not as on record.")
    story.when_she_checks_the_dose()
    story.when_she_records_the_dose()
    assert SessionEvent.objects.filter(visit=story.visit, kind="dosed").count() == 1
