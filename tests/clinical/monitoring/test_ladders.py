"""A look that is missed is followed up step by step; only somebody who looked puts the steps off, and not for long."""

from datetime import timedelta

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.monitoring import in_order, ladder_for, ladders, monitoring_plans, next_look_of
from sojourn.clinical.monitoring.ladder_files import NoLadder, read_ladders
from sojourn.clinical.monitoring.plan_files import DATA
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
        assert sum(plan.id in ladder.plans for ladder in ladders()) == 1
    with pytest.raises(NoLadder):
        ladder_for("oral_home")


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
    told = home().at(600, "vital_taken", spo2="97")
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
