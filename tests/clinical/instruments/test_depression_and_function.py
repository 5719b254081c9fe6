"""QIDS-SR16, MADRS, WHO-5, WSAS, CGI and PGI-C: worked by hand, at their edges, with blanks and out of range."""

import pytest

from sojourn.clinical.instruments import (
    AnswersInvalid,
    Score,
    TotalImpossible,
    Unscorable,
    band_of,
    critical_answers,
    get,
    read_answers,
    score,
    score_from_total,
    unanswered,
)
from tests.clinical.instruments.answering import answered

QIDS, MADRS, WHO_5, WSAS, CGI, PGI_C = map(get, ("qids-sr16", "madrs", "who-5", "wsas", "cgi", "pgi-c"))


def test_qids_all_three_is_27_and_all_zero_0():
    assert score(QIDS, answered(QIDS, *(3,) * 16)).value == 27
    assert score(QIDS, answered(QIDS, *(0,) * 16)).value == 0


def test_qids_appetite_and_weight_are_either_or_and_one_of_each_is_complete():
    answers = answered(QIDS, 1, 0, 0, 0, 1, None, 2, 1, None, 0, 0, 0, 0, 0, 0, 0)
    result = score(QIDS, answers)
    assert (result.value, result.blank, unanswered(QIDS, answers)) == (4, (), ())


def test_qids_domain_with_a_blank_stands_and_the_blank_is_named():
    answers = answered(QIDS, None, 2, 0, 0, 1, 0, None, 0, None, 0, 0, 0, 0, 0, None, 1)
    result = score(QIDS, answers)
    assert (result.value, result.blank, result.prorated) == (4, ("q1", "q15"), False)
    assert unanswered(QIDS, answers) == ("q1", "q15")


def test_qids_domain_without_an_answer_is_not_scorable():
    result = score(QIDS, answered(QIDS, *(None,) * 4, *(0,) * 12))
    assert isinstance(result, Unscorable)
    assert result.missing == ("q1", "q2", "q3", "q4")
    assert result.reason == "8 of 9 questions answered; a score needs 9"


@pytest.mark.parametrize(
    ("total", "band"),
    [(5, "none"), (6, "mild"), (10, "mild"), (11, "moderate"), (15, "moderate"), (16, "severe"), (20, "severe"),
     (21, "very severe"), (27, "very severe")],
)  # fmt: skip
def test_qids_bands_change_where_published(total, band):
    assert band_of(QIDS, total).label == band


@pytest.mark.parametrize(
    ("item_12", "before", "reason"),
    [(0, None, None), (1, None, "some"), (1, 0, "rise"), (1, 1, "some"), (2, 2, "often"), (3, None, "often"),
     (None, 3, "not-answered")],
)  # fmt: skip
def test_qids_item_12_raises_its_gravest_alarm(item_12, before, reason):
    def with_item_12(value):
        return answered(QIDS, *(0,) * 11, value, *(0,) * 4)

    raised = critical_answers(
        QIDS, with_item_12(item_12), previous=with_item_12(before) if before is not None else None
    )
    assert [c.reason.rsplit(".", 1)[-1] for c in raised] == ([reason] if reason else [])


def test_madrs_is_a_plain_sum_that_needs_all_ten():
    assert score(MADRS, answered(MADRS, 4, 3, 4, 5, 2, 3, 3, 4, 3, 1)).value == 32
    assert isinstance(score(MADRS, answered(MADRS, *(3,) * 9)), Unscorable)
    with pytest.raises(AnswersInvalid):
        answered(MADRS, 7)


@pytest.mark.parametrize(("total", "snaith", "kearns"), [
    (6, "no symptoms", "lowest grade"), (7, "mild", "lowest grade"), (8, "mild", "second grade"),
    (19, "mild", "third grade"), (20, "moderate", "third grade"), (31, "moderate", "highest grade"),
    (34, "moderate", "highest grade"), (35, "severe", "highest grade"),
])  # fmt: skip
def test_madrs_keeps_both_gradations_apart(total, snaith, kearns):
    assert band_of(MADRS, total, band_set_id="snaith-1986").label == snaith
    assert band_of(MADRS, total, band_set_id="kearns-1982").label == kearns


@pytest.mark.parametrize(("item_10", "raised"), [(3, 0), (4, 1), (6, 1), (None, 1)])
def test_madrs_suicidal_thoughts_from_4_are_red_and_unrated_is_not_none(item_10, raised):
    assert len(critical_answers(MADRS, answered(MADRS, *(0,) * 9, item_10))) == raised


@pytest.mark.parametrize(
    ("total", "low"), [(28, "depression likely"), (32, "low"), (48, "low"), (52, "not low")]
)
def test_who_5_bands_follow_the_percent(total, low):
    assert band_of(WHO_5, total).label == low


def test_who_5_total_lies_on_steps_of_four_and_raw_13_is_the_first_not_low():
    with pytest.raises(TotalImpossible, match="a step of 4"):
        score_from_total(WHO_5, 50)
    assert score(WHO_5, answered(WHO_5, 3, 3, 3, 3, 1)).value == 52
    assert isinstance(score(WHO_5, answered(WHO_5, 5, 5, 5, 5)), Unscorable)
    with pytest.raises(AnswersInvalid):
        answered(WHO_5, 6)


def test_who_5_has_no_percent_change():
    assert WHO_5.outcome_rule() is None


def test_wsas_with_work_sums_five_and_a_blank_is_not_the_same_as_not_applicable():
    assert score(WSAS, answered(WSAS, 8, 8, 8, 8, 8)).value == 40
    assert isinstance(score(WSAS, answered(WSAS, None, 3, 5, 2, 3)), Unscorable)
    assert isinstance(score(WSAS, answered(WSAS, 99, 3, 5, 2, None)), Unscorable)
    with pytest.raises(AnswersInvalid):
        answered(WSAS, 9, 0, 0, 0, 0)


@pytest.mark.parametrize(("total", "band"), [(9, "subclinical"), (10, "significant impairment"),
    (20, "significant impairment"), (21, "moderately severe or worse")])  # fmt: skip
def test_wsas_bands(total, band):
    assert band_of(WSAS, total).label == band


def test_cgi_keeps_severity_and_improvement_apart_and_knows_no_zero():
    answers = read_answers(CGI, {"severity-now": 5, "change": 2})
    assert (score(CGI, answers).value, score(CGI, answers, scale_id="improvement").value) == (5, 2)
    half = read_answers(CGI, {"severity-now": 5})
    assert isinstance(score(CGI, half), Score)
    assert isinstance(score(CGI, half, scale_id="improvement"), Unscorable)
    with pytest.raises(AnswersInvalid):
        read_answers(CGI, {"severity-now": 0})


@pytest.mark.parametrize(("value", "raised"), [(5, 0), (6, 1), (7, 1)])
def test_much_worse_in_the_patients_own_words_reaches_a_clinician(value, raised):
    assert len(critical_answers(PGI_C, answered(PGI_C, value))) == raised
