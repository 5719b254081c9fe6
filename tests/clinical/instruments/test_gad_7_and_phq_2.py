"""GAD-7 and PHQ-2: worked examples and their own rules for blanks."""

from fractions import Fraction

import pytest

from sojourn.clinical.instruments import Unscorable, band_of, critical_answers, get, score
from tests.clinical.instruments.answering import answered

GAD_7, PHQ_2 = get("gad-7"), get("phq-2")


def test_the_published_gad_7_example_is_minimal():
    result = score(GAD_7, answered(GAD_7, 0, 0, 1, 1, 0, 1, 0))
    assert (result.value, result.band.label) == (3, "minimal")


def test_a_prorated_gad_7_keeps_its_exact_value():
    result = score(GAD_7, answered(GAD_7, 1, 2, 3, 1, 2, None, None))
    assert (result.value, result.answered) == (Fraction(63, 5), 5)
    assert result.band.label == "moderate"
    assert isinstance(score(GAD_7, answered(GAD_7, 1, 2, 3, 1)), Unscorable)


@pytest.mark.parametrize(
    ("total", "band"),
    [(4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate"), (14, "moderate"), (15, "severe")],
)
def test_gad_7_bands_change_at_5_10_and_15(total, band):
    assert band_of(GAD_7, total).label == band


def test_gad_7_asks_nothing_that_raises_an_alarm():
    assert critical_answers(GAD_7, answered(GAD_7, 3, 3, 3, 3, 3, 3, 3)) == ()


def test_phq_2_is_never_prorated():
    assert isinstance(score(PHQ_2, answered(PHQ_2, 3, None)), Unscorable)


@pytest.mark.parametrize(("values", "label"), [((1, 1), "screen negative"), ((1, 2), "screen positive")])
def test_phq_2_is_positive_from_three(values, label):
    assert score(PHQ_2, answered(PHQ_2, *values)).band.label == label


def test_gad_7_names_the_sets_of_change_that_disagree():
    assert {s.id: float(s.points) for s in GAD_7.change_sets} == {
        "nhs": 4, "bischoff-2020": 5.59, "toussaint-2020": 4, "bauer-2021": 3.3,
    }  # fmt: skip
    assert GAD_7.change_set().id == "nhs"
