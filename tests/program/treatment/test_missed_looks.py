"""Nobody is forgotten: a look that is missed is followed up step by step, each step once, on record and as an alarm."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from sojourn.clinical import monitoring
from sojourn.clinical.protocols.thresholds import Adopted, ThresholdRefused
from sojourn.program.intake.practice_rules import adopt_threshold, own_thresholds
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans.choices import VisitKind
from sojourn.program.safety import actions as safety
from sojourn.program.safety import deadlines, queries
from sojourn.program.safety.models import Alarm, Deadline, MissedStep
from sojourn.program.treatment import actions, answering, session_refusals, unwatched, watching
from sojourn.program.treatment.folded import reasons_about_suicide
from sojourn.program.treatment.missed_looks import take_due_steps, tell_step, tell_steps
from sojourn.program.treatment.models import RecordingToken, SessionEvent
from sojourn.program.treatment.proving import proofs
from sojourn.program.treatment.recorder import NewEvent, add_events
from sojourn.program.treatment.watching import Watch
from tests.support import courses
from tests.support.clock import let_pass
from tests.support.courses import give_dose, note_event, session_at, take_vitals, visit_of
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


MINUTE = timedelta(minutes=1)


def open_session(ward, protocol_id="racemic_sl_home", mg=100):
    """Ada's first session, its dose just given; returns the visit and when the dose was given."""
    visit = courses.first_session(ward, protocol_id)
    return visit, give_dose(ward, visit, mg)


def watch_for(**length):
    """Let time pass and let the watch go a round."""
    let_pass(**length)
    taken = take_due_steps()
    tell_steps()
    return taken


def steps(visit):
    return [
        row.alarm.reason
        for row in MissedStep.objects.filter(visit_id=visit.id).order_by("due_at", "rung", "times")
    ]


def deadline(visit):
    return Deadline.objects.get(kind="look", about_id=visit.id)


def added(visit, ward, kind, source, at, **facts):
    """Add an event as patient, sitter or device do: with a token of their own."""
    event = monitoring.read_event(kind=kind, facts=facts, taken_at=at)
    token = RecordingToken.objects.create(visit=visit, role=source, secret_hash=uuid4().hex, made_at=at)
    new = NewEvent(event=event, form_id=uuid4(), source=source, token_id=token.id)
    with transaction.atomic():
        add_events(
            visit.id, [new], did="recorded", patient_id=visit.patient_id, actor=ward.ada, received_at=at
        )


def test_a_session_has_its_deadline_from_the_dose_to_the_end(ward):
    visit, dosed_at = open_session(ward)
    assert deadline(visit).is_armed
    assert deadline(visit).look_due_at == dosed_at + 20 * MINUTE
    take_vitals(ward, visit, dosed_at + 20 * MINUTE)
    assert deadline(visit).look_due_at == dosed_at + 40 * MINUTE
    note_event(ward, visit, "left", {"words": "With Nils."}, dosed_at + 30 * MINUTE)
    assert not deadline(visit).is_armed


def test_no_deadline_before_the_dose_and_none_after_it_was_struck_out(ward):
    visit, dosed_at = open_session(ward)
    dose = SessionEvent.objects.get(kind="dosed")
    note_event(
        ward, visit, "struck", {"struck_id": str(dose.id), "words": "Wrong patient."}, dosed_at + MINUTE
    )
    assert not deadline(visit).is_armed
    assert watch_for(hours=3) == 0


def test_at_home_each_step_is_taken_at_its_minute_once_recorded_and_raised(ward):
    visit, _ = open_session(ward)
    assert watch_for(minutes=19.9) == 0
    expected = []
    for minutes, name in (
        (0.2, "PROMPT"),
        (3, "SOUND"),
        (2, "CALL-PATIENT"),
        (2, "CALL-SITTER"),
        (3, "TAKE-OVER"),
        (5, "EMERGENCY"),
    ):
        assert watch_for(minutes=minutes) == 1, name
        assert watch_for() == 0
        expected.append(f"HOME-{name}")
    assert steps(visit) == expected
    severities = list(Alarm.objects.order_by("missed_step__due_at").values_list("severity", flat=True))
    assert severities == ["amber", "amber", "red", "red", "red", "red"]
    told = SessionEvent.objects.filter(visit=visit, kind="missed").order_by("sequence")
    assert [event.facts["step"] for event in told] == expected
    assert SessionEvent.objects.filter(visit=visit, kind="alarmed").count() == 6
    assert all(verdict.is_intact for _visit, verdict in proofs([visit.id]))


