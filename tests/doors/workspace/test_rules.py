"""The rules as a page to search, the practice's own numbers, and who is concerned when rules change."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from sojourn.clinical.protocols import facts_from_json
from sojourn.program.intake.models import AdoptedThreshold
from sojourn.program.intake.queries import latest_assessment
from sojourn.program.intake.rechecking import recheck_everybody
from sojourn.program.measures.actions import submit_response
from tests.support import histories as h
from tests.support.assessments import answered
from tests.support.questionnaires import TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
RULES = "/workspace/rules/"
ADOPT = reverse("workspace:adopt", args=["ELIG-HEP-03", "alt_times_uln", "above"])
ADOPTED = {"limit": "2", "reason": "stricter here", "signed_name": "Dora Okafor", "seen": "3.0"}


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_the_page_lists_the_families_and_what_expires_soon(ward, sign_in):
    page = sign_in(ward.thea).get(RULES).content.decode()
    assert "Heart, blood vessels and blood pressure" in page
    assert "LAW-TELE-01" in page
    assert "ends on 2026-12-31" in page


@pytest.mark.parametrize(
    ("words", "told", "not_told"),
    [
        ("aneurysm", "ELIG-CV-01", "ELIG-CV-02"),
        ("MoCA below 18", "ELIG-PSY-03-MOCA", "ELIG-CV-01"),
        ("1306.22 refills", "RX-REFILLS", "RX-PDMP"),
        ("from memory fasting", "CHECK-fasting_injected", "CHECK-fasting_spray"),
    ],
)
def test_every_word_searched_for_must_be_in_the_rule_its_source_or_how_it_is_known(
    ward, sign_in, words, told, not_told
):
    page = sign_in(ward.mona).post(RULES, {"words": words}).content.decode()
    assert f"<strong>{told}</strong>" in page
    assert f"<strong>{not_told}</strong>" not in page


def test_a_rule_is_shown_with_weight_basis_source_and_how_it_is_known(ward, sign_in):
    page = sign_in(ward.ben).post(RULES, {"words": "ELIG-CV-06-NYHA"}).content.decode()
    assert "ketamine at home: absolute (program policy)" in page
    assert "section 5.6: carefully assess other cardiovascular conditions [excerpt]" in page
    assert "nyha_class = iii: speaks" in page


def test_a_search_that_finds_nothing_says_so_and_a_long_or_odd_one_does_no_harm(ward, sign_in):
    client = sign_in(ward.ben)
    assert "No rule holds all of these words" in client.post(RULES, {"words": "zyxwv"}).content.decode()
    page = client.post(f"{RULES}?family=<b>", {"words": "<script>" + "x" * 5000})
    assert page.status_code == 200
    assert "<script>x" not in page.content.decode()


def test_a_family_is_listed_by_its_name_and_an_unknown_one_is_not_asked_for(ward, sign_in):
    client = sign_in(ward.ben)
    page = client.get(RULES, {"family": "Alarm thresholds"}).content.decode()
    assert "<strong>SYSTOLIC-RED</strong>" in page
    assert "<strong>ELIG-CV-01</strong>" not in page
    assert "Heart, blood vessels and blood pressure" in client.get(RULES, {"family": "x"}).content.decode()


def test_the_director_adopts_a_number_and_everybody_sees_it_as_the_practices_own(ward, sign_in):
    client = sign_in(ward.dora)
    page = client.post(ADOPT, ADOPTED, follow=True).content.decode()
    assert "Adopted." in page
    assert "stricter here" in page
    shown = sign_in(ward.ben).post(RULES, {"words": "ELIG-HEP-03"}).content.decode()
    assert "this practice&#x27;s own policy" in shown or "this practice's own policy" in shown
    assert "instead of 3" in shown


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"limit": "999"}, "Give a number from 0 to 200."),
        ({"limit": "high"}, "Enter a number."),
        ({"reason": ""}, "Say why."),
        ({"signed_name": "Ben"}, "Type your name"),
        ({"seen": "7"}, "Another number was adopted"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(ward, sign_in, changed, told):
    page = sign_in(ward.dora).post(ADOPT, {**ADOPTED, **changed}).content.decode()
    assert told in page
    assert changed.get("reason", "stricter here") in page
    assert AdoptedThreshold.objects.count() == 0


def test_a_number_that_forbids_is_not_loosened_by_a_form(ward, sign_in):
    url = reverse("workspace:adopt", args=["ELIG-AIR-02-NO-DOSE", "spo2_percent", "below"])
    page = sign_in(ward.dora).post(url, {**ADOPTED, "limit": "90", "seen": "92"}).content.decode()
    assert "may only become stricter than 92" in page
    assert AdoptedThreshold.objects.count() == 0


@pytest.mark.parametrize("address", [["ELIG-CV-04", "systolic", "above"], ["HEARSAY", "x", "above"]])
def test_a_number_a_practice_may_not_set_has_no_page(ward, sign_in, address):
    assert sign_in(ward.dora).get(reverse("workspace:adopt", args=address)).status_code == 404


def test_the_work_list_leads_to_the_decision_of_each_concerned_patient(ward, sign_in):
    concerned = h.assessed(ward.ada.patient_id, NOW - timedelta(hours=1), **answered(alt_times_uln="2.5"))
    client = sign_in(ward.dora)
    assert "The first look has not begun" in client.get(f"{RULES}changed/").content.decode()
    client.post(ADOPT, ADOPTED)
    recheck_everybody(now=NOW)
    page = client.get(f"{RULES}changed/").content.decode()
    assert reverse("workspace:decide", args=[concerned.id]) in page
    assert "ELIG-HEP-03" in page
    assert "1 active patient" in page


def test_the_clinical_screen_keeps_facts_and_leads_to_the_new_findings(ward, sign_in):
    first = h.assessed(ward.ada.patient_id, NOW - timedelta(hours=1), **answered())
    client = sign_in(ward.ben)
    url = reverse("workspace:screen", args=[first.id])
    sent = client.get(url).context["form"].initial
    page = client.post(url, {**sent, "audit_total": "22", "medicine_list": "Lorazepam 1 mg"}, follow=True)
    newest = latest_assessment(ward.ada.patient_id, actor=ward.ben)
    assert newest.id != first.id
    assert newest.facts.get("weight") == facts_from_json(first.facts).get("weight")
    told = page.content.decode()
    assert "AUDIT 20 or more." in told
    assert "INT-BZD" in told


def test_facts_that_contradict_each_other_are_refused_beside_the_question(ward, sign_in):
    first = h.assessed(ward.ada.patient_id, NOW - timedelta(hours=1), **answered())
    client = sign_in(ward.ben)
    url = reverse("workspace:screen", args=[first.id])
    sent = {**client.get(url).context["form"].initial, "weight": "180 kg", "height_cm": "165", "bmi": "30"}
    page = client.post(url, sent).content.decode()
    assert "pounds entered as kilograms" in page
    assert latest_assessment(ward.ada.patient_id, actor=ward.ben).id == first.id


def test_the_clinical_screen_is_filled_from_what_questionnaires_say(ward, sign_in):
    first = h.assessed(ward.ada.patient_id, NOW - timedelta(hours=1), **answered())
    submit_response(request_id=ask(ward), raw_answers=all_zero(q9="2"), answered_at=NOW, actor=ward.ada)
    client = sign_in(ward.ben)
    url = reverse("workspace:screen", args=[first.id])
    page = client.get(url)
    assert page.context["form"].initial["phq9_item9"] == "2"
    assert f"PHQ-9 of {date_format(TODAY, 'M j, Y')}: 2." in page.content.decode()
    assert latest_assessment(ward.ada.patient_id, actor=ward.ben).id == first.id, "looking keeps nothing"
    client.post(url, page.context["form"].initial)
    newest = latest_assessment(ward.ada.patient_id, actor=ward.ben)
    assert newest.facts.get("phq9_item9") == 2
    assert "SUI-02" in {finding.rule_id for finding in newest.evaluation.findings}


def test_what_a_clinician_wrote_stands_beside_what_the_questionnaire_says(ward, sign_in):
    first = h.assessed(ward.ada.patient_id, NOW - timedelta(hours=1), **answered(phq9_item9="3"))
    submit_response(request_id=ask(ward), raw_answers=all_zero(q9="1"), answered_at=NOW, actor=ward.ada)
    page = sign_in(ward.ben).get(reverse("workspace:screen", args=[first.id]))
    assert page.context["form"].initial["phq9_item9"] == "3"
    assert f"PHQ-9 of {date_format(TODAY, 'M j, Y')}: 1." in page.content.decode()
