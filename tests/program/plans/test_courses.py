from datetime import timedelta
from decimal import Decimal

import pytest

from sojourn.clinical.protocols import course_protocol
from sojourn.clinical.quantities import Implausible
from sojourn.program.audit.models import Entry
from sojourn.program.people.models import Credential
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans import actions, queries
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Course, DoseOrder, Visit
from tests.support import courses, histories
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


def start(ward, **different):
    given = {
        "patient_id": ward.ada.patient_id,
        "protocol_id": "racemic_iv_clinic",
        "dose_mg": Decimal(35),
        "weight_kg": Decimal(70),
        "why": "Usual start.",
        "actor": ward.ben,
        "now": NOW,
    } | different
    return actions.start_course(**given)


def test_a_course_needs_a_standing_decision(ward):
    with pytest.raises(actions.NotDecided):
        start(ward)
    courses.decide(ward, outcome="suitable")
    courses.decide(ward, outcome="needs_more", now=NOW + timedelta(minutes=1))
    with pytest.raises(actions.NotDecided):
        start(ward)


def test_a_way_an_absolute_rule_forbids_is_not_started_though_another_way_is_open(ward):
    courses.decide(ward, home_session="no_companion")
    with pytest.raises(actions.WayForbidden) as refused:
        start(ward, protocol_id="racemic_sl_home", dose_mg=Decimal(100))
    assert refused.value.rule_ids == ("ELIG-SUI-02",)
    assert not Course.objects.exists()
    assert start(ward)


def test_new_answers_are_decided_on_before_a_course_begins(ward):
    courses.decide(ward)
    histories.assessed(ward.ada.patient_id, NOW + timedelta(minutes=1), aneurysm="yes")
    with pytest.raises(actions.AnsweredSince):
        start(ward, now=NOW + timedelta(minutes=2))
    assert queries.patients_to_start(ward.ben) == ()


def test_a_course_starts_with_its_first_order_and_a_line_in_the_log(ward):
    courses.decide(ward)
    course_id = start(ward)
    row = queries.course(course_id, actor=ward.ben)
    assert (row.dose_mg, row.prescriber_name, row.visits_booked) == (Decimal("35.0"), "Ben Adeyemi", 0)
    assert Entry.objects.filter(did="started a course", about_id=course_id).exists()
    assert [c.id for c in queries.courses_to_book(ward.cora)] == [course_id]
    assert queries.courses_to_book(ward.cleo) == ()


def test_a_patient_is_in_one_course_at_a_time(ward):
    courses.decide(ward)
    start(ward)
    with pytest.raises(actions.CourseAlreadyOpen):
        start(ward, protocol_id="racemic_im_clinic")
    assert Course.objects.count() == 1


def test_an_expired_license_stops_prescribing_from_the_day_after_its_last(ward):
    courses.decide(ward)
    paper = Credential.objects.filter(staff_member_id=ward.ben.staff_id, kind="license")
    paper.update(expires_on=NOW.date() - timedelta(days=1))
    with pytest.raises(actions.MayNotPrescribe) as refused:
        start(ward)
    assert refused.value.lacks == ("has a state license for CA that ended on Nov 23, 2026",)
    paper.update(expires_on=NOW.date())
    assert start(ward)


def test_a_registration_of_another_state_does_not_count(ward):
    courses.decide(ward)
    Credential.objects.filter(staff_member_id=ward.ben.staff_id, kind="controlled_substances").update(
        state="NV"
    )
    with pytest.raises(actions.MayNotPrescribe, match="controlled-substance registration for CA"):
        start(ward)


@pytest.mark.parametrize(
    ("protocol_id", "dose_mg", "words"),
    [
        ("esketamine_clinic", "60", "The device gives"),
        ("esketamine_clinic", "84", "The first dose is 56 mg"),
        ("racemic_iv_clinic", "75", "Above the cap"),
        ("racemic_sl_home", "150", "The first dose is at most 100 mg"),
    ],
)
def test_a_dose_outside_the_protocol_is_refused_with_its_limit(ward, protocol_id, dose_mg, words):
    courses.decide(ward)
    with pytest.raises(actions.DoseRefused, match=words) as refused:
        start(ward, protocol_id=protocol_id, dose_mg=Decimal(dose_mg))
    plan = course_protocol(protocol_id).dose
    assert all("DOSE-" in said and plan.citations[0].in_words in said for said in refused.value.says)
    assert not DoseOrder.objects.exists()


