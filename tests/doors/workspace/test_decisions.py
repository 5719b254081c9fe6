from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sojourn.clinical import protocols
from sojourn.program.audit.models import Entry
from sojourn.program.intake.actions import RuleForbids, record_decision
from sojourn.program.intake.models import Decision
from sojourn.program.intake.queries import assessment as one_assessment
from sojourn.program.intake.verdicts import ruled_out, to_settle
from tests.support import histories as h
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DECISIONS = "/workspace/decisions/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def blank(ward):
    """Ada's assessment with nothing but a birth date and a state answered: nearly every rule is open."""
    return h.assessed(ward.ada.patient_id, NOW - 2 * DAY)


def url(assessment):
    return reverse("workspace:decide", args=[assessment.id])


def answer(client, assessment, **changed):
    page = client.get(url(assessment))
    sent = {"outcome": "needs_more", "why": "call about the heart", "seen": page.context["seen"], **changed}
    return client.post(url(assessment), sent)


def settled(ward, assessment):
    evaluation = one_assessment(assessment.id, actor=ward.dora).evaluation
    return {f"settled-{finding.rule_id}": "asked by phone, no" for finding in to_settle(evaluation)}


def test_the_queue_says_what_the_rules_made_of_it_and_what_is_open(ward, sign_in, blank):
    card = sign_in(ward.ben).get(DECISIONS).context["cards"][0]
    assert card.patient.name == "Ada Núñez"
    assert card.open_findings > 5
    assert card.waiting_since == NOW - 2 * DAY
    page = sign_in(ward.ben).get(DECISIONS).content.decode()
    assert "findings to settle" in page
    assert "No score yet" in page


def test_every_finding_stands_with_its_weight_source_provenance_and_what_would_change_it(ward, sign_in):
    assessment = h.assessed(ward.ada.patient_id, NOW, aneurysm="yes")
    page = sign_in(ward.ben).get(url(assessment)).content.decode()
    for finding in one_assessment(assessment.id, actor=ward.ben).evaluation.findings:
        assert finding.rule_id in page
        for citation in finding.citations:
            assert citation.provenance in page
    assert "What would change it:" in page
    assert "Source:" in page


@pytest.mark.parametrize(
    ("outcome", "label"),
    [("needs_more", "more information needed"), ("referred", "referred"), ("declined", "not suitable")],
)
def test_a_decision_is_recorded_with_its_why_and_leaves_the_queue(ward, sign_in, blank, outcome, label):
    client = sign_in(ward.ben)
    response = answer(client, blank, outcome=outcome, why="<i>see a cardiologist</i> أولا")
    assert response.headers["Location"] == DECISIONS
    decision = Decision.objects.get()
    assert (decision.outcome, decision.why) == (outcome, "<i>see a cardiologist</i> أولا")
    assert decision.decided_by_id == ward.ben.staff_id
    assert client.get(DECISIONS).context["cards"] == ()
    page = client.get(url(blank)).content.decode()
    assert label in page
    assert "Ben Adeyemi" in page.split("Decisions so far", 1)[1]
    assert "&lt;i&gt;see a cardiologist" in page


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"why": "  "}, "why", "Say in one line why"),
        ({"why": "x" * 1001}, "why", "at most 1000"),
        ({"outcome": ""}, "outcome", "required"),
        ({"outcome": "maybe"}, "outcome", "valid choice"),
    ],
)
def test_a_decision_without_its_reason_or_outcome_is_refused_and_nothing_is_lost(
    ward, sign_in, blank, changed, field, message
):
    response = answer(sign_in(ward.ben), blank, **changed)
    assert message in " ".join(response.context["form"].errors[field])
    assert response.context["form"]["why"].value() == changed.get("why", "call about the heart")
    assert not Decision.objects.exists()


