"""Installed wording: who may install it, that it is attested, and what it opens to patients."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.program.measures import actions, queries
from sojourn.program.measures.models import QuestionnaireRequest, Response, TextPack
from sojourn.program.measures.wording import instrument_here
from sojourn.program.people.policy import NotAllowed
from tests.clinical.instruments.test_text_packs import PACK
from tests.support.questionnaires import ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def install(ward, text=PACK, actor=None):
    return actions.install_text_pack(text=text, name="who_5.toml", actor=actor or ward.dora, now=NOW)


def test_without_wording_a_patient_cannot_be_shown_the_instrument(ward, sign_in):
    request_id = ask(ward, "who-5")
    assert sign_in(ward.ada).get(reverse("portal:questionnaire", args=[request_id])).status_code == 404
    with pytest.raises(actions.NotThisPatients):
        actions.submit_response(
            request_id=request_id, raw_answers={"q1": "1"}, answered_at=NOW, actor=ward.ada
        )


def test_with_wording_a_patient_answers_it_and_the_hash_is_kept(ward, sign_in):
    install(ward)
    request_id = ask(ward, "who-5")
    page = sign_in(ward.ada).get(reverse("portal:questionnaire", args=[request_id])).content.decode()
    assert "Test question 3" in page
    actions.submit_response(
        request_id=request_id,
        raw_answers={f"q{n}": "4" for n in range(1, 6)},
        answered_at=NOW,
        actor=ward.ada,
    )
    kept = Response.objects.get()
    assert (kept.value, kept.text_pack_hash) == (80, TextPack.objects.get().sha256)


def test_the_calendar_asks_for_it_once_it_is_installed(ward):
    day = NOW.date()
    actions.request_before_treatment(patient_id=ward.ada.patient_id, on=day, actor=ward.ada, now=NOW)
    assert not QuestionnaireRequest.objects.filter(instrument_id="dast-10").exists()
    assert QuestionnaireRequest.objects.filter(instrument_id="phq-9").exists()
    assert all(
        not row.is_for_staff for row in queries.open_requests(ward.ada.patient_id, actor=ward.ada, now=NOW)
    )


def test_only_the_director_installs_wording(ward):
    with pytest.raises(NotAllowed):
        install(ward, actor=ward.ben)
    assert not instrument_here("who-5").has_wording


def test_a_spoiled_pack_is_not_installed(ward):
    with pytest.raises(DataFileInvalid):
        install(ward, PACK.replace('attested_by = "Dora Okafor"\n', ""))
    assert TextPack.objects.count() == 0


def test_the_newest_pack_holds_and_the_same_one_twice_is_said_so(ward):
    install(ward)
    with pytest.raises(actions.AlreadyInstalled):
        install(ward)
    newer = PACK.replace("Test question 3", "Better question 3")
    actions.install_text_pack(text=newer, name="x.toml", actor=ward.dora, now=NOW + timedelta(minutes=1))
    assert instrument_here("who-5").item("q3").text == "Better question 3"


def test_the_page_installs_and_says_what_is_wrong(ward, sign_in):
    client = sign_in(ward.dora)
    where = reverse("workspace:install_wording")

    def send(text):
        return client.post(where, {"pack": SimpleUploadedFile("who_5.toml", text.encode()), "attested": "on"})

    wrong = send(PACK.replace('version = "1"', 'version = "2"'))
    assert wrong.status_code == 422
    assert "give the words of who-5, version 1" in wrong.content.decode()
    assert send(PACK).status_code == 302
    listed = client.get(reverse("workspace:instruments")).content.decode()
    assert "Your text pack" in listed


def test_the_page_of_instruments_is_searched_by_what_stands_in_the_sheets(ward, sign_in):
    client = sign_in(ward.mona)
    page = client.post(reverse("workspace:instruments"), {"q": "bladder ketamine"})
    assert [known.id for known, _ in page.context["found"]] == ["icsi-icpi"]
    sheet = client.get(reverse("workspace:instrument", args=["pcl-5"])).content.decode()
    assert "marx" in sheet.lower() or "Reliable and clinically significant change" in sheet
    assert client.get(reverse("workspace:instrument", args=["phq-99"])).status_code == 404
