"""Scores: what counts as in time, late, missed and wrong, at the edges; and that nothing makes it fail."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.monitoring import KINDS, EventInvalid, read_event
from sojourn.clinical.rehearsal import Deed, Outcome, drill_script, drill_scripts, score
from tests.clinical.monitoring.test_event_reading import GOOD as TELLINGS
from tests.clinical.rehearsal.drills import CLOCK, called, deed, pressure

PRESSURE = drill_script("pressure_190")
GOOD = (
    pressure(40),
    called(42, "Dr. Adeyemi, prescriber"),
    deed("acknowledged", 43, limit_id="AFTER-SYSTOLIC-RED", about_id="vital"),
    pressure(45, 186, 110),
)


def of(*deeds, script=PRESSURE, ended_at=75):
    return score(script, deeds, clock=CLOCK, ended_at=ended_at)


def outcome(found, item_id):
    return next(item.outcome for item in found.items if item.id == item_id)


def test_a_good_response_has_every_point_and_passes():
    found = of(*GOOD)
    assert found.percent == 100
    assert found.passed
    assert not any(item.better for item in found.items)


def test_doing_nothing_misses_everything_that_was_asked_and_fails():
    found = of()
    assert found.ids(Outcome.MISSED) == {"measured_at_40", "prescriber_called"}
    assert not found.passed
    assert all(item.better and item.citations for item in found.items if item.outcome is Outcome.MISSED)


def test_the_last_minute_is_in_time_and_the_next_is_late():
    assert outcome(of(pressure(45)), "measured_at_40") is Outcome.IN_TIME
    assert outcome(of(pressure(45.01)), "measured_at_40") is Outcome.LATE
    assert outcome(of(pressure(60)), "measured_at_40") is Outcome.LATE
    assert outcome(of(pressure(60.01)), "measured_at_40") is Outcome.MISSED


def test_a_reading_before_its_time_does_not_count():
    assert outcome(of(pressure(34.99)), "measured_at_40") is Outcome.MISSED
    assert outcome(of(pressure(35)), "measured_at_40") is Outcome.IN_TIME


def test_a_reading_without_the_pressure_is_no_reading_of_the_pressure():
    assert outcome(of(deed("vital_taken", 40, spo2=98)), "measured_at_40") is Outcome.MISSED


def test_somebody_else_called_is_not_the_prescriber_called():
    assert outcome(of(called(42, "front desk")), "prescriber_called") is Outcome.MISSED


@pytest.mark.parametrize("whom", ["her children", "Sandra at the desk", "the items desk", "Andrew"])
def test_a_word_within_another_is_nobody(whom):
    assert outcome(of(called(42, whom)), "prescriber_called") is Outcome.MISSED


@pytest.mark.parametrize(
    "whom", ["Dr Adeyemi", "dr. adeyemi", "The DOCTOR on duty", "prescribers", "on-call clinician"]
)
def test_whoever_is_meant_is_known_as_they_are_written(whom):
    assert outcome(of(called(42, whom)), "prescriber_called") is Outcome.IN_TIME


@pytest.mark.parametrize("whom", ["911", "9-1-1", "9 1 1", "called 911.", "EMS", "Emergency services"])
def test_emergency_services_are_known_as_they_are_written(whom):
    found = of(called(36, whom), script=drill_script("chest_pain"))
    assert outcome(found, "emergency_called") is Outcome.IN_TIME


def test_a_call_taken_on_as_it_came_counts_where_what_it_was_about_is_seen_later():
    script = drill_script("early_leave")
    taken_on = deed("acknowledged", 67.6, limit_id="HELP-ASKED", about_id="call")
    assert outcome(of(taken_on, script=script, ended_at=110), "call_taken_on") is Outcome.IN_TIME


def test_medicine_before_the_call_is_wrong_and_after_it_is_not():
    early = deed("medicated", 41, drug="labetalol", amount=10, unit="mg")
    late = deed("medicated", 43, drug="labetalol", amount=10, unit="mg")
    assert outcome(of(*GOOD, early), "no_medicine_before_call") is Outcome.WRONG
    assert outcome(of(*GOOD, late), "no_medicine_before_call") is Outcome.KEPT
    assert not of(*GOOD, early).passed


def test_trying_what_the_program_refuses_is_wrong():
    script = drill_script("dose_repeated")
    tried = deed("dosed", 8, mg=56, refused=True)
    assert outcome(of(tried, script=script), "no_second_dose") is Outcome.WRONG
    assert outcome(of(script=script), "no_second_dose") is Outcome.KEPT


def test_written_down_five_minutes_later_counts_as_when_it_was_done_and_not_beyond():
    assert outcome(of(pressure(44, written=49)), "measured_at_40") is Outcome.IN_TIME
    assert outcome(of(pressure(44, written=49.1)), "measured_at_40") is Outcome.LATE


def test_what_was_taken_without_network_counts_as_when_it_was_taken():
    script = drill_script("lost_network")
    read_out = deed("vital_taken", 40, written=54, systolic=120, diastolic=76)
    assert outcome(of(read_out, script=script), "measured_at_40") is Outcome.IN_TIME


def test_a_drill_stopped_early_is_scored_for_what_it_asked():
    found = of(pressure(40), ended_at=41)
    assert {item.id for item in found.items} >= {"measured_at_40"}
    assert of(ended_at=5).items == ()
    assert of(ended_at=5).percent == 0
    assert not of(ended_at=5).passed


def test_who_was_talked_with_is_not_expected_to_be_recorded_as_gone():
    script = drill_script("early_leave")
    stayed = of(deed("looked", 70), script=script, ended_at=110)
    went = of(script=script, ended_at=110)
    assert "leaving_recorded" not in {item.id for item in stayed.items}
    assert "leaving_recorded" in went.ids(Outcome.MISSED)


NAMES = ("prescriber", "911", "sitter", "patient", "nobody")
FACTS = TELLINGS | {
    "vital_taken": {"systolic": 150, "diastolic": 90, "spo2": 97},
    "rated": {"moaas": 5}, "dosed": {"mg": 56}, "noticed": {"sign": "panic"}, "noted": {"words": "network"},
    "checked": {"item": "consent", "passed": True}, "confirmed": {"criterion": "oriented"},
    "called": {"whom": "prescriber", "reached": True}, "left": {"words": "escort"}, "cancelled": {"words": "no"},
    "medicated": {"drug": "x", "amount": 1, "unit": "mg"}, "acknowledged": {"limit_id": "a", "about_id": "b"},
    "alarmed": {"limit_id": "a", "severity": "red", "about_id": "b"}, "struck": {"struck_id": "a", "words": "w"},
    "corrected": {"struck_id": "a", "replaced_by": "b", "words": "w"},
}  # fmt: skip


@st.composite
def any_deed(draw):
    kind = draw(st.sampled_from(sorted(KINDS)))
    facts = dict(FACTS.get(kind, {}))
    if kind == "called":
        facts["whom"] = draw(st.sampled_from(NAMES))
    taken = CLOCK.moment_of(draw(st.floats(min_value=-60, max_value=300)))
    name = draw(st.text(min_size=1, max_size=4))
    try:
        event = read_event(kind=kind, facts=facts, taken_at=taken, event_id=name)
    except EventInvalid as invalid:
        raise AssertionError(f"{kind}: {invalid}") from invalid
    recorded = taken + timedelta(minutes=draw(st.floats(min_value=-2, max_value=300)))
    return Deed(event, recorded, was_refused=draw(st.booleans()))


@given(
    script=st.sampled_from(drill_scripts()),
    deeds=st.lists(any_deed(), max_size=12),
    ended_at=st.floats(0, 400),
)
def test_any_sequence_of_deeds_gives_a_score_in_any_order(script, deeds, ended_at):
    found = score(script, deeds, clock=CLOCK, ended_at=ended_at)
    assert 0 <= found.percent <= 100
    assert {item.id for item in found.items} <= {each.id for each in (*script.expected, *script.forbidden)}
    for item in found.items:
        assert item.sentence.endswith(".")
        assert bool(item.better) == (item.outcome not in {Outcome.IN_TIME, Outcome.KEPT})


@given(
    script=st.sampled_from(drill_scripts()),
    deeds=st.lists(any_deed(), max_size=8, unique_by=lambda each: (each.event.taken_at, each.recorded_at)),
    seed=st.randoms(use_true_random=False),
)
def test_the_order_in_which_deeds_arrive_does_not_matter(script, deeds, seed):
    shuffled = list(deeds)
    seed.shuffle(shuffled)
    assert score(script, deeds, clock=CLOCK, ended_at=300) == score(
        script, shuffled, clock=CLOCK, ended_at=300
    )