def test_suitable_needs_a_line_for_every_open_finding(ward, sign_in, blank):
    client = sign_in(ward.ben)
    response = answer(client, blank, outcome="suitable", why="two trials failed")
    lines = settled(ward, blank)
    assert set(response.context["form"].errors) == set(lines)
    assert not Decision.objects.exists()
    one_missing = {**lines, next(iter(lines)): "  "}
    assert (
        answer(client, blank, outcome="suitable", why="two trials failed", **one_missing).status_code == 200
    )
    assert not Decision.objects.exists()
    assert answer(client, blank, outcome="suitable", why="two trials failed", **lines).status_code == 302
    assert set(Decision.objects.get().resolved.values()) == {"asked by phone, no"}


def test_an_absolute_rule_cannot_be_overridden(ward, sign_in):
    assessment = h.assessed(ward.ada.patient_id, NOW, born_on="2015-01-01")
    evaluation = one_assessment(assessment.id, actor=ward.ben).evaluation
    assert evaluation.disposition is protocols.Disposition.NOT_A_FIT
    client = sign_in(ward.ben)
    assert "cannot be overridden" in client.get(url(assessment)).content.decode()
    response = answer(client, assessment, outcome="suitable", why="an exception", **settled(ward, assessment))
    assert "cannot be overridden" in " ".join(response.context["form"].errors["outcome"])
    assert not Decision.objects.exists()


def test_an_absolute_rule_holds_even_where_danger_comes_first(ward, sign_in):
    assessment = h.assessed(ward.ada.patient_id, NOW, born_on="2015-01-01", suicidal_thoughts="now")
    evaluation = one_assessment(assessment.id, actor=ward.ben).evaluation
    assert evaluation.disposition is protocols.Disposition.HELP_NOW
    answer(sign_in(ward.ben), assessment, outcome="suitable", why="an exception", **settled(ward, assessment))
    with pytest.raises(RuleForbids):
        record_decision(
            assessment_id=assessment.id, outcome="suitable", why="x", actor=ward.ben, now=NOW,
            resolved={finding.rule_id: "settled" for finding in evaluation.findings},
        )  # fmt: skip
    assert not Decision.objects.exists()


def test_a_rule_against_one_way_of_treatment_is_shown_for_that_way_alone(ward, sign_in):
    assessment = h.assessed(ward.ada.patient_id, NOW, home_session="no_companion")
    evaluation = one_assessment(assessment.id, actor=ward.ben).evaluation
    against = ruled_out(evaluation)
    assert set(against) == {protocols.Setting.HOME}
    page = sign_in(ward.ben).get(url(assessment)).content.decode()
    assert "forbidden by" in page


def test_older_answers_point_to_the_newest_and_take_no_decision(ward, sign_in):
    old = h.assessed(ward.ada.patient_id, NOW - 9 * DAY)
    newest = h.assessed(ward.ada.patient_id, NOW - DAY, aneurysm="yes")
    client = sign_in(ward.ben)
    page = client.get(url(old)).content.decode()
    assert url(newest) in page
    assert "Record the decision" not in page
    sent = {"outcome": "suitable", "why": "two trials failed", "seen": "", **settled(ward, old)}
    assert "answered again since" in client.post(url(old), sent).content.decode()
    assert not Decision.objects.exists()


def test_danger_has_to_be_settled_before_suitable(ward):
    assessment = h.assessed(ward.ada.patient_id, NOW, suicidal_thoughts="now")
    evaluation = one_assessment(assessment.id, actor=ward.ben).evaluation
    assert evaluation.disposition is protocols.Disposition.HELP_NOW
    assert any(finding.severity is protocols.Severity.HELP_NOW for finding in to_settle(evaluation))


def test_a_decision_sent_twice_is_recorded_once(ward, sign_in, blank):
    client = sign_in(ward.ben)
    sent = {"outcome": "referred", "why": "cardiology first", "seen": ""}
    client.post(url(blank), sent)
    again = client.post(url(blank), sent, follow=True)
    assert "recorded already" in again.content.decode()
    assert Decision.objects.count() == 1
    assert Entry.objects.filter(did="decided about an assessment").count() == 1


