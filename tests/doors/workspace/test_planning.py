from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from sojourn.program.people import actions as people
from sojourn.program.people.models import Credential
from sojourn.program.plans import booking, proposing
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Course, DoseOrder, Visit
from tests.support import courses
from tests.support.ward import NOW, PASSWORD

pytestmark = pytest.mark.django_db
PLANNING = "/workspace/planning/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def series_of(course, actor, first_dose_on=courses.FIRST_DOSE_ON, **changed):
    """What the booking form sends for a proposal, with some fields changed."""
    proposal = proposing.propose(course_id=course.id, first_dose_on=first_dose_on, actor=actor, now=NOW)
    sent = {"first_dose_on": first_dose_on.isoformat()}
    for visit in proposal.visits:
        name, wanted = f"{visit.kind}-{visit.number}", visit.wanted
        local = wanted.starts_at.astimezone(proposal.desk.zone)
        sent |= {
            f"{name}-on": local.date(),
            f"{name}-at": f"{local:%H:%M}",
            f"{name}-clinician": wanted.clinician_id,
        }
        if wanted.chair_id:
            sent[f"{name}-chair"] = wanted.chair_id
    return sent | {name.replace("__", "-"): value for name, value in changed.items()}


def text_of(response):
    return response.content.decode()


def test_the_home_shows_what_the_next_days_need(ward, sign_in):
    course = courses.start(ward)
    page = text_of(sign_in(ward.cora).get(PLANNING))
    assert "To book" in page
    assert "Ada Núñez" in page
    courses.book(ward, course, date(2026, 11, 25))
    page = text_of(sign_in(ward.cora).get(PLANNING))
    assert "To book" not in page
    assert "Consent: not signed for this protocol" in page
    assert "Escort: nobody is named" in page


def test_an_empty_home_says_what_will_come(ward, sign_in):
    page = text_of(sign_in(ward.cora).get(PLANNING))
    assert "No visit today" in page
    assert "No day to keep" in page


def test_credentials_that_end_within_60_days_are_on_the_list(ward, sign_in):
    kept = Credential.objects.filter(staff_member_id=ward.mona.staff_id, kind="life_support")
    kept.update(expires_on=NOW.date() + timedelta(days=61))
    assert "Mona Castillo" not in text_of(sign_in(ward.cora).get(PLANNING))
    kept.update(expires_on=NOW.date() + timedelta(days=60))
    assert "life-support training ends" in text_of(sign_in(ward.cora).get(PLANNING))


@pytest.mark.parametrize("patients", [1, 4])
def test_the_home_asks_the_database_a_fixed_number_of_times(
    ward, sign_in, django_assert_num_queries, patients
):
    for number in range(patients):
        own = ward if not number else replace(ward, ada=_join(ward, number))
        courses.book(own, courses.start(own), date(2026, 11, 25) + timedelta(days=number))
    client = sign_in(ward.cora)
    client.get(PLANNING)
    with django_assert_num_queries(19):
        client.get(PLANNING)


def _join(ward, number):
    return people.join_practice(
        name=f"Patient {number}",
        born_on=date(1980, 1, 1),
        email=f"p{number}@example.org",
        password=PASSWORD,
        phone="555-0101",
        state="CA",
        site_id=ward.oakland,
        now=NOW,
    )


def test_a_prescriber_starts_a_course_and_sees_each_limit_beside_its_field(ward, sign_in):
    courses.decide(ward)
    client, url = sign_in(ward.ben), reverse("workspace:course_new", args=[ward.ada.patient_id])
    sent = {"protocol_id": "racemic_iv_clinic", "weight_kg": "7", "dose_mg": "35", "why": "Usual start."}
    refused = client.post(url, sent)
    assert "between 25 and 350 kg" in text_of(refused)
    refused = client.post(url, sent | {"weight_kg": "70", "dose_mg": "75"})
    assert "Above the cap of" in text_of(refused)
    assert 'value="75"' in text_of(refused)
    for typed in ("fifty", "0.5 mg/kg", "5600000", "56.25", ""):
        refused = client.post(url, sent | {"weight_kg": "70", "dose_mg": typed})
        assert "dose_mg" in refused.context["form"].errors
        assert refused.context["form"]["dose_mg"].value() == typed
    assert "Give a dose above 0" in text_of(client.post(url, sent | {"weight_kg": "70", "dose_mg": "-35"}))
    assert not Course.objects.exists()
    done = client.post(url, sent | {"weight_kg": "70"})
    course = Course.objects.get()
    assert done.headers["Location"] == reverse("workspace:course", args=[course.id])
    again = client.post(url, sent | {"weight_kg": "70"}, follow=True)
    assert "A course is open already" in text_of(again)
    assert DoseOrder.objects.count() == 1


