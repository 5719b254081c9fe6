"""What a patient understood is kept, try by try, and never edited."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from sojourn.clinical.evidence.lessons import lesson
from sojourn.program.audit.models import Entry
from sojourn.program.education import actions, queries
from sojourn.program.education.models import Understanding
from sojourn.program.people.policy import NotAllowed
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DRIVING = lesson("driving")
RIGHT = {question.id: question.correct for question in DRIVING.questions}


def answer(who, answers, at=NOW):
    return actions.answer_check(lesson=DRIVING, answers=answers, actor=who, now=at)


def test_right_answers_are_kept_as_understood(ward):
    assert answer(ward.ada, RIGHT) == ()
    row = queries.understandings_of(ward.ada.patient_id, actor=ward.ada)["driving"]
    assert row.is_understood(version=DRIVING.version)
    assert (
        Entry.objects.filter(did="answered the questions of a lesson", patient_id=ward.ada.patient_id).count()
        == 1
    )


def test_a_wrong_or_missing_answer_is_kept_as_not_understood(ward):
    assert answer(ward.ada, {**RIGHT, "when": "evening"}) == ("when",)
    assert answer(ward.ada, {}, NOW + timedelta(minutes=1)) == tuple(RIGHT)
    row = queries.understandings_of(ward.ada.patient_id, actor=ward.ada)["driving"]
    assert not row.is_understood(version=DRIVING.version)
    assert Understanding.objects.count() == 2


def test_the_last_try_counts(ward):
    answer(ward.ada, {})
    answer(ward.ada, RIGHT, NOW + timedelta(minutes=1))
    row = queries.understandings_of(ward.ada.patient_id, actor=ward.ada)["driving"]
    assert row.is_understood(version=DRIVING.version)


def test_an_answer_to_an_older_version_does_not_count_for_a_newer_one(ward):
    answer(ward.ada, RIGHT)
    row = queries.understandings_of(ward.ada.patient_id, actor=ward.ada)["driving"]
    assert not row.is_understood(version="2099.1.0")


def test_the_same_answers_sent_again_are_kept_once(ward):
    answer(ward.ada, RIGHT)
    answer(ward.ada, RIGHT, NOW + timedelta(seconds=3))
    assert Understanding.objects.count() == 1


def test_only_a_patient_answers_and_only_those_who_see_her_see_it(ward):
    answer(ward.ada, RIGHT)
    with pytest.raises(NotAllowed):
        answer(ward.ben, RIGHT)
    assert "driving" in queries.understandings_of(ward.ada.patient_id, actor=ward.ben)
    for stranger in (ward.bea, ward.cleo, ward.theo):
        assert queries.understandings_of(ward.ada.patient_id, actor=stranger) == {}


def test_a_try_is_never_edited(ward):
    answer(ward.ada, RIGHT)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Understanding.objects.update(wrong=["when"])


def test_lessons_of_a_patient_are_asked_for_in_one_query(ward, django_assert_num_queries):
    answer(ward.ada, RIGHT)
    with django_assert_num_queries(1):
        queries.understandings_of(ward.ada.patient_id, actor=ward.ada)
