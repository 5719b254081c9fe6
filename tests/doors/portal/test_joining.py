from datetime import date
from html import unescape

import pytest

from sojourn.clinical import protocols
from sojourn.program.intake.models import Assessment
from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.people.models import Patient, User
from sojourn.program.safety.models import Alarm
from tests.support.assessments import answered
from tests.support.ward import NOW, PASSWORD

pytestmark = pytest.mark.django_db
URL = "/join/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(ward):
    """What somebody types to make an account."""
    return {
        "name": "Nora Lindgren",
        "born_on": "1985-05-05",
        "state": "CA",
        "site": str(ward.oakland),
        "phone": "510-555-0100",
        "email": "nora@example.org",
        "password": PASSWORD,
    }


def nobody_joined():
    return (
        not Patient.objects.exclude(name__in=["Ada Núñez", "Bea Thornton"]).exists()
        and not Assessment.objects.exists()
    )


def test_a_visitor_becomes_a_patient_and_what_they_answered_comes_along(client, account):
    response = client.post(URL, {**answered(sleep_apnea="treated"), **account})
    assert response.headers["Location"] == "/today/"
    nora = Patient.objects.get(name="Nora Lindgren")
    assert (nora.born_on, nora.state, nora.phone) == (date(1985, 5, 5), "CA", "510-555-0100")
    kept = Assessment.objects.get(patient=nora)
    assert protocols.facts_from_json(kept.facts) == protocols.read_facts(answered(sleep_apnea="treated"))
    assert kept.disposition == "may_be_a_fit"
    assert client.session["_auth_user_id"] == str(nora.user_id)
    assert nora.user.check_password(PASSWORD)


def test_the_screens_are_asked_today_for_a_week(client, account):
    client.post(URL, {**answered(), **account})
    asked = QuestionnaireRequest.objects.filter(patient__name="Nora Lindgren")
    assert {(r.instrument_id, r.occasion, r.opens_on, r.closes_on) for r in asked} == {
        (name, "before treatment", date(2026, 11, 24), date(2026, 12, 1))
        for name in ("phq-9", "gad-7", "pc-ptsd-5")
    }


def test_the_account_form_begins_with_what_is_known(client, account, ward):
    response = client.post(URL, {**answered(), "begin": "1"})
    form = response.context["form"]
    assert (form["born_on"].value(), form["state"].value(), form["site"].value()) == (
        "05/05/1985",
        "CA",
        str(ward.oakland),
    )
    carried = dict(response.context["carried"])
    assert carried["blood_pressure"] == "118/76"
    assert not {"born_on", "state", "password", "begin"} & set(carried)


def test_without_answers_joining_begins_with_the_assessment(client, ward):
    assert client.get(URL).headers["Location"] == "/assessment/"


@pytest.mark.parametrize("begin", [{}, {"begin": "1"}])
def test_an_answer_that_came_along_wrong_is_asked_again_beside_its_question(client, account, begin):
    response = client.post(URL, {**answered(weight="7 kg", mania="past"), **account, **begin})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["weight"]
    assert response.context["form"]["mania"].value() == "past"
    assert nobody_joined()


@pytest.mark.parametrize("typed", ["05/05/1985", "5/5/1985", "1985-05-05"])
def test_the_day_of_birth_may_be_typed_either_way_round_of_its_year(client, account, typed):
    client.post(URL, {**answered(), **account, "born_on": typed})
    assert Patient.objects.get(name="Nora Lindgren").born_on == date(1985, 5, 5)


