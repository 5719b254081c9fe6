"""What stands beside the symptom scales on a chart, and who writes it down."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from sojourn.program.measures import goals
from sojourn.program.measures.models import Goal
from sojourn.program.treatment import medicines
from tests.support.stop_rules import scored
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def url(name, ward):
    return reverse(f"workspace:{name}", args=[ward.ada.patient_id])


def test_a_therapist_writes_a_goal_down_and_rates_it_under_their_name(ward, sign_in):
    client = sign_in(ward.thea)
    client.post(url("goals", ward), {"deed": "name", "words": "Answer the telephone"})
    goal = Goal.objects.get()
    client.post(url("goals", ward), {"deed": "rate", "goal": str(goal.id), "value": "3"})
    page = text_of(client.get(url("chart", ward)))
    assert "Answer the telephone" in page
    assert f"Written down by {ward.thea.name}" in page
    assert "mostly" in page


@pytest.mark.parametrize(
    "sent", [{"deed": "name", "words": " "}, {"deed": "rate", "value": "7"}, {"deed": "rate", "value": ""}]
)
def test_what_cannot_be_kept_says_so(ward, sign_in, sent):
    goal = goals.name_goal(patient_id=ward.ada.patient_id, words="Cook", actor=ward.ada, now=NOW)
    page = text_of(sign_in(ward.cora).post(url("goals", ward), {"goal": str(goal), **sent}, follow=True))
    assert "Nothing was kept" in page


def test_a_goal_of_somebody_else_is_not_found_through_this_patient(ward, sign_in):
    other = goals.name_goal(patient_id=ward.bea.patient_id, words="Cook", actor=ward.bea, now=NOW)
    response = sign_in(ward.cora).post(url("goals", ward), {"deed": "rate", "goal": str(other), "value": "1"})
    assert response.status_code == 404


def test_function_and_well_being_stand_apart_and_are_not_averaged(ward, sign_in):
    scored(ward.ada, 14, NOW)
    scored(ward.ada, 22, NOW, "wsas")
    scored(ward.ada, 32, NOW, "who-5")
    page = text_of(sign_in(ward.ben).get(url("chart", ward)))
    symptoms, rest = page.split("Function, well-being and goals", 1)
    beside = rest.split("Visits and notes")[0] if "Visits and notes" in rest else rest
    assert "PHQ-9 14" in symptoms
    assert "WSAS" not in symptoms.split("Scores", 1)[1]
    assert "WSAS 22" in beside
    assert "WHO-5 32" in beside
    assert "Nothing here is averaged with a score." in beside


def test_a_change_of_medicine_is_a_mark_beside_the_scores(ward, sign_in):
    scored(ward.ada, 14, NOW)
    client = sign_in(ward.ben)
    sent = {
        "deed": "record",
        "medicine": "sertraline",
        "what": "started",
        "on": "2026-11-20",
        "detail": "50 mg",
    }
    client.post(url("medicines", ward), sent)
    page = text_of(client.get(url("chart", ward)))
    assert "Medicine changed, Nov 20, 2026, sertraline started" in page
    medicine = medicines.medicine_changes_of(ward.ada.patient_id, actor=ward.ben)[0]
    client.post(
        url("medicines", ward), {"deed": "strike", "change": str(medicine.id), "because": "wrong day"}
    )
    assert "Medicine changed" not in text_of(client.get(url("chart", ward)))
    assert "wrong day" in text_of(client.get(url("medicines", ward)))


@pytest.mark.parametrize("on", [NOW.date() + timedelta(days=1), date(1984, 5, 1)])
def test_an_impossible_day_is_refused_in_words(ward, sign_in, on):
    sent = {"deed": "record", "medicine": "sertraline", "what": "started", "on": on.isoformat()}
    response = sign_in(ward.ben).post(url("medicines", ward), sent)
    assert response.status_code == 422
    assert "The day lies after today, or before the patient was born." in text_of(response)


def test_a_line_is_struck_only_with_a_reason(ward, sign_in):
    change = medicines.record_medicine_change(
        patient_id=ward.ada.patient_id,
        medicine="sertraline",
        what="started",
        on=NOW.date(),
        detail="",
        actor=ward.ben,
        now=NOW,
    )
    client = sign_in(ward.ben)
    page = text_of(
        client.post(
            url("medicines", ward), {"deed": "strike", "change": str(change), "because": ""}, follow=True
        )
    )
    assert "Nothing was struck" in page
    assert (
        client.post(url("medicines", ward), {"deed": "strike", "change": "x", "because": "y"}).status_code
        == 404
    )
