"""When the rules change, everybody is judged again once, in batches, and whose findings differ is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from sojourn.clinical.protocols.thresholds import Adopted
from sojourn.program.intake.models import AffectedPatient, RuleReview
from sojourn.program.intake.practice_rules import adopt_threshold
from sojourn.program.intake.rechecking import recheck_everybody
from sojourn.program.treatment.rule_changes import rule_changes
from tests.support import histories as h
from tests.support.assessments import answered
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NEW_YEAR = datetime(2027, 1, 1, 12, tzinfo=UTC)


def assessed(ward, patient_id=None, at=NOW - HOUR, **added):
    return h.assessed(patient_id or ward.ada.patient_id, at, **answered(**added))


def adopt(ward, limit=2.0, seen=3.0, now=NOW):
    adopt_threshold(
        wanted=Adopted("ELIG-HEP-03", "2026.11.0", "alt_times_uln", "above", limit),
        seen=seen, reason="stricter", signed_name="Dora Okafor", actor=ward.dora, now=now,
    )  # fmt: skip


def listed(ward):
    return [row.patient_name for row in rule_changes(ward.dora).rows]


def test_while_the_rules_stand_nobody_is_listed(ward):
    assessed(ward, alt_times_uln="2.5")
    assert recheck_everybody(now=NOW) == 1
    changes = rule_changes(ward.dora)
    assert (changes.in_all, changes.rows, changes.is_finished, changes.looked_at) == (0, (), True, 1)


def test_a_new_number_lists_whom_it_concerns_and_how(ward):
    concerned = assessed(ward, alt_times_uln="2.5")
    assessed(ward, ward.bea.patient_id, alt_times_uln="1.5")
    adopt(ward)
    assert recheck_everybody(now=NOW) == 2
    (row,) = rule_changes(ward.dora).rows
    assert (row.assessment_id, row.patient_name) == (concerned.id, "Ada Núñez")
    assert (row.appeared, row.gone, row.reweighed) == (("ELIG-HEP-03",), (), ())
    assert rule_changes(ward.dora).in_all == 1


def test_each_edition_is_gone_through_once(ward):
    assessed(ward, alt_times_uln="2.5")
    adopt(ward)
    assert [recheck_everybody(now=NOW), recheck_everybody(now=NOW)] == [1, 0]
    assert AffectedPatient.objects.count() == 1
    adopt(ward, limit=3.0, seen=2.0, now=NOW + HOUR)
    assert recheck_everybody(now=NOW + HOUR) == 1
    assert listed(ward) == []


def test_an_interrupted_look_goes_on_where_it_stopped(ward):
    for number in range(5):
        assessed(ward, h.patient(ward, f"Patient {number}", NOW), alt_times_uln="2.5")
    adopt(ward)
    assert recheck_everybody(now=NOW, at_most=2) == 2
    assert not rule_changes(ward.dora).is_finished
    assert recheck_everybody(now=NOW) == 3
    assert rule_changes(ward.dora).in_all == 5
    assert RuleReview.objects.get().looked_at == 5


def test_the_last_day_of_a_law_is_a_new_edition(ward):
    assessed(ward, examined_in_person="no")
    recheck_everybody(now=NOW)
    assert listed(ward) == []
    recheck_everybody(now=NEW_YEAR)
    (row,) = rule_changes(ward.dora).rows
    assert row.reweighed == ("LAW-TELE-01",)


def test_only_the_newest_assessment_of_a_patient_counts(ward):
    assessed(ward, alt_times_uln="2.5", at=NOW - 2 * HOUR)
    assessed(ward, alt_times_uln="1")
    adopt(ward)
    assert recheck_everybody(now=NOW) == 1
    assert listed(ward) == []


@pytest.mark.parametrize(
    ("outcome", "looked_at"), [("declined", 0), ("referred", 0), ("suitable", 1), ("needs_more", 1)]
)
def test_people_who_were_turned_away_are_left_out(ward, outcome, looked_at):
    h.decided(ward, assessed(ward, alt_times_uln="2.5"), outcome, NOW - HOUR)
    adopt(ward)
    assert recheck_everybody(now=NOW) == looked_at


def test_somebody_whose_course_is_over_is_not_listed_and_somebody_in_treatment_is(ward):
    for patient in (ward.ada, ward.bea):
        h.decided(ward, assessed(ward, patient.patient_id, alt_times_uln="2.5"), "suitable", NOW - HOUR)
    h.course(ward, ward.ada.patient_id, NOW - HOUR)
    h.course(ward, ward.bea.patient_id, NOW - HOUR, ended_at=NOW, ended_how="completed", ended_because="done")
    adopt(ward)
    recheck_everybody(now=NOW)
    assert listed(ward) == ["Ada Núñez"]


def test_a_new_decision_or_assessment_takes_somebody_off_the_list(ward):
    first = assessed(ward, alt_times_uln="2.5")
    assessed(ward, ward.bea.patient_id, alt_times_uln="2.5")
    adopt(ward)
    recheck_everybody(now=NOW)
    assert len(listed(ward)) == 2
    h.decided(ward, first, "suitable", NOW + HOUR)
    assessed(ward, ward.bea.patient_id, at=NOW + HOUR)
    assert listed(ward) == []


def test_the_list_asks_a_fixed_number_of_times_and_shows_fifty(ward, django_assert_num_queries):
    for number in range(55):
        assessed(ward, h.patient(ward, f"Patient {number:02}", NOW), alt_times_uln="2.5")
    adopt(ward)
    recheck_everybody(now=NOW)
    with django_assert_num_queries(4):
        changes = rule_changes(ward.dora)
    assert (changes.in_all, len(changes.rows)) == (55, 50)


@pytest.mark.parametrize("people", [1, 20])
def test_a_batch_is_judged_in_a_fixed_number_of_queries(ward, django_assert_num_queries, people):
    for number in range(people):
        assessed(ward, h.patient(ward, f"Patient {number:02}", NOW), alt_times_uln="2.5")
    adopt(ward)
    with django_assert_num_queries(15):
        assert recheck_everybody(now=NOW) == people


def test_the_gravest_stand_first(ward):
    assessed(ward, alt_times_uln="2.5")
    assessed(ward, ward.bea.patient_id, alt_times_uln="2.5", suicidal_thoughts="plan")
    adopt(ward)
    recheck_everybody(now=NOW)
    assert [row.disposition for row in rule_changes(ward.dora).rows] == ["help_now", "may_be_a_fit"]