def test_in_the_clinic_nobody_sends_an_ambulance_for_a_look_that_is_late(ward):
    visit, _ = open_session(ward, "esketamine_clinic", 56)
    watch_for(minutes=40)
    for minutes in (3, 2, 5, 5):
        watch_for(minutes=minutes)
    assert steps(visit) == [
        f"CLINIC-{name}" for name in ("PROMPT", "SOUND", "CALL-MONITOR", "TAKE-OVER", "DIRECTOR")
    ]


def test_the_last_step_comes_again_until_somebody_looks(ward):
    visit, dosed_at = open_session(ward)
    watch_for(minutes=36)
    before = len(steps(visit))
    assert watch_for(minutes=14) == 0
    assert watch_for(minutes=1) == 1
    assert len(steps(visit)) == before + 1
    take_vitals(ward, visit, dosed_at + 55 * MINUTE)
    assert watch_for(minutes=4) == 0


def test_a_watch_that_slept_for_a_minute_skips_no_step(ward):
    """A worker dead for a minute, or for an hour: what fell due meanwhile is taken by whoever comes back first."""
    visit, _ = open_session(ward)
    assert watch_for(hours=1) == 6
    assert steps(visit)[-1] == "HOME-EMERGENCY"


def test_a_look_that_is_recorded_late_was_missed_even_when_no_worker_came_to_it(ward):
    """Whoever comes first, worker or recorder, takes the first step, and it is taken once."""
    visit, dosed_at = open_session(ward)
    let_pass(minutes=22)
    take_vitals(ward, visit, dosed_at + 22 * MINUTE)
    assert steps(visit) == ["HOME-PROMPT"]
    assert watch_for() == 0
    assert deadline(visit).look_due_at == dosed_at + 40 * MINUTE


def test_a_red_reading_lets_nothing_wait(ward):
    visit, dosed_at = open_session(ward)
    take_vitals(ward, visit, dosed_at + 20 * MINUTE, systolic=185)
    assert deadline(visit).look_due_at == dosed_at + 25 * MINUTE, (
        "look again five minutes after a crossed limit"
    )
    assert watch_for(minutes=4.9) == 0
    assert watch_for(minutes=0.2) == 6


def test_low_oxygen_lets_nothing_wait(ward):
    visit, dosed_at = open_session(ward)
    take_vitals(ward, visit, dosed_at + 20 * MINUTE, spo2=91)
    assert watch_for(minutes=5.1) == 6


def test_an_open_alarm_about_suicide_lets_nothing_wait(ward):
    reason = next(iter(reasons_about_suicide() - {"assessment.danger"}))
    alarm_id = safety.raise_alarm(
        patient_id=ward.ada.patient_id, reason=reason, severity="red", says="x", facts={}, about_kind="response",
        about_id=uuid4(), acknowledge_within=timedelta(hours=1), raised_at=NOW, actor=ward.ada,
    )  # fmt: skip
    visit, _ = open_session(ward)
    assert deadline(visit).is_urgent
    assert watch_for(minutes=20.1) == 6
    safety.close_alarm(alarm_id=alarm_id, reason="Safe.", actor=ward.ben, now=NOW)


def test_it_becomes_urgent_while_it_runs(ward):
    """A sign seen while the ladder is under way does not wait for its next rung."""
    visit, dosed_at = open_session(ward)
    watch_for(minutes=21)
    assert steps(visit) == ["HOME-PROMPT"]
    added(visit, ward, "noticed", "patient", dosed_at + 21 * MINUTE, sign="panic")
    assert take_due_steps() == 5


