"""What goes wrong around the watch: its connection torn, two at once, a night in which the clocks change."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from sojourn.clinical import monitoring
from sojourn.program.safety.deadlines import arm_look
from sojourn.program.safety.models import Alarm, Deadline, MissedStep
from sojourn.program.treatment import watching
from sojourn.program.treatment.missed_looks import take_due_steps
from sojourn.program.treatment.recorder import NewEvent, add_events
from sojourn.program.treatment.watching import Watch
from tests.support import histories
from tests.support.ward import NOW, open_ward

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def look_due(patient_id, *, in_s=0.0):
    visit_id = uuid4()
    arm_look(
        visit_id=visit_id, patient_id=patient_id, ladder="missed_check_in", look_due_at=NOW,
        due_in=timedelta(seconds=in_s), is_urgent=False, facts={"session": 1},
    )  # fmt: skip
    return visit_id


def until(holds, within_s=15.0):
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def crew(monkeypatch):
    """Two workers of the watch at work in this process, each with a connection of its own."""
    monkeypatch.setattr(watching, "AGAIN_AFTER_S", 0.1)
    workers = [Watch(f"watch {number}", round_s=0.05) for number in (1, 2)]

    def go(watch):
        watch.go()
        connection.close()

    threads = [threading.Thread(target=go, args=(watch,)) for watch in workers]
    for thread in threads:
        thread.start()
    yield workers
    for watch in workers:
        watch.stop()
    for thread in threads:
        thread.join(20)


@pytest.mark.django_db(transaction=True)
def test_workers_whose_connections_are_torn_come_back_and_take_what_fell_due_meanwhile(crew):
    ward = open_ward()
    first = look_due(ward.ada.patient_id)
    assert until(lambda: MissedStep.objects.filter(visit_id=first).count() == 1)
    second = look_due(ward.ada.patient_id, in_s=0.3)
    with connection.cursor() as cursor:
        for _ in range(5):
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            time.sleep(0.1)
    assert until(lambda: MissedStep.objects.filter(visit_id=second).count() == 1)
    assert Alarm.objects.count() == 2, "each once, by one of the two"


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_each_of_many_steps_once_and_a_look_that_comes_first_is_no_miss(crew):
    ward = open_ward()
    due = [look_due(ward.ada.patient_id, in_s=0.5) for _ in range(60)]
    looked = set(due[::3])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE safety_deadline SET due_at = due_at + interval '1 hour' WHERE about_id = ANY(%s)",
            [list(looked)],
        )
        time.sleep(1.0)  # the looks are on their way to the record while the others fall due
    assert until(lambda: MissedStep.objects.count() == 40)
    time.sleep(0.3)
    missed = list(MissedStep.objects.values_list("visit_id", flat=True))
    assert sorted(missed) == sorted(set(due) - looked)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dosed_at", "zone_says"),
    [
        (datetime(2026, 11, 1, 1, 50, tzinfo=LOS_ANGELES), "01:50 comes twice"),
        (datetime(2026, 3, 8, 1, 50, tzinfo=LOS_ANGELES), "02:10 does not exist"),
    ],
)
def test_in_the_night_the_clocks_change_twenty_minutes_are_twenty_minutes(ward, dosed_at, zone_says):
    course = histories.course(ward, ward.ada.patient_id, NOW)
    course.protocol_id = "racemic_sl_home"
    course.save()
    visit = histories.visit(ward, course, "dosing", 1, dosed_at)
    event = monitoring.read_event(kind="dosed", facts={"mg": 100}, taken_at=dosed_at)
    add_events(
        visit.id, [NewEvent(event=event, form_id=uuid4())], did="recorded: dosed", patient_id=visit.patient_id,
        actor=ward.mona, received_at=dosed_at.astimezone(UTC),
    )  # fmt: skip
    deadline = Deadline.objects.get(kind="look", about_id=visit.id)
    assert deadline.look_due_at - dosed_at.astimezone(UTC) == timedelta(minutes=20), zone_says


@pytest.mark.django_db
def test_a_sweep_with_nothing_due_looks_into_the_index_alone(ward, django_assert_num_queries):
    for _ in range(20):
        look_due(ward.ada.patient_id, in_s=3600)
    with django_assert_num_queries(1):
        assert take_due_steps() == 0
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE safety_deadline")  # else the plan is for whatever an earlier test left there
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT due_at FROM safety_deadline WHERE kind = 'look' AND is_armed ORDER BY due_at LIMIT 1"
        )
        assert "what_is_due" in str(cursor.fetchall())
