"""The coordinator's call of the day before: each item with what to do, what was said, by whom, and the number to call."""

from datetime import timedelta

import pytest
from django.urls import reverse

from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment.models import FollowUp, ReadinessFact, TabletEntry
from tests.support import courses

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def course(ward):
    return courses.prepare(ward)


@pytest.fixture
def first(course, time_machine):
    visit = courses.visit_of(course, VisitKind.DOSING, 1)
    time_machine.move_to(visit.during.lower - 20 * HOUR, tick=False)
    return visit


def test_each_item_says_what_to_do_and_keeps_what_was_said(ward, first, sign_in):
    client, url = sign_in(ward.cora), reverse("workspace:readiness", args=[first.id])
    page = client.get(url).content.decode()
    assert "holds the dose: nobody is named" in page
    assert "Call: who takes the patient home, and on which number?" in page
    assert 'href="tel:555-0100"' in page
    page = client.post(url, {"kind": "fasting", "from_hour": "06:30"}, follow=True).content.decode()
    assert "ready: eats nothing from 6:30 AM" in page
    assert ward.cora.name in page
    page = client.post(url, {"kind": "companion", "name": "Nils", "phone": "555 0123456"}, follow=True)
    assert 'href="tel:555 0123456"' in page.content.decode()
    assert ReadinessFact.objects.filter(said_by_id=ward.cora.staff_id).count() == 2


def test_a_session_of_another_site_is_not_found(ward, first, sign_in):
    assert sign_in(ward.cleo).get(reverse("workspace:readiness", args=[first.id])).status_code == 404


def test_tomorrow_shows_each_item_and_leads_to_the_call(ward, first, sign_in):
    page = sign_in(ward.cora).get("/workspace/planning/").content.decode()
    assert "Escort: nobody is named" in page
    assert reverse("workspace:readiness", args=[first.id]) in page


def test_the_call_after_the_first_dose_is_noted_where_the_deadline_leads(ward, first, sign_in, time_machine):
    dosed_at = courses.give_dose(ward, first)
    time_machine.move_to(dosed_at + 50 * HOUR, tick=False)
    url = reverse("workspace:follow_up", args=[first.id])
    assert url in sign_in(ward.cora).get("/workspace/planning/").content.decode()
    client = sign_in(ward.ben)
    page = client.get(url).content.decode()
    assert "overdue" in page
    form_id = page.split('name="form_id" value="')[1].split('"')[0]
    sent = {"form_id": form_id, "reached": "yes", "words": "Slept well."}
    page = client.post(url, sent, follow=True).content.decode()
    assert "Slept well." in page
    assert ward.ben.name in page
    assert "overdue" not in page
    assert FollowUp.objects.get().reached


def test_tablets_are_shipped_and_what_holds_the_next_shipment_is_said(ward, sign_in, time_machine):
    course = courses.start(ward, "racemic_sl_home")
    client, url = sign_in(ward.cora), reverse("workspace:tablets", args=[course.id])
    sent = {"do": "ship", "tablets": "2", "doses": "2", "lot": "T7", "expires_on": "12/31/2030"}
    page = client.post(url, sent, follow=True).content.decode()
    assert "2 tablets must remain" in page
    page = client.post(url, sent).content.decode()
    assert "Nothing is shipped" in page
    assert "Tablets are counted on video" in page
    page = client.post(url, {"do": "count", "counted": "0"}, follow=True).content.decode()
    assert "More than 1 holds dose and shipment." in page
    assert TabletEntry.objects.count() == 2
