"""Signs about the medicine on chart and page: evidence and day for clinicians, nothing for the patient."""

from uuid import uuid4

import pytest

from sojourn.program.treatment.models import NotedSign
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(ward):
    courses.start(ward, "racemic_sl_home")
    return f"/workspace/patients/{ward.ada.patient_id}/medicine-signs/"


def note(client, page, sign="lost", **more):
    said = {
        "deed": "note",
        "form_id": uuid4(),
        "sign": sign,
        "seen_on": NOW.date().isoformat(),
        "words": "Told Mona.",
    }
    return client.post(page, said | more)


def test_a_sign_is_noted_shown_with_its_day_and_settled_with_a_reason(ward, sign_in, page, time_machine):
    time_machine.move_to(NOW)
    client = sign_in(ward.ben)
    assert note(client, page).status_code == 302
    html = client.get(page).content.decode()
    assert "Told Mona." in html
    assert "Lost, stolen or spilled" in html
    assert "program policy" in html
    chart = client.get(f"/workspace/patients/{ward.ada.patient_id}/").content.decode()
    assert "Signs about the medicine" in chart
    assert NOW.strftime("%b ") in chart
    key = f"noted:{NotedSign.objects.get().pk}"
    refused = client.post(page, {"deed": "settle", "key": key, "why": ""}, follow=True)
    assert "Nothing was settled" in refused.content.decode()
    done = client.post(page, {"deed": "settle", "key": key, "why": "Found behind the bed."}, follow=True)
    assert "Found behind the bed." in done.content.decode()
    assert "No sign counts now" in done.content.decode()


def test_an_ask_that_is_not_early_is_refused_beside_its_field(ward, sign_in, page, time_machine):
    time_machine.move_to(NOW)
    answer = note(sign_in(ward.ben), page, "early_ask", due_on=NOW.date().isoformat())
    assert answer.status_code == 422
    assert "Five days or fewer before it are no sign" in answer.content.decode()


def test_a_monitor_notes_and_has_no_button_to_settle(ward, sign_in, page, time_machine):
    time_machine.move_to(NOW)
    client = sign_in(ward.mona)
    note(client, page)
    assert "It does not count any more" not in client.get(page).content.decode()


def test_the_patient_finds_no_word_of_it_on_any_page_of_theirs(ward, sign_in, page, time_machine):
    time_machine.move_to(NOW)
    note(sign_in(ward.ben), page)
    patient = sign_in(ward.ada)
    assert patient.get(page).status_code == 403
    for path in ("/today/", "/my-record/", "/getting-ready/", "/goals/"):
        found = patient.get(path, follow=True)
        assert "Told Mona." not in found.content.decode()
        assert "Lost, stolen" not in found.content.decode()
