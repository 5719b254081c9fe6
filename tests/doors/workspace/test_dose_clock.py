import pytest
from django.urls import reverse

from sojourn.program.treatment.models import IntervalChoice
from tests.program.treatment.test_dose_clock import treated
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def chart(ward, name="chart"):
    return reverse(f"workspace:{name}", args=[ward.ada.patient_id])


def test_the_chart_shows_the_clock_with_its_reasons_and_whose_policy_it_is(ward, sign_in):
    treated(ward)
    page = sign_in(ward.ben).get(chart(ward)).content.decode()
    assert "2 weeks apart (lengthen; now 1)." in page
    assert "are below 10 and within 3 points of the best" in page
    assert "Program policy." in page
    assert "days known" in page


def test_the_prescriber_accepts_in_one_press_and_the_therapist_only_reads(ward, sign_in):
    treated(ward)
    client = sign_in(ward.ben)
    page = client.post(chart(ward, "interval"), {"weeks": "2"}, follow=True).content.decode()
    assert "The interval is recorded." in page
    assert "Ben Adeyemi" in page
    assert IntervalChoice.objects.get().weeks == 2
    assert "Record the interval" not in sign_in(ward.thea).get(chart(ward)).content.decode()
    assert sign_in(ward.thea).post(chart(ward, "interval"), {"weeks": "2"}).status_code == 403


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"weeks": "4"}, "say why the interval differs"),
        ({"weeks": "3", "why": "x"}, "none of the intervals"),
        ({"weeks": "two"}, "none of the intervals"),
        ({}, "none of the intervals"),
    ],
)
def test_what_cannot_be_recorded_is_said(ward, sign_in, form, says):
    treated(ward)
    page = sign_in(ward.ben).post(chart(ward, "interval"), form, follow=True).content.decode()
    assert says in page
    assert not IntervalChoice.objects.exists()


def test_without_a_course_nothing_is_recorded(ward, sign_in):
    page = sign_in(ward.ben).post(chart(ward, "interval"), {"weeks": "2"}, follow=True).content.decode()
    assert "There is no open course." in page


def test_benefit_that_does_not_fade_is_not_given_a_half_life(ward, sign_in):
    """Every score after a dose is 8 or 7: the search ends at its longest, which is no finding."""
    treated(ward)
    page = sign_in(ward.ben).get(chart(ward)).content.decode()
    assert "No loss of benefit can be told within the days seen" in page or "Insufficient data" in page
    assert "after 365 days" not in page
