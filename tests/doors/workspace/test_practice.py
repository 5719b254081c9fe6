from datetime import timedelta

import pytest
from django.urls import reverse

from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.safety import actions as safety
from tests.doors.workspace.test_inbox import alarm
from tests.doors.workspace.test_staff import ends_in
from tests.support import histories as h
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
PRACTICE = "/workspace/practice/"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def asked(patient_id, due_days_ago, closes_in):
    today = NOW.date()
    return QuestionnaireRequest.objects.create(
        patient_id=patient_id, instrument_id="phq-9", occasion="week", opens_on=today - (due_days_ago + 2) * DAY,
        due_on=today - due_days_ago * DAY, closes_on=today + closes_in * DAY,
    )  # fmt: skip


def late(page, title):
    return next(card for card in page.context["overdue"] if card["title"].startswith(title))


def test_an_open_practice_with_nobody_in_it_says_what_to_do_first(ward, sign_in, db):
    h.Patient.objects.all()
    client = sign_in(ward.dora)
    assert client.get(PRACTICE).context["patients"] == 2
    assert reverse("workspace:inbox") in client.get(PRACTICE).content.decode()


def test_every_patient_stands_in_one_phase_of_the_flow(ward, sign_in):
    h.assessed(ward.ada.patient_id, NOW)
    h.patient(ward, "Imported record 1", NOW, kind="research", import_source="x", import_id="1")
    page = sign_in(ward.dora).get(PRACTICE)
    counts = {row.label: row.count for row in page.context["flow"].rows}
    assert counts["Waiting for a decision"] == 1
    assert counts["Joined, no assessment yet"] == 1
    assert sum(counts.values()) == page.context["patients"] == 2
    html = page.content.decode()
    assert "?phase=deciding" in html
    assert "Nobody:" in html
    assert "1 imported research record" in html


def test_a_decision_is_overdue_after_three_days(ward, sign_in):
    h.assessed(ward.ada.patient_id, NOW - 3 * DAY + MINUTE)
    client = sign_in(ward.dora)
    assert late(client.get(PRACTICE), "Decisions")["in_all"] == 0
    h.assessed(ward.bea.patient_id, NOW - 3 * DAY - MINUTE)
    card = late(client.get(PRACTICE), "Decisions")
    assert [entry["row"].patient_name for entry in card["rows"]] == ["Bea Thornton"]


def test_integration_is_overdue_after_72_hours_until_it_is_held(ward, sign_in):
    course = h.course(ward, ward.ada.patient_id, NOW - 20 * DAY)
    h.session(ward, course, 1, NOW - 3 * DAY + MINUTE)
    dose = h.session(ward, course, 2, NOW - 3 * DAY - 300 * MINUTE)
    client = sign_in(ward.dora)
    card = late(client.get(PRACTICE), "Integration")
    assert [entry["what"] for entry in card["rows"]] == ["integration 2"]
    h.integrated(ward, course, 2, dose, NOW - DAY)
    assert late(client.get(PRACTICE), "Integration")["in_all"] == 0


def test_a_questionnaire_is_overdue_after_its_day_while_it_can_still_be_answered(ward, sign_in):
    asked(ward.ada.patient_id, 0, 4)
    client = sign_in(ward.dora)
    assert late(client.get(PRACTICE), "Questionnaires")["in_all"] == 0
    asked(ward.ada.patient_id, 1, 3)
    asked(ward.ada.patient_id, 9, -5)
    card = late(client.get(PRACTICE), "Questionnaires")
    assert card["in_all"] == 1
    assert (card["rows"][0]["what"], card["rows"][0]["late_days"]) == ("PHQ-9", 1)


def test_alarms_are_counted_with_how_they_were_met(ward, sign_in):
    met = alarm(ward.ada, minutes_ago=30)
    safety.acknowledge_alarm(alarm_id=met, actor=ward.ben, now=NOW - 18 * MINUTE)
    alarm(ward.ada, severity="red", minutes_ago=90, within=60)
    page = sign_in(ward.dora).get(PRACTICE)
    week = page.context["week"]
    assert (week.raised, week.red, week.met, week.in_time, week.longest_wait_min) == (2, 1, 1, 1, 12)
    assert late(page, "Alarms")["in_all"] == 1
    assert page.context["alarms_in_all"] == 2


def test_a_session_is_running_from_its_dose_to_its_discharge(ward, sign_in):
    course = h.course(ward, ward.ada.patient_id, NOW - 20 * DAY)
    visit = h.visit(ward, course, "dosing", 1, NOW - 60 * MINUTE)
    client = sign_in(ward.dora)
    assert client.get(PRACTICE).context["running"] == []
    h.event(ward, visit, "dosed", NOW - 50 * MINUTE, mg=56.0)
    h.event(ward, visit, "vital_taken", NOW - 10 * MINUTE, spo2=97)
    [entry] = client.get(PRACTICE).context["running"]
    assert (entry["session"].patient_name, entry["session"].last_event_at) == ("Ada Núñez", NOW - 10 * MINUTE)
    assert entry["session"].monitor == "Mona Castillo"
    h.event(ward, visit, "discharged", NOW)
    assert client.get(PRACTICE).context["running"] == []


def test_credentials_that_end_are_on_the_directors_page(ward, sign_in):
    ends_in(ward, ward.ben, 30)
    assert "Ben Adeyemi" in sign_in(ward.dora).get(PRACTICE).content.decode()


@pytest.mark.parametrize("more", [0, 30])
def test_the_practice_page_asks_the_same_number_of_queries_for_few_and_many(
    ward, sign_in, django_assert_num_queries, more
):
    for n in range(more):
        patient = h.patient(ward, f"Person {n:02}", NOW)
        h.assessed(patient, NOW - 9 * DAY)
        asked(patient, 1, 3)
    alarm(ward.ada)
    client = sign_in(ward.dora)
    with django_assert_num_queries(16):
        client.get(PRACTICE)
