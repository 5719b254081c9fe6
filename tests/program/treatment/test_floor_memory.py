"""What a board remembers of a session is what is on record: late, struck, rolled back or rewritten events among them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection, transaction

from sojourn.clinical.protocols.thresholds import Adopted
from sojourn.program.intake.practice_rules import adopt_threshold, own_thresholds
from sojourn.program.plans.models import DoseOrder, Visit
from sojourn.program.plans.queries import visit_rows
from sojourn.program.treatment import floor_memory
from sojourn.program.treatment.bounded import BoundedMemory
from sojourn.program.treatment.floor import sessions_today
from sojourn.program.treatment.floor_memory import Kept, recorded_at
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.places import places_now
from sojourn.program.treatment.sessions import Recorded, events_of, orders_that_hold, telling_of
from sojourn.program.treatment.undoing import undo_event
from tests.support import courses

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def running(ward):
    visit = courses.first_session(ward)
    return visit, courses.give_dose(ward, visit)


def remembered(visit):
    return recorded_at([visit.id])[visit.id].events


def on_record(visit):
    return events_of([visit.id])[visit.id]


def test_what_is_remembered_is_what_is_on_record_after_each_event(ward, running):
    visit, dosed_at = running
    assert remembered(visit) == on_record(visit)
    courses.take_vitals(ward, visit, dosed_at + 20 * MINUTE)
    assert remembered(visit) == on_record(visit)
    courses.take_vitals(ward, visit, dosed_at + 5 * MINUTE)  # told late: it stands where it was taken
    late = remembered(visit)
    assert late == on_record(visit)
    assert late[-1].taken_at == dosed_at + 20 * MINUTE


def test_an_event_struck_later_is_struck_in_memory(ward, running):
    visit, dosed_at = running
    taken = courses.take_vitals(ward, visit, dosed_at + 20 * MINUTE)
    assert all(row.struck_at is None for row in remembered(visit))
    undo_event(visit_id=visit.id, event_id=taken.event_id, actor=ward.mona, now=dosed_at + 21 * MINUTE)
    now = remembered(visit)
    assert now == on_record(visit)
    assert [row.id for row in now if row.struck_at is not None] == [taken.event_id]


def test_only_what_is_new_is_read(ward, running, monkeypatch):
    visit, dosed_at = running
    remembered(visit)
    courses.take_vitals(ward, visit, dosed_at + 20 * MINUTE)
    read = []
    event = floor_memory._event
    monkeypatch.setattr(floor_memory, "_event", lambda row: read.append(row) or event(row))
    remembered(visit)
    assert len(read) == 2, "the one whose seal is looked at again, and the new one"


def test_an_event_that_was_rolled_back_is_forgotten(ward, running):
    visit, dosed_at = running
    before = remembered(visit)
    begun = transaction.savepoint()
    courses.take_vitals(ward, visit, dosed_at + 20 * MINUTE)
    assert len(remembered(visit)) == len(before) + 1
    transaction.savepoint_rollback(begun)
    assert remembered(visit) == before == on_record(visit)


def test_another_event_under_the_same_number_is_read_anew(ward, running):
    visit, dosed_at = running
    begun = transaction.savepoint()
    courses.take_vitals(ward, visit, dosed_at + 20 * MINUTE, systolic=140)
    assert remembered(visit)[-1].facts["systolic"] == 140
    transaction.savepoint_rollback(begun)
    courses.take_vitals(ward, visit, dosed_at + 20 * MINUTE, systolic=121)
    assert remembered(visit)[-1].facts["systolic"] == 121
    assert remembered(visit) == on_record(visit)


def test_names_are_read_again_after_ten_minutes(ward, running, monkeypatch):
    visit, _ = running
    remembered(visit)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_staffmember SET name = 'Mona Newname' WHERE id = %s", [ward.mona.staff_id]
        )
    at = floor_memory.time.monotonic()
    monkeypatch.setattr(floor_memory.time, "monotonic", lambda: at + floor_memory.HOLDS_S + 1)
    assert {row.by for row in remembered(visit) if row.by_id == ward.mona.staff_id} == {"Mona Newname"}


def test_no_more_is_kept_than_fits(running):
    events = remembered(running[0])
    memory = BoundedMemory[Kept](most=2 * len(events), events_in=lambda kept: len(kept.recorded.events))
    visits = [uuid4() for _ in range(3)]
    for visit_id in visits:
        memory.keep(
            visit_id, Kept(Recorded(events, telling_of(events)), events[-1], floor_memory.time.monotonic())
        )
    assert [memory.get(visit_id) is not None for visit_id in visits] == [False, True, True]


def test_a_place_tells_of_visit_and_order_what_the_rest_of_the_program_tells(ward, running):
    visit, dosed_at = running
    rows = visit_rows(Visit.objects.filter(pk=visit.id))
    assert orders_that_hold(rows)[visit.course_id] == (Decimal(56), Decimal(70))
    DoseOrder.objects.create(
        course=visit.course,
        dose_mg=84,
        weight_kg=71,
        why="More.",
        ordered_by_id=ward.ben.staff_id,
        ordered_at=dosed_at,
    )
    (place,) = places_now(now=dosed_at + MINUTE, visit_ids=[visit.id])
    assert place.visit == rows[0]
    assert place.order == orders_that_hold(rows)[visit.course_id] == (Decimal(84), Decimal(71))
    assert place.head == SessionEvent.objects.filter(visit=visit).count()
    assert place.is_running
    assert place in places_now(now=dosed_at + MINUTE)
    assert places_now(now=dosed_at + MINUTE, visit_ids=[]) == ()


def test_the_board_judges_a_session_as_its_own_page_does(ward, running):
    """By the limits adopted before it began, and by none adopted since."""
    visit, dosed_at = running

    def adopt(limit, at):
        own = next(each for each in own_thresholds() if each.threshold.rule_id == "SYSTOLIC-AMBER")
        adopt_threshold(
            wanted=Adopted(*own.threshold.key, limit), seen=own.limit, reason="Older patients.",
            signed_name="Dora Okafor", actor=ward.dora, now=at,
        )  # fmt: skip

    adopt(150, visit.during.lower - timedelta(days=1))
    adopt(140, visit.during.lower + MINUTE)
    courses.take_vitals(ward, visit, dosed_at + 20 * MINUTE, systolic=145)
    now = dosed_at + 21 * MINUTE
    (on_the_floor,) = sessions_today(ward.mona, now=now)
    assert on_the_floor == courses.session_at(ward, visit, now)
    assert on_the_floor.state.limits_crossed == ()
    courses.take_vitals(ward, visit, dosed_at + 22 * MINUTE, systolic=155)
    (on_the_floor,) = sessions_today(ward.mona, now=now + 2 * MINUTE)
    assert [each.limit_id for each in on_the_floor.state.limits_crossed] == ["SYSTOLIC-AMBER"]
