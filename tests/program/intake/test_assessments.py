from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction

from sojourn.clinical.protocols import Disposition
from sojourn.program.audit.models import Entry
from sojourn.program.intake import actions, queries
from sojourn.program.intake.models import Assessment, Decision
from sojourn.program.people.policy import NotAllowed
from sojourn.program.safety.models import Alarm
from tests.support.assessments import judged
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


def keep(ward, patient=None, at=NOW, **changed):
    facts, evaluation = judged(**changed)
    patient = patient or ward.ada
    return actions.keep_assessment(
        facts=facts, evaluation=evaluation, patient_id=patient.patient_id, actor=patient, now=at
    )


def decide(ward, assessment_id, actor=None, **changed):
    facts = {
        "outcome": "suitable",
        "why": "Two adequate trials.",
        "resolved": settled_all(assessment_id),
        **changed,
    }
    return actions.record_decision(assessment_id=assessment_id, actor=actor or ward.ben, now=NOW, **facts)


def settled_all(assessment_id):
    """A line for every open finding of an assessment."""
    unresolved = Assessment.objects.get(pk=assessment_id).evaluation["unresolved"]
    return dict.fromkeys(unresolved, "Asked and settled at the first visit.")


def test_facts_and_findings_come_back_as_they_were_kept(ward):
    facts, evaluation = judged(weight="82 kg", conditions=["glaucoma"], brain_bleed="unknown")
    kept = keep(ward, weight="82 kg", conditions=["glaucoma"], brain_bleed="unknown")
    row = queries.assessment(kept, actor=ward.ben)
    assert row.facts == facts
    assert row.evaluation == evaluation
    assert (row.patient_name, row.outcome) == ("Ada Núñez", None)


def test_the_rules_of_another_day_judge_the_same_facts(ward):
    """The federal telehealth rule ends with 2026; after that it can no longer be relied on."""
    row = queries.assessment(keep(ward), actor=ward.ben)
    assert row.by_rules_of(row.evaluation.on) == row.evaluation
    later = row.by_rules_of(date(2027, 1, 1))
    expired = [finding.rule_id for finding in later.findings if finding.expired]
    assert expired
    assert not any(finding.expired for finding in row.evaluation.findings)


def test_an_assessment_and_a_decision_are_never_edited(ward):
    kept = keep(ward)
    decide(ward, kept)
    for model, change in ((Assessment, {"disposition": "may_be_a_fit"}), (Decision, {"why": "Other."})):
        with pytest.raises(ProgrammingError), transaction.atomic():
            model.objects.update(**change)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"suicidal_thoughts": "plan"}, actions.DANGER_SAID),
        ({"suicidal_act": "yes"}, actions.DANGER_SAID),
        ({"suicidal_thoughts": ""}, actions.DANGER_OPEN),
        ({"suicidal_act": "unknown"}, actions.DANGER_OPEN),
    ],
)
def test_danger_said_or_left_open_raises_an_alarm_when_a_visitor_becomes_a_patient(ward, said, says):
    kept = keep(ward, **said)
    alarm = Alarm.objects.get()
    assert (alarm.patient_id, alarm.about_id, alarm.severity) == (ward.ada.patient_id, kept, "red")
    assert alarm.says == says
    assert alarm.acknowledge_by - alarm.raised_at == timedelta(minutes=15)
    (name, value) = next(iter(said.items()))
    assert alarm.facts[name] == (value or None)


def test_thoughts_without_a_plan_raise_no_alarm_by_themselves(ward):
    keep(ward, suicidal_thoughts="thoughts")
    assert Alarm.objects.count() == 0


def test_only_the_newest_undecided_assessment_of_a_patient_waits(ward):
    first = keep(ward, at=NOW - timedelta(days=2))
    second = keep(ward, at=NOW - timedelta(days=1))
    assert [row.id for row in queries.assessments_waiting_for(ward.ben)] == [second]
    decide(ward, second)
    assert queries.assessments_waiting_for(ward.ben) == ()
    assert queries.assessment(first, actor=ward.ben).outcome is None
    assert queries.assessment(second, actor=ward.ben).outcome == "suitable"


