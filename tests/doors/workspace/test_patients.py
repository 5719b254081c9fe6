from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape

from sojourn.clinical import instruments
from sojourn.clinical.evidence.lessons import lesson
from sojourn.program.audit.models import Entry
from sojourn.program.education.actions import answer_check
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.people import actions as people
from sojourn.program.people.policy import may_see
from sojourn.program.people.roles import Role
from sojourn.program.treatment.models import PrivateNote
from tests.doors.workspace.test_inbox import alarm
from tests.support import histories as h
from tests.support.ward import NOW, PASSWORD, staff_actor

pytestmark = pytest.mark.django_db
PATIENTS = "/workspace/patients/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def chart(patient_id):
    return reverse("workspace:chart", args=[patient_id])


def score(patient_id, value, days_ago, **fields):
    instrument = instruments.get(fields.pop("instrument", "phq-9"))
    on = (NOW - days_ago * DAY).date()
    return Response.objects.create(
        patient_id=patient_id, instrument_id=instrument.id, instrument_version=instrument.version,
        definition_hash=instrument.definition_hash, answered_at=NOW - days_ago * DAY, answered_on=on, value=value,
        **{"source": "patient", "answers": {"q1": 1}, "answered": 9, "band": "moderate"} | fields,
    )  # fmt: skip


def treated(ward, patient_id):
    """A whole history: decided, in a course, two sessions, an integration note."""
    h.decided(ward, h.assessed(patient_id, NOW - 40 * DAY), "suitable", NOW - 39 * DAY)
    course = h.course(ward, patient_id, NOW - 38 * DAY)
    first = h.session(ward, course, 1, NOW - 20 * DAY)
    h.integrated(ward, course, 1, first, NOW - 18 * DAY)
    h.visit(ward, course, "dosing", 2, NOW + 2 * DAY)
    return course


def test_the_list_names_phase_and_site_and_marks_research_records(ward, sign_in):
    h.patient(
        ward, "Imported record 10008", NOW, kind="research", import_source="REFRAMED", import_id="10008"
    )
    page = sign_in(ward.ben).get(PATIENTS).content.decode()
    assert "Ada Núñez" in page
    assert "Joined, no assessment yet" in page
    assert "Imported research record" in page
    assert "Bea Thornton" not in page


def test_a_search_by_name_leaves_no_name_in_an_address(ward, sign_in):
    client = sign_in(ward.ben)
    response = client.post(PATIENTS, {"name": "núñ"})
    assert [row.name for row in response.context["page"].rows] == ["Ada Núñez"]
    assert response.request["QUERY_STRING"] == ""
    assert "no-store" in response.headers["Cache-Control"]
    assert "Nobody matches" in client.post(PATIENTS, {"name": "zzz"}).content.decode()
    assert "Nobody matches" in client.post(PATIENTS, {"name": "Thornton"}).content.decode(), (
        "Bea is of another site"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "Type part of a name"), ("a", "at least two letters"), ("x" * 301, "at most 300")],
)
def test_a_search_that_cannot_be_made_says_why(ward, sign_in, name, message):
    assert message in sign_in(ward.ben).post(PATIENTS, {"name": name}).content.decode()


@pytest.mark.parametrize("query", ["?phase=nonsense", "?site=x", "?after=x", "?phase=%00"])
def test_an_address_that_was_tampered_with_is_answered_calmly(ward, sign_in, query):
    assert sign_in(ward.ben).get(PATIENTS + query).status_code in {200, 400}


def test_the_list_is_turned_fifty_at_a_time(ward, sign_in):
    for n in range(60):
        h.patient(ward, f"Person {n:02}", NOW)
    client = sign_in(ward.ben)
    first = client.get(PATIENTS)
    assert len(first.context["page"].rows) == 50
    second = client.get(f"{PATIENTS}?{first.context['next_query']}")
    assert len(second.context["page"].rows) == 11
    assert not {r.id for r in first.context["page"].rows} & {r.id for r in second.context["page"].rows}


