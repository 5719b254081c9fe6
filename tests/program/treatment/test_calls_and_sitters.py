"""A call for help and a sitter's look are followed like a look: each has its deadline, its steps, and nobody silences them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from sojourn.clinical import monitoring
from sojourn.program.people.policy import NotAllowed
from sojourn.program.safety import deadlines
from sojourn.program.safety.models import Alarm, Deadline, MissedStep
from sojourn.program.treatment import answering, unwatched
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.pressing import press
from sojourn.program.treatment.proving import proofs
from sojourn.program.treatment.receiving import receive
from sojourn.program.treatment.sent import Sent
from tests.program.treatment.test_missed_looks import MINUTE, open_session, watch_for
from tests.support.clock import let_pass
from tests.support.courses import note_event, take_vitals
from tests.support.tokens import token_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def pressed(ward, visit, at, *, by="patient", kind="help_asked", **facts):
    """Press a button on the page of patient or sitter; give the id of the event."""
    form_id = uuid4()
    done = press(secret=token_for(ward, visit, by, at), form_id=str(form_id), kind=kind, facts=facts, now=at)
    assert done.is_recorded, done.why
    return SessionEvent.objects.get(form_id=form_id).id


def with_sitter(ward, at_minute=1):
    """A session at home whose sitter has taken their role on."""
    visit, dosed_at = open_session(ward)
    let_pass(minutes=at_minute)
    pressed(ward, visit, dosed_at + at_minute * MINUTE, by="sitter", kind="role_accepted", words="Nils")
    return visit, dosed_at


def row(visit, kind):
    return Deadline.objects.get(kind=kind, about_id=visit.id)


def steps(visit, ladder):
    found = MissedStep.objects.filter(visit_id=visit.id, ladder=ladder).order_by("taken_at", "rung", "times")
    return [step.alarm.reason for step in found]


def take_on(ward, event_id, at, reason="HELP-ASKED"):
    alarm = Alarm.objects.get(about_id=event_id, reason=reason)
    answering.acknowledge_alarm(alarm_id=alarm.id, actor=ward.mona, now=at)


def test_a_call_nobody_takes_on_is_followed_minute_by_minute_each_step_timed_and_sealed(ward):
    visit, dosed_at = open_session(ward)
    pressed(ward, visit, dosed_at + 5 * MINUTE)
    alarm = Alarm.objects.get(reason="HELP-ASKED")
    assert (alarm.severity, alarm.acknowledge_by - alarm.raised_at) == ("red", 5 * MINUTE)
    assert watch_for(seconds=59) == 0
    for minute, reason in (
        (1, "CALL-PATIENT"),
        (2, "CALL-SITTER"),
        (3, "CALL-TAKE-OVER"),
        (5, "CALL-EMERGENCY"),
    ):
        watch_for(seconds=2)
        assert steps(visit, "call_at_home")[-1] == reason
        taken = MissedStep.objects.get(visit_id=visit.id, alarm__reason=reason)
        assert taken.alarm.owner == ("prescriber" if minute > 2 else "session monitor")
        assert SessionEvent.objects.get(pk=taken.id).kind == "missed"
        watch_for(seconds=58 if minute < 3 else 118)
    assert steps(visit, "call_at_home")[-1] == "CALL-EMERGENCY"
    watch_for(minutes=4)
    assert steps(visit, "call_at_home")[-2:] == ["CALL-EMERGENCY"] * 2, (
        "the last step comes again after 5 minutes"
    )
    ((_visit, verdict),) = proofs([visit.id])
    assert verdict.is_intact


def test_a_call_is_followed_beside_a_look_that_was_missed_and_slows_none_of_its_steps(ward):
    visit, dosed_at = open_session(ward)
    watch_for(minutes=31)  # the look of minute 20 is owed; its ladder has reached the step of minute 10
    pressed(ward, visit, dosed_at + 31 * MINUTE)
    watch_for(minutes=4.1)
    assert steps(visit, "missed_check_in")[-1] == "HOME-EMERGENCY"
    assert steps(visit, "call_at_home") == ["CALL-PATIENT", "CALL-SITTER", "CALL-TAKE-OVER"]


def test_taking_the_call_on_stops_its_steps_for_good(ward):
    visit, dosed_at = open_session(ward)
    asked = pressed(ward, visit, dosed_at + 5 * MINUTE)
    watch_for(minutes=1.1)
    take_on(ward, asked, dosed_at + 7 * MINUTE)
    assert not row(visit, "call").is_armed
    watch_for(minutes=10)
    assert steps(visit, "call_at_home") == ["CALL-PATIENT"]


def test_taking_on_a_step_quiets_the_call_for_five_minutes_and_no_longer(ward):
    visit, dosed_at = open_session(ward)
    pressed(ward, visit, dosed_at + 5 * MINUTE)
    watch_for(minutes=1.1)
    step = MissedStep.objects.get(visit_id=visit.id)
    take_on(ward, step.id, dosed_at + 6.1 * MINUTE, "CALL-PATIENT")
    watch_for(minutes=5.9)
    assert steps(visit, "call_at_home") == ["CALL-PATIENT"]
    watch_for(minutes=0.2)
    assert steps(visit, "call_at_home") == ["CALL-PATIENT", "CALL-PATIENT"]


def test_nobody_in_the_patients_role_silences_a_call(ward):
    visit, dosed_at = open_session(ward)
    pressed(ward, visit, dosed_at + 5 * MINUTE)
    at = dosed_at + 5.5 * MINUTE
    pressed(ward, visit, at, kind="looked")
    pressed(ward, visit, at, kind="rated", dissociation=1)
    pressed(ward, visit, at)
    for alarm in Alarm.objects.filter(reason="HELP-ASKED"):
        with pytest.raises(NotAllowed):
            answering.acknowledge_alarm(alarm_id=alarm.id, actor=ward.ada, now=at)
    watch_for(minutes=5.1)
    assert "CALL-EMERGENCY" in steps(visit, "call_at_home")


def test_a_sitters_look_does_not_silence_their_own_worry(ward):
    visit, dosed_at = with_sitter(ward)
    pressed(ward, visit, dosed_at + 5 * MINUTE, by="sitter")
    pressed(ward, visit, dosed_at + 5.5 * MINUTE, by="sitter", kind="looked")
    watch_for(minutes=3.1)
    assert steps(visit, "call_at_home") == ["CALL-PATIENT", "CALL-SITTER", "CALL-TAKE-OVER"]


def test_after_a_red_reading_a_call_waits_for_nothing_but_the_ambulance_for_a_minute(ward):
    visit, dosed_at = open_session(ward)
    take_vitals(ward, visit, dosed_at + 20 * MINUTE, systolic=185)
    pressed(ward, visit, dosed_at + 21 * MINUTE)
    watch_for(seconds=1)
    assert steps(visit, "call_at_home") == ["CALL-PATIENT", "CALL-SITTER", "CALL-TAKE-OVER"]
    watch_for(seconds=60)
    assert steps(visit, "call_at_home")[-1] == "CALL-EMERGENCY"


def test_a_reading_that_turns_red_hastens_a_call_that_waits(ward):
    visit, dosed_at = open_session(ward)
    pressed(ward, visit, dosed_at + 20 * MINUTE)
    take_vitals(ward, visit, dosed_at + 20.2 * MINUTE, spo2=90)
    watch_for(seconds=1)
    assert steps(visit, "call_at_home") == ["CALL-PATIENT", "CALL-SITTER", "CALL-TAKE-OVER"]


def test_a_calm_reading_lets_what_follows_wait_again(ward):
    visit, dosed_at = with_sitter(ward)
    take_vitals(ward, visit, dosed_at + 20 * MINUTE, systolic=185)
    assert row(visit, "sitter_look").is_urgent
    take_vitals(ward, visit, dosed_at + 24 * MINUTE)
    assert not row(visit, "sitter_look").is_urgent


def test_a_call_before_the_dose_and_one_after_the_end_are_followed_too(ward):
    visit, dosed_at = open_session(ward)
    note_event(ward, visit, "left", {"words": "Ran out."}, dosed_at + MINUTE)
    pressed(ward, visit, dosed_at + 30 * MINUTE)
    watch_for(minutes=1.1)
    assert steps(visit, "call_at_home") == ["CALL-PATIENT"]


def test_a_call_that_a_phone_kept_without_a_network_is_followed_from_its_arrival(ward):
    """Nobody could have seen it before: an ambulance is not sent in the second it arrives."""
    visit, dosed_at = open_session(ward)
    at = dosed_at + 30 * MINUTE
    sent = Sent(form_id=uuid4(), kind="help_asked", facts={}, taken_at=dosed_at + 5 * MINUTE)
    receive(secret=token_for(ward, visit, "patient", at), sent_at=at, events=[sent], now=at)
    watch_for(seconds=59)
    assert steps(visit, "call_at_home") == []
    watch_for(seconds=2)
    assert steps(visit, "call_at_home") == ["CALL-PATIENT"]


def test_in_the_clinic_somebody_is_sent_to_the_chair(ward):
    visit, dosed_at = open_session(ward, "esketamine_clinic", 56)
    pressed(ward, visit, dosed_at + 5 * MINUTE)
    watch_for(minutes=5.1)
    assert steps(visit, "call_in_clinic") == [
        "CALL-CLINIC-GO",
        "CALL-CLINIC-TAKE-OVER",
        "CALL-CLINIC-DIRECTOR",
    ]


def test_a_sitter_who_does_not_look_is_overdue_at_16_minutes_and_called_at_18(ward):
    visit, dosed_at = with_sitter(ward)
    assert row(visit, "sitter_look").look_due_at == dosed_at + 16 * MINUTE, (
        "a quarter of an hour from being there"
    )
    watch_for(minutes=14.9)  # of the clock of the watch, which stood still since the role was taken on
    assert steps(visit, "missed_sitter_look") == []
    watch_for(minutes=1.2)
    assert steps(visit, "missed_sitter_look") == ["SITTER-LATE"]
    watch_for(minutes=2)
    assert steps(visit, "missed_sitter_look") == ["SITTER-LATE", "SITTER-CALL"]
    kinds = SessionEvent.objects.filter(visit=visit, kind="missed").values_list("facts__step", flat=True)
    assert list(kinds) == ["SITTER-LATE", "SITTER-CALL"]


def test_a_look_of_the_sitter_moves_their_deadline_and_vital_signs_do_not(ward):
    visit, dosed_at = with_sitter(ward)
    pressed(ward, visit, dosed_at + 14 * MINUTE, by="sitter", kind="looked")
    assert row(visit, "sitter_look").look_due_at == dosed_at + 29 * MINUTE
    take_vitals(ward, visit, dosed_at + 20 * MINUTE)
    pressed(ward, visit, dosed_at + 21 * MINUTE, kind="looked")
    assert row(visit, "sitter_look").look_due_at == dosed_at + 29 * MINUTE


def test_a_sitters_look_that_comes_late_was_missed_even_when_no_worker_came_to_it(ward):
    visit, dosed_at = with_sitter(ward)
    let_pass(minutes=17)
    pressed(ward, visit, dosed_at + 18 * MINUTE, by="sitter", kind="looked")
    assert steps(visit, "missed_sitter_look") == ["SITTER-LATE"]
    assert row(visit, "sitter_look").look_due_at == dosed_at + 33 * MINUTE


def test_a_look_and_a_sitters_look_due_at_one_moment_are_both_followed(ward):
    visit, dosed_at = with_sitter(ward, at_minute=5)
    watch_for(minutes=16.1)
    assert row(visit, "look").look_due_at == row(visit, "sitter_look").look_due_at == dosed_at + 20 * MINUTE
    assert (steps(visit, "missed_check_in"), steps(visit, "missed_sitter_look")) == (
        ["HOME-PROMPT"],
        ["SITTER-LATE"],
    )


def test_nobody_waits_for_a_sitter_in_the_clinic_before_the_role_is_taken_on_or_after_the_end(ward):
    visit, dosed_at = open_session(ward)
    assert not Deadline.objects.filter(kind="sitter_look").exists()
    pressed(ward, visit, dosed_at + MINUTE, by="sitter", kind="role_accepted", words="Nils")
    note_event(ward, visit, "left", {"words": "Ran out."}, dosed_at + 2 * MINUTE)
    assert not row(visit, "sitter_look").is_armed


def test_a_session_whose_sitter_nobody_waits_for_is_found_and_mended(ward):
    visit, dosed_at = with_sitter(ward)
    now = dosed_at + 5 * MINUTE
    assert unwatched.unwatched_sessions(now=now) == ()
    deadlines.settle_look(visit.id, kind="sitter_look")
    assert unwatched.unwatched_sessions(now=now) == (visit.id,)
    assert unwatched.arm_unwatched(now=now) == 1
    assert row(visit, "sitter_look").is_armed
    assert unwatched.unwatched_sessions(now=now) == ()


def test_every_deadline_of_a_session_is_in_the_copy_of_the_lookout_once(ward):
    visit, dosed_at = with_sitter(ward)
    pressed(ward, visit, dosed_at + 5 * MINUTE)
    ((found, due_at),) = deadlines.armed_looks(at_most=10)
    assert (found, due_at) == (visit.id, row(visit, "call").due_at)
    assert deadlines.overdue(deadlines.FOLLOWED, by=timedelta()) == ()


def test_the_ladders_of_the_data_are_those_the_watch_knows():
    assert {ladder.follows for ladder in monitoring.ladders()} == set(deadlines.FOLLOWED)
