"""Published examples that are wrong: each would be caught here."""

import pytest

from sojourn.clinical.instruments import (
    AnswersInvalid,
    Unscorable,
    band_of,
    get,
    read_answers,
    score,
    stated_total_conflict,
    triage,
)
from tests.clinical.instruments.answering import answered


def test_the_data_capture_example_states_13_where_its_items_give_10():
    phq_9 = get("phq-9")
    conflict = stated_total_conflict(
        instrument=phq_9, answers=answered(phq_9, 0, 0, 0, 1, 2, 1, 3, 2, 1), stated="13"
    )
    assert (conflict.stated, conflict.computed) == (13, 10)


@pytest.mark.parametrize("weight", ["4.0", "4", 4])
def test_a_weight_of_4_on_the_phq_9_is_refused_and_not_clipped(weight):
    with pytest.raises(AnswersInvalid):
        read_answers(get("phq-9"), {"q1": weight})


def test_the_first_item_of_audit_c_is_how_often_and_not_the_question_that_took_its_place():
    codes = [item.code for item in get("audit-c").items]
    assert codes == ["68518-0", "68519-8", "68520-6"]


def test_the_totals_of_audit_and_audit_c_are_not_swapped_nor_invented():
    assert get("audit").scale("total").code == "75624-7"
    assert get("audit").scale("audit-c").code == get("audit-c").scale().code == "75626-2"


def test_c_ssrs_all_no_is_none_reported_and_not_low():
    screener = get("c-ssrs-screener")
    found = triage(screener, answered(screener, 0, 0, q6=0))
    assert (found.level.id, found.could_be) == ("none-reported", ())


@pytest.mark.parametrize(
    ("total", "band"), [(15, "moderately severe"), (19, "moderately severe"), (20, "severe")]
)
def test_phq_9_keeps_the_band_that_a_public_recipe_lost(total, band):
    assert band_of(get("phq-9"), total).label == band


def test_an_mdq_of_ten_items_is_not_scored():
    mdq = get("mdq")
    ten = answered(mdq, *(0,) * 10, **{"same-time": 0, "problem": 0})
    assert isinstance(score(mdq, ten), Unscorable)
    assert isinstance(
        triage(mdq, answered(mdq, *(1,) * 6 + (0,) * 4, **{"same-time": 1, "problem": 3})), Unscorable
    )
