"""Answers with a known result, published or worked out by hand beforehand."""

from fractions import Fraction

import pytest

from sojourn.clinical.instruments import (
    Category,
    Score,
    Unscorable,
    contradictions,
    critical_answers,
    get,
    pattern_verdict,
    score,
    scores,
    stated_total_conflict,
    triage,
)
from tests.clinical.instruments.answering import answered

QIDS_EXAMPLE = (3, 0, 0, 2, 1, 0, 2, 0, 1, 2, 1, 1, 2, 2, 0, 3)


def scored(instrument_id, *values, scale=None, **named):
    instrument = get(instrument_id)
    result = score(instrument, answered(instrument, *values, **named), scale_id=scale)
    assert isinstance(result, Score)
    return result


def level(instrument_id, *values, **named):
    instrument = get(instrument_id)
    result = triage(instrument, answered(instrument, *values, **named))
    assert isinstance(result, Category)
    return result.level.id


@pytest.mark.parametrize(
    ("instrument_id", "values", "total", "band"),
    [
        ("phq-9", (2, 2, 2, 2, 1, 1, 2, 0, 0), 12, "moderate"),
        ("phq-9", (0, 0, 1, 1, 1, 0, 0, 0, 0), 3, "minimal"),
        ("gad-7", (0, 0, 1, 1, 0, 1, 0), 3, "minimal"),
        ("phq-9", (3,) * 9, 27, "severe"),
        ("phq-9", (0, 0, 0, 1, 2, 1, 3, 2, 1), 10, "moderate"),
        ("phq-9", (1, 1, 1, 1, 0, 0, 0, 0, None), Fraction(9, 2), "mild"),
        ("pcl-5", (4,) * 5 + (1,) * 15, 35, None),
        ("qids-sr16", QIDS_EXAMPLE, 17, "severe"),
        ("who-5", (2, 1, 1, 0, 2), 24, "depression likely"),
        ("audit-c", (3, 0, 0), 3, None),
        ("dast-10", (1, 0, 0, 0, 1, 0, 0, 0, 0, 0), 3, "moderate"),
    ],
)  # fmt: skip
def test_the_total_and_its_band_are_the_known_ones(instrument_id, values, total, band):
    result = scored(instrument_id, *values)
    assert result.value == total
    assert (result.band.label if result.band else None) == band


def test_the_german_example_is_extremely_difficult_in_the_code_that_sorts_before_the_last():
    phq_9 = get("phq-9")
    worst = next(o for o in phq_9.item("difficulty").options if o.code == "LA6574-3")
    assert (worst.value, worst.text) == (3, "Extremely difficult")


def test_the_us_core_example_meets_the_diagnostic_algorithm_and_its_stated_total_agrees():
    phq_9 = get("phq-9")
    answers = answered(phq_9, 2, 2, 2, 2, 1, 1, 2, 0, 0)
    assert pattern_verdict(phq_9, answers, "major-depressive-syndrome") is True
    assert stated_total_conflict(instrument=phq_9, answers=answers, stated=12) is None


def test_a_high_pcl_5_total_may_fail_the_clusters_and_a_low_one_meet_them():
    pcl_5 = get("pcl-5")
    one_cluster = answered(pcl_5, *(4,) * 5, *(1,) * 15)
    assert pattern_verdict(pcl_5, one_cluster, "provisional-ptsd") is False
    few = answered(pcl_5, *[2 if n in {1, 7, 8, 9, 15, 16} else 0 for n in range(1, 21)])
    assert score(pcl_5, few).value == 12
    assert pattern_verdict(pcl_5, few, "provisional-ptsd") is True


def test_qids_counts_the_worst_of_each_domain_and_not_the_sum_of_its_items():
    assert sum(QIDS_EXAMPLE) == 20
    assert scored("qids-sr16", *QIDS_EXAMPLE).value == 17


def test_who_5_raw_and_percent_stand_beside_each_other_and_28_or_less_is_an_alarm():
    who_5 = get("who-5")
    answers = answered(who_5, 2, 1, 1, 0, 2)
    assert [result.value for result in scores(who_5, answers).values()] == [24, 6]
    assert [c.reason for c in critical_answers(who_5, answers)] == ["who-5.very-low"]


def test_wsas_without_work_is_a_scale_of_its_own():
    result = scored("wsas", 99, 3, 5, 2, 3)
    assert (result.scale_id, result.value, result.band) == ("without-work", 13, None)
    assert get("wsas").scale("without-work").high == 32


def test_audit_c_of_three_from_the_first_item_alone_is_positive_for_women_with_a_caution():
    audit_c = get("audit-c")
    reached = {cut.id for cut in audit_c.cut_points if scored("audit-c", 3, 0, 0).value >= cut.at_least}
    assert reached == {"women"}
    assert pattern_verdict(audit_c, answered(audit_c, 3, 0, 0), "all-points-from-item-1") is True
    assert pattern_verdict(audit_c, answered(audit_c, 3, 1, 0), "all-points-from-item-1") is False


def test_c_ssrs_intent_is_high():
    named = {"q6": 0}
    assert level("c-ssrs-screener", 1, 1, 0, 1, 0, **named) == "high"


def test_asq_thoughts_right_now_are_acute_even_after_four_times_no_and_the_contradiction_is_said():
    asq = get("asq")
    answers = answered(asq, 0, 0, 0, 0, 1)
    assert level("asq", 0, 0, 0, 0, 1) == "acute"
    assert [found.id for found in contradictions(asq, answers)] == ["acute-without-screen"]
    assert [(c.reason, c.severity) for c in critical_answers(asq, answers)] == [("asq.acute", "red")]


def test_meq_30_all_three_is_exactly_60_percent_and_complete():
    meq = get("meq-30")
    answers = answered(meq, *(3,) * 30)
    assert {result.value for result in scores(meq, answers).values()} == {3}
    assert pattern_verdict(meq, answers, "complete") is True
    one_lower = answered(meq, *(3,) * 9, 2, *(3,) * 20)  # item 10, of ineffability
    assert pattern_verdict(meq, one_lower, "complete") is False


def test_nothing_answered_has_no_score_on_any_instrument():
    for instrument_id in (
        "pcl-5",
        "qids-sr16",
        "madrs",
        "who-5",
        "wsas",
        "dast-10",
        "mdq",
        "cadss",
        "meq-30",
        "edi",
    ):
        instrument = get(instrument_id)
        for result in scores(instrument, answered(instrument)).values():
            assert isinstance(result, Unscorable), instrument_id
            assert result.missing
