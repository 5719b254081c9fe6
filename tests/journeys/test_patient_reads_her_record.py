"""A patient in the middle of her course: her day says what comes, her record how she has been and who looked."""

from datetime import timedelta

import pytest

from sojourn.program.measures import actions as measures
from tests.support import courses, histories
from tests.support.questionnaires import TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(1440, "light"), (360, "dark")], ids=["desk", "phone"])
def story(request, ward, enter, live_server, looks_right, time_machine):
    time_machine.move_to(NOW)
    width, scheme = request.param
    return Story(ward, enter, live_server.url, looks_right, {"width": width, "scheme": scheme})


class Story:
    def __init__(self, ward, enter, address, looks_right, window):
        self.ward, self.enter, self.address, self.looks_right, self.window = (
            ward,
            enter,
            address,
            looks_right,
            window,
        )

    def given_three_weeks_of_treatment_with_one_questionnaire_missed(self):
        ada = self.ward.ada.patient_id
        begun = NOW - timedelta(days=30)
        histories.decided(self.ward, histories.assessed(ada, begun), "suitable", begun)
        course = histories.course(self.ward, ada, begun)
        for number, days in enumerate((20, 13, 6), 1):
            histories.session(self.ward, course, number, NOW - timedelta(days=days))
        histories.visit(self.ward, course, "dosing", 4, NOW + timedelta(days=2))
        for days, score in ((21, 3), (14, 2), (0, 1)):
            self._answered(days, score)
        ask(self.ward, due_on=TODAY - timedelta(days=12))
        courses.sign_consent(self.ward)

    def given_her_prescriber_opened_the_chart(self):
        page = self.enter(self.ward.ben)
        page.goto(f"{self.address}/workspace/patients/{self.ward.ada.patient_id}/")
        assert page.get_by_role("heading", level=1).inner_text().startswith(self.ward.ada.name)

    def when_she_opens_her_day(self):
        self.page = self.enter(self.ward.ada, **self.window)
        self.looks_right(self.page)

    def then_it_says_where_she_is_and_who_read_her_answers(self):
        assert "Dosing session 4 of 4" in self.page.get_by_role("heading", level=1).inner_text()
        assert self.page.get_by_text("Ben Adeyemi (prescriber) opened your record").is_visible()

    def when_she_opens_her_record(self):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="My record").click()
        self.looks_right(self.page)

    def then_it_tells_how_she_has_been_with_the_numbers_one_press_away(self):
        assert self.page.get_by_text(
            "Your score was 27 at the start and is 9 now. Lower is better."
        ).is_visible()
        numbers = self.page.get_by_text("Your mood over the last two weeks: the numbers")
        numbers.press("Enter")
        assert self.page.get_by_role("cell", name="not done").is_visible()
        self.looks_right(self.page)

    def then_it_opens_her_own_answers(self):
        self.page.get_by_text("Nov 24, 2026: Your mood over the last two weeks").press("Enter")
        assert self.page.get_by_text("Several days").first.is_visible()
        self.looks_right(self.page)

    def _answered(self, days, each):
        measures.submit_response(
            request_id=ask(self.ward, due_on=TODAY - timedelta(days=days)),
            raw_answers=all_zero(**{f"q{number}": each for number in range(1, 10)}),
            answered_at=NOW - timedelta(days=days),
            actor=self.ward.ada,
        )


def test_a_patient_sees_her_day_her_course_and_who_looked(story):
    story.given_three_weeks_of_treatment_with_one_questionnaire_missed()
    story.given_her_prescriber_opened_the_chart()
    story.when_she_opens_her_day()
    story.then_it_says_where_she_is_and_who_read_her_answers()
    story.when_she_opens_her_record()
    story.then_it_tells_how_she_has_been_with_the_numbers_one_press_away()
    story.then_it_opens_her_own_answers()
