from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sojourn.program.safety.models import Alarm
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses

pytestmark = pytest.mark.django_db
SESSIONS = "/workspace/sessions/"


@pytest.fixture
def first(ward):
    return courses.first_session(ward)


@pytest.fixture
def room(ward, first, sign_in, time_machine):
    """The session's page at the minute asked for: `room(at, do=..., field=...)`."""

    def _room(moment, do="", form_id=None, **fields):
        time_machine.move_to(moment, tick=False)
        client, url = sign_in(ward.mona), reverse("workspace:session", args=[first.id])
        if not do:
            return client.get(url)
        sent = {f"{do}-{name}": value for name, value in fields.items()}
        return client.post(url, sent | {f"{do}-form_id": form_id or uuid4(), "do": do}, follow=True)

    return _room


def text_of(response):
    return response.content.decode()


VITALS = {"systolic": "124", "diastolic": "78", "heart_rate": "70", "spo2": "98", "respiratory_rate": "14"}
CHECKS = dict.fromkeys(
    (
        "consent",
        "fasting_spray",
        "medicines",
        "sober",
        "well",
        "mood",
        "ride",
        "prescriber_present",
    ),
    "yes",
)
IN_HAND = {
    "name": "ada nunez",
    "born_on": "1984-05-02",
    "drug": "esketamine",
    "route": "intranasal",
    "mg": "56",
    "lot": "L77",
    "expires_on": "2027-06-30",
    "count": "2",
}


def test_a_session_runs_from_checklist_to_discharge(ward, first, room):
    at = first.during.lower
    page = text_of(room(at))
    assert "The checklist is not finished: 9 to answer." in page
    assert "Escort: nobody is named." in page
    assert "Record dose" not in page
    courses.name_escort(ward, first)
    room(at, "checked", **CHECKS)
    assert "The dose is not checked yet." in text_of(room(at, "vital_taken", **VITALS))
    page = text_of(room(at, "dose_checked", **IN_HAND))
    assert "Nothing holds the dose. Ordered: 56 mg." in page
    page = text_of(room(at, "dosed", mg="56"))
    assert "Vital signs, minute 40" in page

    late = at + timedelta(minutes=121)
    room(late, "vital_taken", **VITALS)
    room(late, "rated", moaas="5", dissociation="1")
    confirmed = dict.fromkeys(("oriented", "walks", "mind_clear", "instructions", "signed"), "on")
    page = text_of(room(late, "confirmed", **confirmed, escort="Nils Núñez"))
    assert "Every criterion is met." in page
    page = text_of(room(late, "discharged", words="To Nils, well."))
    assert "Discharged: To Nils, well." in page


@pytest.mark.parametrize(
    ("different", "words"),
    [
        ({"name": "Bea Thornton"}, "Wrong patient: name is not as on record"),
        ({"born_on": "1984-05-03"}, "Wrong patient: date of birth is not as on record"),
        ({"expires_on": "2026-11-30"}, "Lot L77 expired on 2026-11-30"),
        ({"mg": "84", "count": "3"}, "Above the order: 84 mg in hand, 56 mg ordered"),
        ({"drug": "ketamine"}, "Wrong drug: ketamine in hand"),
        ({"count": "3"}, "3 devices of 28 mg are not 56 mg"),
    ],
)
def test_what_is_wrong_in_hand_is_said_and_nothing_is_given(ward, first, room, different, words):
    at = courses.make_ready(ward, first)
    page = text_of(room(at, "dose_checked", **(IN_HAND | different)))
    assert "Stop: nothing is given." in page
    assert "Next:" in page
    assert words in page
    assert "Record dose" not in page
    assert "Bea" not in str(SessionEvent.objects.filter(kind="dose_checked").values_list("facts", flat=True))
    assert room(at, "dosed", mg="56").status_code == 422


def test_a_field_left_out_of_the_dose_check_is_asked_for_beside_it(first, room):
    page = room(first.during.lower, "dose_checked", **(IN_HAND | {"lot": ""}))
    assert page.status_code == 422
    assert "Please enter the lot number." in text_of(page)
    assert 'value="ada nunez"' in text_of(page)


def test_the_medicine_is_accounted_for_after_the_dose(ward, first, room):
    dosed_at = courses.give_dose(ward, first)
    counts = {"dispensed": "3", "given": "2", "wasted": "0", "returned": "1"}
    refused = room(dosed_at, "accounted", **(counts | {"returned": "0"}))
    assert "together must be what was taken out" in text_of(refused)
    page = text_of(room(dosed_at, "accounted", **counts))
    assert "3 taken out, 2 given, 0 wasted, 1 returned" in page


