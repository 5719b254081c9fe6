"""Nothing of a drill reaches the practice: the databases are two, and the way in is one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from sojourn.program.people.for_visitors import practice_for_visitors
from sojourn.program.people.models import Practice
from sojourn.program.rehearsals.world import NoRehearsal, in_rehearsal, is_rehearsal, set_clock
from tests.support.rehearsing import in_both_databases

pytestmark = [in_both_databases, pytest.mark.usefixtures("rehearsal_database")]
SHOWN = datetime(2027, 3, 4, 5, 6, tzinfo=UTC)


def clocks() -> set[datetime]:
    names = ("now()", "clock_timestamp()", "statement_timestamp()", "transaction_timestamp()", "watch_now()")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)}")
        return set(cursor.fetchone())


def test_inside_the_world_every_query_goes_to_the_other_database():
    Practice.objects.create(id=1, name="Harbor Practice")
    with in_rehearsal():
        assert is_rehearsal()
        assert not Practice.objects.exists()
        Practice.objects.create(id=1, name="Rehearsal")
    assert not is_rehearsal()
    assert Practice.objects.get().name == "Harbor Practice"


def test_the_world_is_left_even_when_something_fails_in_it():
    with pytest.raises(ZeroDivisionError), in_rehearsal():
        1 / 0  # noqa: B018
    assert not is_rehearsal()


def test_every_clock_of_the_rehearsal_database_shows_the_drills_time():
    with in_rehearsal(shown=SHOWN):
        assert clocks() == {SHOWN}
        set_clock(SHOWN + timedelta(minutes=5))
        assert clocks() == {SHOWN + timedelta(minutes=5)}
        with in_rehearsal():
            assert clocks() == {SHOWN + timedelta(minutes=5)}
        with in_rehearsal(shown=SHOWN):
            assert clocks() == {SHOWN}
        assert clocks() == {SHOWN + timedelta(minutes=5)}


def test_without_a_time_the_rehearsal_shows_the_real_one_again():
    with in_rehearsal(shown=SHOWN):
        pass
    with in_rehearsal():
        assert all(abs(each - datetime.now(UTC)) < timedelta(hours=1) for each in clocks())


def test_the_practices_clock_is_never_set():
    with pytest.raises(AssertionError, match="never set"):
        set_clock(SHOWN)


def test_a_database_that_is_the_practices_own_is_never_entered(monkeypatch):
    practice = connections["default"].settings_dict
    monkeypatch.setitem(connections["rehearsal"].settings_dict, "NAME", practice["NAME"])
    with pytest.raises(NoRehearsal, match="that of the practice"), in_rehearsal():
        raise AssertionError("entered")


def test_a_database_that_was_not_made_for_rehearsals_is_never_entered():
    """Another name for the practice's server would pass a comparison of names; it has not got the clock."""
    with connections["rehearsal"].cursor() as cursor:
        cursor.execute("DROP SCHEMA rehearsal_clock CASCADE")
    with pytest.raises(NoRehearsal, match="rehearsal_clock"), in_rehearsal():
        raise AssertionError("entered")
    assert not is_rehearsal()


def test_what_visitors_pages_remember_of_the_practice_is_not_that_of_the_rehearsal():
    Practice.objects.create(id=1, name="Harbor Practice")
    with in_rehearsal():
        Practice.objects.create(id=1, name="Rehearsal")
        assert practice_for_visitors().name == "Rehearsal"
    assert practice_for_visitors().name == "Harbor Practice"