def test_an_expired_registration_is_told_to_the_prescriber(ward, sign_in):
    courses.decide(ward)
    Credential.objects.filter(staff_member_id=ward.ben.staff_id, kind="controlled_substances").update(
        expires_on=NOW.date() - timedelta(days=1)
    )
    url = reverse("workspace:course_new", args=[ward.ada.patient_id])
    sent = {"protocol_id": "racemic_iv_clinic", "weight_kg": "70", "dose_mg": "35", "why": "Usual start."}
    assert "controlled-substance registration for CA that ended" in text_of(sign_in(ward.ben).post(url, sent))


def test_a_proposal_is_shown_checked_and_booked(ward, sign_in):
    course = courses.start(ward)
    client, url = sign_in(ward.cora), reverse("workspace:book_series", args=[course.id])
    assert "Every time is free and every rule is kept" in text_of(client.get(url))
    assert not Visit.objects.exists()
    sent = series_of(course, ward.cora)
    early = sent | {"dosing-2-on": "2026-12-02", "do": "check"}
    checked = text_of(client.post(url, early))
    assert "At least 48 hours between two doses in the clinic." in checked
    assert 'value="2026-12-02"' in checked
    assert client.post(url, early | {"do": "book"}).status_code == 422
    assert not Visit.objects.exists()
    client.post(url, sent | {"do": "book"})
    assert Visit.objects.count() == 17
    assert "Every visit of this course is booked" in text_of(client.get(url, follow=True))
    assert "was booked already" in text_of(client.post(url, sent | {"do": "book"}, follow=True))
    assert Visit.objects.count() == 17


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"dosing__1__on": "sometime"}, "Enter a valid date"),
        ({"dosing__1__on": "0001-01-01"}, "Give a day between 2020 and 2100"),
        ({"dosing__1__at": ""}, "This field is required"),
        ({"dosing__1__clinician": "nobody"}, "Select a valid choice"),
        ({"dosing__1__chair": ""}, "This field is required"),
        ({"dosing__1__on": "2027-03-14", "dosing__1__at": "02:30"}, "there is no such time on that day"),
        ({"dosing__1__on": "2026-11-23"}, "This time has passed"),
        ({"dosing__1__on": "2099-01-05"}, "more than two years away"),
    ],
)
def test_spoiled_times_are_refused_beside_their_field(ward, sign_in, changed, words):
    course = courses.start(ward)
    url = reverse("workspace:book_series", args=[course.id])
    page = sign_in(ward.cora).post(url, series_of(course, ward.cora, **changed) | {"do": "book"})
    assert page.status_code == 422
    assert words in text_of(page)
    assert not Visit.objects.exists()


def test_moving_shows_both_ways_and_moves_what_was_chosen(ward, sign_in):
    course = courses.start(ward)
    courses.book(ward, course)
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    client, url = sign_in(ward.cora), reverse("workspace:move_visit", args=[second.id])
    monday = {"on": "2026-12-07", "at": "09:00"}
    shown = text_of(client.post(url, monday | {"do": "propose"}))
    assert "Breaks no rule" in shown
    assert "At least 48 hours between two doses in the clinic." in shown
    assert 'value="alone"' not in shown
    assert "Nothing was moved" in text_of(client.post(url, monday | {"do": "alone"}))
    second.refresh_from_db()
    assert second.during.lower.date() == date(2026, 12, 4)
    client.post(url, monday | {"do": "series"})
    second.refresh_from_db()
    assert second.during.lower.date() == date(2026, 12, 7)
    assert "This is when it stands now" in text_of(client.post(url, monday | {"do": "propose"}))


def test_a_visit_is_cancelled_with_a_reason_once(ward, sign_in):
    course = courses.start(ward)
    visits = courses.book(ward, course)
    client, url = sign_in(ward.cora), reverse("workspace:cancel_visit", args=[visits[-1].id])
    assert "This field is required" in text_of(client.post(url, {"because": ""}))
    client.post(url, {"because": "Has a cold."})
    assert "cancelled already" in text_of(client.post(url, {"because": "Again."}, follow=True))


def test_a_companion_is_named_and_a_strange_number_refused(ward, sign_in):
    course = courses.start(ward)
    courses.book(ward, course)
    dose = courses.visit_of(course, VisitKind.DOSING, 1)
    client, url = sign_in(ward.cora), reverse("workspace:name_sitter", args=[dose.id])
    refused = text_of(client.post(url, {"name": "ليلى <b>x</b>", "phone": "soon"}))
    assert "Give a telephone number" in refused
    assert "ليلى &lt;b&gt;x&lt;/b&gt;" in refused
    client.post(url, {"name": "ليلى", "phone": "555 0100"})
    dose.refresh_from_db()
    assert dose.sitter_name == "ليلى"
    assert client.post(url, {"name": "x" * 301, "phone": "555 0100"}).status_code == 200


