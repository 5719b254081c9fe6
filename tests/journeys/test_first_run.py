"""A new installation: the first page opens the practice, and its director adds the first colleague."""

import pytest

from sojourn.program.people.models import Credential, Practice, StaffMember
from tests.support.ward import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(new_page, live_server, looks_right):
    return Story(new_page, live_server.url, looks_right)


class Story:
    def __init__(self, new_page, address, looks_right):
        self.new_page, self.address, self.looks_right = new_page, address, looks_right

    def given_an_installation_with_nobody_in_it(self):
        assert not Practice.objects.exists()

    def when_somebody_opens_it(self, **window):
        self.page = self.new_page(**window)
        self.page.goto(self.address)
        assert self.page.get_by_role("heading", level=1).inner_text() == "Open your practice"
        self.looks_right(self.page)

    def when_they_describe_the_practice(self, password):
        page = self.page
        page.get_by_label("Name of the practice").fill("Harbor Practice")
        page.get_by_label("Name of the first site").fill("Oakland")
        page.get_by_label("Address of the site").fill("12 Lake Street, Oakland, CA 94601")
        page.get_by_label("State").select_option("CA")
        page.get_by_label("Time zone of the site").select_option("America/Los_Angeles")
        page.get_by_label("Name of the medical director").fill("Dora Okafor")
        page.get_by_label("E-mail of the medical director").fill("dora@example.org")
        page.get_by_label("Password").fill(password)
        with page.expect_navigation():
            page.get_by_role("button", name="Open the practice").click()
        self.looks_right(page)

    def when_the_director_adds_a_colleague_with_a_license(self):
        page = self.page
        with page.expect_navigation():
            page.get_by_role("link", name="Add a staff member").first.click()
        self.looks_right(page)
        page.get_by_label("Name", exact=True).fill("Ben Adeyemi")
        page.get_by_label("E-mail").fill("ben@example.org")
        page.get_by_label("prescriber").check()
        page.get_by_label("Oakland (CA)").check()
        page.get_by_label("First password").fill(PASSWORD)
        with page.expect_navigation():
            page.get_by_role("button", name="Add the staff member").click()
        self.looks_right(page)
        page.get_by_label("Kind").select_option("license")
        page.get_by_label("State", exact=True).select_option("CA")
        page.get_by_label("Number").fill("CA-1001")
        page.get_by_label("Issued on").fill("2025-01-01")
        page.get_by_label("Valid through").fill("2024-01-01")
        with page.expect_navigation():
            page.get_by_role("button", name="Record the credential").click()
        assert page.get_by_text("on or before the day it was issued").first.is_visible()
        self.looks_right(page)
        page.get_by_label("Valid through").fill("2030-01-01")
        with page.expect_navigation():
            page.get_by_role("button", name="Record the credential").click()

    def then_a_weak_password_is_refused_and_the_rest_is_kept(self):
        assert self.page.get_by_text("at least 12 characters").first.is_visible()
        assert self.page.get_by_label("Name of the practice").input_value() == "Harbor Practice"
        assert self.page.get_by_label("State").input_value() == "CA"
        assert not Practice.objects.exists()

    def then_the_practice_is_open_and_says_what_comes_next(self):
        assert self.page.get_by_text("The practice is open.").is_visible()
        assert self.page.get_by_text("Nobody is here yet").is_visible()

    def then_the_first_page_is_closed_for_good(self):
        answer = self.page.goto(f"{self.address}/workspace/first-run/")
        assert answer.status == 404

    def then_the_colleague_stands_on_the_list_with_the_license(self):
        assert self.page.get_by_text("Credential recorded.").is_visible()
        assert StaffMember.objects.filter(name="Ben Adeyemi").exists()
        assert Credential.objects.get().state == "CA"
        self.looks_right(self.page)


@pytest.mark.parametrize("window", [{"width": 1440}, {"width": 360}], ids=["desk", "phone"])
def test_the_first_run_opens_the_practice_and_the_first_colleague_is_added(story, window):
    story.given_an_installation_with_nobody_in_it()
    story.when_somebody_opens_it(**window)
    story.when_they_describe_the_practice("short")
    story.then_a_weak_password_is_refused_and_the_rest_is_kept()
    story.when_they_describe_the_practice(PASSWORD)
    story.then_the_practice_is_open_and_says_what_comes_next()
    story.when_the_director_adds_a_colleague_with_a_license()
    story.then_the_colleague_stands_on_the_list_with_the_license()
    story.then_the_first_page_is_closed_for_good()


def test_the_first_run_works_without_a_script(story):
    story.looks_right = lambda page: None  # axe is a script itself
    story.when_somebody_opens_it(script=False)
    story.when_they_describe_the_practice(PASSWORD)
    story.then_the_practice_is_open_and_says_what_comes_next()
