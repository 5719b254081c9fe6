"""Where an order is written, what it comes to by vein stands beside it, before and after it is given."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import DoseOrder
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def home(ward):
    return courses.start(ward, "racemic_sl_home")


def order_page(ward, sign_in, course, **sent):
    client, url = sign_in(ward.ben), reverse("workspace:order_dose", args=[course.id])
    return client.post(url, sent) if sent else client.get(url)


def words_of(response):
    return " ".join(response.content.decode().split())


def test_the_order_page_compares_the_dose_that_holds(ward, sign_in, home):
    """100 mg under the tongue at 70 kg: 15, 32, 49 mg by vein; the standard infusion is 35 mg."""
    page = words_of(order_page(ward, sign_in, home))
    for value in ("15 mg", "32 mg", "49 mg", "0.4 ×", "0.9 ×", "1.4 ×", "here 35 mg"):
        assert value in page


def test_comparing_first_orders_nothing_and_needs_no_reason(ward, sign_in, home):
    before = DoseOrder.objects.count()
    page = words_of(order_page(ward, sign_in, home, weight_kg="75", dose_mg="300", do="compare"))
    assert DoseOrder.objects.count() == before
    for value in ("45 mg", "96 mg", "147 mg", "2.6 ×"):
        assert value in page
    assert "This may carry more than a standard infusion" in page
    assert "This field is required" not in page


def test_a_home_dose_below_the_standard_infusion_is_not_warned_of(ward, sign_in, home):
    page = words_of(order_page(ward, sign_in, home, weight_kg="75", dose_mg="75", do="compare"))
    assert "37 mg" in page
    assert "This may carry more" not in page


def test_a_dose_ten_times_too_high_is_refused_and_its_size_shown(ward, sign_in):
    course = courses.start(ward, "racemic_iv_clinic")
    before = DoseOrder.objects.count()
    page = words_of(order_page(ward, sign_in, course, weight_kg="70", dose_mg="350", why="A slip."))
    assert DoseOrder.objects.count() == before
    assert "10.0 ×" in page
    assert "Above every published dose for this route" in page
    assert "which nobody may exceed" in page


def test_a_dose_that_cannot_be_is_answered_in_a_sentence(ward, sign_in, home):
    page = words_of(order_page(ward, sign_in, home, weight_kg="75", dose_mg="3000", do="compare"))
    assert "Give a dose above 0 and up to 1000 mg." in page


def test_a_reason_is_still_needed_to_order(ward, sign_in, home):
    page = words_of(order_page(ward, sign_in, home, weight_kg="75", dose_mg="50"))
    assert "This field is required" in page


def test_a_new_course_can_be_compared_before_it_starts(ward, sign_in):
    courses.decide(ward)
    url = reverse("workspace:course_new", args=[ward.ada.patient_id])
    sent = {"protocol_id": "esketamine_clinic", "weight_kg": "75", "dose_mg": "84", "do": "compare"}
    page = words_of(sign_in(ward.ben).post(url, sent))
    assert "40 mg" in page
    assert "2.2 ×" in page
    assert "half" in page


def test_the_course_page_shows_the_same_comparison(ward, sign_in, home):
    page = words_of(sign_in(ward.ben).get(reverse("workspace:course", args=[home.id])))
    assert "100 mg compared" in page
    assert "1.4 ×" in page


def test_the_comparison_names_its_sources_and_when_most_are_back(ward, sign_in, home):
    page = words_of(order_page(ward, sign_in, home))
    assert "sublingual 32 ± 17%" in page
    assert "never a discharge rule" in page
    assert "confidence low" in page


@pytest.fixture
def first(ward, time_machine):
    course = courses.prepare(ward)
    courses.name_escort(ward, courses.visit_of(course, VisitKind.DOSING, 1))
    return courses.visit_of(course, VisitKind.DOSING, 1)


def test_the_session_page_says_what_to_expect_before_the_dose(ward, sign_in, first, time_machine):
    time_machine.move_to(first.during.lower, tick=False)
    page = words_of(sign_in(ward.mona).get(reverse("workspace:session", args=[first.id])))
    assert "Model, not a measurement; never a discharge rule." in page
    assert "Dissociation, expected" in page
    assert "95 of 100 people: dissociation of 4 CADSS points or less from 120 min on" in page
    assert "n 5000, seed 1, SRM-1" in page
    assert "Systolic pressure, expected" not in page  # nobody has measured where it starts


def test_real_readings_are_drawn_over_the_band(ward, sign_in, first, time_machine):
    at = first.during.lower
    url = reverse("workspace:session", args=[first.id])
    vitals = {
        "systolic": "124",
        "diastolic": "78",
        "heart_rate": "70",
        "spo2": "98",
        "respiratory_rate": "14",
    }

    def send(minute, do, **fields):
        time_machine.move_to(at + timedelta(minutes=minute), tick=False)
        sent = {f"{do}-{name}": value for name, value in fields.items()}
        return words_of(
            sign_in(ward.mona).post(url, sent | {f"{do}-form_id": uuid4(), "do": do}, follow=True)
        )

    checks = (
        "consent", "fasting_spray", "medicines", "sober", "well", "mood", "ride", "prescriber_present",
    )  # fmt: skip
    send(0, "checked", **dict.fromkeys(checks, "yes"))
    send(1, "vital_taken", **vitals)
    courses.check_dose(ward, first, at + timedelta(minutes=1))
    send(2, "dosed", mg="56")
    page = send(42, "vital_taken", **vitals | {"systolic": "151"})
    assert "Systolic pressure, expected and measured" in page
    assert "Measured: 151 mmHg (40 min)." in page
    page = send(45, "rated", moaas="5", dissociation="6")
    assert "patient’s own rating" in page


def test_a_protocol_the_model_does_not_know_is_refused_in_words(
    ward, sign_in, first, time_machine, monkeypatch
):
    from sojourn.clinical.pharmacology import CannotSimulate
    from sojourn.workspace.session_room import expected

    def refuse(**_):
        raise CannotSimulate("route", "was never modelled")

    monkeypatch.setattr(expected, "expected_course", refuse)
    time_machine.move_to(first.during.lower, tick=False)
    page = words_of(sign_in(ward.mona).get(reverse("workspace:session", args=[first.id])))
    assert "No prediction: was never modelled" in page


def second_after(ward, first):
    courses.run_session(ward, first)
    courses.hold(ward, courses.visit_of(first.course, VisitKind.INTEGRATION, 1))
    return courses.visit_of(first.course, VisitKind.DOSING, 2)


def test_the_band_of_a_later_session_counts_the_doses_on_record(ward, sign_in, first, time_machine):
    """56 mg at 70 kg: a first session takes 120 min, a second one three days later less."""
    second = second_after(ward, first)
    time_machine.move_to(second.during.lower, tick=False)
    page = words_of(sign_in(ward.mona).get(reverse("workspace:session", args=[second.id])))
    days = (second.during.lower.date() - first.during.lower.date()).days
    assert "Model, session 2 of this course: not a measurement; never a discharge rule." in page
    assert f"1 earlier dose on record, {days} days before." in page
    assert "1.20 times the level to dissociate; a first session would take 120 min" in page
    assert "dissociation of 4 CADSS points or less from 105 min on" in page
    assert "by how much is a choice of the model: confidence low" in page
    assert "sizes of the tolerance between sessions [program policy]" in page


def test_a_dose_that_was_struck_out_leaves_no_tolerance(ward, sign_in, first, time_machine):
    dosed_at = courses.give_dose(ward, first)
    dosed = SessionEvent.objects.get(visit=first, kind="dosed")
    facts = {"struck_id": str(dosed.id), "words": "Never given."}
    courses.note_event(ward, first, "struck", facts, dosed_at + timedelta(minutes=1))
    second = courses.visit_of(first.course, VisitKind.DOSING, 2)
    time_machine.move_to(second.during.lower, tick=False)
    page = words_of(sign_in(ward.mona).get(reverse("workspace:session", args=[second.id])))
    assert "No earlier dose is on record here." in page


def test_a_session_looked_back_at_counts_only_what_came_before_it(ward, sign_in, first, time_machine):
    second = second_after(ward, first)
    time_machine.move_to(second.during.lower, tick=False)
    page = words_of(sign_in(ward.mona).get(reverse("workspace:session", args=[first.id])))
    assert "Model, session 1 of this course: not a measurement" in page
    assert "No earlier dose is on record here." in page


def test_the_order_page_predicts_the_next_session(ward, sign_in, first, time_machine):
    second = second_after(ward, first)
    time_machine.move_to(second.during.lower - timedelta(days=1), tick=False)
    page = words_of(order_page(ward, sign_in, first.course))
    assert "by 105 min (rounded up to 15; session 2 of this course" in page
    assert (
        "1 earlier dose on record counts as tolerance, by a size that nobody measured; without it 120 min."
        in page
    )


@pytest.mark.parametrize("doses", [0, 1])
def test_the_order_page_asks_a_fixed_number_of_times(
    ward, sign_in, first, time_machine, django_assert_num_queries, doses
):
    if doses:
        second_after(ward, first)
    client, url = sign_in(ward.ben), reverse("workspace:order_dose", args=[first.course_id])
    client.get(url)
    with django_assert_num_queries(8):
        client.get(url)


def test_a_dose_too_low_to_be_felt_is_not_said_to_last_for_hours(ward, sign_in):
    """Nobody above the threshold is 0 minutes, which is not "never"; and 4.3 mg by vein is 4.3 mg, without a spread."""
    course = courses.start(ward, "racemic_iv_clinic")
    page = words_of(order_page(ward, sign_in, course, weight_kg="70", dose_mg="4.3", do="compare"))
    assert "95 of 100 people stay at 4 CADSS points or less throughout" in page
    assert "not back within 8 hours" not in page
    assert "No spread between people is published" not in page
