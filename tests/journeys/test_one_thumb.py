"""One thumb in the dark: what is pressed is large enough, and what is recorded most is within reach from everywhere."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.support import courses

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
A_FINGER_PX = 44
TOO_SMALL = """
px => [...document.querySelectorAll("button, a.button, .told a, .crisis a, summary, select, input:not([type=hidden]), textarea")]
  .map(each => [each, (/checkbox|radio/.test(each.type) && each.closest("label") || each).getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height && (box.height < px - 0.5 || box.width < px - 0.5))
  .map(([each, box]) => `${each.textContent.trim() || each.name} ${box.width}x${box.height}`)
"""


@pytest.fixture
def visit(ward, time_machine):
    visit = courses.first_session(ward)
    time_machine.move_to(visit.during.lower)
    return visit


def test_every_control_of_a_session_is_a_finger_wide(ward, visit, enter, looks_right, time_machine):
    dosed_at = courses.give_dose(ward, visit)
    time_machine.move_to(dosed_at + timedelta(minutes=41))
    page = enter(ward.mona, width=360, height=740, scheme="dark")
    for name in ("session", "session_people", "session_papers", "readiness"):
        if name == "readiness":
            page = enter(ward.cora, width=360, height=740, scheme="dark")
        page.goto(page.url.split("/workspace")[0] + reverse(f"workspace:{name}", args=[visit.id]))
        page.wait_for_load_state()
        assert page.evaluate(TOO_SMALL, A_FINGER_PX) == [], name
        looks_right(page)


def test_what_is_recorded_most_is_one_press_away_from_anywhere_on_the_page(ward, visit, enter):
    courses.give_dose(ward, visit)
    page = enter(ward.mona, width=360, height=740, scheme="dark")
    page.goto(page.url.split("/workspace")[0] + reverse("workspace:session", args=[visit.id]))
    for name, button in (
        ("Vital signs", "Record vital signs"),
        ("Look", "Looked at the patient"),
        ("Sign", "Record sign"),
    ):
        page.evaluate("scrollTo(0, document.body.scrollHeight / 3)")
        link = page.get_by_role("navigation", name="To what is recorded most").get_by_role(
            "link", name=name, exact=True
        )
        box = link.bounding_box()
        assert 740 / 2 < box["y"] < 740 - A_FINGER_PX, "not under the thumb"
        link.click()
        expect(page.get_by_role("button", name=button)).to_be_in_viewport()


def test_what_can_be_done_with_a_row_of_a_table_is_in_sight_on_a_phone(ward, visit, enter, looks_right):
    """Beyond the edge of a table that scrolls nobody looks for it."""
    pages = ((ward.cora, "course", [visit.course_id]), (ward.dora, "staff", []))
    for actor, name, of in pages:
        page = enter(actor, width=360, height=740)
        page.goto(page.url.split("/workspace")[0] + reverse(f"workspace:{name}", args=of))
        links = page.locator("main table a")
        assert links.count() > 0
        for box in (link.bounding_box() for link in links.all() if link.is_visible()):
            assert box["x"] + box["width"] <= 360, name
            assert box["height"] >= A_FINGER_PX, name
        looks_right(page)


def test_a_link_shown_once_is_in_view_when_it_is_made(ward, visit, enter):
    page = enter(ward.mona, width=360, height=740, scheme="dark")
    page.goto(page.url.split("/workspace")[0] + reverse("workspace:session_people", args=[visit.id]))
    page.get_by_role("button", name="Make link for the sitter").click()
    expect(page.locator(".secret")).to_be_in_viewport()
