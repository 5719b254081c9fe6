"""The role that runs the pages does its work, and cannot change what is kept even with every trigger out of the way."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from sojourn.program.audit.privileges import append_only_tables
from sojourn.program.intake.deciding import DecidedMeanwhile, decide_once
from sojourn.program.intake.models import Assessment
from sojourn.program.safety import actions as safety
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import answering
from tests.support import courses

pytestmark = pytest.mark.django_db
ROLE = "sojourn_app_test"


@contextmanager
def as_the_application():
    call_command("grant_application_role", ROLE, "--make")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield cursor
        cursor.execute("RESET ROLE")


def refusal(cursor, statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        cursor.execute(statement)
    return str(refused.value)


def test_what_is_append_only_by_trigger_is_append_only_by_right():
    tables = append_only_tables()
    both = ("UPDATE", "DELETE")
    for table in (
        "treatment_sessionevent", "treatment_visitnote", "safety_alarm", "safety_alarmevent", "measures_response",
        "intake_decision", "intake_assessment", "audit_entry",
    ):  # fmt: skip
        assert tables[table] == both
    assert tables["intake_consent"] == ("DELETE",)  # a consent can be withdrawn, once, by the trigger's rule
    assert {table for table in tables if table.endswith("history")}


def test_no_append_only_table_can_be_changed_emptied_or_unguarded(ward):
    with as_the_application() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{}'")
        for table, refused in append_only_tables().items():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s LIMIT 1", [table]
            )
            (column,) = cursor.fetchone()
            if "UPDATE" in refused:
                assert "permission denied" in refusal(cursor, f"UPDATE {table} SET {column} = {column}")
            assert "permission denied" in refusal(cursor, f"DELETE FROM {table}")
            assert "permission denied" in refusal(cursor, f"TRUNCATE {table} CASCADE")
            assert "must be owner" in refusal(cursor, f"ALTER TABLE {table} DISABLE TRIGGER USER")


def test_the_role_cannot_lift_itself(ward):
    with as_the_application() as cursor:
        cursor.execute("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s", [ROLE])
        assert cursor.fetchone() == (False, False, False)
        assert "permission denied" in refusal(cursor, "SET session_replication_role = replica")
        assert "permission denied" in refusal(cursor, "DELETE FROM django_migrations")


def test_the_role_can_do_the_work_of_a_day(ward):
    """From the booking to the discharge, with an alarm taken on and closed: no right is missing."""
    with as_the_application():
        first = courses.first_session(ward)
        dosed_at = courses.give_dose(ward, first)
        at = dosed_at + timedelta(minutes=40)
        courses.take_vitals(ward, first, at, systolic=190)
        alarm: UUID = Alarm.objects.get().id
        answering.acknowledge_alarm(alarm_id=alarm, actor=ward.ben, now=at)
        safety.close_alarm(alarm_id=alarm, reason="Settled in five minutes.", actor=ward.ben, now=at)
        with pytest.raises(DecidedMeanwhile):  # after the lock that two prescribers wait for
            decide_once(
                assessment_id=Assessment.objects.get().id, seen=None, outcome="not_suitable", why="Second look.",
                resolved={}, actor=ward.ben, now=at,
            )  # fmt: skip
