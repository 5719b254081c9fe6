"""The medical director reads the practice in one page and follows what is late to the person it is about."""

from datetime import timedelta

import pytest

from tests.doors.workspace.test_inbox import alarm
from tests.doors.workspace.test_patients import score, treated
from tests.support import histories as h
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def story(ward, enter, looks_right, time_machine):
    time_machine.move_to(NOW)
    return Story(ward, enter, looks_right)


class Story:
    def __init__(self, ward, enter, looks_right):
        self.ward, self.enter, self.looks_right = ward, enter, looks_right

    def given_a_practice_at_work(self):
        treated(self.ward, self.ward.ada.patient_id)
        for n, value in enumerate((21, 17, 11)):
            score(self.ward.ada.patient_id, value, 21 - 7 * n)
        running = h.course(self.ward, h.patient(self.ward, "Grace Oyelaran", NOW - 30 * DAY), NOW - 20 * DAY)
        visit = h.visit(self.ward, running, "dosing", 1, NOW - 50 * MINUTE)
        h.event(self.ward, visit, "dosed", NOW - 40 * MINUTE, mg=56.0)
        h.assessed(h.patient(self.ward, "Late Decision", NOW - 9 * DAY), NOW - 9 * DAY)
        h.patient(
            self.ward,
            "Imported record 10008",
            NOW,
            kind="research",
            import_source="REFRAMED",
            import_id="10008",
        )
        alarm(self.ward.ada, severity="red", minutes_ago=90)

    def when_dora_begins_her_day(self, **window):
        self.page = self.enter(self.ward.dora, **window)
        assert self.page.get_by_role("heading", level=1).inner_text() == "The practice"
        self.looks_right(self.page)

    def when_she_follows_the_late_decision_to_its_chart(self):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Late Decision").click()
        self.looks_right(self.page)

    def when_she_opens_the_list_of_those_in_treatment(self):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="In treatment 2 of").click()
        self.looks_right(self.page)

    def when_she_opens_adas_chart(self):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Ada Núñez").click()
        self.looks_right(self.page)

    def then_she_sees_phases_sessions_and_what_is_late(self):
        assert self.page.get_by_text("1 session running").is_visible()
        assert self.page.get_by_text("dose given 40 min ago").is_visible()
        assert self.page.locator(".card", has_text="Alarms nobody has").get_by_text("Ada Núñez").is_visible()
        assert self.page.get_by_text("1 imported research record").is_visible()

    def then_she_is_on_the_chart_of_the_person(self):
        assert self.page.get_by_role("heading", level=1).inner_text() == "Late Decision"
        self.page.go_back()

    def then_the_trajectory_stands_with_its_table_one_press_away(self):
        assert self.page.locator("svg.chart").first.is_visible()
        self.page.get_by_text("PHQ-9: the numbers").click()
        assert self.page.get_by_role("row", name="Nov 17, 2026").is_visible()
        assert self.page.get_by_text("Spoke of the river").is_visible()


@pytest.mark.parametrize("window", [{"width": 1440}, {"width": 360, "scheme": "dark"}], ids=["desk", "phone"])
def test_the_director_sees_who_is_where_and_what_is_late(story, window):
    story.given_a_practice_at_work()
    story.when_dora_begins_her_day(**window)
    story.then_she_sees_phases_sessions_and_what_is_late()
    story.when_she_follows_the_late_decision_to_its_chart()
    story.then_she_is_on_the_chart_of_the_person()
    story.when_she_opens_the_list_of_those_in_treatment()
    story.when_she_opens_adas_chart()
    story.then_the_trajectory_stands_with_its_table_one_press_away()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_director_gives_the_number_that_pages_tell_people_to_call(
    ward, enter, looks_right_everywhere, scheme
):
    page = enter(ward.dora, scheme=scheme)
    page.get_by_role("link", name="Give the number").click()
    page.get_by_label("Number").fill("call me")
    page.get_by_role("button", name="Set the number").click()
    page.get_by_text("7 to 40 digits").first.wait_for()
    looks_right_everywhere(page)
    page.get_by_label("Number").fill("(510) 555-0142")
    page.get_by_role("button", name="Set the number").click()
    page.get_by_role("heading", name="Numbers until now").wait_for()
    looks_right_everywhere(page)
    page.goto(f"{page.url.split('/workspace/')[0]}/help/")
    assert (
        page.get_by_role("link", name="Call the practice: (510) 555-0142").get_attribute("href")
        == "tel:5105550142"
    )
    looks_right_everywhere(page)
