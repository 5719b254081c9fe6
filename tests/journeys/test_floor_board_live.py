"""Two people at two boards: what one records the other sees at once, and both see when nothing is told any more."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.program.safety.models import Alarm, Delivery
from sojourn.program.treatment.models import SessionEvent
from tests.support import histories
from tests.support.live import hub_beside
from tests.support.ward import open_ward

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOARD = "/workspace/sessions/"


@pytest.fixture
def ward(transactional_db):
    return open_ward(datetime.now(UTC))


@pytest.fixture
def visit(ward):
    now = datetime.now(UTC)
    course = histories.course(ward, ward.ada.patient_id, now - timedelta(days=5))
    running = histories.visit(ward, course, "dosing", 1, now - timedelta(minutes=20))
    histories.event(ward, running, "dosed", now - timedelta(minutes=15))
    return running


def is_live(page):
    page.locator(".live:not(.is-stale) [data-live-line]", has_text="Live").wait_for()


def test_a_press_on_one_board_shows_on_the_other_within_a_second_and_is_taken_back(
    ward, visit, hub, enter, looks_right
):
    mona, ben = enter(ward.mona), enter(ward.ben)
    for page in (mona, ben):
        page.goto(page.url.split("/workspace/")[0] + BOARD)
        is_live(page)
        looks_right(page)
    mona.get_by_role("link", name="Vital signs Ada Núñez").click()
    mona.get_by_label("Systolic", exact=True).fill("143")
    mona.get_by_label("Diastolic", exact=True).fill("81")
    looks_right(mona)
    mona.get_by_role("button", name="Record vital signs").click()
    began = time.monotonic()
    ben.get_by_text("143/81").wait_for()
    assert time.monotonic() - began < 1.5  # with the time the browser itself takes
    mona.get_by_text("143/81").wait_for()
    is_live(mona)  # from here on her board hears keys
    mona.locator("li[data-visit]").focus()
    mona.keyboard.press("l")
    mona.get_by_text("Ada Núñez: Look").wait_for()
    assert SessionEvent.objects.filter(kind="looked").count() == 1
    mona.keyboard.press("u")
    mona.get_by_text("Taken back.").wait_for()
    assert SessionEvent.objects.filter(kind="struck").count() == 1
    mona.keyboard.press("?")
    assert mona.get_by_role("dialog", name="Keys").is_visible()
    looks_right(mona)


def test_a_board_that_is_told_nothing_says_stale_within_five_seconds_and_then_is_loud(
    ward, visit, live_server, enter, settings
):
    with hub_beside(live_server, settings):
        page = enter(ward.mona)
        is_live(page)
        page.get_by_text("Alarm workers silent").wait_for(timeout=15_000)
    began = time.monotonic()
    page.get_by_text("STALE: last update").wait_for()
    assert time.monotonic() - began < 6.5  # five seconds, and the beat before may have been two seconds old
    histories.event(ward, visit, "vital_taken", datetime.now(UTC), systolic=139, diastolic=77)
    page.get_by_text("139/77").wait_for(timeout=12_000)  # it asks by itself meanwhile
    page.get_by_text("No word from the server").wait_for(timeout=25_000)
    assert page.title().startswith("!!")


def test_the_page_of_a_session_shows_what_others_record_and_keeps_what_is_typed(ward, visit, hub, enter):
    page = enter(ward.ben)
    page.goto(page.url.split("/workspace/")[0] + BOARD)
    with page.expect_navigation():
        page.get_by_role("link", name="Ada Núñez", exact=True).click()
    is_live(page)
    page.get_by_label("Note", exact=True).fill("Half a sente")
    histories.event(ward, visit, "vital_taken", datetime.now(UTC), systolic=138, diastolic=79)
    page.get_by_text("138/79 mmHg").first.wait_for(timeout=3_000)
    assert page.get_by_label("Note", exact=True).input_value() == "Half a sente"


@pytest.mark.parametrize("width", [1440, 360])
def test_the_board_is_right_close_together_and_without_scripts(ward, visit, enter, looks_right, width):
    page = enter(ward.mona, width=width)
    page.goto(page.url.split("?")[0] + "?dense=1")
    looks_right(page)
    page.goto(page.url.split("?")[0] + f"{visit.id}/quick/")
    looks_right(page)
    plain = enter(ward.mona, width=width, script=False)
    with plain.expect_navigation():
        plain.get_by_role("button", name="Looked, fine Ada Núñez").click()
    assert plain.get_by_role("button", name="Undo").is_visible()
    assert SessionEvent.objects.filter(kind="looked").count() == 1


def test_an_alarm_is_delivered_to_a_screen_once_it_stood_before_somebodys_eyes(
    ward, visit, hub, enter, looks_right_everywhere
):
    mona, ben = enter(ward.mona, height=900), enter(ward.ben)
    mona.goto(mona.url.split("/workspace/")[0] + BOARD)
    is_live(mona)
    mona.set_viewport_size({"width": 1440, "height": 120})  # the row lies below what is seen
    ben.goto(ben.url.split("/workspace/")[0] + BOARD)
    ben.set_viewport_size({"width": 1440, "height": 120})
    ben.get_by_role("link", name="Vital signs Ada Núñez").click()
    ben.get_by_label("Systolic", exact=True).fill("195")
    ben.get_by_label("Diastolic", exact=True).fill("95")
    ben.get_by_role("button", name="Record vital signs").click()
    mona.locator("[data-alarm]").wait_for(state="attached")
    mona.wait_for_timeout(1000)
    seen = Delivery.objects.filter(channel="screen", to=ward.mona.staff_id, delivered_at__isnull=False)
    assert not seen.exists(), "the page has the alarm, and nobody has seen it"
    mona.set_viewport_size({"width": 1440, "height": 900})
    with mona.expect_response("**/inbox/shown/") as answer:
        mona.locator("[data-alarm]").first.scroll_into_view_if_needed()
    assert answer.value.status == 204
    assert seen.count() == Alarm.objects.count() == 1
    looks_right_everywhere(mona)
    mona.set_viewport_size({"width": 360, "height": 740})
    for button in mona.locator("#floor .button").all():
        assert button.bounding_box()["height"] >= 44, f"{button.inner_text()} is too small for a thumb"
    take_on = mona.get_by_role("button", name="Take on")
    assert take_on.bounding_box()["width"] >= 280
    take_on.click()
    mona.get_by_text("You have taken this alarm on.").wait_for()
    assert mona.locator("[data-alarm]").count() == 0
