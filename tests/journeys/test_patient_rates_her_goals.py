"""A patient names a goal in her own words, rates it with one tap, and finds her weeks as a picture beside the scores."""

import pytest

from sojourn.program.measures.models import Goal, GoalRating
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "Get out of bed without negotiating"


@pytest.mark.parametrize("width", [1440, 360])
def test_a_goal_is_named_rated_with_one_tap_and_kept_as_a_picture(
    ward, enter, looks_right, time_machine, width
):
    time_machine.move_to(NOW)
    page = enter(ward.ada, width=width)
    with page.expect_navigation():
        page.get_by_role("link", name="Name a goal").click()
    looks_right(page)
    page.get_by_label("What would be different?").fill(WORDS)
    with page.expect_navigation():
        page.get_by_role("button", name="Keep this goal").click()
    assert Goal.objects.get().words == WORDS
    with page.expect_navigation():
        page.get_by_role("link", name="Today").first.click()
    with page.expect_navigation():
        page.get_by_role("group", name=WORDS).get_by_role("button", name="mostly").click()
    assert page.url.endswith("/today/")
    assert page.get_by_role("button", name="mostly").get_attribute("aria-pressed") == "true"
    assert GoalRating.objects.get().value == 3
    looks_right(page)
    for link in ("My goals", "My record"):
        with page.expect_navigation():
            page.get_by_role("link", name=link).first.click()
        assert page.get_by_role("img", name=WORDS).is_visible()
        looks_right(page)
    staff = enter(ward.thea, width=width)
    staff.goto(f"{'/'.join(staff.url.split('/')[:3])}/workspace/patients/{ward.ada.patient_id}/")
    assert staff.get_by_role("img", name=WORDS).is_visible()
    looks_right(staff)
