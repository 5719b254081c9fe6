"""PC-PTSD-5, PCL-5, AUDIT, DAST-10, MDQ: gates, early stops and parts, worked by hand."""

import pytest

from sojourn.clinical.instruments import (
    AnswersInvalid,
    Category,
    Score,
    TotalImpossible,
    Unscorable,
    contradictions,
    critical_answers,
    get,
    not_asked,
    pattern_verdict,
    score,
    score_from_total,
    scores,
    triage,
    unanswered,
)
from tests.clinical.instruments.answering import answered

GATE, PCL_5, AUDIT, AUDIT_C, DAST, MDQ = map(
    get, ("pc-ptsd-5", "pcl-5", "audit", "audit-c", "dast-10", "mdq")
)


def test_without_exposure_the_trauma_screen_is_0_and_its_questions_are_not_asked():
    answers = answered(GATE, exposure=0)
    result = score(GATE, answers)
    assert (result.value, result.prorated, unanswered(GATE, answers)) == (0, False, ())
    assert not_asked(GATE, answers) == {"q1", "q2", "q3", "q4", "q5"}
    assert triage(GATE, answers).level.id == "negative"


def test_with_exposure_every_question_is_needed():
    assert score(GATE, answered(GATE, 1, 1, 0, 1, 1, exposure=1)).value == 4
    assert isinstance(score(GATE, answered(GATE, 1, 1, 0, 1, exposure=1)), Unscorable)


def test_a_blank_gate_is_not_a_no():
    assert isinstance(score(GATE, answered(GATE)), Unscorable)
    assert unanswered(GATE, answered(GATE))[0] == "exposure"


@pytest.mark.parametrize(("values", "level"), [((1, 1, 0, 0, 0), "negative"), ((1, 1, 1, 0, 0), "positive"),
    ((1, 1, 1, None, None), "positive")])  # fmt: skip
def test_three_symptoms_are_positive_whatever_is_blank(values, level):
    assert triage(GATE, answered(GATE, *values, exposure=1)).level.id == level


def test_symptoms_without_exposure_count_and_are_a_contradiction():
    answers = answered(GATE, 1, 1, 1, 1, 1, exposure=0)
    assert score(GATE, answers).value == 5
    assert [found.id for found in contradictions(GATE, answers)] == ["symptoms-without-event"]


def test_pcl_5_clusters_add_up_to_the_total():
    answers = answered(PCL_5, *[n % 5 for n in range(20)])
    found = {name: result.value for name, result in scores(PCL_5, answers).items()}
    assert found == {"total": 40, "cluster-b": 10, "cluster-c": 1, "cluster-d": 15, "cluster-e": 14}


def test_pcl_5_one_blank_is_not_scorable_but_the_other_clusters_are():
    found = scores(PCL_5, answered(PCL_5, None, *(1,) * 19))
    assert isinstance(found["total"], Unscorable)
    assert isinstance(found["cluster-b"], Unscorable)
    assert isinstance(found["cluster-c"], Score)


@pytest.mark.parametrize(("value", "raised"), [(2, 0), (3, 1), (4, 1)])
def test_pcl_5_risk_taking_from_3_is_followed_up(value, raised):
    answers = answered(PCL_5, **{f"q{n}": value if n == 16 else 0 for n in range(1, 21)})
    assert len(critical_answers(PCL_5, answers)) == raised


def test_pcl_5_keeps_three_thresholds_of_change_with_their_sources():
    assert {(s.points, s.citations[0].source_id) for s in PCL_5.change_sets} == {
        (15, "marx-2022"), (18, "marx-2022"), (10, "pcl-5-form"),
    }  # fmt: skip
    assert PCL_5.band_set() is None


def test_audit_after_never_asks_only_items_9_and_10():
    answers = answered(AUDIT, 0, q9=2, q10=4)
    assert score(AUDIT, answers).value == 6
    assert unanswered(AUDIT, answers) == ()


def test_audit_after_little_and_never_much_asks_only_items_9_and_10():
    answers = answered(AUDIT, 2, 0, 0, q9=0, q10=0)
    assert (score(AUDIT, answers).value, unanswered(AUDIT, answers)) == (2, ())


