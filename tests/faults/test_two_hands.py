"""Two monitors at one session in the same moment: each thing is recorded once, the chain holds, nobody is told a lie."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from sojourn.program.safety.models import Alarm, AlarmEvent
from sojourn.program.treatment import actions, answering, consequences, proving, session_refusals, undoing
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses
from tests.support.kept_ward import the_ward

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 4


@pytest.fixture
def ward(transactional_db, living_watch):
    return the_ward()


@pytest.fixture
def first(ward):
    return courses.first_session(ward)


def at_once(deed):
    """Let several hands do the same in the same moment; gives what each got: a value or the refusal."""
    ready, got = threading.Barrier(HANDS), []

    def hand(number):
        ready.wait()
        try:
            got.append(deed(number))
        except Exception as refusal:  # noqa: BLE001 - what a hand is told is what is looked at
            got.append(refusal)
        finally:
            connection.close()

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(HANDS)]
    for each in hands:
        each.start()
    for each in hands:
        each.join(60)
    assert len(got) == HANDS
    return got


def intact(visit):
    ((_, verdict),) = proving.proofs([visit.id])
    return verdict.is_intact


def record(ward, visit, kind, facts, at, form_id=None):
    return actions.record_event(
        visit_id=visit.id, form_id=form_id or uuid4(), kind=kind, facts=facts, taken_at=at, actor=ward.mona, now=at
    )  # fmt: skip


def test_the_same_form_sent_by_several_hands_at_once_is_one_event(ward, first):
    dosed_at = courses.give_dose(ward, first)
    at, form_id = dosed_at + timedelta(minutes=40), uuid4()
    facts = {"systolic": 124, "diastolic": 78}
    got = at_once(lambda _: record(ward, first, "vital_taken", facts, at, form_id))
    assert sorted(each.is_new for each in got) == [False] * (HANDS - 1) + [True]
    assert SessionEvent.objects.filter(form_id=form_id).count() == 1
    assert intact(first)


def test_a_dose_recorded_by_several_hands_at_once_is_given_once(ward, first):
    at = courses.make_ready(ward, first)
    got = at_once(lambda _: record(ward, first, "dosed", {"mg": 56, "words": "L1"}, at))
    assert [type(each) for each in got].count(consequences.Recorded) == 1
    assert [type(each) for each in got].count(session_refusals.AlreadyDosed) == HANDS - 1
    assert SessionEvent.objects.filter(kind="dosed").count() == 1
    assert intact(first)


def test_different_readings_of_several_hands_at_once_all_stand_in_one_chain(ward, first):
    dosed_at = courses.give_dose(ward, first)
    at = dosed_at + timedelta(minutes=40)
    before = SessionEvent.objects.count()
    got = at_once(lambda n: record(ward, first, "vital_taken", {"systolic": 120 + n, "diastolic": 78}, at))
    assert all(each.is_new for each in got)
    assert SessionEvent.objects.count() == before + HANDS
    assert intact(first)


def test_an_alarm_taken_on_by_several_hands_at_once_is_one_persons(ward, first):
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + timedelta(minutes=40), systolic=190)
    alarm, now = Alarm.objects.get(), dosed_at + timedelta(minutes=41)
    people = [ward.mona, ward.ben, ward.dora, ward.mona]
    got = at_once(lambda n: answering.acknowledge_alarm(alarm_id=alarm.id, actor=people[n], now=now))
    assert [type(each) for each in got].count(answering.AlreadyDone) == HANDS - 1
    assert AlarmEvent.objects.filter(what="acknowledged").count() == 1
    assert SessionEvent.objects.filter(kind="acknowledged").count() == 1
    assert intact(first)


def test_an_undo_pressed_by_an_impatient_hand_strikes_once(ward, first):
    dosed_at = courses.give_dose(ward, first)
    at = dosed_at + timedelta(minutes=10)
    looked = record(ward, first, "looked", {}, at)
    undo = {"visit_id": first.id, "event_id": looked.event_id, "actor": ward.mona, "now": at}
    got = at_once(lambda _: undoing.undo_event(**undo))
    assert sorted(each.is_new for each in got) == [False] * (HANDS - 1) + [True]
    assert SessionEvent.objects.filter(kind="struck").count() == 1
    assert intact(first)


def test_the_clock_set_back_an_hour_loses_nothing_and_moves_nothing(ward, first):
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + timedelta(minutes=50))
    back = dosed_at - timedelta(minutes=10)  # the server's clock, an hour behind what is on record
    with pytest.raises(session_refusals.WrongTime):
        actions.record_event(
            visit_id=first.id, form_id=uuid4(), kind="looked", facts={}, taken_at=back + timedelta(minutes=30),
            actor=ward.mona, now=back,
        )  # fmt: skip
    found = courses.session_at(ward, first, back)
    assert found.state.dosed_at == dosed_at, "what is on record stays, whatever the clock says"
    assert found.is_running
    assert intact(first)
