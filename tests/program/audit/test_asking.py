"""Several questions in one exchange: each has its own answer, and where one fails nothing is done."""

import pghistory
import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from sojourn.program.audit.asking import Asked, answer_to, put
from sojourn.program.people.models import Patient

pytestmark = pytest.mark.django_db


def number(value):
    return Asked("SELECT %s::int", [value], lambda rows: rows[0][0])


def names():
    return Asked("SELECT name FROM people_patient ORDER BY name", [], lambda rows: [name for (name,) in rows])


def renamed(patient, name):
    return Asked("UPDATE people_patient SET name = %s WHERE id = %s", [name, patient.id], len)


def test_each_question_has_its_own_answer_and_all_are_one_exchange(ward):
    asked = [number(7), names(), number(8)]
    with CaptureQueriesContext(connection) as queries:
        put(*asked)
    assert [asked[0].answer, asked[2].answer] == [7, 8]
    assert asked[1].answer == sorted(Patient.objects.values_list("name", flat=True))
    assert len(queries) == 1


def test_nothing_asked_costs_nothing():
    with CaptureQueriesContext(connection) as queries:
        put()
    assert len(queries) == 0


def test_what_is_asked_later_sees_what_was_written_before_it(ward):
    patient = Patient.objects.first()
    written, seen = renamed(patient, "Ægir"), names()
    put(written, seen)
    assert written.answer == 0  # a statement without rows
    assert "Ægir" in seen.answer


def test_where_one_fails_none_is_done(ward):
    patient = Patient.objects.first()
    with pytest.raises(DataError), transaction.atomic():
        put(renamed(patient, "Ægir"), number("no number"))
    assert "Ægir" not in answer_to(names())


def test_a_word_with_a_semicolon_or_a_percent_is_a_word(ward):
    patient = Patient.objects.first()
    put(renamed(patient, "100 %s; DROP TABLE x; --"), number(1))
    assert "100 %s; DROP TABLE x; --" in answer_to(names())


def test_what_the_row_history_puts_in_front_is_no_answer(ward):
    patient = Patient.objects.first()
    with pghistory.context(user=None, page="/x/"):
        written, seen = renamed(patient, "Ægir"), number(3)
        put(written, seen)
    assert (written.answer, seen.answer) == (0, 3)