def test_a_course_ends_with_a_reason_and_cannot_end_twice(ward, sign_in):
    course = courses.start(ward)
    courses.book(ward, course)
    client, url = sign_in(ward.ben), reverse("workspace:end_course", args=[course.id])
    assert "This field is required" in text_of(client.post(url, {"how": "stopped", "because": ""}))
    client.post(url, {"how": "stopped", "because": "Moves away."})
    assert "ended already" in text_of(client.post(url, {"how": "completed", "because": "x"}, follow=True))
    course.refresh_from_db()
    assert (course.ended_how, course.ended_because) == ("stopped", "Moves away.")
    assert "Moves away." in text_of(client.get(reverse("workspace:course", args=[course.id])))


def test_the_calendar_shows_a_day_chair_by_chair(ward, sign_in):
    course = courses.start(ward)
    courses.book(ward, course)
    page = text_of(sign_in(ward.cora).get(reverse("workspace:calendar"), {"day": "2026-12-01"}))
    assert "Chair 1" in page
    assert "dosing session 1" in page
    assert "Free all day." in page
    for spoiled in ("never", "0001-01-01", "9999-12-31"):
        assert sign_in(ward.cora).get(reverse("workspace:calendar"), {"day": spoiled}).status_code == 200


def test_what_a_move_breaks_is_told_without_the_visit_before_it(ward, sign_in):
    """Away from its visit a problem names it; beside it that would be said twice."""
    course = courses.start(ward)
    courses.book(ward, course)
    third = courses.visit_of(course, VisitKind.DOSING, 3)
    url = reverse("workspace:move_visit", args=[third.id])
    page = text_of(sign_in(ward.cora).post(url, {"on": "2027-01-20", "at": "09:00", "do": "propose"}))
    assert "<span>Dosing session 4 would come before dosing session 3." in page


def test_planning_of_another_site_is_not_found(ward, sign_in):
    course = courses.start(ward)
    visits = courses.book(ward, course)
    client = sign_in(ward.cleo)
    for name, of in (("course", course.id), ("book_series", course.id), ("move_visit", visits[0].id)):
        assert client.get(reverse(f"workspace:{name}", args=[of])).status_code == 404


def without_first_dose(ward, day_of_dose=date(2026, 11, 25)):
    """Ada's course whose first session was cancelled: the conversation after it still stands."""
    course = courses.start(ward)
    courses.book(ward, course, day_of_dose)
    dose = courses.visit_of(course, VisitKind.DOSING, 1)
    booking.cancel_visit(visit_id=dose.id, because="Has a <cold>.", actor=ward.cora, now=NOW)
    return courses.visit_of(course, VisitKind.INTEGRATION, 1)


def test_a_conversation_without_its_dose_is_called_off_or_kept_on_the_home_and_undone(ward, sign_in):
    talk = without_first_dose(ward)
    client, decide = sign_in(ward.cora), reverse("workspace:without_dose")
    undo = reverse("workspace:without_dose_undo", args=[talk.id])
    page = text_of(client.get(PLANNING))
    assert "Session 1 was cancelled: Has a &lt;cold&gt;." in page
    done = text_of(client.post(decide, {"do": "call off", "visit": talk.id}, follow=True))
    assert "Called off. Its time is free again" in done
    assert "called off" in done
    assert "Cora Whitfield" in done
    assert "Undone." in text_of(client.post(undo, follow=True))
    assert "Kept." in text_of(client.post(decide, {"do": "keep", "visit": talk.id}, follow=True))
    late = text_of(client.post(decide, {"do": "call off", "visit": talk.id}, follow=True))
    assert "Nothing was changed; look at it again" in late
    talk.refresh_from_db()
    assert talk.cancelled_at is None


def test_no_conversation_ticked_changes_nothing_and_a_spoiled_one_is_not_found(ward, sign_in):
    without_first_dose(ward)
    client, decide = sign_in(ward.cora), reverse("workspace:without_dose")
    assert "No conversation was ticked" in text_of(client.post(decide, {"do": "keep"}, follow=True))
    assert client.post(decide, {"do": "keep", "visit": "1"}).status_code == 404
    assert client.post(decide, {"do": "delete"}).status_code == 404
    assert client.get(decide).status_code == 405


def test_what_cannot_be_put_back_says_who_is_taken(ward, sign_in):
    talk = without_first_dose(ward)
    client = sign_in(ward.cora)
    client.post(reverse("workspace:without_dose"), {"do": "call off", "visit": talk.id})
    other = courses.visit_of(talk.course, VisitKind.INTEGRATION, 2)
    Visit.objects.filter(pk=other.id).update(during=talk.during)
    said = text_of(client.post(reverse("workspace:without_dose_undo", args=[talk.id]), follow=True))
    assert "It cannot be put back: " in said
    assert "Thea Lindqvist" in said
