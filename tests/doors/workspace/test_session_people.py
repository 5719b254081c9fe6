"""Who and what is with the patient: address read back, the sitter's link, gateways; shown once what is secret."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from sojourn.program.treatment import side_by_side
from sojourn.program.treatment.models import RecordingToken, SessionEvent, SessionPlace, SitterLink
from tests.support import courses
from tests.support.tokens import event, post, token_for

pytestmark = pytest.mark.django_db
PLACE = {
    "do": "place", "address": "7 Alder Way", "callback": "555 0123456", "emergency_department": "Highland",
    "read_back": "on",
}  # fmt: skip


@pytest.fixture
def visit(ward):
    return courses.first_session(ward)


@pytest.fixture
def url(visit):
    with time_machine.travel(visit.during.lower, tick=False):
        yield reverse("workspace:session_people", kwargs={"visit_id": visit.id})


def test_a_coordinator_takes_the_address_down_once_it_was_read_back(sign_in, ward, url):
    client = sign_in(ward.cora)
    without = {name: value for name, value in PLACE.items() if name != "read_back"}
    response = client.post(url, without)
    assert response.status_code == 422
    assert "Read them back first" in response.content.decode()
    assert "7 Alder Way" in response.content.decode()
    assert not SessionPlace.objects.exists()
    assert "Expires" in client.post(url, PLACE, follow=True).content.decode()
    assert SessionPlace.objects.get().told_to_id == ward.cora.staff_id


def test_a_coordinator_finds_the_way_to_a_fresh_link_before_the_dose_and_after(sign_in, ward, visit, url):
    client = sign_in(ward.cora)
    readiness, planning = reverse("workspace:readiness", args=[visit.id]), reverse("workspace:planning")
    for page in (readiness, planning):
        assert f'href="{url}"' in client.get(page).content.decode()
    assert f'href="{planning}"' in client.get(url).content.decode()
    dosed_at = courses.give_dose(ward, visit)
    with time_machine.travel(dosed_at + timedelta(minutes=5), tick=False):
        assert f'href="{url}"' in client.get(planning).content.decode()
        assert "/sitter/" in client.post(url, {"do": "link"}).content.decode()


def test_a_link_is_shown_once(sign_in, ward, url):
    client = sign_in(ward.mona)
    page = client.post(url, {"do": "link"})
    (link,) = re.findall(r"http\S+/sitter/[\w-]+/", page.content.decode())
    assert "no-store" in page.headers["Cache-Control"]
    assert link not in client.get(url).content.decode()
    client.post(url, {"do": "link"})
    assert SitterLink.objects.filter(ended_at=None).count() == 1


def test_a_gateways_token_is_shown_once_and_revoked(client, sign_in, ward, visit, url):
    staff = sign_in(ward.mona)
    page = staff.post(url, {"do": "gateway", "label": "Gateway 3"}).content.decode()
    (secret,) = re.findall(r"<code>([\w-]{43})</code>", page)
    now = visit.during.lower
    assert post(client, secret, [event("vital_taken", now, heart_rate=70)], now).status_code == 200
    assert secret not in staff.get(url).content.decode()
    staff.post(url, {"do": "revoke", "token": str(RecordingToken.objects.get().id)})
    assert post(client, secret, [event("vital_taken", now, heart_rate=70)], now).status_code == 410
    assert staff.post(url, {"do": "revoke", "token": "x"}).status_code == 404
    assert staff.post(url, {"do": "gateway", "label": ""}).status_code == 422


def test_a_coordinator_gets_no_gateway(sign_in, ward, url):
    assert sign_in(ward.cora).post(url, {"do": "gateway", "label": "G"}).status_code == 403
    assert not RecordingToken.objects.exists()


def test_a_reading_refused_on_the_form_stands_beside_its_field_and_on_the_record(sign_in, ward, visit, url):
    client = sign_in(ward.mona)
    page = reverse("workspace:session", kwargs={"visit_id": visit.id})
    form_id = "0193a1e2-7f10-7c4e-9d7f-2f6f5a1f0c11"
    wrong = {
        "do": "vital_taken",
        "vital_taken-form_id": form_id,
        "vital_taken-systolic": "300",
        "vital_taken-diastolic": "20",
    }
    for _ in range(2):
        response = client.post(page, wrong)
        assert response.status_code == 422
        assert "at most 200 mmHg above" in response.content.decode()
    row = SessionEvent.objects.get()
    assert (row.kind, row.facts["typed"], row.recorded_by_id) == (
        "refused", "diastolic 20, systolic 300", ward.mona.staff_id,
    )  # fmt: skip
    right = wrong | {"vital_taken-systolic": "130", "vital_taken-diastolic": "82"}
    shown = client.post(page, right, follow=True).content.decode()
    assert SessionEvent.objects.filter(kind="vital_taken", form_id=form_id).count() == 1
    assert "Reading refused: diastolic 20, systolic 300." in shown


@pytest.mark.parametrize("typed", ["12O", "1e308", "999999999999999999999", "NaN", "-5"])
def test_whatever_is_typed_for_a_number_is_kept_when_it_is_refused(sign_in, ward, visit, url, typed):
    client = sign_in(ward.mona)
    page = reverse("workspace:session", kwargs={"visit_id": visit.id})
    sent = {
        "do": "vital_taken",
        "vital_taken-form_id": "0193a1e2-7f10-7c4e-9d7f-2f6f5a1f0c12",
        "vital_taken-spo2": typed,
    }
    assert client.post(page, sent).status_code == 422
    assert SessionEvent.objects.get(kind="refused").facts["typed"] == f"spo2 {typed}"


def test_an_empty_form_is_no_refused_reading(sign_in, ward, visit, url):
    page = reverse("workspace:session", kwargs={"visit_id": visit.id})
    sent = {"do": "vital_taken", "vital_taken-form_id": "0193a1e2-7f10-7c4e-9d7f-2f6f5a1f0c13"}
    assert sign_in(ward.mona).post(page, sent).status_code == 422
    assert not SessionEvent.objects.exists()


def test_two_sources_that_disagree_stand_side_by_side(client, sign_in, ward, visit, url):
    at = courses.give_dose(ward, visit) + timedelta(minutes=40)
    with time_machine.travel(at, tick=False):
        courses.take_vitals(ward, visit, at, spo2=97)
        secret = token_for(ward, visit, "device", at)
        post(client, secret, [event("vital_taken", at + timedelta(seconds=60), spo2=91, heart_rate=71)], at)
    (found,) = side_by_side.disagreements(courses.session_at(ward, visit, at))
    assert found.signal == "spo2"
    assert [(each.value, each.source) for each in found.readings] == [(91, "Gateway 3"), (97, ward.mona.name)]
    with time_machine.travel(at + timedelta(seconds=90), tick=False):
        staff = sign_in(ward.mona)
        page = staff.get(reverse("workspace:session", kwargs={"visit_id": visit.id})).content.decode()
        board = staff.get(reverse("workspace:sessions")).content.decode()
    assert "Oxygen: two sources differ" in page
    for shown in (page, board):
        assert f"Gateway 3; {ward.mona.name}: Oxygen 97 %" in shown


def test_sources_that_agree_or_lie_apart_are_no_disagreement(client, ward, visit, url):
    at = courses.give_dose(ward, visit) + timedelta(minutes=40)
    with time_machine.travel(at, tick=False):
        courses.take_vitals(ward, visit, at, spo2=97)
        secret = token_for(ward, visit, "device", at)
        post(client, secret, [event("vital_taken", at, spo2=95)], at)
    with time_machine.travel(at + timedelta(minutes=3), tick=False):
        post(
            client,
            secret,
            [event("vital_taken", at + timedelta(minutes=3), spo2=85)],
            at + timedelta(minutes=3),
        )
    assert side_by_side.disagreements(courses.session_at(ward, visit, at + timedelta(minutes=3))) == ()