def test_audit_with_much_at_a_time_needs_the_other_items():
    assert isinstance(score(AUDIT, answered(AUDIT, 2, 1, 0, q9=0, q10=0)), Unscorable)
    assert isinstance(score(AUDIT, answered(AUDIT, 2, None, 0, q9=0, q10=0)), Unscorable)
    assert score(AUDIT, answered(AUDIT, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4)).value == 40


def test_audit_after_never_with_items_9_and_10_blank_is_not_scorable():
    assert isinstance(score(AUDIT, answered(AUDIT, 0)), Unscorable)


@pytest.mark.parametrize("value", [1, 3])
def test_audit_items_9_and_10_know_no_odd_values(value):
    with pytest.raises(AnswersInvalid):
        answered(AUDIT, q9=value)


@pytest.mark.parametrize(
    ("total", "band"), [(7, "low risk"), (8, "hazardous"), (16, "harmful"), (20, "dependence likely")]
)
def test_audit_zones(total, band):
    assert score_from_total(AUDIT, total).band.label == band


def test_audit_c_from_7_is_looked_at_before_home_dosing():
    assert critical_answers(AUDIT_C, answered(AUDIT_C, 2, 2, 2)) == ()
    assert [c.reason for c in critical_answers(AUDIT_C, answered(AUDIT_C, 3, 2, 2))] == ["audit-c.high"]
    assert [c.reason for c in critical_answers(AUDIT, answered(AUDIT, 3, 2, 2))] == ["audit.audit-c-high"]


def test_drinks_counted_after_never_are_a_contradiction_and_still_count():
    answers = answered(AUDIT_C, 0, 3, 3)
    assert score(AUDIT_C, answers).value == 6
    assert contradictions(AUDIT_C, answers)


def test_dast_10_item_3_counts_its_no():
    assert score(DAST, answered(DAST, *(0,) * 10)).value == 1
    assert score(DAST, answered(DAST, 0, 0, 1, *(0,) * 7)).value == 0
    assert score(DAST, answered(DAST, 1, 1, 0, *(1,) * 7)).value == 10
    assert isinstance(score(DAST, answered(DAST, 1, 1, 1)), Unscorable)


@pytest.mark.parametrize(
    ("total", "band", "raised"),
    [(2, "low", 0), (3, "moderate", 0), (5, "moderate", 0), (6, "substantial", 1), (9, "severe", 1)],
)
def test_dast_10_bands_and_alarm(total, band, raised):
    yes = [1] * total + [0] * (9 - total)
    answers = answered(DAST, yes[0], yes[1], 1, *yes[2:])
    assert (score(DAST, answers).value, score(DAST, answers).band.label) == (total, band)
    assert len(critical_answers(DAST, answers)) == raised


@pytest.mark.parametrize(
    ("yes", "same_time", "problem", "level"),
    [
        (7, 1, 2, "positive"),
        (13, 1, 3, "positive"),
        (6, 1, 3, "negative"),
        (7, 0, 3, "negative"),
        (7, 1, 1, "negative"),
    ],
)
def test_mdq_needs_all_three_parts(yes, same_time, problem, level):
    answers = answered(MDQ, *[1] * yes + [0] * (13 - yes), **{"same-time": same_time, "problem": problem})
    assert triage(MDQ, answers).level.id == level
    assert bool(critical_answers(MDQ, answers)) is (level == "positive")


def test_mdq_with_at_most_one_yes_asks_nothing_more():
    answers = answered(MDQ, 1, *(0,) * 12)
    assert (triage(MDQ, answers).level.id, unanswered(MDQ, answers)) == ("negative", ())


def test_mdq_positive_stands_although_some_symptoms_are_blank_and_an_open_one_is_not_negative():
    enough = answered(MDQ, *(1,) * 7, **{"same-time": 1, "problem": 2})
    found = triage(MDQ, enough)
    assert isinstance(found, Category)
    assert found.level.id == "positive"
    assert isinstance(score(MDQ, enough), Unscorable)
    open_one = triage(MDQ, answered(MDQ, *(1,) * 6, **{"same-time": 1, "problem": 2}))
    assert isinstance(open_one, Unscorable)


def test_a_provisional_diagnosis_stays_open_where_blanks_decide():
    half = answered(PCL_5, *(2,) * 8)
    assert pattern_verdict(PCL_5, half, "provisional-ptsd") is None
    with pytest.raises(TotalImpossible):
        score_from_total(PCL_5, 81)
