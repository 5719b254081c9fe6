"""The patient's page while a session runs: today turns into it, a login may end meanwhile, and one button is heard."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from sojourn.program.people.models import User
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import answering
from sojourn.program.treatment.models import RecordingToken, SessionEvent
from tests.support import courses
from tests.support.tokens import without_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(ward):
    return courses.first_session(ward)


@pytest.fixture
def clock(visit):
    with time_machine.travel(visit.during.lower, tick=False) as traveller:
        yield traveller


@pytest.fixture
def page():
    return reverse("portal:session_day")


def signed_in(actor):
    browser = Client()
    browser.force_login(User.objects.get(pk=actor.user_id))
    return browser


def clock_at(visit):
    return visit.during.lower + timedelta(minutes=5)


def press(browser, kind, **more):
    return browser.post(
        reverse("portal:session_day"), {"do": kind, "form_id": str(uuid4()), **more}, follow=True
    )


def test_today_offers_the_session_turns_into_it_and_back_when_it_is_over(ward, visit, clock, page):
    browser = signed_in(ward.ada)
    clock.move_to(visit.during.lower - timedelta(minutes=61))
    assert page not in browser.get("/today/").content.decode()
    clock.move_to(visit.during.lower - timedelta(minutes=60))
    assert f'href="{page}"' in browser.get("/today/").content.decode()
    clock.move_to(courses.give_dose(ward, visit))
    assert browser.get("/today/").headers["Location"] == page
    shown = browser.get("/today/", follow=True).content.decode()
    assert "I need help" in shown
    assert ">9:05<" in shown  # by the clock on the wall there, not in London
    left_at = courses.end_session(ward, visit, clock_at(visit) + timedelta(minutes=125))
    clock.move_to(left_at + timedelta(minutes=1))
    assert "Your session is over." in browser.get(page).content.decode()
    browser = signed_in(ward.ada)
    assert browser.get("/today/").status_code == 200


def test_who_had_no_medicine_is_not_told_not_to_drive(ward, visit, clock, page):
    browser = signed_in(ward.ada)
    browser.get(page)
    courses.note_event(ward, visit, "cancelled", {"words": "Fever."}, visit.during.lower)
    shown = browser.get(page).content.decode()
    assert "You had no medicine today." in shown
    assert "Do not drive" not in shown


def test_a_session_nobody_begins_gives_the_day_back(ward, visit, clock):
    clock.move_to(visit.during.upper + timedelta(hours=3, seconds=1))
    assert signed_in(ward.ada).get("/today/").status_code == 200


def test_the_page_goes_on_when_the_login_has_ended(ward, visit, clock, page):
    browser = signed_in(ward.ada)
    browser.get(page)
    courses.give_dose(ward, visit)
    clock.shift(timedelta(minutes=30))
    browser.cookies.pop("sojourn_session")
    assert "I need help" in browser.get(page).content.decode()
    assert press(browser, "help_asked").status_code == 200
    alarm = Alarm.objects.get()
    assert (alarm.severity, alarm.says) == ("red", "The patient asks for help.")
    assert browser.get("/my-record/").status_code == 302


def test_the_patient_sees_that_somebody_has_the_call(ward, visit, clock, page):
    browser = signed_in(ward.ada)
    browser.get(page)
    courses.give_dose(ward, visit)
    clock.shift(timedelta(minutes=30))
    assert "Somebody comes to you." in press(browser, "help_asked").content.decode()
    answering.acknowledge_alarm(alarm_id=Alarm.objects.get().id, actor=ward.mona, now=visit.during.lower)
    assert "Somebody has your call." in browser.get(page).content.decode()


def test_the_patient_may_say_how_they_are(ward, visit, clock, page):
    browser = signed_in(ward.ada)
    browser.get(page)
    courses.give_dose(ward, visit)
    clock.shift(timedelta(minutes=30))
    press(browser, "looked")
    press(browser, "rated", dissociation="9")
    said = SessionEvent.objects.filter(source="patient").order_by("sequence")
    assert [(row.kind, row.facts) for row in said] == [("looked", {}), ("rated", {"dissociation": 9})]
    assert Alarm.objects.filter(severity="red").exists()  # 9 of 10 crosses a limit, whoever says it
    assert press(browser, "rated", dissociation="11").status_code == 422
    assert SessionEvent.objects.filter(kind="refused", source="patient").count() == 1


@pytest.mark.parametrize("kind", ["dosed", "vital_taken", "discharged", "struck", ""])
def test_the_page_records_nothing_else(ward, visit, clock, page, kind):
    browser = signed_in(ward.ada)
    browser.get(page)
    before = SessionEvent.objects.count()
    assert press(browser, kind).status_code == 422
    assert SessionEvent.objects.count() == before


def test_nothing_measured_is_on_the_page(ward, visit, clock, page):
    browser = signed_in(ward.ada)
    browser.get(page)
    at = courses.give_dose(ward, visit) + timedelta(minutes=40)
    courses.take_vitals(ward, visit, at, systolic=187, heart_rate=133)
    clock.move_to(at)
    shown = without_ids(browser.get(page).content.decode())
    for secret in ("187", "133", "mmHg", "56 mg", "Ada"):
        assert secret not in shown


def test_nobody_else_gets_a_patients_page(ward, visit, clock, page, client):
    for actor in (ward.bea, ward.mona, ward.dora):
        assert "I need help" not in signed_in(actor).get(page, follow=True).content.decode()
    assert client.get(page).headers["Location"].startswith("/account/login/")
    assert client.post(page, {"do": "help_asked"}).status_code == 404
    client.cookies["sojourn_session_day"] = "made-up"
    assert client.get(page).status_code == 302
    assert not RecordingToken.objects.exists()


def test_the_page_ends_by_itself(ward, visit, clock, page):
    browser = signed_in(ward.ada)
    browser.get(page)
    left_at = courses.run_session(ward, visit)
    browser.cookies.pop("sojourn_session")
    clock.move_to(left_at + timedelta(hours=11, minutes=59))
    assert browser.get(page).status_code == 200
    clock.move_to(left_at + timedelta(hours=12))
    assert browser.get(page).status_code == 410
    assert press(browser, "help_asked").status_code == 410
    assert "988" in browser.get(page).content.decode()
