from datetime import timedelta

import pytest

from sojourn.clinical.outcomes import PointKind, SessionKind
from sojourn.program.measures import actions
from sojourn.program.measures.models import Response
from sojourn.program.treatment.held import held_visits_of
from sojourn.program.treatment.trajectories import trajectories_of
from tests.support import histories
from tests.support.questionnaires import OAKLAND, TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


def followed(ward, instrument_id="phq-9", now=NOW):
    found = trajectories_of(ward.ada.patient_id, actor=ward.ada, now=now)
    return next(one for one in found if one.instrument.id == instrument_id)


def answer(ward, due_on, at, **answers):
    actions.submit_response(
        request_id=ask(ward, due_on=due_on),
        raw_answers=all_zero(**answers),
        answered_at=at,
        actor=ward.ada,
        accept_blanks=True,
    )


def total(ward, value, on):
    Response.objects.create(
        patient_id=ward.ada.patient_id,
        instrument_id="phq-9",
        instrument_version="1",
        definition_hash="0" * 64,
        source="import",
        answers=None,
        answered_at=NOW,
        answered_on=on,
        value=value,
        import_key=f"outside|ada|phq-9|{on}",
    )


def test_a_request_whose_window_closed_is_a_gap_and_one_answered_on_its_last_day_is_none(ward):
    answer(ward, TODAY, NOW + timedelta(days=7), q1=3)
    ask(ward, due_on=TODAY + timedelta(days=14))
    ask(ward, due_on=TODAY + timedelta(days=40))
    line = followed(ward, now=NOW + timedelta(days=41)).line
    assert line.gaps == (TODAY + timedelta(days=14),)
    assert [point.on for point in line.points] == [TODAY + timedelta(days=7)]


def test_a_total_without_answers_is_marked_as_one(ward):
    total(ward, 18, TODAY)
    assert [point.kind for point in followed(ward).line.points] == [PointKind.TOTAL_ONLY]


def test_a_response_without_a_score_is_kept_beside_the_line(ward):
    answer(ward, TODAY, NOW, q1=None, q2=None, q3=None)
    one = followed(ward)
    assert one.line.points == ()
    assert [row.answered for row in one.without_score] == [6]


def test_a_critical_answer_flags_its_day(ward):
    answer(ward, TODAY, NOW, q9=1)
    assert followed(ward).flagged_on == {TODAY}


def test_only_visits_with_something_on_record_stand_on_the_line(ward):
    course = histories.course(ward, ward.ada.patient_id, NOW - timedelta(days=20))
    dose = histories.session(ward, course, 1, NOW - timedelta(days=10))
    histories.integrated(ward, course, 1, dose, NOW - timedelta(days=9))
    histories.visit(ward, course, "dosing", 2, NOW - timedelta(days=3))
    answer(ward, TODAY, NOW, q1=2)
    assert [(mark.kind, mark.label) for mark in followed(ward).line.sessions] == [
        (SessionKind.DOSING, "1"),
        (SessionKind.INTEGRATION, "1"),
    ]


def test_a_dose_that_was_struck_out_does_not_count_as_held(ward):
    course = histories.course(ward, ward.ada.patient_id, NOW - timedelta(days=20))
    dosing = histories.visit(ward, course, "dosing", 1, NOW - timedelta(days=10))
    dosed = histories.event(ward, dosing, "dosed", NOW - timedelta(days=10), mg=56.0)
    assert len(held_visits_of(ward.ada.patient_id, actor=ward.ada)) == 1
    histories.event(ward, dosing, "struck", NOW, withdraws=dosed)
    assert held_visits_of(ward.ada.patient_id, actor=ward.ada) == ()


def test_a_visit_is_held_on_the_day_it_was_where_the_site_is(ward):
    course = histories.course(ward, ward.ada.patient_id, NOW - timedelta(days=20))
    late = NOW.replace(hour=2)  # still the evening before in Oakland
    histories.session(ward, course, 1, late)
    (held,) = held_visits_of(ward.ada.patient_id, actor=ward.ada)
    assert (held.timezone, held.on) == (OAKLAND, TODAY - timedelta(days=1))


def test_a_stranger_follows_nobody(ward):
    answer(ward, TODAY, NOW, q1=2)
    assert trajectories_of(ward.ada.patient_id, actor=ward.bea, now=NOW) == ()


@pytest.mark.parametrize("weeks", [1, 20])
def test_it_takes_three_queries_however_much_there_is(ward, weeks, django_assert_num_queries):
    for week in range(weeks):
        total(ward, 10, TODAY - timedelta(weeks=week))
    with django_assert_num_queries(3):
        trajectories_of(ward.ada.patient_id, actor=ward.ada, now=NOW)


def test_a_dose_stands_on_the_line_with_its_amount_and_route(ward):
    course = histories.course(ward, ward.ada.patient_id, NOW - timedelta(days=20))
    dosing = histories.visit(ward, course, "dosing", 1, NOW - timedelta(days=10))
    histories.event(ward, dosing, "dosed", NOW - timedelta(days=10), mg=56.0)
    histories.event(ward, dosing, "dosed", NOW - timedelta(days=10) + timedelta(minutes=5), mg=28.0)
    (held,) = held_visits_of(ward.ada.patient_id, actor=ward.ada)
    assert held.mark.label == "1"
    assert held.mark.detail == "84 mg nasal", "both parts of it"
