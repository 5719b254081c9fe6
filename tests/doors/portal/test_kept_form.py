import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from sojourn.program.measures.models import Response
from sojourn.program.people.models import User
from tests.support.assessments import answered
from tests.support.questionnaires import all_zero, ask
from tests.support.ward import NOW, PASSWORD

pytestmark = pytest.mark.django_db
OWN = {"HTTP_ORIGIN": "http://testserver"}
FOREIGN = {"HTTP_ORIGIN": "https://elsewhere.example"}


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def strict():
    """A browser whose forms need their safety token, as real ones do."""
    return Client(enforce_csrf_checks=True)


def kept_fields(response):
    """The hidden fields that a page holds, as a browser would send them again."""
    page = response.content.decode()
    sent = {}
    main = page.partition("<main")[2]
    for name, value in re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', main):
        sent.setdefault(unescape(name), []).append(unescape(value))
    return sent


def token_of(response):
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.content.decode())[1]


def test_a_form_sent_after_the_login_expired_comes_back_with_what_was_typed(ward, client):
    address = reverse("portal:questionnaire", args=[ask(ward)])
    response = client.post(address, all_zero(q1="2", q9="1"))
    assert response.status_code == 401
    assert "You were signed out, and nothing was sent" in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    fields = kept_fields(response)
    assert {name: fields[name] for name in ("q1", "q9", "difficulty")} == {
        "q1": ["2"],
        "q9": ["1"],
        "difficulty": ["0"],
    }
    assert f'action="{address}"' in response.content.decode()
    assert Response.objects.count() == 0


def test_signing_in_again_and_pressing_send_records_it(ward, strict):
    address = reverse("portal:questionnaire", args=[ask(ward)])
    strict.force_login(User.objects.get(pk=ward.ada.user_id))
    token = token_of(strict.get(address))
    strict.cookies.pop("sojourn_session")
    kept = strict.post(address, {**all_zero(q1="3"), "csrfmiddlewaretoken": token}, **OWN)
    assert kept.status_code == 401
    fields = kept_fields(kept)

    login = strict.get("/account/login/")
    who = {"login": "ada@example.org", "password": PASSWORD, "csrfmiddlewaretoken": token_of(login)}
    assert strict.post("/account/login/", who, **OWN).status_code == 302

    # Signing in changes the safety token, so the page of before is asked once more; still nothing is lost.
    asked_again = strict.post(address, fields, **OWN)
    assert asked_again.status_code == 403
    assert "What you typed is kept here" in asked_again.content.decode()
    sent = strict.post(address, kept_fields(asked_again), **OWN)
    assert sent.headers["Location"] == "/today/"
    assert Response.objects.get().value == 3


def test_an_old_page_of_the_assessment_keeps_every_answer(ward, strict):
    answers = answered(conditions=["glaucoma", "porphyria"], blood_pressure='"><script>alert(1)</script>')
    response = strict.post("/assessment/", answers, **OWN)
    assert response.status_code == 403
    fields = kept_fields(response)
    assert fields.pop("csrfmiddlewaretoken")
    assert fields == {name: value if isinstance(value, list) else [value] for name, value in answers.items()}
    assert "<script>alert" not in response.content.decode()
    again = strict.post("/assessment/", kept_fields(response), **OWN)
    assert again.status_code == 422
    assert list(again.context["form"].errors) == ["blood_pressure"]


@pytest.mark.parametrize("headers", [FOREIGN, {}, {"HTTP_REFERER": "https://elsewhere.example/testserver"}])
def test_a_form_from_another_site_is_refused_and_not_shown(ward, strict, headers):
    response = strict.post("/assessment/", answered(blood_pressure="from elsewhere"), **headers)
    assert response.status_code == 403
    assert "from elsewhere" not in response.content.decode()
    assert kept_fields(response) == {}


def test_a_password_is_never_kept(ward, strict):
    response = strict.post("/join/", {**answered(), "password": PASSWORD, "name": "Nora"}, **OWN)
    assert response.status_code == 403
    assert kept_fields(response)["name"] == ["Nora"]
    assert PASSWORD not in response.content.decode()


def test_a_lost_password_is_said_and_nobody_claims_that_a_clinician_saw_the_answers(ward, strict):
    joining = strict.post("/join/", {**answered(), "password": PASSWORD}, **OWN).content.decode()
    assert "Only your password is not kept" in joining
    assessment = strict.post("/assessment/", answered(), **OWN).content.decode()
    assert "Only your password is not kept" not in assessment
    for page in (joining, assessment):
        assert "Nobody has seen these answers yet" in page
    staff = strict.post("/workspace/staff/", {}, **OWN).content.decode()
    assert "Nobody has seen these answers yet" not in staff


def test_answers_of_one_person_are_not_recorded_for_the_next_who_signs_in(ward, client, sign_in):
    address = reverse("portal:questionnaire", args=[ask(ward)])
    fields = kept_fields(client.post(address, all_zero()))
    assert sign_in(ward.bea).post(address, fields).status_code == 404
    assert Response.objects.count() == 0
