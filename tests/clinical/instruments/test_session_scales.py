"""CADSS, MEQ-30, EDI, ICSI and ICPI: what a session and the drug itself do."""

from fractions import Fraction

import pytest

from sojourn.clinical.instruments import (
    AnswersInvalid,
    Unscorable,
    critical_answers,
    get,
    pattern_verdict,
    score,
    scores,
)
from tests.clinical.instruments.answering import answered

CADSS, CADSS_6, MEQ, EDI, BLADDER = map(get, ("cadss", "cadss-6", "meq-30", "edi", "icsi-icpi"))


def test_cadss_6_is_a_part_of_cadss_with_the_same_item_numbers():
    answers = answered(CADSS, *[4 if n in {1, 2, 6, 7, 15, 22} else 1 for n in range(1, 24)])
    assert [r.value for r in scores(CADSS, answers).values()] == [24 + 17, 24]
    assert [item.number for item in CADSS_6.items] == ["1", "2", "6", "7", "15", "22"]
    assert score(CADSS_6, answered(CADSS_6, q1=1, q2=2, q6=0, q7=0, q15=1, q22=0)).value == 4


def test_cadss_6_of_a_half_filled_cadss_stands_while_the_total_does_not():
    answers = answered(CADSS, **{f"q{n}": 1 for n in (1, 2, 6, 7, 15, 22)})
    found = scores(CADSS, answers)
    assert isinstance(found["total"], Unscorable)
    assert found["cadss-6"].value == 6


def test_cadss_refuses_five():
    with pytest.raises(AnswersInvalid):
        answered(CADSS, 5)


def test_the_four_subscales_of_meq_30_use_every_item_once():
    items = [
        i
        for name in ("mystical", "positive-mood", "time-and-space", "ineffability")
        for g in MEQ.scale(name).groups
        for i in g
    ]
    assert sorted(items) == sorted(MEQ.by_id)
    assert len(items) == 30


def test_meq_30_means_stay_exact_and_need_every_item():
    answers = answered(MEQ, *[5 if n == 3 else 2 for n in range(1, 31)])
    assert score(MEQ, answers, scale_id="ineffability").value == 3
    assert score(MEQ, answers).value == Fraction(63, 30)
    one_blank = answered(MEQ, *[None if n == 3 else 5 for n in range(1, 31)])
    assert isinstance(score(MEQ, one_blank, scale_id="ineffability"), Unscorable)
    assert pattern_verdict(MEQ, one_blank, "complete") is None


def test_edi_is_the_mean_of_eight_points_on_a_line():
    assert score(EDI, answered(EDI, 0, 100, 50, 25, 75, 10, 90, 50)).value == 50
    assert score(EDI, answered(EDI, 1, 0, 0, 0, 0, 0, 0, 0)).value == Fraction(1, 8)
    assert isinstance(score(EDI, answered(EDI, 1, 2, 3)), Unscorable)
    for outside in (-1, 101):
        with pytest.raises(AnswersInvalid):
            answered(EDI, outside)


def bladder(symptoms, problems):
    named = {f"s{n}": v for n, v in enumerate(symptoms, 1)} | {f"p{n}": v for n, v in enumerate(problems, 1)}
    return answered(BLADDER, **named)


def test_the_two_bladder_indices_are_kept_apart():
    assert [r.value for r in scores(BLADDER, bladder((5, 5, 5, 5), (4, 4, 4, 4))).values()] == [20, 16]
    with pytest.raises(AnswersInvalid):
        bladder((0, 0, 0, 0), (5, 0, 0, 0))


@pytest.mark.parametrize(
    ("symptoms", "problems", "met"), [((2, 2, 2, 0), (2, 2, 2, 0), True), ((2, 2, 1, 0), (4, 4, 0, 0), False)]
)
def test_the_bladder_screen_needs_both(symptoms, problems, met):
    assert pattern_verdict(BLADDER, bladder(symptoms, problems), "screen") is met


@pytest.mark.parametrize(
    ("before", "raised"), [((1, 0, 0, 0), ["icsi-icpi.rise"]), ((2, 0, 0, 0), []), (None, [])]
)
def test_a_bladder_rise_of_3_is_looked_at(before, raised):
    previous = bladder(before, (0, 0, 0, 0)) if before else None
    found = critical_answers(BLADDER, bladder((2, 2, 0, 0), (0, 0, 0, 0)), previous=previous)
    assert [c.reason for c in found] == raised


def test_bladder_problems_of_6_are_looked_at():
    assert [c.reason for c in critical_answers(BLADDER, bladder((0, 0, 0, 0), (3, 3, 0, 0)))] == [
        "icsi-icpi.problem"
    ]
    assert critical_answers(BLADDER, bladder((0, 0, 0, 0), (3, 2, 0, 0))) == ()