def test_a_page_older_than_a_colleagues_decision_records_nothing_and_keeps_what_was_typed(
    ward, sign_in, blank
):
    sent = {"outcome": "referred", "why": "cardiology first", "seen": ""}
    sign_in(ward.dora).post(url(blank), {**sent, "outcome": "needs_more", "why": "ECG asked"})
    client = sign_in(ward.ben)
    response = client.post(url(blank), sent)
    page = response.content.decode()
    assert "Somebody decided while this page was open" in page
    assert "ECG asked" in page
    assert "cardiology first" in page
    assert Decision.objects.count() == 1
    assert client.post(url(blank), {**sent, "seen": response.context["seen"]}).status_code == 302
    assert Decision.objects.count() == 2


def test_the_same_facts_are_judged_again_and_a_difference_is_told(ward, sign_in):
    assessment = h.assessed(ward.ada.patient_id, NOW)
    told = sign_in(ward.ben).get(url(assessment)).context["replay"]
    assert told.same_then
    assert told.same_today
    old = h.assessed(ward.ada.patient_id, NOW + DAY, aneurysm="yes")
    kept = old.evaluation
    kept["findings"] = [f for f in kept["findings"] if f["rule_id"] != kept["findings"][0]["rule_id"]]
    h.Assessment.objects.create(
        patient_id=ward.ada.patient_id, facts=old.facts, evaluation=kept, disposition=old.disposition,
        rule_set_version="an older edition", taken_at=NOW + 2 * DAY,
    )  # fmt: skip
    changed = h.Assessment.objects.get(rule_set_version="an older edition")
    told = sign_in(ward.ben).get(url(changed)).context["replay"]
    assert not told.same_today
    assert len(told.added) == 1


def test_a_prescriber_of_another_site_cannot_open_or_decide(ward, sign_in, blank):
    client = sign_in(ward.cleo)
    assert client.get(DECISIONS).context["cards"] == ()
    assert client.get(url(blank)).status_code == 404
    assert client.post(url(blank), {"outcome": "declined", "why": "x"}).status_code == 404
    assert client.get(reverse("workspace:decide", args=[uuid4()])).status_code == 404


def test_somebody_suitable_without_a_course_is_the_next_thing_to_do(ward, sign_in, blank):
    h.decided(ward, blank, "suitable", NOW)
    page = sign_in(ward.ben).get(DECISIONS).content.decode()
    assert reverse("workspace:course_new", args=[ward.ada.patient_id]) in page


def test_what_a_therapist_wants_known_reaches_the_prescriber(ward, sign_in):
    course = h.course(ward, ward.ada.patient_id, NOW - 20 * DAY)
    dose = h.session(ward, course, 1, NOW - 5 * DAY)
    h.integrated(ward, course, 1, dose, NOW - 3 * DAY)
    assert "Sleeps better." in sign_in(ward.ben).get(DECISIONS).content.decode()
    assert "Sleeps better." not in sign_in(ward.cleo).get(DECISIONS).content.decode()


@pytest.mark.parametrize("more", [0, 12])
def test_the_queue_asks_the_same_number_of_queries_for_few_and_many(
    ward, sign_in, django_assert_num_queries, blank, more
):
    h.decided(ward, h.assessed(h.patient(ward, "Suitable", NOW), NOW), "suitable", NOW)
    h.decided(ward, h.assessed(h.patient(ward, "Asked", NOW), NOW), "needs_more", NOW)
    for n in range(more):
        h.assessed(h.patient(ward, f"Person {n}", NOW), NOW)
        h.decided(ward, h.assessed(h.patient(ward, f"Decided {n}", NOW), NOW), "suitable", NOW)
    client = sign_in(ward.ben)
    with django_assert_num_queries(15):
        client.get(DECISIONS)


def test_the_decision_page_asks_a_fixed_number_of_queries(ward, sign_in, django_assert_num_queries, blank):
    client = sign_in(ward.ben)
    with django_assert_num_queries(12):
        client.get(url(blank))
