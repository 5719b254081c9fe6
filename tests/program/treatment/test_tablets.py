"""Controlled medicine is accounted for: what was taken out is somewhere, waste was seen by two, and nothing falls below none."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from sojourn.clinical.monitoring import EventInvalid
from sojourn.program.people.policy import NotAllowed
from sojourn.program.treatment import dose_checking, session_refusals, tablets
from sojourn.program.treatment.holding import holds_of
from sojourn.program.treatment.models import SessionEvent, TabletEntry
from sojourn.program.treatment.papers import paper
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
GOOD_UNTIL = date(2027, 12, 31)


@pytest.fixture
def home(ward):
    return courses.first_session(ward, "racemic_sl_home")


@pytest.fixture
def drip(ward):
    return courses.first_session(ward, "racemic_iv_clinic")


def account(ward, visit, at, unit, **counts):
    facts = {"drug": "ketamine", "unit": unit, "dispensed": 0, "given": 0, "wasted": 0, "returned": 0}
    return dose_checking.account_for(
        visit_id=visit.id,
        form_id=uuid4(),
        facts=facts | counts,
        taken_at=at,
        actor=ward.mona,
        now=at,
    )


def ship(ward, visit, n, doses=2, now=NOW, actor=None):
    tablets.ship_tablets(
        course_id=visit.course_id,
        tablets=n,
        lot="T7",
        expires_on=GOOD_UNTIL,
        doses=doses,
        actor=actor or ward.cora,
        now=now,
    )


def remains(visit):
    return tablets.remaining_of([visit.course_id]).get(visit.course_id)


def test_what_was_taken_out_is_given_wasted_or_returned(ward, drip):
    dosed_at = courses.give_dose(ward, drip, mg=None)
    with pytest.raises(EventInvalid):
        account(ward, drip, dosed_at, "mg", dispensed=50, given=35, wasted=10)
    with pytest.raises(dose_checking.GivenDiffers):
        account(ward, drip, dosed_at, "mg", dispensed=50, given=36, wasted=14)
    note = str(paper(drip.id, "note", actor=ward.mona, now=dosed_at))
    assert "not accounted for yet" in note
    done = account(ward, drip, dosed_at, "mg", dispensed=50, given=35, wasted=15)
    note = str(paper(drip.id, "note", actor=ward.mona, now=dosed_at))
    assert "50 taken out, 35 given, 15 wasted, 0 returned" in note
    assert "no second person has signed that they saw it" in note
    dose_checking.witness(
        visit_id=drip.id, form_id=uuid4(), about_id=done.event_id, actor=ward.ben, now=dosed_at
    )
    note = str(paper(drip.id, "note", actor=ward.mona, now=dosed_at))
    assert "no second person" not in note
    assert f"seen by a second person · {ward.ben.name}" in note


def test_whoever_wasted_it_is_not_the_second_person(ward, drip):
    dosed_at = courses.give_dose(ward, drip, mg=None)
    done = account(ward, drip, dosed_at, "mg", dispensed=50, given=35, wasted=15)
    with pytest.raises(dose_checking.SamePerson):
        dose_checking.witness(
            visit_id=drip.id, form_id=uuid4(), about_id=done.event_id, actor=ward.mona, now=dosed_at
        )


def test_an_account_is_told_by_its_own_deed_alone(ward, drip):
    at = drip.during.lower
    with pytest.raises(session_refusals.NotRecordedByHand):
        courses.note_event(ward, drip, "accounted", {"drug": "ketamine", "unit": "mg"}, at)


def test_tablets_at_home_are_fewer_by_what_a_session_used(ward, home):
    ship(ward, home, 4)
    dosed_at = courses.give_dose(ward, home, mg=None)
    account(ward, home, dosed_at, "tablets", dispensed=1, given=1)
    assert remains(home) == 3
    account(ward, home, dosed_at, "tablets", dispensed=2, given=1, wasted=1)
    assert remains(home) == 2
    account(ward, home, dosed_at, "tablets", dispensed=1, given=1)
    assert remains(home) == 3


def test_tablets_are_taken_out_whole_and_the_parts_of_one_lose_nothing(ward, home):
    ship(ward, home, 4)
    dosed_at = courses.give_dose(ward, home, mg=None)
    with pytest.raises(EventInvalid, match="whole number"):
        account(ward, home, dosed_at, "tablets", dispensed=1.5, given=1.5)
    assert not SessionEvent.objects.filter(kind="accounted").exists()
    account(ward, home, dosed_at, "tablets", dispensed=1, given=0.7, wasted=0.2, returned=0.1)
    assert remains(home) == 3, "0.7, 0.2 and 0.1 are one tablet, whatever a machine makes of the sum"


def test_nothing_is_used_that_is_not_there(ward, home):
    ship(ward, home, 4)
    dosed_at = courses.give_dose(ward, home, mg=None)
    with pytest.raises(tablets.MoreThanIsThere):
        account(ward, home, dosed_at, "tablets", dispensed=5, given=5)
    assert remains(home) == 4
    assert not SessionEvent.objects.filter(kind="accounted").exists()


def test_a_session_is_accounted_for_where_no_shipment_was_noted(ward, home):
    dosed_at = courses.give_dose(ward, home, mg=None)
    account(ward, home, dosed_at, "tablets", dispensed=2, given=1, returned=1)
    assert remains(home) is None
    assert SessionEvent.objects.filter(kind="accounted").count() == 1


def test_the_database_refuses_less_than_none_and_a_change_of_the_past(ward, home):
    ship(ward, home, 2)
    entry = TabletEntry.objects.get()
    with pytest.raises(IntegrityError, match="tablets_at_home_are_never_below_none"), transaction.atomic():
        TabletEntry.objects.create(
            course=entry.course, sequence=2, kind="used", change=-3, remains=-1,
            recorded_by=entry.recorded_by, at=NOW,
        )  # fmt: skip
    for change in (lambda rows: rows.update(remains=9), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(TabletEntry.objects.all())


@pytest.mark.parametrize(("counted", "is_held"), [(4, False), (3, False), (2, True), (6, True)])
def test_a_count_on_camera_that_differs_by_more_than_one_holds_the_dose(ward, home, counted, is_held):
    ship(ward, home, 4)
    at = courses.make_ready(ward, home)
    courses.check_dose(ward, home, at, count=counted)
    says = [hold.says for hold in holds_of(courses.session_at(ward, home, at), actor=ward.mona, now=at)]
    assert any("counted, and 4 should be there" in each for each in says) is is_held


def test_a_mismatch_holds_the_next_shipment_until_a_count_agrees(ward, home):
    ship(ward, home, 2)
    later = NOW + timedelta(days=40)
    with pytest.raises(tablets.ShipmentHeld):
        ship(ward, home, 2, now=later)
    assert (
        tablets.count_tablets(course_id=home.course_id, counted=0, words="", actor=ward.cora, now=later) == -2
    )
    with pytest.raises(tablets.ShipmentHeld, match="differs by more than 1"):
        ship(ward, home, 2, now=later)
    assert (
        tablets.count_tablets(course_id=home.course_id, counted=2, words="", actor=ward.cora, now=later) == 0
    )
    ship(ward, home, 2, now=later)
    assert remains(home) == 4


def test_nobody_else_ships_or_sees_tablets(ward, home):
    with pytest.raises(tablets.CourseNotSeen):
        ship(ward, home, 2, actor=ward.cleo)
    with pytest.raises(NotAllowed):
        ship(ward, home, 2, actor=ward.thea)
    ship(ward, home, 2)
    assert tablets.tablets_of(home.course_id, actor=ward.cleo) == ()
    assert len(tablets.tablets_of(home.course_id, actor=ward.cora)) == 1
