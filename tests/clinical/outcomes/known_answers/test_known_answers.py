"""Every published figure of section "known answers" against ours, from the same data file the command reads."""

import csv
from functools import cache

import pytest

from sojourn.clinical.outcomes.known_answers import Answer, judge, known_answers, ours
from tests.support.data_sets import data_set

EVERY = [(each, answer) for each in known_answers() for answer in each.answers]


@cache
def computed(data_set_id, file):
    if file is None:
        return ours(data_set_id, ())
    with data_set(file).open(encoding="utf-8") as stream:
        return ours(data_set_id, list(csv.DictReader(stream)))


@pytest.mark.parametrize(
    ("of", "answer"), EVERY, ids=[f"{each.id}: {answer.quantity}" for each, answer in EVERY]
)
def test_ours_is_what_is_published(of, answer):
    verdict = judge(answer, computed(of.id, of.file)[answer.quantity])
    assert verdict.agrees, f"published {answer.published}, ours {verdict.ours} ({answer.said_by})"


def test_a_figure_outside_its_tolerance_does_not_agree():
    answer = Answer("x", published=1.0, within=0.01, said_by="nobody")
    assert judge(answer, 1.01).agrees
    assert not judge(answer, 1.0101).agrees
    assert not judge(answer, float("nan")).agrees


def test_the_naive_interval_of_a_difference_is_not_what_elekt_d_published():
    """Wald gives 4.0 to 24.4 percent; the published interval is 3.9 to 24.2."""
    p, q = 108 / 195, 70 / 170
    reach = 1.959964 * (p * (1 - p) / 195 + q * (1 - q) / 170) ** 0.5
    high = next(a for _, a in EVERY if a.quantity.endswith("percent, Miettinen-Nurminen, high"))
    assert not judge(high, 100 * (p - q + reach)).agrees
