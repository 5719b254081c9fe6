import threading
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.people import actions as people
from sojourn.program.people.models import CareTeamMember, Credential, Patient, StaffMember
from sojourn.program.people.policy import NotAllowed, may_see
from sojourn.program.people.roles import Role
from sojourn.program.plans import actions, booking, checking, proposing, queries
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.desk import desk_for
from sojourn.program.plans.models import Visit
from tests.support import courses
from tests.support.ward import NOW, open_ward

pytestmark = pytest.mark.django_db


def join(ward, name="Dev Iyer"):
    """Another patient of Oakland, as the ward's Ada."""
    patient = people.join_practice(
        name=name,
        born_on=date(1980, 1, 1),
        email=f"{name.split()[0].lower()}@example.org",
        password="a-quiet-well-lit-room",
        phone="555-0101",
        state="CA",
        site_id=ward.oakland,
        now=NOW,
    )
    return replace(ward, ada=patient)


def hire_monitor(ward, turn):
    """Another session monitor of Oakland with every paper."""
    staff_id = people.add_staff_member(
        name=f"Monitor {turn}",
        email=f"monitor{turn}@example.org",
        password="a-quiet-well-lit-room",
        roles=[Role.SESSION_MONITOR],
        site_ids=[ward.oakland],
        actor=ward.dora,
        now=NOW,
    )
    for held in Credential.objects.filter(staff_member_id=ward.mona.staff_id):
        held.pk, held.staff_member_id, held._state.adding = uuid4(), staff_id, True
        held.save()
    return staff_id


def test_a_series_is_booked_whole_with_the_questionnaires_of_its_course(ward):
    course = courses.start(ward)
    visits = courses.book(ward, course)
    assert len(visits) == 17
    assert queries.courses_to_book(ward.cora) == ()
    asked = QuestionnaireRequest.objects.filter(course_id=course.id)
    assert set(asked.values_list("instrument_id", flat=True)) == {
        "phq-9",
        "phq-2",
        "gad-7",
        "cgi",
        "pgi-c",
    }
    weekly = asked.filter(instrument_id="phq-9", point__in=["baseline", "induction"]).order_by("due_on")
    assert weekly.first().due_on == courses.FIRST_DOSE_ON
    assert weekly.count() == 4


def test_a_moved_dose_moves_what_is_asked_around_it_and_nothing_answered(ward):
    course = courses.start(ward)
    visits = courses.book(ward, course)
    last = max((v for v in visits if v.kind == "dosing"), key=lambda v: v.during.lower)

    def standing():
        rows = QuestionnaireRequest.objects.filter(
            course_id=course.id, withdrawn_at=None, instrument_id="phq-2"
        )
        return sorted(rows.values_list("due_on", flat=True))

    before = standing()
    booking.cancel_visit(visit_id=last.id, because="The patient travels.", actor=ward.cora, now=NOW)
    assert standing() == before[:-1]
    assert QuestionnaireRequest.objects.filter(course_id=course.id).exclude(withdrawn_at=None).exists()


def test_a_series_is_booked_once(ward):
    course = courses.start(ward)
    wanted = courses.wanted_series(ward, course)
    booking.book_series(course_id=course.id, visits=wanted, actor=ward.cora, now=NOW)
    with pytest.raises(booking.AlreadyBooked):
        booking.book_series(course_id=course.id, visits=wanted, actor=ward.cora, now=NOW)
    assert Visit.objects.count() == 17


def test_one_problem_books_nothing(ward):
    course = courses.start(ward)
    wanted = courses.wanted_series(ward, course)
    wanted[-1] = replace(wanted[-1], clinician_id=ward.theo.staff_id)
    with pytest.raises(booking.NotBookable) as refused:
        booking.book_series(course_id=course.id, visits=wanted, actor=ward.cora, now=NOW)
    assert [problem.says for problem in refused.value.problems] == [
        "This clinician does not work at this site."
    ]
    assert not Visit.objects.exists()


def test_an_expired_license_blocks_booking_and_says_whose_and_when(ward):
    course = courses.start(ward)
    wanted = courses.wanted_series(ward, course)
    Credential.objects.filter(staff_member_id=ward.thea.staff_id, kind="license").update(
        expires_on=date(2026, 12, 15)
    )
    with pytest.raises(booking.NotBookable) as refused:
        booking.book_series(course_id=course.id, visits=wanted, actor=ward.cora, now=NOW)
    assert {problem.about for problem in refused.value.problems} == {"credential"}
    assert {problem.says for problem in refused.value.problems} == {
        "Thea Lindqvist has a state license for CA that ended on Dec 15, 2026."
    }


