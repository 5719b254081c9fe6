"""A correction that brings an older reading above its limit calls for somebody, as if it had been known in time."""

from datetime import timedelta
from uuid import uuid4

import pytest

from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import actions, session_refusals
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.proving import proofs
from tests.support import courses

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
CALM = {"systolic": 124, "diastolic": 78, "heart_rate": 70, "spo2": 98, "respiratory_rate": 14}


@pytest.fixture
def visit(ward):
    return courses.first_session(ward)


@pytest.fixture
def dosed_at(ward, visit):
    return courses.give_dose(ward, visit)


def correct(ward, visit, wrong_id, now, taken_at=None, **facts):
    row = SessionEvent.objects.get(pk=wrong_id)
    return actions.correct_event(
        visit_id=visit.id, form_id=uuid4(), wrong_id=wrong_id, facts=facts, taken_at=taken_at or row.taken_at,
        why="misread", actor=ward.mona, now=now,
    )  # fmt: skip


def before_the_dose(visit):
    return (
        SessionEvent.objects.filter(visit=visit, kind="vital_taken", withdrawn_by=None)
        .earliest("taken_at")
        .id
    )


def reasons():
    return sorted(Alarm.objects.values_list("reason", flat=True))


def test_a_baseline_corrected_downward_makes_a_rise_of_a_reading_that_stood_already(ward, visit, dosed_at):
    read = courses.take_vitals(ward, visit, dosed_at + 40 * MINUTE, systolic=150)
    assert reasons() == []
    correct(ward, visit, before_the_dose(visit), dosed_at + 41 * MINUTE, **CALM | {"systolic": 118})
    (alarm,) = Alarm.objects.all()
    assert (alarm.reason, alarm.about_id) == ("SYSTOLIC-RISE", read.event_id)
    state = courses.session_at(ward, visit, dosed_at + 42 * MINUTE).state
    assert [each.limit_id for each in state.unacknowledged] == ["SYSTOLIC-RISE"]
    ((_visit_id, verdict),) = proofs([visit.id])
    assert verdict.is_intact


def test_a_corrected_baseline_raises_nothing_twice_and_nothing_that_passed(ward, visit, dosed_at):
    courses.take_vitals(ward, visit, dosed_at + 40 * MINUTE, systolic=150)
    courses.take_vitals(ward, visit, dosed_at + 60 * MINUTE)
    correct(ward, visit, before_the_dose(visit), dosed_at + 61 * MINUTE, **CALM | {"systolic": 118})
    assert reasons() == [], "measured again since, and amber"
    courses.take_vitals(ward, visit, dosed_at + 70 * MINUTE, systolic=185)
    assert reasons() == ["SYSTOLIC-RED"]
    correct(ward, visit, before_the_dose(visit), dosed_at + 71 * MINUTE, **CALM | {"systolic": 110})
    assert reasons() == ["SYSTOLIC-RED"], "the reading has a more urgent alarm already"


def test_a_dose_told_again_earlier_makes_a_reading_one_of_after_it(ward, visit):
    """At 145 the guide of before the dose holds nothing back for the rise; after it, it is one of 30."""
    at = visit.during.lower
    courses.name_escort(ward, visit, now=at)
    courses.check_all(ward, visit, at)
    courses.take_vitals(ward, visit, at, systolic=105)
    courses.check_dose(ward, visit, at)
    read = courses.take_vitals(ward, visit, at + 9 * MINUTE, systolic=138)
    dosed_at = at + 10 * MINUTE
    dose = courses.note_event(ward, visit, "dosed", {"mg": 56, "words": "L1"}, dosed_at)
    assert reasons() == []
    correct(ward, visit, dose.event_id, dosed_at + MINUTE, at + 5 * MINUTE, mg=56, words="L1")
    (alarm,) = Alarm.objects.all()
    assert (alarm.reason, alarm.about_id) == ("SYSTOLIC-RISE", read.event_id)


def test_of_two_signs_the_one_recorded_last_is_red_even_where_it_was_first(ward, visit, dosed_at):
    courses.note_event(ward, visit, "noticed", {"sign": "vomiting"}, dosed_at + 50 * MINUTE)
    assert [(each.reason, each.severity) for each in Alarm.objects.all()] == [("SIGN-vomiting", "amber")]
    late = actions.record_event(
        visit_id=visit.id, form_id=uuid4(), kind="noticed", facts={"sign": "vomiting"},
        taken_at=dosed_at + 45 * MINUTE, actor=ward.mona, now=dosed_at + 51 * MINUTE,
    )  # fmt: skip
    state = courses.session_at(ward, visit, dosed_at + 52 * MINUTE).state
    red = [each for each in state.unacknowledged if each.severity == "red"]
    assert [each.about_id for each in red] == [str(late.event_id)], (
        "twice is twice, in whichever order it came"
    )


def test_a_reading_corrected_above_its_limit_calls_and_one_corrected_below_it_calls_no_more(
    ward, visit, dosed_at
):
    read = courses.take_vitals(ward, visit, dosed_at + 40 * MINUTE, systolic=118)
    right = correct(ward, visit, read.event_id, dosed_at + 41 * MINUTE, **CALM | {"systolic": 181})
    state = courses.session_at(ward, visit, dosed_at + 41 * MINUTE).state
    assert [each.about_id for each in state.unacknowledged] == [str(right.event_id)]
    correct(ward, visit, right.event_id, dosed_at + 42 * MINUTE, **CALM | {"systolic": 118})
    state = courses.session_at(ward, visit, dosed_at + 42 * MINUTE).state
    assert state.unacknowledged == ()
    assert state.alarms == ()


@pytest.mark.parametrize(("minutes", "is_told"), [(-721, False), (-720, True), (720, True), (721, False)])
def test_what_is_told_anew_days_later_stands_near_the_wrong_entry(ward, visit, minutes, is_told):
    left_at = courses.run_session(ward, visit)
    courses.note_event(ward, visit, "noted", {"words": "Slept."}, left_at)
    noted = SessionEvent.objects.get(visit=visit, kind="noted")
    told = {"words": "Slept well.", "taken_at": noted.taken_at + minutes * MINUTE}
    if is_told:
        correct(ward, visit, noted.id, left_at + timedelta(days=5), **told)
    else:
        with pytest.raises(session_refusals.WrongTime):
            correct(ward, visit, noted.id, left_at + timedelta(days=5), **told)
    assert SessionEvent.objects.filter(kind="corrected").exists() is is_told