def test_a_look_of_the_staff_stops_the_steps(ward):
    visit, dosed_at = open_session(ward)
    watch_for(minutes=24)
    take_vitals(ward, visit, dosed_at + 24 * MINUTE)
    assert watch_for(minutes=10) == 0
    assert deadline(visit).look_due_at == dosed_at + 40 * MINUTE


def test_steps_begin_anew_for_a_look_that_was_struck_out_and_hold_up_nobody_else(ward):
    visit, _dosed_at = open_session(ward)
    watch_for(minutes=22)
    before = MissedStep.objects.count()
    look_due_at = deadline(visit).look_due_at
    deadlines.arm_look(
        visit_id=visit.id, patient_id=visit.patient_id, ladder=deadline(visit).ladder, look_due_at=look_due_at,
        due_in=timedelta(0), is_urgent=False, facts={},
    )  # fmt: skip
    assert watch_for(seconds=1) >= 1
    again = MissedStep.objects.filter(visit_id=visit.id, look_due_at=look_due_at, rung=0)
    assert sorted(again.values_list("times", flat=True)) == [0, 1]
    assert MissedStep.objects.count() > before


def test_an_alarm_taken_on_stops_the_steps_for_five_minutes_and_no_longer(ward):
    """Acknowledged, and then the person leaves: it begins again, because nobody has measured yet."""
    visit, dosed_at = open_session(ward)
    watch_for(minutes=26)
    alarm = Alarm.objects.get(reason="HOME-CALL-PATIENT")
    answering.acknowledge_alarm(alarm_id=alarm.id, actor=ward.mona, now=dosed_at + 26 * MINUTE)
    assert watch_for(minutes=4.9) == 0
    assert watch_for(minutes=0.2) == 1
    assert steps(visit)[-1] == "HOME-PROMPT"


def test_an_alarm_may_be_taken_on_before_the_record_was_told_of_its_step(ward):
    visit, dosed_at = open_session(ward)
    let_pass(minutes=26)
    take_due_steps()
    alarm = Alarm.objects.get(reason="HOME-CALL-PATIENT")
    answering.acknowledge_alarm(alarm_id=alarm.id, actor=ward.mona, now=dosed_at + 26 * MINUTE)
    kinds = SessionEvent.objects.filter(visit=visit).order_by("sequence").values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["missed", "alarmed", "acknowledged"]
    tell_steps()
    assert SessionEvent.objects.filter(visit=visit, kind="missed").count() == 3


@pytest.mark.parametrize("source", ["patient", "device"])
@pytest.mark.parametrize(
    ("kind", "facts"),
    [("vital_taken", {"spo2": 98}), ("looked", {}), ("rated", {"dissociation": 2}), ("noticed", {"sign": "vomiting"}),
     ("called", {"whom": "the practice", "reached": True})],
)  # fmt: skip
def test_nothing_the_patient_or_a_device_does_stops_the_steps(ward, kind, facts, source):
    visit, dosed_at = open_session(ward)
    watch_for(minutes=21)
    added(visit, ward, kind, source, dosed_at + 21 * MINUTE, **facts)
    assert watch_for(minutes=15) == 5
    assert steps(visit)[-1] == "HOME-EMERGENCY"


def test_a_patient_cannot_take_on_or_close_an_alarm_of_their_own_session(ward):
    open_session(ward)
    watch_for(minutes=26)
    for alarm in Alarm.objects.all():
        with pytest.raises(NotAllowed):
            answering.acknowledge_alarm(alarm_id=alarm.id, actor=ward.ada, now=NOW)
        with pytest.raises(NotAllowed):
            answering.close_alarm(alarm_id=alarm.id, reason="I am fine.", actor=ward.ada, now=NOW)