def test_the_chart_holds_scores_sessions_decision_consent_and_notes(ward, sign_in):
    treated(ward, ward.ada.patient_id)
    score(ward.ada.patient_id, 19, 21)
    score(ward.ada.patient_id, 9, 3)
    alarm(ward.ada, says="Answered 2 to the question about self-harm")
    page = sign_in(ward.ben).get(chart(ward.ada.patient_id)).content.decode()
    for text in (
        "In treatment", "suitable", "Nothing has been signed", "Spoke of the river", "Sleeps better.",
        "Answered 2 to the question about self-harm", "<svg", "PHQ-9", "Dosing session 1", "Thea Lindqvist",
        "fell from 19",
    ):  # fmt: skip
        assert text.lower() in page.lower(), text


def test_a_due_questionnaire_nobody_answered_is_a_gap_and_never_a_zero(ward, sign_in):
    score(ward.ada.patient_id, 19, 21)
    QuestionnaireRequest.objects.create(
        patient_id=ward.ada.patient_id, instrument_id="phq-9", occasion="week 1",
        opens_on=NOW - 16 * DAY, due_on=NOW - 14 * DAY, closes_on=NOW - 10 * DAY,
    )  # fmt: skip
    section = sign_in(ward.ben).get(chart(ward.ada.patient_id)).context["clinical"].scores[0]
    assert ("Nov 10, 2026", "not done") in {row[:2] for row in section.figure.rows}


def test_totals_without_answers_are_marked_as_such(ward, sign_in):
    record = h.patient(
        ward, "Imported record 1", NOW, kind="research", import_source="REFRAMED", import_id="1"
    )
    score(record, 17, 30, source="import", answers=None, answered=None, import_key="a")
    score(record, 12, 10, source="import", answers=None, answered=None, import_key="b")
    page = sign_in(ward.ben).get(chart(record)).content.decode()
    assert "2 totals without item answers" in page
    assert "Imported research record" in page
    assert "Imported from REFRAMED, record 1" in page


def test_opening_the_chart_is_written_down_and_finding_nothing_is_not(ward, sign_in):
    sign_in(ward.ben).get(chart(ward.ada.patient_id))
    seen = Entry.objects.get(did="saw the chart")
    assert (seen.actor_id, seen.patient_id) == (ward.ben.user_id, ward.ada.patient_id)
    assert sign_in(ward.cleo).get(chart(ward.ada.patient_id)).status_code == 404
    assert Entry.objects.filter(did="saw the chart").count() == 1


def test_a_coordinator_sees_what_booking_needs_and_nothing_clinical(ward, sign_in):
    treated(ward, ward.ada.patient_id)
    score(ward.ada.patient_id, 19, 21)
    alarm(ward.ada, says="Answered 2 to the question about self-harm")
    page = sign_in(ward.cora).get(chart(ward.ada.patient_id)).content.decode()
    assert "Dosing session 2" in page
    for text in ("self-harm", "Spoke of the river", "PHQ-9", "severe depression", "Sleeps better", "56.0"):
        assert text not in page


def test_a_private_note_is_on_nobodys_chart(ward, sign_in):
    PrivateNote.objects.create(
        patient_id=ward.ada.patient_id, author_id=ward.thea.staff_id, text="a dream of mine", written_at=NOW
    )
    for reader in (ward.thea, ward.ben, ward.dora):
        assert "a dream of mine" not in sign_in(reader).get(chart(ward.ada.patient_id)).content.decode()


