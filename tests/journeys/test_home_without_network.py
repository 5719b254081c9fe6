"""A session at home loses its network: sitter and patient go on, know that nobody hears them, and all of it arrives once."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import sitting
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses
from tests.support.offline import is_kept

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UNHEARD = "Nobody at the practice has your call: there is no connection."


@pytest.fixture
def visit(ward, time_machine):
    visit = courses.first_session(ward, "racemic_sl_home")
    time_machine.move_to(visit.during.lower)
    courses.tell_place(ward, visit)
    return visit


def opens_offline(page, now):
    page.clock.install(time=now)
    page.reload()
    page.locator("html[data-opens-offline]").wait_for()


def said(source):
    rows = SessionEvent.objects.filter(source=source).order_by("taken_at")
    return list(rows.values_list("kind", flat=True))


def test_a_sitter_goes_on_without_network_and_reads_the_address(
    ward, visit, new_page, live_server, time_machine, looks_right
):
    link = sitting.make_sitter_link(visit_id=visit.id, actor=ward.cora, now=visit.during.lower)
    page = new_page(width=360, height=740)
    page.set_default_timeout(15_000)
    page.goto(f"{live_server.url}/sitter/{link}/")
    page.get_by_role("button", name="Open on this phone").click()
    for promise in page.get_by_role("checkbox").all():
        promise.check()
    page.get_by_label("Your name").fill("Nils Núñez")
    page.get_by_role("button", name="I take this on").click()
    page.get_by_text("Keep this page open").wait_for()
    dosed_at = courses.give_dose(ward, visit, mg=100)
    time_machine.move_to(dosed_at + timedelta(minutes=14))
    opens_offline(page, dosed_at + timedelta(minutes=14))
    looks_right(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="I looked: all is calm").click()
    is_kept(page)
    page.get_by_role("button", name="I am worried").click()
    page.get_by_text(UNHEARD).wait_for()
    looks_right(page)
    page.close()
    page = page.context.new_page()
    page.clock.install(time=dosed_at + timedelta(minutes=20))
    time_machine.move_to(dosed_at + timedelta(minutes=20))
    page.goto(f"{live_server.url}/sitter/")
    page.get_by_text("7 Alder Way").wait_for()
    page.get_by_text(UNHEARD).wait_for()
    expect(page.locator(".shell-clock")).to_contain_text("9:")  # fifteen minutes after the look at minute 14
    looks_right(page)
    page.get_by_role("button", name="I looked: all is calm").click()
    is_kept(page, count=3)
    page.context.set_offline(False)
    page.get_by_text("You called at").wait_for(timeout=30_000)
    assert said("sitter") == ["role_accepted", "looked", "help_asked", "looked"]
    assert Alarm.objects.filter(reason="HELP-ASKED").count() == 1


def test_a_patients_call_without_network_says_that_nobody_hears_it_and_arrives_later(
    ward, visit, enter, time_machine, looks_right
):
    dosed_at = courses.give_dose(ward, visit, mg=100)
    time_machine.move_to(dosed_at + timedelta(minutes=10))
    page = enter(ward.ada, width=360, height=740)
    page.get_by_role("button", name="I need help").wait_for()
    opens_offline(page, dosed_at + timedelta(minutes=10))
    assert page.get_by_text(UNHEARD).is_hidden()
    page.context.set_offline(True)
    page.reload()
    page.locator("[data-recording-shell]").wait_for(state="attached")
    looks_right(page)
    page.get_by_role("button", name="I need help").click()
    page.get_by_text(UNHEARD).wait_for()
    looks_right(page)
    page.context.set_offline(False)
    page.get_by_text("You called at").wait_for(timeout=30_000)
    page.get_by_text(UNHEARD).wait_for(state="hidden")
    assert said("patient") == ["help_asked"]
    assert Alarm.objects.filter(reason="HELP-ASKED").count() == 1
