"""Who leaves the room before the dose and comes back is watched from the dose on, by everybody who watches."""

from datetime import timedelta

import pytest

from sojourn.program.safety import deadlines
from sojourn.program.treatment.floor import sessions_today
from sojourn.program.treatment.glance import sessions_running
from sojourn.program.treatment.places import places_now
from sojourn.program.treatment.unwatched import unwatched_sessions
from sojourn.program.treatment.visits import SessionEnded, name_companion
from tests.support import courses

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def visit(ward):
    return courses.first_session(ward)


@pytest.fixture
def dosed_at(ward, visit):
    courses.note_event(ward, visit, "left", {"words": "To the car, back at once."}, visit.during.lower)
    return courses.give_dose(ward, visit, at=visit.during.lower + MINUTE)


def test_the_next_look_is_waited_for_and_the_session_stands_on_every_board(ward, visit, dosed_at):
    now = dosed_at + MINUTE
    assert deadlines.watched([visit.id]) == {visit.id}
    (running,) = sessions_today(ward.mona, now=now)
    assert running.is_running
    (place,) = places_now(now=now, visit_ids=[visit.id])
    assert place.is_running
    assert [each.visit_id for each in sessions_running(ward.dora, now=now)] == [visit.id]


def test_a_session_that_lost_its_deadline_is_found(visit, dosed_at):
    deadlines.settle_look(visit.id)
    assert unwatched_sessions(now=dosed_at + MINUTE) == (visit.id,)


def test_who_leaves_after_the_dose_runs_on_no_board(ward, visit, dosed_at):
    at = dosed_at + 30 * MINUTE
    courses.note_event(ward, visit, "left", {"words": "Alone."}, at)
    (place,) = places_now(now=at, visit_ids=[visit.id])
    assert not place.is_running
    assert sessions_running(ward.dora, now=at) == ()
    assert unwatched_sessions(now=at) == ()
    with pytest.raises(SessionEnded):
        name_companion(visit_id=visit.id, name="Nils", phone="555", actor=ward.cora, now=at)
