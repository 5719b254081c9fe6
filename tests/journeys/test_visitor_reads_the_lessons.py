"""A visitor who has read an advertisement looks for what is true, on a phone, without script."""

import pytest

from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def lessons(ward, new_page, live_server):
    def _open(path="", **window):
        page = new_page(**window)
        page.set_default_timeout(10_000)
        page.goto(f"{live_server.url}/lessons/{path}")
        return page

    return _open


def test_a_claim_of_an_advertisement_is_found_and_its_numbers_are_shown(lessons):
    page = lessons(width=360, script=False)
    page.get_by_role("link", name="Myths and facts").click()
    page.get_by_role("link", name="Does it help").click()
    page.get_by_role("link", name="Not supported as said").click()
    card = page.locator("#inpatient-remission")
    assert card.get_by_text("44 of 100 were free of depression after ketamine").is_visible()
    card.get_by_text("How sure, and where it comes from").click()
    assert card.get_by_text("KARMA-Dep 2: 14/32 against 9/30").first.is_visible()
    assert page.get_by_role("link", name="Call 988").is_visible()


def test_a_sentence_of_a_lesson_leads_to_its_card(lessons):
    page = lessons("driving/", script=False)
    page.get_by_role("link", name="Card 1: Is it enough not to drive on the day?").first.click()
    page.locator("#note-1").get_by_role("link").click()
    assert page.url.endswith("/lessons/myths-and-facts/#driving-treatment-day")


def test_a_visitor_can_see_whether_it_is_clear(lessons):
    page = lessons("driving/", width=360, script=False)
    page.get_by_label("In the evening, if I feel awake").check()
    page.get_by_label("Not drive, and find another way").check()
    page.get_by_role("button", name="Look at my answers").click()
    assert page.get_by_text("Feeling awake is not enough").first.is_visible()
    page.get_by_label("The next day, after a restful sleep").check()
    page.get_by_role("button", name="Look at my answers").click()
    assert page.get_by_text("All answers were right").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "myths-and-facts/", "how-it-works/", "risks/", "what-we-say/"])
def test_the_pages_look_right_by_day_and_by_night(lessons, looks_right_everywhere, path, scheme):
    page = lessons(path, scheme=scheme)
    for summary in page.locator("details.disclosure > summary").all()[:6]:
        summary.click()
    looks_right_everywhere(page)


def test_the_evidence_of_the_workspace_looks_right(enter, ward, live_server, looks_right_everywhere):
    page = enter(ward.dora)
    for path in ("", "studies/", "statements/", "statements/publish/", "better-than-ect/"):
        page.goto(f"{live_server.url}/workspace/evidence/{path}")
        looks_right_everywhere(page)