def test_marks_that_would_turn_a_page_around_are_dropped_from_a_name_and_joiners_stay(client, account):
    client.post(URL, {**answered(), **account, "name": "\u202e Nora\t\u2066Lindgren می\u200cخواهم "})
    assert Patient.objects.filter(name="Nora Lindgren می\u200cخواهم").exists()


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"name": "   "}, "name", "Give your name"),
        ({"name": "n" * 301}, "name", "at most 300 characters"),
        ({"name": "a\x00b"}, "name", "a name that can be read"),
        ({"born_on": "2026-11-25"}, "born_on", "not in the future"),
        ({"born_on": "1890-01-01"}, "born_on", "120 years ago"),
        ({"name": "\u200b\u2060\ufeff"}, "name", "a name that can be read"),
        ({"name": "\u202e\u0301"}, "name", "a name that can be read"),
        ({"born_on": "soon"}, "born_on", "a date such as 05/31/1980"),
        ({"born_on": "02/31/1980"}, "born_on", "no such day"),
        ({"born_on": "31/05/1980"}, "born_on", "the month first"),
        ({"born_on": ""}, "born_on", "Give the day you were born"),
        ({"state": "ZZ"}, "state", "not one of the available choices"),
        ({"state": ""}, "state", "Choose the state"),
        ({"site": "elsewhere"}, "site", "not one of the available choices"),
        ({"site": ""}, "site", "Choose one of our places"),
        ({"phone": "12"}, "phone", "a number like 510-555-0100"),
        ({"phone": "<b>5105550100</b>"}, "phone", "a number like 510-555-0100"),
        ({"email": "nora"}, "email", "an e-mail address like"),
        ({"email": ""}, "email", "you sign in with it"),
        ({"email": "ADA@Example.ORG"}, "email", "There is an account with this e-mail"),
        ({"password": "short"}, "password", "at least 12 characters"),
        ({"password": "password1234"}, "password", "too common"),
        ({"password": "nora@example.org"}, "password", "too similar"),
        ({"password": "Nora Lindgren"}, "password", "too similar"),
        ({"password": " " * 12}, "password", "more different characters"),
        ({"password": "10293847561029"}, "password", "entirely numeric"),
        ({"password": ""}, "password", "Choose a password"),
    ],
)
def test_a_wrong_answer_is_named_beside_its_field_and_everything_else_stays(
    client, account, changed, field, message
):
    sent = {**account, **changed}
    response = client.post(URL, {**answered(conditions=["glaucoma", "porphyria"]), **sent})
    assert response.status_code == 422
    form = response.context["form"]
    assert message in " ".join(form.errors[field])
    assert set(form.errors) <= {field, "password"}
    for name in set(sent) - {field, "password"}:
        assert form[name].value() == sent[name]
    assert [value for name, value in response.context["carried"] if name == "conditions"] == [
        "glaucoma",
        "porphyria",
    ]
    assert nobody_joined()


def test_a_password_is_never_sent_back_and_the_page_says_so(client, account):
    response = client.post(URL, {**answered(), **account, "phone": "12"})
    assert PASSWORD not in response.content.decode()
    assert response.context["form"].errors["password"] == [
        "Type your password again. We never send one back in a page."
    ]


@pytest.mark.parametrize(
    "name",
    [
        "נועה לוי",
        "e\u0301le\u0300ne O’Neill",
        "<script>alert(1)</script>",
        "n" * 300,
        "Ngũgĩ wa Thiong'o",
        "李小龍",
    ],
)
def test_any_name_is_kept_and_shown_as_text(client, account, name):
    response = client.post(URL, {**answered(), **account, "name": name}, follow=True)
    assert Patient.objects.filter(name=name).exists()
    assert "<script>alert" not in response.content.decode()
    record = client.get("/my-record/").content.decode()
    assert name in unescape(record)
    assert "<script>alert" not in record


def test_pressing_twice_makes_one_account(client, account):
    sent = {**answered(), **account}
    client.post(URL, sent)
    again = client.post(URL, sent)
    assert again.headers["Location"] == "/"
    assert User.objects.filter(email="nora@example.org").count() == 1
    assert Assessment.objects.count() == 1


def test_the_account_wins_where_it_asks_what_was_answered_before(client, account):
    client.post(URL, {**answered(), **account, "born_on": "2010-01-01", "state": "NY"})
    kept = Assessment.objects.get()
    assert kept.facts["born_on"] == {"day": "2010-01-01"}
    assert kept.facts["state"] == "NY"
    assert kept.disposition == "not_a_fit"


def test_somebody_for_whom_it_is_not_a_fit_may_still_ask_a_clinician(client, account):
    assert client.post(URL, {**answered(aneurysm="yes"), **account}).headers["Location"] == "/today/"
    assert Assessment.objects.get().disposition == "not_a_fit"


def test_somebody_in_danger_who_joins_is_shown_help_and_clinicians_are_alarmed(client, account):
    response = client.post(URL, {**answered(suicidal_thoughts="plan"), **account})
    assert response.headers["Location"] == "/help/after-answers/"
    assert "tel:988" in client.get("/help/after-answers/").content.decode()
    assert Alarm.objects.get().patient.name == "Nora Lindgren"


def test_a_signed_in_person_does_not_join_again(sign_in, ward, account):
    for person in (ward.ada, ward.ben):
        assert sign_in(person).post(URL, {**answered(), **account}).headers["Location"] == "/"
    assert nobody_joined()
