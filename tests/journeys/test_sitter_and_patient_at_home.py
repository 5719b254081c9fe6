"""A session at home: a sitter with an old phone and a patient in the dark. Plain pages, one thumb, no login to lose."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import sitting
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOME = "racemic_sl_home"


@pytest.fixture
def visit(ward, time_machine):
    visit = courses.first_session(ward, HOME)
    time_machine.move_to(visit.during.lower)
    courses.tell_place(ward, visit, "7 Alder Way, second floor, Oakland CA 94601")
    return visit


def press(page, name):
    """Press a button: the form is sent, or, where a script keeps the entry, the entry goes out."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_sitter_goes_from_the_link_to_the_morning_after(
    ward, visit, new_page, live_server, time_machine, looks_right_everywhere, script, scheme
):
    secret = sitting.make_sitter_link(visit_id=visit.id, actor=ward.cora, now=visit.during.lower)
    page = new_page(width=360, height=740, script=script, scheme=scheme)
    page.set_default_timeout(10_000)
    looks_right = looks_right_everywhere if script else lambda _page: None  # axe is a script itself
    page.goto(f"{live_server.url}/sitter/{secret}/")
    looks_right(page)
    press(page, "Open on this phone")
    looks_right(page)
    for promise in ("I am 18 or older", "I am there for the whole time", "My phone is charged"):
        page.get_by_label(promise).check()
    page.get_by_label("Your name").fill("Nils Núñez")
    press(page, "I take this on")
    looks_right(page)
    expect(page.get_by_text("7 Alder Way")).to_be_visible()
    dosed_at = courses.give_dose(ward, visit, mg=100)
    time_machine.move_to(dosed_at + timedelta(minutes=16))
    page.reload()
    assert page.get_by_text("Look now").is_visible()
    looks_right(page)
    press(page, "I looked: all is calm")
    expect(page.get_by_text("Your last look")).to_be_visible()
    press(page, "I am worried")
    expect(page.get_by_text("The practice has been alarmed. Stay with them.")).to_be_visible()
    looks_right(page)
    left_at = courses.end_session(ward, visit, dosed_at + timedelta(minutes=185))
    time_machine.move_to(left_at + timedelta(minutes=1))
    page.reload()
    looks_right(page)
    press(page, "I stay with them now")
    time_machine.move_to(left_at + timedelta(hours=22))
    page.reload()
    looks_right(page)
    page.get_by_role("group", name="Did they sleep").get_by_label("Yes").check()
    page.get_by_role("group", name="Was there anything").get_by_label("No, nothing").check()
    press(page, "Tell the practice")
    looks_right(page)
    said = SessionEvent.objects.filter(source="sitter").order_by("sequence").values_list("kind", flat=True)
    assert list(said) == ["role_accepted", "looked", "help_asked", "picked_up", "next_morning"]
    assert Alarm.objects.filter(reason="HELP-ASKED", severity="red").count() == 1


def test_the_buttons_that_matter_are_in_reach_of_one_thumb(ward, visit, new_page, live_server, time_machine):
    secret = sitting.make_sitter_link(visit_id=visit.id, actor=ward.cora, now=visit.during.lower)
    page = new_page(width=360, height=740)
    page.goto(f"{live_server.url}/sitter/{secret}/")
    press(page, "Open on this phone")
    for promise in page.get_by_role("checkbox").all():
        promise.check()
    page.get_by_label("Your name").fill("Nils")
    press(page, "I take this on")
    courses.give_dose(ward, visit, mg=100)
    page.reload()
    for name in ("I looked: all is calm", "I am worried"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box["height"] >= 80
        assert box["width"] >= 300
        assert box["y"] + box["height"] <= 740, f"{name} is below the first screen"


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_patient_presses_one_button_and_outlives_the_login(
    ward, visit, enter, time_machine, looks_right_everywhere, scheme
):
    page = enter(ward.ada, width=360, height=740, scheme=scheme)
    page.get_by_role("link", name="Open session page").click()
    page.get_by_role("button", name="I need help").wait_for()
    page.locator("html[data-connection=online]").wait_for()
    expect(page.get_by_label("Connection and unsent entries")).to_be_hidden()  # nothing to say
    looks_right_everywhere(page)
    dosed_at = courses.give_dose(ward, visit, mg=100)
    time_machine.move_to(dosed_at + timedelta(minutes=10))
    page.reload()
    assert page.get_by_text("Somebody looks in again").is_visible()
    page.locator(
        "html[data-connection=online]"
    ).wait_for()  # before its script runs, a press goes out as a plain form
    page.context.clear_cookies(name="sojourn_session")
    press(page, "I need help")
    expect(page.get_by_text("Everything recorded here has been sent.")).to_be_visible()
    expect(page.get_by_text("You called at")).to_be_visible()
    looks_right_everywhere(page)
    page.get_by_text("Say how you are").click()
    looks_right_everywhere(page)
    press(page, "I am all right")
    assert SessionEvent.objects.filter(source="patient").count() == 2
    left_at = courses.end_session(ward, visit, dosed_at + timedelta(minutes=185))
    time_machine.move_to(left_at + timedelta(minutes=1))
    page.reload()
    assert page.get_by_text("Your session is over.").is_visible()
    looks_right_everywhere(page)


def test_staff_take_the_address_down_and_hand_out_a_link(
    ward, visit, enter, live_server, looks_right_everywhere
):
    page = enter(ward.mona)
    page.goto(f"{live_server.url}/workspace/sessions/{visit.id}/people/")
    looks_right_everywhere(page)
    press(page, "Make link for the sitter")
    assert "/sitter/" in page.locator(".secret").inner_text()
    looks_right_everywhere(page)


@pytest.mark.parametrize("size", [(360, 640), (390, 844), (320, 568), (740, 360)], ids=str)
def test_the_words_of_the_one_button_are_in_sight_whatever_else_the_page_says(
    ward, visit, enter, live_server, time_machine, size
):
    dosed_at = courses.give_dose(ward, visit, mg=100)
    time_machine.move_to(dosed_at + timedelta(minutes=10))
    page = enter(ward.ada, width=size[0], height=size[1], scheme="dark", has_touch=True, is_mobile=True)
    page.goto(live_server.url + reverse("portal:session_day"))
    words = page.get_by_role("button", name="I need help")
    words.tap()
    page.get_by_text("You called at").wait_for()
    foot = page.locator(".crisis").bounding_box()["y"]
    middle = words.bounding_box()["y"] + words.bounding_box()["height"] / 2
    assert middle + 22 < foot
    page.evaluate("document.querySelector('[data-recording-alarm]').hidden = false")
    page.evaluate("document.querySelector('[data-alarm=lost]').hidden = false")
    page.evaluate("document.documentElement.toggleAttribute('data-unwatched', true)")
    for number in page.locator(".recording-alarm a").all():
        if number.is_visible():
            box = number.bounding_box()
            assert min(box["width"], box["height"]) >= 44, "what is called in an emergency is a finger wide"
    if size[1] > 600:
        middle = words.bounding_box()["y"] + words.bounding_box()["height"] / 2
        assert middle + 22 < foot
