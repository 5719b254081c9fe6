"""What a process remembers of a session is what stands on record, whoever wrote it and whatever was taken back."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from sojourn.clinical import monitoring
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment import remembered
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.plan_in_force import plan_in_force
from sojourn.program.treatment.remembered import forms_elsewhere, record_of
from sojourn.program.treatment.sessions import events_of
from tests.support import courses

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(ward):
    return courses.first_session(ward)


@pytest.fixture
def dosed_at(ward, visit):
    return courses.give_dose(ward, visit)


def stands(visit):
    """The session as the chart reads it, and as it is remembered, each folded."""
    rows = events_of([visit.id])[visit.id]
    return monitoring.in_order(row.as_event() for row in rows), record_of(visit.id).told


def test_it_is_what_the_chart_reads(ward, visit, dosed_at):
    for minute in (10, 5, 20):  # told late, and in no order
        courses.take_vitals(ward, visit, dosed_at + timedelta(minutes=minute))
        read, known = stands(visit)
        assert known == read


def test_what_was_struck_counts_no_more(ward, visit, dosed_at):
    at = dosed_at + timedelta(minutes=10)
    courses.note_event(ward, visit, "looked", {}, at)
    looked = SessionEvent.objects.get(kind="looked")
    assert str(looked.id) in {event.event_id for event in stands(visit)[1]}
    courses.note_event(ward, visit, "struck", {"struck_id": str(looked.id), "words": "Another room."}, at)
    read, known = stands(visit)
    assert known == read
    assert str(looked.id) not in {event.event_id for event in known}


def test_what_was_taken_back_by_the_database_is_not_remembered(ward, visit, dosed_at):
    before = record_of(visit.id)
    with transaction.atomic():
        courses.take_vitals(ward, visit, dosed_at + timedelta(minutes=10), systolic=199)
        assert len(record_of(visit.id).written) > len(before.written)
        transaction.set_rollback(True)
    assert record_of(visit.id) == before
    courses.take_vitals(ward, visit, dosed_at + timedelta(minutes=10))
    read, known = stands(visit)
    assert known == read


def test_where_the_last_seal_is_another_everything_is_read_anew(ward, visit, dosed_at):
    head = record_of(visit.id).head
    with connection.cursor() as owner:
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        owner.execute("ALTER TABLE treatment_sessionevent DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE treatment_sessionevent SET seal = repeat('e', 64) WHERE visit_id = %s AND sequence = %s",
            [visit.id, head.sequence],
        )
        owner.execute(
            "UPDATE treatment_sessionevent SET device = 'Other' WHERE visit_id = %s AND sequence = 1",
            [visit.id],
        )
        owner.execute("ALTER TABLE treatment_sessionevent ENABLE TRIGGER USER")
    assert record_of(visit.id).written[0].device == "Other"


def test_a_form_of_another_session_is_told_apart(ward, visit, dosed_at):
    form_id = SessionEvent.objects.order_by("sequence").first().form_id
    other = courses.visit_of(visit.course, VisitKind.DOSING, 2)
    assert forms_elsewhere(other.id, [form_id]) == {form_id}
    assert forms_elsewhere(visit.id, [form_id]) == frozenset()


def test_only_so_many_events_are_remembered(ward, visit, dosed_at, monkeypatch):
    kept = record_of(visit.id)
    assert visit.id in remembered.memory
    monkeypatch.setattr(remembered.memory, "most", len(kept.written) - 1)
    assert record_of(visit.id) == kept
    assert visit.id not in remembered.memory
    assert record_of(visit.id) == kept


def test_only_a_dosing_session_has_a_plan(ward, visit):
    assert plan_in_force(courses.visit_of(visit.course, VisitKind.PREPARATION, 1).id) is None
    assert plan_in_force(visit.id).number == 1