def test_a_weight_of_7_kg_is_refused(ward):
    courses.decide(ward)
    with pytest.raises(Implausible, match="between 25 and 350 kg"):
        start(ward, weight_kg=Decimal(7))


def test_an_order_says_why(ward):
    courses.decide(ward)
    with pytest.raises(actions.WhyMissing):
        start(ward, why="  ")


def test_a_session_monitor_starts_no_course(ward):
    courses.decide(ward)
    with pytest.raises(NotAllowed):
        start(ward, actor=ward.mona)


def test_a_new_order_replaces_the_one_before_and_keeps_it(ward):
    course = courses.start(ward)
    later = NOW + timedelta(days=20)
    courses.book(ward, course)
    first = courses.visit_of(course, VisitKind.DOSING, 1)
    given = {"course_id": course.id, "weight_kg": Decimal(70), "actor": ward.ben}
    for now in (
        NOW + timedelta(hours=1),
        later,
    ):  # also where the first session has passed, and nothing was given
        with pytest.raises(actions.DoseRefused, match="first dose is 56 mg"):
            actions.order_dose(**given, dose_mg=Decimal(84), why="More.", now=now)
    histories.event(ward, first, "dosed", first.during.lower, mg=56.0)
    actions.order_dose(**given, dose_mg=Decimal(84), why="Well borne, little effect.", now=later)
    assert [o.dose_mg for o in queries.orders_of(course.id, actor=ward.ben)] == [
        Decimal("84.0"),
        Decimal("56.0"),
    ]
    assert queries.course(course.id, actor=ward.ben).dose_mg == Decimal("84.0")


def test_a_dose_is_raised_from_what_was_given_and_not_from_what_was_ordered(ward):
    """At home by at most 50 mg a session: an order for a session that was missed is no step."""
    course = courses.start(ward, "racemic_sl_home")
    courses.book(ward, course)
    first, second = (courses.visit_of(course, VisitKind.DOSING, n) for n in (1, 2))
    order = {"course_id": course.id, "weight_kg": Decimal(70), "actor": ward.ben, "why": "Little effect."}
    histories.event(ward, first, "dosed", first.during.lower, mg=50.0)
    histories.event(ward, first, "dosed", first.during.lower + timedelta(minutes=9), mg=50.0)
    with pytest.raises(actions.DoseRefused, match="Raised by more than 50 mg"):
        actions.order_dose(**order, dose_mg=Decimal(151), now=first.during.upper)
    actions.order_dose(**order, dose_mg=Decimal(150), now=first.during.upper)
    with pytest.raises(actions.DoseRefused, match="Raised by more than 50 mg"):
        actions.order_dose(**order, dose_mg=Decimal(200), now=second.during.upper)
    histories.event(ward, second, "dosed", second.during.lower, mg=150.0)
    actions.order_dose(**order, dose_mg=Decimal(200), now=second.during.upper)


def test_ending_a_course_cancels_what_is_to_come_and_keeps_what_was(ward):
    course = courses.start(ward)
    visits = courses.book(ward, course)
    middle = visits[5].during.upper
    actions.end_course(course_id=course.id, how="stopped", because="Moves away.", actor=ward.ben, now=middle)
    assert Visit.objects.filter(course=course, cancelled_at=None).count() == 6
    with pytest.raises(actions.CourseEnded):
        actions.end_course(course_id=course.id, how="stopped", because="Again.", actor=ward.ben, now=middle)
    assert queries.open_course_of(ward.ada.patient_id, actor=ward.ben) is None


def test_a_chair_name_is_given_once_in_a_site(ward):
    actions.add_chair(site_id=ward.oakland, name="Window", actor=ward.cora, now=NOW)
    with pytest.raises(actions.ChairNameTaken):
        actions.add_chair(site_id=ward.oakland, name=" Window ", actor=ward.cora, now=NOW)
    assert actions.add_chair(site_id=ward.brooklyn, name="Window", actor=ward.dora, now=NOW)


def test_patients_with_a_suitable_decision_wait_for_a_course(ward):
    courses.decide(ward)
    assert [row.patient_name for row in queries.patients_to_start(ward.ben)] == ["Ada Núñez"]
    assert queries.patients_to_start(ward.cleo) == ()
    start(ward)
    assert queries.patients_to_start(ward.ben) == ()