def test_a_reading_the_patient_takes_in_time_counts_unless_the_last_one_was_bad(ward):
    visit, dosed_at = open_session(ward)
    added(visit, ward, "vital_taken", "patient", dosed_at + 18 * MINUTE, spo2=98)
    assert (
        deadline(visit).look_due_at == dosed_at + 20 * MINUTE
    )  # an oximeter alone is no look of the schedule
    added(visit, ward, "vital_taken", "patient", dosed_at + 19 * MINUTE, systolic=124, diastolic=78, spo2=98)
    assert deadline(visit).look_due_at == dosed_at + 40 * MINUTE
    take_vitals(ward, visit, dosed_at + 40 * MINUTE, spo2=90)
    added(visit, ward, "vital_taken", "patient", dosed_at + 42 * MINUTE, spo2=99)
    assert deadline(visit).is_urgent
    assert watch_for(minutes=5.1) == 6


def test_a_look_of_the_sitter_stops_the_steps(ward):
    visit, dosed_at = open_session(ward)
    watch_for(minutes=26)
    added(visit, ward, "looked", "sitter", dosed_at + 26 * MINUTE)
    assert watch_for(minutes=4) == 0


def test_what_the_program_writes_itself_does_not_put_it_off(ward):
    visit, _ = open_session(ward)
    watch_for(minutes=20)
    before = deadline(visit)
    tell_steps()
    after = deadline(visit)
    assert (before.due_at, before.rung) == (after.due_at, after.rung)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_jump_of_the_application_clock_neither_brings_a_step_forward_nor_loses_it(ward, hours):
    """The dose is recorded by a server whose clock is an hour off: the look is due in 20 minutes all the same."""
    visit = courses.first_session(ward, "racemic_sl_home")
    give_dose(ward, visit, 100, at=visit.during.lower + timedelta(hours=hours))
    assert watch_for(minutes=19.9) == 0
    assert watch_for(minutes=0.2) == 1


def test_a_look_recorded_after_the_clock_was_set_back_leaves_the_deadline_in_force(ward):
    visit, dosed_at = open_session(ward)
    note_event(ward, visit, "looked", {}, dosed_at - timedelta(hours=1))
    assert watch_for(minutes=20.1) == 1


def test_a_session_without_a_deadline_is_found_named_and_mended(ward):
    visit, dosed_at = open_session(ward)
    now = dosed_at + 5 * MINUTE
    assert unwatched.unwatched_sessions(now=now) == ()
    deadlines.settle_look(visit.id)
    assert unwatched.unwatched_sessions(now=now) == (visit.id,)
    assert unwatched.arm_unwatched(now=now) == 1
    assert unwatched.unwatched_sessions(now=now) == ()
    assert deadline(visit).look_due_at == dosed_at + 20 * MINUTE
    assert Alarm.objects.get(reason=unwatched.UNWATCHED).severity == "amber"


def test_a_session_that_has_ended_needs_no_deadline(ward):
    visit, dosed_at = open_session(ward)
    note_event(ward, visit, "left", {"words": "Ran out."}, dosed_at + MINUTE)
    assert unwatched.unwatched_sessions(now=dosed_at + 2 * MINUTE) == ()
    assert watch_for(hours=2) == 0


def test_a_session_nobody_ended_is_followed_up_for_a_day_and_not_for_ever(ward):
    visit, _ = open_session(ward)
    watch_for(hours=25)
    assert not deadline(visit).is_armed