def test_words_in_a_name_or_note_are_shown_as_text(ward, sign_in):
    name = "<script>alert(1)</script> \u202eeman"
    patient = h.patient(ward, name, NOW)
    page = sign_in(ward.ben).get(chart(patient)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in sign_in(ward.ben).get(PATIENTS).content.decode()


def test_the_chart_tells_what_was_understood_and_what_to_talk_about(ward, sign_in):
    def answered(wrong, at):
        driving = lesson("driving")
        answers = {each.id: "" if each.id in wrong else each.correct for each in driving.questions}
        answer_check(lesson=driving, answers=answers, actor=ward.ada, now=at)
        return sign_in(ward.ben).get(chart(ward.ada.patient_id)).content.decode()

    question = lesson("driving").questions[0]
    assert "To be talked about" not in sign_in(ward.ben).get(chart(ward.ada.patient_id)).content.decode()
    page = answered({question.id}, NOW)
    assert "To be talked about" in page
    assert escape(question.asks) in page
    assert "Understood" in answered(set(), NOW + timedelta(minutes=1))


@pytest.mark.parametrize("weeks", [1, 150])
def test_the_chart_asks_a_fixed_number_of_queries_however_long_the_history(
    ward, sign_in, django_assert_num_queries, weeks
):
    treated(ward, ward.ada.patient_id)
    for week in range(weeks):
        score(ward.ada.patient_id, 3 + week % 20, week * 7)
        score(ward.ada.patient_id, 3 + week % 15, week * 7, instrument="gad-7")
    alarm(ward.ada)
    client = sign_in(ward.ben)
    with django_assert_num_queries(23):
        page = client.get(chart(ward.ada.patient_id))
    assert page.status_code == 200


@pytest.mark.parametrize("more", [0, 45])
def test_the_list_asks_the_same_number_of_queries_for_few_and_many(
    ward, sign_in, django_assert_num_queries, more
):
    for n in range(more):
        h.patient(ward, f"Person {n:02}", NOW)
    client = sign_in(ward.ben)
    with django_assert_num_queries(8):
        client.get(PATIENTS)


def test_an_imported_record_says_which_of_its_days_are_made_up_and_why_a_score_is_missing(ward, sign_in):
    record = h.patient(
        ward, "Imported record 1", NOW, kind="research", import_source="REFRAMED", import_id="1", import_days_made_up=True,
    )  # fmt: skip
    score(record, 20, 90, answers=None, source="import", answered=None)
    on = (NOW - 60 * DAY).date()
    QuestionnaireRequest.objects.create(
        patient_id=record, instrument_id="phq-9", occasion="REFRAMED: the score was refused on import",
        opens_on=on, due_on=on, closes_on=on,
    )  # fmt: skip
    page = sign_in(ward.ben).get(chart(record)).content.decode()
    assert "the days below were made up on import" in page
    assert "REFRAMED: the score was refused on import" in page
    assert ">not done<" not in page
    assert "the patient can see by whom it was read" not in page


def test_a_patient_learns_nothing_about_imports(ward, sign_in):
    score(ward.ada.patient_id, 20, 90)
    page = sign_in(ward.ben).get(chart(ward.ada.patient_id)).content.decode()
    assert "made up on import" not in page
    assert "the patient can see by whom it was read" in page


def team(ward, **chosen):
    return reverse("workspace:care_team", args=[ward.ada.patient_id]), chosen


def test_a_therapist_put_on_the_care_team_sees_the_patient_and_the_one_before_no_longer(ward, sign_in):
    samir = people.add_staff_member(
        name="Samir Haddad", email="samir@example.org", password=PASSWORD, roles=[Role.THERAPIST],
        site_ids=[ward.oakland], actor=ward.dora, now=NOW,
    )  # fmt: skip
    url, chosen = team(ward, therapist=str(samir))
    assert sign_in(ward.cora).post(url, chosen).status_code == 302
    assert may_see(staff_actor(samir), ward.ada.patient_id)
    assert not may_see(ward.thea, ward.ada.patient_id)
    assert "Samir Haddad" in sign_in(ward.cora).get(chart(ward.ada.patient_id)).content.decode()


@pytest.mark.parametrize("who", ["mona", "theo"])
def test_nobody_of_another_role_or_site_is_put_on_a_care_team(ward, sign_in, who):
    other = getattr(ward, who)
    url, chosen = team(ward, therapist=str(other.staff_id))
    assert "Select a valid choice" in sign_in(ward.ben).post(url, chosen).content.decode()
    with pytest.raises(people.StaffMemberNotFound):
        people.put_on_care_team(
            patient_id=ward.ada.patient_id,
            staff_id=other.staff_id,
            role=Role.THERAPIST,
            actor=ward.ben,
            now=NOW,
        )
    assert may_see(ward.thea, ward.ada.patient_id)


def test_a_therapist_does_not_choose_a_care_team(ward, sign_in):
    url, chosen = team(ward, therapist=str(ward.thea.staff_id))
    assert sign_in(ward.thea).post(url, chosen).status_code == 403
    assert "Choose the care team" not in sign_in(ward.thea).get(chart(ward.ada.patient_id)).content.decode()
