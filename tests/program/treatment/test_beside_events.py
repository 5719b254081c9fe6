"""What documents read beside a session's events cannot be changed by hand without a word of the proof."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from sojourn.program.people.models import Patient, StaffMember
from sojourn.program.treatment import proving
from tests.support import courses

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(ward):
    visit = courses.first_session(ward)
    courses.run_session(ward, visit)
    return visit


def by_the_owner(sql, *values):
    """What somebody does who owns the database and has put its guards out of the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def broken(visit):
    ((_, verdict),) = proving.proofs([visit.id])
    return verdict.first_break and (verdict.first_break.sequence, verdict.first_break.why)


def test_a_session_given_to_another_patient_is_found(ward, first):
    by_the_owner("UPDATE plans_visit SET patient_id = %s WHERE id = %s", ward.bea.patient_id, first.id)
    assert broken(first)[1] == "it was witnessed as another patient's"
    with pytest.raises(CommandError, match="BROKEN at event 1: it was witnessed as another patient's"):
        call_command("verify_session", str(first.id))
    with pytest.raises(CommandError, match="1 of 1 sessions"):
        call_command("verify_session", "--all")


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE plans_visit SET during = tstzrange(lower(during) - interval '9 h', upper(during))", "the visit is not what its history says (during)"),
        ("UPDATE plans_visit SET number = 77", "the visit is not what its history says (number)"),
        ("UPDATE people_patient SET name = 'Eve'", "the patient is not what its history says (name)"),
        ("UPDATE people_patient SET born_on = NULL", "the patient is not what its history says (born_on)"),
        (
            "UPDATE people_staffmember SET name = 'Eve', left_on = '2026-01-01'",
            "the name of somebody who recorded is not what its history says (left_on, name)",
        ),
    ],
    ids=lambda value: value[:40],
)  # fmt: skip
def test_what_documents_read_beside_the_events_is_held_against_its_history(ward, first, sql, says):
    by_the_owner(f"{sql} WHERE id IN (%s, %s, %s)", first.id, first.patient_id, ward.mona.staff_id)
    assert broken(first) == (0, f"every event holds, and {says}")


def test_a_rightful_change_has_its_history_and_breaks_nothing(ward, first):
    Patient.objects.filter(pk=first.patient_id).update(name="Ada Núñez-Park")
    StaffMember.objects.filter(pk=ward.mona.staff_id).update(name="Mona Castillo-Reyes")
    first.sitter_name = "Olga"
    first.save()
    assert broken(first) is None


def test_events_whose_visit_was_deleted_are_found(first):
    by_the_owner("DELETE FROM plans_visit WHERE id = %s", first.id)
    found = broken(first)
    by_the_owner("DELETE FROM treatment_sessionevent WHERE visit_id = %s", first.id)
    assert found == (0, "the visit of these events is missing")


@pytest.mark.parametrize("column", ["taken_at", "received_at", "clock_said"])
@pytest.mark.parametrize("moment", ["infinity", "-infinity", "0044-03-15 BC", "294276-12-31"])
def test_a_moment_that_cannot_be_read_is_a_broken_link_and_ends_no_proof(first, column, moment):
    by_the_owner(f"UPDATE treatment_sessionevent SET {column} = '{moment}' WHERE sequence = 5")
    assert broken(first) == (5, "it is not what was sealed: it was changed, moved or put in")


def test_proving_two_hundred_sessions_asks_no_more_than_proving_one(first, django_assert_num_queries):
    with django_assert_num_queries(7):
        list(proving.proofs([first.id]))
