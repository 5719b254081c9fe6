"""The ward most tests begin from: laid down as rows, it is the ward its actions open."""

import pytest
from django.db import DatabaseError, connection, transaction

from sojourn.program.people.actors import actor_of
from sojourn.program.people.models import User
from tests.support.kept_ward import rows_of_all_tables, the_ward
from tests.support.ward import open_ward

pytestmark = pytest.mark.django_db


def made_by(opening):
    """How many rows of each table an opening leaves; it is taken back."""
    point = transaction.savepoint()
    opening()
    made = {table: len(rows) for table, rows in rows_of_all_tables().items()}
    transaction.savepoint_rollback(point)
    return made


def test_as_many_rows_stand_in_every_table_as_its_actions_write(living_watch):
    opened = made_by(open_ward)
    assert opened["people_staffmember"] == 7
    assert made_by(the_ward) == opened
    assert made_by(the_ward) == opened


def test_what_guards_the_rows_is_awake_after_they_are_laid_down(living_watch):
    made_by(the_ward)  # from here on it is laid down
    ward = the_ward()
    assert actor_of(User.objects.get(pk=ward.ben.user_id)) == ward.ben
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry")
