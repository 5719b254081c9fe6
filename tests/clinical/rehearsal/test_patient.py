"""The simulated patient: the dose as the pharmacology has it, what the script adds, and what helps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical import monitoring, protocols
from sojourn.clinical.monitoring import Alarm, crossings_of
from sojourn.clinical.quantities import BloodPressure
from sojourn.clinical.rehearsal import World, condition_at, drill_script, drill_scripts, reading_at, under_way
from tests.clinical.rehearsal.drills import CLOCK, called, deed, pressure

SEEDS = st.integers(min_value=0, max_value=2**31)


def at(script_id, minute, *deeds, seed=1):
    return condition_at(drill_script(script_id), minute, deeds, clock=CLOCK, seed=seed)


def medicine(minute):
    return deed("medicated", minute, drug="labetalol", amount=10, unit="mg")


@given(seed=SEEDS)
def test_the_pressure_at_40_minutes_is_red_whoever_was_drawn(seed):
    shown = reading_at(at("pressure_190", 40, seed=seed), minute=40, seed=seed)
    script = drill_script("pressure_190")
    plan = monitoring.monitoring_plan(protocols.course_protocol(script.protocol).monitoring)
    crossed = crossings_of(
        pressure(40, shown["systolic"], shown["diastolic"]).event,
        plan=plan, baseline=BloodPressure(126, 78), after_dose=True,
    )  # fmt: skip
    assert {each.severity for each in crossed if each.signal == "systolic"} == {Alarm.RED}


@given(seed=SEEDS)
def test_the_same_seed_and_deeds_give_the_same_patient(seed):
    assert at("panic", 20, seed=seed) == at("panic", 20, seed=seed)


def test_people_differ_in_what_the_dose_does():
    assert len({at("pressure_190", 30, seed=seed).measured["systolic"] for seed in range(20)}) > 3


def test_medicine_brings_the_pressure_down_and_nothing_does_not():
    untreated = at("pressure_190", 70).measured["systolic"]
    treated = at("pressure_190", 70, medicine(46)).measured["systolic"]
    assert untreated >= 180
    assert treated < 160


def test_medicine_given_before_anything_happened_does_not_count():
    assert at("pressure_190", 60, medicine(10)) == at("pressure_190", 60)


def test_a_refused_deed_helps_nobody():
    refused = deed("medicated", 46, drug="labetalol", amount=10, unit="mg", refused=True)
    assert at("pressure_190", 70, refused) == at("pressure_190", 70)


def test_panic_fades_when_somebody_comes_and_worsens_when_nobody_does():
    met, left_alone = at("panic", 28, deed("looked", 16)), at("panic", 28)
    assert met.measured["heart_rate"] < left_alone.measured["heart_rate"] - 15
    assert "panic" not in met.shows
    assert left_alone.shows == {"panic"}
    assert any("door" in said for said in left_alone.says)


def test_a_look_before_the_panic_reassures_nobody():
    assert at("panic", 28, deed("looked", 10)).shows == {"panic"}


def test_the_silent_sitter_answers_nobody_until_help_was_called():
    assert at("silent_sitter", 30).silent == {"patient", "sitter"}
    assert not at("silent_sitter", 40, called(33, "911")).silent
    assert at("silent_sitter", 40, called(33, "the prescriber")).silent


@pytest.mark.parametrize(
    ("script_id", "inside", "outside", "world"),
    [
        ("lost_network", 34, 52, World.NETWORK_LOST),
        ("worker_killed", 22, 55, World.WATCH_STOPPED),
        ("fire_alarm", 50, 62, World.FIRE_ALARM),
        ("monitor_away", 33, 48, World.MONITOR_AWAY),
    ],
)
def test_what_happens_around_the_patient_begins_and_ends_at_its_minute(script_id, inside, outside, world):
    assert at(script_id, inside).world == {world}
    assert not at(script_id, inside - 0.01).world
    assert not at(script_id, outside).world


def test_who_is_not_talked_with_walks_out_and_who_is_stays():
    assert at("early_leave", 90).has_left
    assert not at("early_leave", 90, deed("looked", 70)).has_left


def test_before_a_dose_nothing_of_the_dose_is_seen():
    assert at("wrong_patient", 30).measured["dissociation"] == 0
    assert at("wrong_patient", 30).measured["systolic"] == 122


def test_a_dose_given_in_a_drill_that_begins_with_the_checks_takes_its_course():
    given_anyway = at("expired_consent", 35, deed("dosed", 5, mg=56), seed=77)
    assert given_anyway.measured["systolic"] > at("expired_consent", 35, seed=77).measured["systolic"]


@given(
    script=st.sampled_from(drill_scripts()),
    seed=SEEDS,
    minute=st.floats(min_value=-10, max_value=400),
    minutes=st.lists(st.floats(min_value=0, max_value=300), max_size=6),
)
def test_whatever_is_done_a_reading_is_one_that_the_record_takes(script, seed, minute, minutes):
    deeds = [deed("looked", each) for each in minutes] + [medicine(each) for each in minutes]
    found = condition_at(script, minute, deeds, clock=CLOCK, seed=seed)
    read = monitoring.read_event(
        kind="vital_taken", facts=dict(reading_at(found, minute=minute, seed=seed)), taken_at=CLOCK.began_at
    )
    assert monitoring.kind_of(read) == "vital_taken"
    assert 0 <= found.measured["dissociation"] <= 10
    assert 0 <= found.measured["moaas"] <= 5
    assert found.says


def test_what_began_is_the_same_in_any_order_of_deeds():
    deeds = [deed("looked", 16), deed("looked", 30), called(18, "prescriber")]
    script = drill_script("panic")
    assert under_way(script, deeds, clock=CLOCK) == under_way(script, deeds[::-1], clock=CLOCK)


def test_the_clip_on_the_finger_shows_what_its_script_says_and_else_what_is_so():
    slipped = drill_script("clip_slips")
    during, after = (condition_at(slipped, minute, (), clock=CLOCK, seed=7) for minute in (20, 36))
    assert during.clip == {"spo2": 70}
    assert during.measured["spo2"] > 90, "measured by hand it is what it is"
    assert after.clip == {signal: after.measured[signal] for signal in ("spo2", "heart_rate")}
    off = condition_at(drill_script("oximeter_fails"), 25, (), clock=CLOCK, seed=7)
    assert off.clip == {}


def test_a_clip_put_back_shows_what_is_so():
    looked = (deed("looked", 19),)
    seen = condition_at(drill_script("clip_slips"), 21, looked, clock=CLOCK, seed=7)
    assert seen.clip["spo2"] == seen.measured["spo2"]


@given(seed=SEEDS)
def test_somebody_who_does_not_breathe_has_no_breaths_and_that_is_an_emergency(seed):
    """Four breaths a minute were the fewest a simulated patient could have."""
    shown = reading_at(at("airway_closes", 12, seed=seed), minute=12, seed=seed)
    assert shown["respiratory_rate"] <= 1
    script = drill_script("airway_closes")
    crossed = crossings_of(
        deed("vital_taken", 12, respiratory_rate=shown["respiratory_rate"]).event,
        plan=monitoring.monitoring_plan(protocols.course_protocol(script.protocol).monitoring),
        baseline=BloodPressure(124, 78), after_dose=True,
    )  # fmt: skip
    assert {each.severity for each in crossed} == {Alarm.EMERGENCY}


@given(seed=SEEDS)
def test_whoever_sank_once_sinks_again_although_she_was_woken(seed):
    woken = deed("looked", 41)
    assert at("second_sedative", 40, seed=seed).measured["spo2"] < 92
    assert at("second_sedative", 56, woken, seed=seed).measured["spo2"] >= 94
    assert at("second_sedative", 64, woken, seed=seed).measured["spo2"] < 92
    assert at("second_sedative", 74, woken, deed("looked", 65), seed=seed).measured["spo2"] >= 94