def test_the_one_who_waits_longest_stands_first(ward):
    adas = keep(ward, at=NOW - timedelta(days=1))
    beas = keep(ward, patient=ward.bea, at=NOW - timedelta(days=3))
    assert [row.id for row in queries.assessments_waiting_for(ward.dora)] == [beas, adas]
    assert [row.id for row in queries.assessments_waiting_for(ward.cleo)] == [beas]
    assert queries.assessment(adas, actor=ward.cleo) is None


def test_a_decision_keeps_who_when_why_and_how_each_open_finding_was_settled(ward):
    kept = keep(ward, brain_bleed="unknown")
    decide(
        ward, kept, resolved={**settled_all(kept), "ELIG-CV-03": " Scan of 2025 shows no bleed. ", "X": " "}
    )
    (row,) = queries.decisions_of(ward.ada.patient_id, actor=ward.ben)
    assert (row.by, row.decided_at, row.outcome_label) == (
        "Ben Adeyemi",
        NOW,
        "suitable for treatment",
    )
    assert row.resolved["ELIG-CV-03"] == "Scan of 2025 shows no bleed."
    assert "X" not in row.resolved
    assert Entry.objects.filter(did="decided about an assessment", actor_id=ward.ben.user_id).count() == 1


@pytest.mark.parametrize("why", ["", "   ", "\n"])
def test_a_decision_without_a_reason_is_refused(ward, why):
    kept = keep(ward)
    with pytest.raises(actions.ReasonMissing):
        decide(ward, kept, why=why)
    assert Decision.objects.count() == 0


def test_an_absolute_rule_is_not_overridden_whatever_is_written(ward):
    kept = keep(ward, aneurysm="yes")
    with pytest.raises(actions.RuleForbids) as forbidden:
        decide(ward, kept, resolved={"ELIG-CV-01": "I take it on me."})
    assert forbidden.value.rule_ids == ("ELIG-CV-01",)
    assert Decision.objects.count() == 0
    decide(ward, kept, outcome="declined")
    assert Decision.objects.get().outcome == "declined"


def test_an_absolute_rule_is_not_passed_by_deciding_about_older_answers(ward):
    harmless = keep(ward, at=NOW - timedelta(days=9))
    keep(ward, at=NOW - timedelta(days=1), aneurysm="yes")
    with pytest.raises(actions.AnsweredAgain):
        decide(ward, harmless)
    assert Decision.objects.count() == 0


def test_nobody_is_called_suitable_while_a_finding_is_open(ward):
    kept = keep(ward, brain_bleed="")
    with pytest.raises(actions.Unsettled) as unsettled:
        decide(ward, kept, resolved={"ELIG-CV-03": "   "})
    assert "ELIG-CV-03" in unsettled.value.rule_ids
    decide(ward, kept, outcome="needs_more", resolved={})
    assert queries.latest_decision(ward.ada.patient_id, actor=ward.ben).outcome == "needs_more"


def test_only_prescribers_of_the_site_and_the_director_decide(ward):
    kept = keep(ward)
    for stranger in (ward.ada, ward.thea, ward.mona, ward.cora, ward.cleo):
        with pytest.raises(NotAllowed):
            decide(ward, kept, actor=stranger)
    assert Decision.objects.count() == 0
    decide(ward, kept, actor=ward.dora)


def test_what_was_kept_says_its_disposition_in_a_column(ward):
    kept = keep(ward, aneurysm="yes")
    assert Assessment.objects.get(pk=kept).disposition == Disposition.NOT_A_FIT.value


def test_the_waiting_list_asks_one_query_for_few_and_many(ward, django_assert_num_queries):
    for hours in range(6):
        keep(ward, at=NOW - timedelta(hours=hours))
    keep(ward, patient=ward.bea)
    with django_assert_num_queries(1):
        assert len(queries.assessments_waiting_for(ward.dora)) == 2