def test_a_license_counts_where_the_patient_is_not_where_the_site_is(ward):
    course = courses.start(ward)
    wanted = courses.wanted_series(ward, course)
    Patient.objects.filter(pk=ward.ada.patient_id).update(state="OR")
    with pytest.raises(booking.NotBookable, match="no state license for OR"):
        booking.book_series(course_id=course.id, visits=wanted, actor=ward.cora, now=NOW)


def test_a_dose_too_soon_is_refused_and_a_late_integration_only_marked(ward):
    course = courses.start(ward)
    wanted = {visit.place: visit for visit in courses.wanted_series(ward, course)}
    early = dict(wanted)
    early["dosing", 2] = replace(
        wanted["dosing", 2], starts_at=wanted["dosing", 1].starts_at + timedelta(hours=30)
    )
    with pytest.raises(booking.NotBookable, match="At least 48 hours"):
        booking.book_series(course_id=course.id, visits=list(early.values()), actor=ward.cora, now=NOW)
    late = dict(wanted)
    late["integration", 8] = replace(
        wanted["integration", 8], starts_at=wanted["integration", 8].starts_at + timedelta(days=7)
    )
    booking.book_series(course_id=course.id, visits=list(late.values()), actor=ward.cora, now=NOW)
    assert Visit.objects.count() == 17


def test_times_that_have_passed_or_lie_years_ahead_are_refused(ward):
    course = courses.start(ward)
    wanted = courses.wanted_series(ward, course)
    for starts_at in (NOW - timedelta(days=1), NOW + timedelta(days=900)):
        spoiled = [replace(wanted[0], starts_at=starts_at), *wanted[1:]]
        with pytest.raises(booking.NotBookable):
            booking.book_series(course_id=course.id, visits=spoiled, actor=ward.cora, now=NOW)


def test_a_therapist_is_in_one_conversation_at_a_time(ward):
    first = courses.start(ward)
    courses.book(ward, first)
    second_ward = join(ward)
    second = courses.start(second_ward)
    wanted = courses.wanted_series(second_ward, second)
    taken = courses.visit_of(first, VisitKind.PREPARATION, 1)
    wanted[0] = replace(wanted[0], starts_at=taken.during.lower + timedelta(minutes=30))
    with pytest.raises(booking.DoubleBooked) as refused:
        booking.book_series(course_id=second.id, visits=wanted, actor=ward.cora, now=NOW)
    assert str(refused.value) == (
        "Thea Lindqvist has a preparation visit on Fri Nov 27, 9:00 AM to 10:00 AM PST."
    )


def test_a_monitor_watches_four_sessions_and_not_a_fifth(ward):
    for name in ("Chair 3", "Chair 4", "Chair 5"):
        actions.add_chair(site_id=ward.oakland, name=name, actor=ward.cora, now=NOW)
    chairs = []
    for name in ("Ada", "Bo Li", "Cy Orr", "Di Fox", "Ed Poe"):
        own = ward if name == "Ada" else join(ward, name)
        course = courses.start(own)
        chairs = [chair.id for chair in queries.chairs_of([ward.oakland])]
        wanted = courses.wanted_series(own, course)
        first = next(visit for visit in wanted if visit.place == ("dosing", 1))
        at_nine = replace(
            first,
            starts_at=first.starts_at.replace(hour=9, minute=0),
            clinician_id=ward.mona.staff_id,
            chair_id=chairs[len(Visit.objects.filter(kind="dosing"))],
        )
        prep = next(visit for visit in wanted if visit.kind == "preparation")
        if name != "Ed Poe":
            booking.book_series(course_id=course.id, visits=[prep, at_nine], actor=ward.cora, now=NOW)
        else:
            with pytest.raises(
                booking.DoubleBooked, match=r"Mona Castillo has a dosing session .* and 3 more"
            ):
                booking.book_series(course_id=course.id, visits=[prep, at_nine], actor=ward.cora, now=NOW)
    assert sorted(v.places.lower for v in Visit.objects.filter(kind="dosing")) == [1, 2, 3, 4]


