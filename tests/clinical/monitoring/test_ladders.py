"""A look that is missed is followed up step by step; only somebody who looked puts the steps off, and not for long."""

from datetime import timedelta

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.monitoring import (
    call_waits_since,
    in_order,
    ladder_for,
    ladders,
    monitoring_plans,
    next_look_of,
    sitter_look_waits_since,
)
from sojourn.clinical.monitoring.ladder_files import NoLadder, read_ladders
from sojourn.clinical.monitoring.plan_files import DATA
from sojourn.clinical.monitoring.sitting import LOOK_LATE_AFTER
from tests.clinical.monitoring.sessions import DOSE_AT, Told


def next_look(told, minute, *, is_suicidal=False):
    return next_look_of(
        events=in_order(told.events), state=told.state_at(minute), plan=told.plan, ladder=ladder_for(told.plan.id),
        now=DOSE_AT + timedelta(minutes=minute), is_suicidal=is_suicidal,
    )  # fmt: skip


def begins(told, minute):
    found = next_look(told, minute)
    return None if found is None else (found.begins_at - DOSE_AT) / timedelta(minutes=1)


def home():
    return Told("sl_home").prepared().dosed(mg="100")


def test_the_ladder_at_home_takes_the_steps_of_the_program_at_its_minutes():
    steps = ladder_for("sl_home").steps
    assert [(step.after.seconds // 60, step.does) for step in steps] == [
        (0, "prompt"), (3, "sound"), (5, "call_patient"), (7, "call_sitter"), (10, "take_over"),
        (15, "emergency_services"),
    ]  # fmt: skip
    assert all(step.after_urgent == timedelta() for step in steps)


def test_every_plan_has_one_ladder_and_an_unknown_one_none():
    for plan in monitoring_plans():
        follows = sorted(ladder.follows for ladder in ladders() if plan.id in ladder.plans)
        assert follows == (["call", "look", "sitter_look"] if plan.at_home else ["call", "look"])
    with pytest.raises(NoLadder):
        ladder_for("oral_home")
    with pytest.raises(NoLadder):
        ladder_for("iv_clinic", follows="sitter_look")


def test_a_call_for_help_goes_through_the_same_steps_sooner():
    for plan in monitoring_plans():
        missed = {step.does: step for step in ladder_for(plan.id).steps}
        for step in ladder_for(plan.id, follows="call").steps:
            assert timedelta() < step.after <= missed[step.does].after / 3
            assert step.after_urgent < step.after
            assert step.severity.rank <= missed[step.does].severity.rank


def test_a_sitter_is_overdue_after_a_minute_and_called_two_minutes_later():
    steps = ladder_for("sl_home", follows="sitter_look").steps
    assert [(step.after.seconds // 60, step.does) for step in steps] == [
        (1, "prompt"), (3, "call_sitter"), (5, "call_patient"), (10, "take_over"), (15, "emergency_services"),
    ]  # fmt: skip
    assert steps[0].after == LOOK_LATE_AFTER, (
        "the sitter's page and the board call it late from the same minute"
    )


def call_waits(told, minute):
    found = call_waits_since(
        events=in_order(told.events), state=told.state_at(minute), ladder=ladder_for(told.plan.id, follows="call"),
        now=DOSE_AT + timedelta(minutes=minute),
    )  # fmt: skip
    return None if found is None else (found - DOSE_AT) / timedelta(minutes=1)


def called(told, minute):
    told.at(minute, "help_asked")
    about_id = told.events[-1].event_id
    return told.at(minute, "alarmed", limit_id="HELP-ASKED", severity="red", about_id=about_id)


def taken_on(told, minute, number):
    """Somebody takes on the call of that number."""
    calls = [event.about_id for event in told.events if getattr(event, "limit_id", "") == "HELP-ASKED"]
    return told.at(minute, "acknowledged", limit_id="HELP-ASKED", about_id=calls[number])


def test_a_call_waits_from_its_minute_until_somebody_took_it_on():
    told = called(home(), 25)
    assert call_waits(home(), 25) is None
    assert call_waits(told, 27) == 25
    called(told, 26)
    assert call_waits(told, 27) == 25, "pressing again neither ends it nor puts it off"
    taken_on(told, 27, 0)
    assert call_waits(told, 28) == 26, "the second call waits for somebody of its own"
    taken_on(told, 28, 1)
    assert call_waits(told, 29) is None


@pytest.mark.parametrize(
    ("kind", "facts", "waits_since"),
    [
        ("looked", {}, 25),
        ("vital_taken", {"spo2": "98"}, 25),
        ("called", {"whom": "the patient", "reached": "no"}, 25),
        ("acknowledged", {"limit_id": "SBP-AMBER", "about_id": "x"}, 25),
        ("called", {"whom": "the patient", "reached": "yes"}, 31),
        ("acknowledged", {"limit_id": "CALL-PATIENT", "about_id": "x"}, 31),
    ],
)
def test_only_what_is_done_about_a_call_quiets_it_and_for_five_minutes(kind, facts, waits_since):
    assert call_waits(called(home(), 25).at(26, kind, **facts), 27) == waits_since


def test_what_was_done_before_a_call_does_not_quiet_it():
    told = home().at(24, "called", whom="the patient", reached="yes")
    assert call_waits(called(told, 25), 26) == 25


def sitter_waits(told, minute, *looks):
    found = sitter_look_waits_since(
        looked_at=[DOSE_AT + timedelta(minutes=look) for look in looks], events=in_order(told.events),
        state=told.state_at(minute), ladder=ladder_for("sl_home", follows="sitter_look"),
        now=DOSE_AT + timedelta(minutes=minute),
    )  # fmt: skip
    return None if found is None else (found - DOSE_AT) / timedelta(minutes=1)


def test_a_sitter_looks_every_quarter_of_an_hour_from_the_dose_to_the_end():
    assert sitter_waits(Told("sl_home").prepared(), 0) is None
    assert sitter_waits(home(), 1) == 15
    assert sitter_waits(home(), 20, -5, 16) == 31
    assert sitter_waits(home(), 20, 600) == 35, "a clock that runs ahead puts it off by one look at most"
    assert sitter_waits(home().at(30, "left", words="With Nils."), 31) is None


def test_a_sitter_who_was_reached_has_five_minutes_to_look():
    assert sitter_waits(home().at(18, "called", whom="the sitter", reached="yes"), 19) == 23
    assert sitter_waits(home().at(18, "acknowledged", limit_id="SITTER-CALL", about_id="x"), 19) == 23
    assert sitter_waits(home().at(18, "acknowledged", limit_id="SBP-AMBER", about_id="x"), 19) == 15


def test_it_begins_when_the_next_look_is_due():
    assert begins(home(), 0) == 20
    assert begins(home().calm_at(20), 20) == 40


def test_no_ladder_runs_before_the_dose_or_after_the_end():
    assert next_look(Told("sl_home").prepared(), 0) is None
    assert next_look(home().at(30, "left", words="With Nils."), 31) is None


@pytest.mark.parametrize(
    ("kind", "facts"),
    [("looked", {}), ("called", {"whom": "the patient", "reached": "yes"}), ("rated", {"moaas": "5"}),
     ("acknowledged", {"limit_id": "HOME-CALL-PATIENT", "about_id": "x"})],
)  # fmt: skip
def test_somebody_who_looked_without_measuring_puts_it_off_for_five_minutes(kind, facts):
    assert begins(home().at(26, kind, **facts), 26) == 31


def test_a_call_that_reached_nobody_puts_nothing_off():
    assert begins(home().at(26, "called", whom="the patient", reached="no"), 26) == 20


def test_what_patients_or_programs_note_puts_nothing_off():
    told = home().at(26, "noted", words="I am fine.").at(26, "confirmed", criterion="oriented")
    told.at(20, "missed", step="HOME-PROMPT", does="prompt", look_due_at="2026-11-24T10:20:00+00:00")
    assert begins(told, 27) == 20


def test_a_clock_that_runs_ahead_puts_it_off_for_no_longer_than_a_pause_between_looks():
    told = home().at(600, "vital_taken", systolic="120", diastolic="80", spo2="97")
    assert begins(told, 21) == 21 + 30


@pytest.mark.parametrize(
    ("vitals", "urgent"),
    [
        ({"spo2": "92"}, False),
        ({"spo2": "91"}, True),
        ({"systolic": "179"}, False),
        ({"systolic": "180"}, True),
    ],
)
def test_it_waits_for_nothing_after_a_red_reading(vitals, urgent):
    assert (
        next_look(
            home().at(20, "vital_taken", **{"diastolic": "80", **vitals} if "systolic" in vitals else vitals),
            20,
        ).is_urgent
        is urgent
    )


def test_it_waits_for_nothing_when_the_patient_spoke_of_suicide():
    assert not next_look(home(), 5).is_urgent
    assert next_look(home(), 5, is_suicidal=True).is_urgent


def test_a_calm_reading_after_a_red_one_lets_it_wait_again():
    told = (
        home()
        .at(20, "vital_taken", systolic="185", diastolic="90")
        .at(25, "vital_taken", systolic="150", diastolic="85")
    )
    assert not next_look(told, 25).is_urgent


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            ('"missed_check_in"\nminutes = 5\n', '"missed_check_in"\nminutes = 2\n'),
            "in order of their minutes",
        ),
        (('"sl_home"', '"im_clinic"'), "name each monitoring plan once"),
        (
            (
                'minutes = 0\nurgent_minutes = 0\ndoes = "prompt"',
                'minutes = 1\nurgent_minutes = 0\ndoes = "prompt"',
            ),
            "minute 0",
        ),
        (('severity = "emergency"', 'severity = "amber"'), "no milder"),
        (("minutes = 15\nurgent_minutes = 0", "minutes = 15\nurgent_minutes = 16"), "waits no longer"),
        (("quiet_minutes = 5", "quiet_minutes = 0"), "above 0"),
    ],
)
def test_a_spoiled_ladder_is_refused_with_its_reason(tmp_path, spoil, says):
    (tmp_path / "ladders.toml").write_text((DATA / "ladders.toml").read_text().replace(*spoil, 1))
    with pytest.raises(DataFileInvalid, match=says):
        read_ladders(tmp_path)
