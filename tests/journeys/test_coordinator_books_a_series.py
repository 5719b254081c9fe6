"""A coordinator books a whole series, moves one session, and sees which rule the alternative would break."""

import re
from datetime import date, timedelta

import pytest

from sojourn.program.people.models import Credential
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from tests.support import courses
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(ward, enter, live_server, looks_right, time_machine):
    time_machine.move_to(NOW)
    return Story(ward, enter, live_server.url, looks_right)


class Story:
    def __init__(self, ward, enter, address, looks_right):
        self.ward, self.enter, self.address, self.looks_right = ward, enter, address, looks_right

    def given_a_course_waits_to_be_booked(self):
        self.course = courses.start(self.ward)

    def given_the_series_is_booked(self):
        self.given_a_course_waits_to_be_booked()
        courses.book(self.ward, self.course)

    def given_the_therapists_license_ends_in_the_middle(self):
        paper = Credential.objects.filter(staff_member_id=self.ward.thea.staff_id, kind="license")
        paper.update(expires_on=date(2026, 12, 10))
        Credential.objects.filter(staff_member_id=self.ward.ben.staff_id, kind="license").update(
            expires_on=date(2026, 12, 10)
        )

    def when_the_coordinator_begins_the_day(self, **window):
        self.page = self.enter(self.ward.cora, **window)
        assert self.page.get_by_role("heading", level=1).inner_text() == "Tomorrow and the clock"
        self.looks_right(self.page)

    def when_she_opens_the_course_to_book(self):
        self.page.get_by_role("link", name="Ada Núñez").first.click()
        self.page.get_by_role("heading", name="Book series").wait_for()
        self.looks_right(self.page)

    def when_she_books_the_series(self):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Book series").click()

    def when_she_moves_the_second_dose_by_three_days(self):
        second = courses.visit_of(self.course, VisitKind.DOSING, 2)
        self.monday = (second.during.lower + timedelta(days=3)).date()
        self.page.goto(f"{self.address}/workspace/planning/courses/{self.course.id}/")
        self.looks_right(self.page)
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Move dosing session 2").click()
        self.page.get_by_label("New day").fill(self.monday.isoformat())
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Show what this moves").click()
        self.looks_right(self.page)

    def when_she_takes_the_shifted_series(self):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=re.compile(r"Move \d+ visits")).click()

    def then_every_time_is_free(self):
        assert self.page.get_by_text("Every time is free and every rule is kept.").is_visible()

    def then_all_seventeen_visits_are_booked(self):
        assert self.page.get_by_text("Series booked.").is_visible()
        assert Visit.objects.filter(course=self.course).count() == 17
        self.looks_right(self.page)

    def then_the_alternative_says_which_rule_it_breaks(self):
        alone = self.page.locator(".card", has_text="Move only this one")
        assert alone.get_by_text("At least 48 hours between two doses in the clinic.").is_visible()
        assert alone.get_by_role("button").count() == 0

    def then_the_series_stands_later(self):
        assert courses.visit_of(self.course, VisitKind.DOSING, 2).during.lower.date() == self.monday
        assert Visit.objects.filter(course=self.course, cancelled_at=None).count() == 17

    def then_nothing_is_booked_and_the_license_is_named(self):
        assert self.page.get_by_text("Nothing was booked.").is_visible()
        said = "Thea Lindqvist has a state license for CA that ended on Dec 10, 2026."
        assert self.page.get_by_text(said).first.is_visible()
        assert not Visit.objects.exists()
        self.looks_right(self.page)


@pytest.mark.parametrize("width", [1440, 360])
def test_a_whole_series_is_booked_in_one_go(story, width):
    story.given_a_course_waits_to_be_booked()
    story.when_the_coordinator_begins_the_day(width=width)
    story.when_she_opens_the_course_to_book()
    story.then_every_time_is_free()
    story.when_she_books_the_series()
    story.then_all_seventeen_visits_are_booked()


def test_moving_one_session_proposes_the_shifted_series(story):
    story.given_the_series_is_booked()
    story.when_the_coordinator_begins_the_day()
    story.when_she_moves_the_second_dose_by_three_days()
    story.then_the_alternative_says_which_rule_it_breaks()
    story.when_she_takes_the_shifted_series()
    story.then_the_series_stands_later()


def test_an_expired_license_blocks_the_booking(story):
    story.given_a_course_waits_to_be_booked()
    story.when_the_coordinator_begins_the_day()
    story.when_she_opens_the_course_to_book()
    story.given_the_therapists_license_ends_in_the_middle()
    story.when_she_books_the_series()
    story.then_nothing_is_booked_and_the_license_is_named()
