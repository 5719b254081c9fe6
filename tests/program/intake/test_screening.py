"""A clinician adds facts; the same rules judge all of them, and what was there before stays as it was."""

from datetime import timedelta

import pytest

from sojourn.clinical import protocols
from sojourn.clinical.protocols.thresholds import Adopted
from sojourn.program.audit.models import Entry
from sojourn.program.intake import actions, queries
from sojourn.program.intake.models import Assessment
from sojourn.program.intake.practice_rules import adopt_threshold
from sojourn.program.intake.screening import NothingChanged, ScreenedMeanwhile, screen
from sojourn.program.people.policy import NotAllowed
from sojourn.program.safety.models import Alarm
from tests.support.assessments import ON, answered, judged
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def kept(ward):
    facts, evaluation = judged()
    return actions.keep_assessment(
        facts=facts, evaluation=evaluation, patient_id=ward.ada.patient_id, actor=ward.ada, now=NOW
    )


def add(ward, assessment_id, actor=None, now=LATER, **added):
    return screen(
        assessment_id=assessment_id,
        facts=protocols.read_facts(answered(**added)),
        today=ON,
        licensed_states=("CA",),
        actor=actor or ward.ben,
        now=now,
    )


def test_the_same_rules_judge_what_the_patient_said_and_what_the_clinician_added(ward, kept):
    screened = queries.assessment(add(ward, kept, audit_total="22", conditions=["glaucoma"]), actor=ward.ben)
    found = {finding.rule_id for finding in screened.evaluation.findings}
    assert {"ELIG-SUD-01-AUDIT", "ELIG-NEU-02"} <= found
    assert screened.facts.get("audit_total") == 22
    before = queries.assessment(kept, actor=ward.ben)
    assert before.facts.get("audit_total") is None
    assert Entry.objects.filter(did="kept an assessment", actor_id=ward.ben.user_id).count() == 1


def test_the_numbers_of_the_practice_judge_a_screen(ward, kept):
    adopt_threshold(
        wanted=Adopted("ELIG-HEP-03", "2026.11.0", "alt_times_uln", "above", 2),
        seen=3, reason="stricter", signed_name="Dora Okafor", actor=ward.dora, now=NOW,
    )  # fmt: skip
    row = queries.assessment(add(ward, kept, alt_times_uln="2.5"), actor=ward.ben)
    assert "ELIG-HEP-03" in {finding.rule_id for finding in row.evaluation.findings}
    assert "+practice." in row.rule_set_version


def test_danger_found_by_the_screen_raises_an_alarm_once(ward, kept):
    begun = {"cssrs_wish": "yes", "cssrs_thoughts": "yes", "cssrs_plan": "yes", "cssrs_behavior": "no"}
    first = add(ward, kept, **begun)
    alarm = Alarm.objects.get()
    assert (alarm.about_id, alarm.severity, alarm.says) == (first, "red", actions.DANGER_SCREENED)
    add(ward, first, now=LATER + timedelta(hours=1), **begun, audit_total="3")
    assert Alarm.objects.count() == 1


def test_the_same_facts_are_not_kept_twice(ward, kept):
    with pytest.raises(NothingChanged):
        add(ward, kept)


def test_a_screen_from_an_old_page_is_not_laid_over_a_newer_assessment(ward, kept):
    add(ward, kept, audit_total="3")
    with pytest.raises(ScreenedMeanwhile):
        add(ward, kept, audit_total="4", now=LATER + timedelta(hours=1))
    assert Assessment.objects.count() == 2


@pytest.mark.parametrize("who", ["thea", "mona", "cora", "ada", "cleo"])
def test_only_prescribers_of_the_patient_and_the_director_screen(ward, kept, who):
    with pytest.raises(NotAllowed):
        add(ward, kept, actor=getattr(ward, who), audit_total="3")