def test_a_red_item_holds_the_dose_in_words(ward, first, room):
    at = first.during.lower
    courses.name_escort(ward, first)
    room(at, "checked", **(CHECKS | {"ride": "no"}))
    room(at, "vital_taken", **VITALS)
    page = text_of(room(at))
    assert "No dose without a ride home." in page
    refused = room(at, "dosed", mg="56")
    assert refused.status_code == 422
    assert not SessionEvent.objects.filter(kind="dosed").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"systolic": "12", "diastolic": "80"}, "between 50 and 300 mmHg"),
        ({"systolic": "120", "diastolic": "200"}, "at least 5 mmHg above"),
        ({"systolic": "12O", "diastolic": "80"}, "whole number"),
        ({}, "at least one vital sign"),
        (VITALS | {"at": "09:30"}, "within the last 12 hours"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field_and_kept_on_the_page(first, room, given, words):
    page = room(first.during.lower, "vital_taken", **given)
    assert page.status_code == 422
    assert words in text_of(page)
    if "systolic" in given:
        assert f'value="{given["systolic"]}"' in text_of(page)
    kept = [] if words in {"at least one vital sign", "within the last 12 hours"} else ["refused"]
    assert [row.kind for row in SessionEvent.objects.all()] == kept  # as it was typed, and no value


def test_a_crossed_limit_is_told_at_once_and_stands_in_the_inbox(ward, first, room):
    dosed_at = courses.give_dose(ward, first)
    page = text_of(room(dosed_at + timedelta(minutes=40), "vital_taken", **(VITALS | {"systolic": "185"})))
    assert "an alarm was raised: Systolic pressure 185 mmHg" in page
    assert Alarm.objects.get().severity == "red"


def test_sending_the_same_form_twice_records_it_once(ward, first, room):
    dosed_at, form_id = courses.give_dose(ward, first), uuid4()
    for _ in range(2):
        page = room(dosed_at + timedelta(minutes=40), "vital_taken", form_id=form_id, **VITALS)
    assert "recorded already" in text_of(page)
    assert SessionEvent.objects.filter(form_id=form_id).count() == 1


def test_another_dose_than_ordered_needs_another_order(ward, first, room):
    at = courses.make_ready(ward, first)
    page = room(at, "dosed", mg="84")
    assert "This is not the dose ordered" in text_of(page)
    assert 'value="84"' in text_of(page)
    assert "Please enter the dose in mg" in text_of(room(at, "dosed", mg="a lot"))


def test_leaving_too_early_is_refused_with_what_is_missing(ward, first, room):
    dosed_at = courses.give_dose(ward, first)
    at = dosed_at + timedelta(minutes=119)
    courses.meet_every_criterion(ward, first, at)
    assert "Minute 119 of 120, 1 to go" in text_of(room(at))
    page = room(at, "discharged", words="")
    assert page.status_code == 422
    assert "Minute 119 of 120, 1 to go" in text_of(page)
    assert "Discharged" in text_of(room(at + timedelta(minutes=1), "discharged", words=""))


def test_an_entry_is_struck_out_with_a_reason_and_stays_readable(ward, first, room):
    dosed_at = courses.give_dose(ward, first)
    wrong = courses.take_vitals(ward, first, dosed_at + timedelta(minutes=40), systolic=190)
    at = dosed_at + timedelta(minutes=41)
    assert "Please say what was wrong." in text_of(room(at, "struck", struck_id=wrong.event_id, words=""))
    page = text_of(room(at, "struck", struck_id=wrong.event_id, words="Read 130."))
    assert "<del>190/78 mmHg" in page
    assert "Struck out an entry: Read 130." in page


def test_a_session_can_end_without_a_dose(first, room):
    at = first.during.lower
    assert "Please say why the session ended." in text_of(room(at, "cancelled", words=""))
    assert "Ended without a dose: Fever." in text_of(room(at, "cancelled", words="Fever."))


def test_the_list_shows_who_is_due_next_and_asks_the_database_a_fixed_number_of_times(
    ward, first, sign_in, time_machine, django_assert_num_queries
):
    time_machine.move_to(first.during.lower, tick=False)
    client = sign_in(ward.mona)
    client.get(SESSIONS)
    with django_assert_num_queries(8):  # the row is known
        assert "checks before the dose" in text_of(client.get(SESSIONS))
    dosed_at = courses.give_dose(ward, first)
    time_machine.move_to(dosed_at + timedelta(minutes=50), tick=False)
    with django_assert_num_queries(9):  # it is read again: events, limits
        page = text_of(client.get(SESSIONS))
    assert "Vital signs, minute 40" in page
    assert "overdue" in page


def test_the_page_of_a_session_asks_a_fixed_number_of_times(
    ward, first, sign_in, time_machine, django_assert_num_queries
):
    time_machine.move_to(first.during.lower, tick=False)
    client, url = sign_in(ward.mona), reverse("workspace:session", args=[first.id])
    client.get(url)
    with django_assert_num_queries(25):
        client.get(url)
    dosed_at = courses.give_dose(ward, first)
    for minute, number in ((10, 10), (100, 10)):
        time_machine.move_to(dosed_at + timedelta(minutes=minute), tick=False)
        courses.take_vitals(ward, first, dosed_at + timedelta(minutes=minute))
        with django_assert_num_queries(number):
            client.get(url)


def test_an_empty_day_says_what_will_come(ward, sign_in):
    assert "No session today" in text_of(sign_in(ward.mona).get(SESSIONS))


def test_a_director_looks_on_and_a_session_elsewhere_is_not_found(ward, first, sign_in, time_machine):
    time_machine.move_to(first.during.lower, tick=False)
    url = reverse("workspace:session", args=[first.id])
    assert sign_in(ward.dora).get(url).status_code == 200
    assert sign_in(ward.cleo).get(url).status_code == 404