def test_no_dose_is_given_while_nobody_watches(ward):
    visit, _ = open_session(ward)
    course = visit.course
    second = visit_of(course, VisitKind.DOSING, 2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE safety_watchbeat SET beat_at = clock_timestamp() - interval '2 hours'")
    with pytest.raises(session_refusals.DoseHeld) as held:
        give_dose(ward, second, 100)
    assert any("The watch has been silent" in hold.says for hold in held.value.holds)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM safety_watchbeat")
    with pytest.raises(session_refusals.DoseHeld) as held:
        actions.begin_dosing(
            visit_id=second.id, form_id=uuid4(), mg=100, words="", taken_at=second.during.lower + 5 * MINUTE,
            actor=ward.mona, now=second.during.lower + 5 * MINUTE,
        )  # fmt: skip
    assert any("The watch has never run" in hold.says for hold in held.value.holds)


def test_a_step_is_told_to_the_record_once_however_often_it_is_asked(ward):
    visit, _ = open_session(ward)
    let_pass(minutes=20)
    take_due_steps()
    step = MissedStep.objects.get()
    assert [tell_step(step.id), tell_step(step.id)] == [True, False]
    assert SessionEvent.objects.filter(visit=visit, kind="missed").count() == 1


def test_a_missed_step_is_not_struck_out_or_written_by_hand(ward):
    visit, dosed_at = open_session(ward)
    watch_for(minutes=20)
    missed = SessionEvent.objects.get(kind="missed")
    at = dosed_at + 21 * MINUTE
    with pytest.raises(session_refusals.NothingToStrike):
        note_event(ward, visit, "struck", {"struck_id": str(missed.id), "words": "Not true."}, at)
    with pytest.raises(session_refusals.NotRecordedByHand):
        note_event(ward, visit, "missed", dict(missed.facts), at)


def test_alarms_of_missed_looks_show_to_the_people_of_the_session(ward):
    open_session(ward)
    watch_for(minutes=20)
    assert queries.open_alarms_for(ward.mona)[0].says.startswith("A check-in is due")
    assert queries.open_alarms_for(ward.cleo) == ()


def test_a_round_of_the_watch_raises_and_its_other_hand_tells_the_record(ward, monkeypatch):
    visit, _ = open_session(ward)
    let_pass(minutes=20)
    watch = Watch("watch 1", round_s=0)
    watch.round()
    assert MissedStep.objects.count() == 1
    monkeypatch.setattr(watching, "tell_steps", lambda **_aside: watch.stop() or tell_steps())
    watch.tell_records()
    assert SessionEvent.objects.filter(visit=visit, kind="missed").count() == 1


def test_the_session_shows_who_was_missed(ward):
    visit, dosed_at = open_session(ward)
    watch_for(minutes=26)
    state = session_at(ward, visit, dosed_at + 26 * MINUTE).state
    assert [alarm.limit_id for alarm in state.unacknowledged] == [
        "HOME-PROMPT",
        "HOME-SOUND",
        "HOME-CALL-PATIENT",
    ]


def test_an_amber_alarm_of_a_session_is_taken_on_within_a_quarter_of_an_hour_or_as_the_director_says(ward):
    """It waited for a day, as an amber answer of a questionnaire does; a session lasts two hours."""
    visit, dosed_at = open_session(ward)
    take_vitals(ward, visit, dosed_at + 20 * MINUTE, systolic=165)
    amber = Alarm.objects.get(reason="SYSTOLIC-AMBER")
    assert amber.acknowledge_by - amber.raised_at == 15 * MINUTE
    own = next(each for each in own_thresholds() if each.threshold.rule_id.endswith("session-amber"))
    wanted = Adopted(*own.threshold.key, 7)
    adopt_threshold(
        wanted=wanted, seen=15, reason="One monitor a room.", signed_name=ward.dora.name, actor=ward.dora, now=dosed_at
    )  # fmt: skip
    watch_for(minutes=5.1)
    missed = Alarm.objects.get(reason="HOME-PROMPT")
    assert missed.acknowledge_by - missed.raised_at == 7 * MINUTE
    take_vitals(ward, visit, dosed_at + 26 * MINUTE, systolic=166)
    later = Alarm.objects.filter(reason="SYSTOLIC-AMBER").latest("raised_at")
    assert later.acknowledge_by - later.raised_at == 7 * MINUTE


@pytest.mark.parametrize("minutes", [0, 61])
def test_no_practice_lets_an_amber_alarm_of_a_session_wait_for_longer_than_an_hour(ward, minutes):
    own = next(each for each in own_thresholds() if each.threshold.rule_id.endswith("session-amber"))
    with pytest.raises(ThresholdRefused, match="from 1 to 60"):
        adopt_threshold(
            wanted=Adopted(*own.threshold.key, minutes), seen=15, reason="So.", signed_name=ward.dora.name,
            actor=ward.dora, now=NOW,
        )  # fmt: skip
