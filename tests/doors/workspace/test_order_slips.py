"""A dose ten times too high, a comma, another unit: the order page names the mistake and says what to write."""

import pytest
from django.urls import reverse

from sojourn.program.plans.models import DoseOrder
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
USUAL = {"racemic_iv_clinic": 35, "racemic_im_clinic": 35, "esketamine_clinic": 56, "racemic_sl_home": 100}
ROUTES = {
    "racemic_iv_clinic": "intravenous: 35 mg at 70 kg",
    "racemic_im_clinic": "intramuscular: 35 mg at 70 kg",
    "esketamine_clinic": "intranasal: 56 mg",
    "racemic_sl_home": "sublingual: 100 mg",
}


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def asked(ward, sign_in, course, **sent):
    url = reverse("workspace:order_dose", args=[course.id])
    before = DoseOrder.objects.count()
    page = sign_in(ward.ben).post(url, {"weight_kg": "70", "why": "As agreed."} | sent)
    assert DoseOrder.objects.count() == before, "nothing was ordered"
    return " ".join(page.content.decode().split())


@pytest.mark.parametrize("deed", ["compare", "order"])
@pytest.mark.parametrize("protocol_id", ROUTES)
def test_ten_times_too_high_is_called_that_for_each_route(ward, sign_in, protocol_id, deed):
    course = courses.start(ward, protocol_id)
    page = asked(ward, sign_in, course, dose_mg=str(10 * USUAL[protocol_id]), do=deed)
    assert f"Ten times the usual dose by this route ({ROUTES[protocol_id]}). Check the decimal point." in page


def test_a_new_course_names_it_too(ward, sign_in):
    courses.decide(ward)
    url = reverse("workspace:course_new", args=[ward.ada.patient_id])
    sent = {"protocol_id": "racemic_im_clinic", "weight_kg": "70", "dose_mg": "350", "why": "As agreed."}
    page = " ".join(sign_in(ward.ben).post(url, sent).content.decode().split())
    assert "Ten times the usual dose by this route (intramuscular: 35 mg at 70 kg)" in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("35,5", "Write the decimal with a point: 35.5."),
        ("1,000", "A comma can be read in two ways: write 1000, or 1.000 with a point."),
        ("35 mg", "Write 35 alone; the unit mg stands beside the field."),
        ("0.035 g", "This field is in mg: 0.035 g is 35 mg."),
        ("35000 µg", "This field is in mg: 35000 µg is 35 mg."),
        ("35000mcg", "This field is in mg: 35000 mcg is 35 mg."),
        ("0.5 mg/kg", "not per kg of body weight."),
        ("0.5 mg/kg", "At 70 kg, 0.5 mg/kg is 35.0 mg."),
        ("0.5", "At 70 kg, 0.5 mg/kg is 35 mg."),
        ("0", "Give a dose above 0 and up to 1000 mg."),
        ("-35", "Give a dose above 0 and up to 1000 mg."),
        ("35000", "A thousand times the usual dose"),
        ("nan", "Give a plain number with at most one decimal"),
        ("a little", "Give a plain number with at most one decimal"),
        ("", "This field is required."),
    ],
)
@pytest.mark.parametrize("deed", ["compare", "order"])
def test_what_is_not_a_number_of_milligrams_is_answered_by_what_to_write(ward, sign_in, typed, says, deed):
    course = courses.start(ward, "racemic_iv_clinic")
    assert says in asked(ward, sign_in, course, dose_mg=typed, do=deed).replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("154 lb", "This field is in kg: 154 lb is 69.853224"),
        ("70,5", "Write the decimal with a point: 70.5."),
    ],
)
def test_a_weight_in_another_unit_is_answered_in_kilograms(ward, sign_in, typed, says):
    course = courses.start(ward, "racemic_iv_clinic")
    assert says in asked(ward, sign_in, course, dose_mg="35", weight_kg=typed, do="compare")


def test_a_dose_that_is_far_too_low_is_ordered_only_once_it_is_said_to_be_meant(ward, sign_in):
    course = courses.start(ward, "racemic_iv_clinic")
    page = asked(ward, sign_in, course, dose_mg="3.5")
    assert "A tenth of the usual dose by this route" in page
    assert "This dose is meant." in page
    url = reverse("workspace:order_dose", args=[course.id])
    sent = {"weight_kg": "70", "why": "A trial of very little.", "dose_mg": "3.5", "meant": "on"}
    assert sign_in(ward.ben).post(url, sent).status_code == 302
    assert {float(order.dose_mg) for order in DoseOrder.objects.filter(course=course)} == {35.0, 3.5}