def test_moving_a_series_moves_it_whole(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    to = second.during.lower + timedelta(days=3)
    plan = proposing.propose_move(visit_id=second.id, to=to, actor=ward.cora, now=NOW)
    booking.apply_move(visit_id=second.id, to=to, whole_series=True, actor=ward.cora, now=NOW)
    for moved in plan.shifted:
        assert Visit.objects.get(pk=moved.visit.id).during.lower == moved.to.starts_at
    history = second.events.order_by("pgh_id").values_list("pgh_label", flat=True)
    assert list(history) == ["insert", "update"]


def test_moving_one_visit_alone_is_refused_where_it_breaks_a_rule(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    to = second.during.lower + timedelta(days=3)
    with pytest.raises(booking.NotBookable, match="At least 48 hours"):
        booking.apply_move(visit_id=second.id, to=to, whole_series=False, actor=ward.cora, now=NOW)
    second.refresh_from_db()
    assert second.during.lower < to


def test_a_series_can_move_back_again(ward):
    course = courses.start(ward)
    before = {v.id: v.during.lower for v in courses.book(ward, course)}
    third = courses.visit_of(course, VisitKind.DOSING, 3)
    stood = third.during.lower
    for to in (stood + timedelta(days=1), stood):
        booking.apply_move(visit_id=third.id, to=to, whole_series=True, actor=ward.cora, now=NOW)
    assert Visit.objects.get(pk=third.id).during.lower == stood
    assert Visit.objects.filter(course=course, cancelled_at=None).count() == len(before)


def test_a_cancelled_visit_frees_its_time_and_can_be_booked_again(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    third = courses.visit_of(course, VisitKind.DOSING, 3)
    with pytest.raises(booking.ReasonMissing):
        booking.cancel_visit(visit_id=third.id, because=" ", actor=ward.cora, now=NOW)
    booking.cancel_visit(visit_id=third.id, because="Has a cold.", actor=ward.cora, now=NOW)
    booking.cancel_visit(visit_id=third.id, because="Again.", actor=ward.cora, now=NOW)
    third.refresh_from_db()
    assert third.cancelled_because == "Has a cold."
    [again] = courses.wanted_series(ward, course)
    booking.book_series(course_id=course.id, visits=[again], actor=ward.cora, now=NOW)
    assert courses.visit_of(course, VisitKind.DOSING, 3).id != third.id


def test_a_companion_has_a_name_and_a_number(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    dose = courses.visit_of(course, VisitKind.DOSING, 1)
    with pytest.raises(booking.NameMissing):
        booking.name_sitter(visit_id=dose.id, name="Nils", phone=" ", actor=ward.cora, now=NOW)
    booking.name_sitter(visit_id=dose.id, name="Nils", phone="555 0100", actor=ward.cora, now=NOW)
    talk = courses.visit_of(course, VisitKind.PREPARATION, 1)
    with pytest.raises(proposing.VisitNotFound):
        booking.name_sitter(visit_id=talk.id, name="Nils", phone="555 0100", actor=ward.cora, now=NOW)


def test_a_therapist_books_nothing_and_a_stranger_sees_nothing(ward):
    course = courses.start(ward)
    wanted = courses.wanted_series(ward, course)
    with pytest.raises(NotAllowed):
        booking.book_series(course_id=course.id, visits=wanted, actor=ward.thea, now=NOW)
    visits = courses.book(ward, course)
    with pytest.raises(proposing.VisitNotFound):
        booking.cancel_visit(visit_id=visits[0].id, because="x", actor=ward.cleo, now=NOW)


def test_a_colleague_who_left_is_not_booked(ward):
    course = courses.start(ward)
    wanted = courses.wanted_series(ward, course)
    StaffMember.objects.filter(pk=ward.thea.staff_id).update(left_on=NOW.date())
    with pytest.raises(booking.NotBookable, match="does not work at this site"):
        booking.book_series(course_id=course.id, visits=wanted, actor=ward.cora, now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", ["clinician", "chair"])
def test_of_two_coordinators_booking_the_same_time_exactly_one_wins(shared):
    ward = open_ward()
    other = join(ward)
    first, second = courses.start(ward), courses.start(other)
    series = {
        course.id: courses.wanted_series(own, course) for own, course in ((ward, first), (other, second))
    }
    if shared == "chair":  # two monitors, one chair, and no other clash
        for course_id, visits in series.items():
            monitor = ward.mona if course_id == first.id else ward.ben
            dose = next(v for v in visits if v.place == ("dosing", 1))
            prep = replace(
                visits[0], starts_at=visits[0].starts_at + timedelta(hours=2 * (course_id == second.id))
            )
            series[course_id] = [prep, replace(dose, clinician_id=monitor.staff_id)]
    results, together = [], threading.Barrier(2)

    def book(course_id, visits):
        try:
            together.wait(10)
            booking.book_series(course_id=course_id, visits=visits, actor=ward.cora, now=NOW)
            results.append("booked")
        except booking.DoubleBooked as refused:
            results.append(str(refused))
        finally:
            connections.close_all()

    hands = [threading.Thread(target=book, args=item) for item in series.items()]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(30)
    lost = next(said for said in results if said != "booked")
    assert results.count("booked") == 1
    assert ("Chair 1 is taken" if shared == "chair" else "Thea Lindqvist has") in lost
    assert Visit.objects.values("course_id").distinct().count() == 1


def test_a_session_over_midnight_sees_what_stands_after_it(ward):
    """Two night sessions watched by one monitor, the earlier booked last, take places of their own."""
    after_midnight, before_midnight = 0.5, -0.5
    for name, hours in (("Ada", after_midnight), ("Bo Li", before_midnight)):
        own = ward if name == "Ada" else join(ward, name)
        course = courses.start(own)
        wanted = courses.wanted_series(own, course)
        prep = next(visit for visit in wanted if visit.kind == "preparation")
        first = next(visit for visit in wanted if visit.place == ("dosing", 1))
        midnight = first.starts_at.astimezone(ZoneInfo("America/Los_Angeles")).replace(hour=0, minute=0)
        at_night = replace(
            first,
            starts_at=midnight + timedelta(hours=hours),
            clinician_id=ward.mona.staff_id,
            chair_id=queries.chairs_of([ward.oakland])[name == "Ada"].id,
        )
        booking.book_series(course_id=course.id, visits=[prep, at_night], actor=ward.cora, now=NOW)
    assert sorted(v.places.lower for v in Visit.objects.filter(kind="dosing")) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_of_twenty_bookings_of_one_chair_at_once_one_wins_and_every_other_is_told_what_took_it():
    """Each by another monitor, so that nothing but the chair makes them take turns."""
    ward = open_ward()
    series = {}
    for turn in range(20):
        own = join(ward, name=f"Patient{turn} Iyer")
        course = courses.start(own)
        monitor = hire_monitor(ward, turn)
        wanted = courses.wanted_series(own, course)
        chair = next(visit.chair_id for visit in wanted if visit.chair_id)
        doses = [visit for visit in wanted if visit.kind == "dosing"][1:4]
        turned = doses if turn % 2 else doses[::-1]
        series[course.id] = [replace(v, clinician_id=monitor, chair_id=chair) for v in turned]
    said, together = [], threading.Barrier(20)

    def book(course_id, visits):
        try:
            together.wait(30)
            booking.book_series(course_id=course_id, visits=visits, actor=ward.cora, now=NOW)
            said.append("booked")
        except booking.DoubleBooked as refused:
            said.append(str(refused))
        except Exception as other:  # noqa: BLE001 - whatever else ends a booking is what this test looks for
            said.append(f"ended in {type(other).__name__}: {other}")
        finally:
            connections.close_all()

    hands = [threading.Thread(target=book, args=item) for item in series.items()]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(60)
    assert len(said) == 20
    assert said.count("booked") == 1
    assert all("Chair 1 is taken" in one for one in said if one != "booked"), said
    assert Visit.objects.values("course_id").distinct().count() == 1


def test_booking_a_series_makes_its_therapist_the_patients_where_there_is_none(ward):
    """Otherwise the therapist of a new patient could never open the record they are booked for."""
    newcomer = join(ward)
    course = courses.start(newcomer)
    wanted = courses.wanted_series(newcomer, course)
    assert not may_see(ward.thea, newcomer.ada.patient_id)
    booking.book_series(course_id=course.id, visits=wanted, actor=ward.cora, now=NOW)
    assert may_see(ward.thea, newcomer.ada.patient_id)


def test_a_conversation_with_a_therapist_off_the_care_team_is_marked(ward):
    course = courses.start(ward)
    wanted = courses.wanted_series(ward, course)
    CareTeamMember.objects.filter(patient_id=ward.ada.patient_id).update(until_at=NOW)
    samir = people.add_staff_member(
        name="Samir Haddad", email="samir@example.org", password="a-quiet-well-lit-room",
        roles=[Role.THERAPIST], site_ids=[ward.oakland], actor=ward.dora, now=NOW,
    )  # fmt: skip
    people.put_on_care_team(
        patient_id=ward.ada.patient_id, staff_id=samir, role=Role.THERAPIST, actor=ward.cora, now=NOW
    )
    problems = checking.problems_with(
        desk_for(course.id, actor=ward.cora), wanted, standing=(), taken=(), now=NOW
    )
    marks = {problem.says for problem in problems if problem.about == "care team"}
    assert marks == {"Thea Lindqvist is not the patient's therapist and does not see the chart."}
    assert not any(problem.refuses for problem in problems)
