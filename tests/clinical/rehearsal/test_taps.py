"""What simulated people send by themselves: at which minute, until when, and what keeps it back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical import monitoring, protocols
from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.rehearsal import Whose, drill_script, drill_scripts, taps_due
from sojourn.clinical.rehearsal.script_files import DATA, read_scripts
from tests.clinical.rehearsal.drills import CLOCK, called, deed


def due(script_id, minute, *deeds, without=()):
    script = drill_script(script_id)
    return taps_due(script, minute, deeds, clock=CLOCK, seed=3, without=without)


def named(found):
    return [each.name for each in found]


def test_a_sitter_who_falls_silent_stops_tapping():
    assert named(due("silent_sitter", 17)) == ["accepts-1", "looks-1"]
    assert named(due("silent_sitter", 54)) == ["accepts-1", "looks-1"]


def test_a_sitter_who_was_woken_by_the_call_to_911_taps_again():
    found = due("silent_sitter", 50, called(35, "911"))
    assert [(each.name, each.minute) for each in found][2:] == [("awake_again-1", 39), ("looks-3", 42)]


def test_a_patient_who_was_reached_does_not_tap_what_only_the_forgotten_one_does():
    assert "patient_all_right-1" in named(due("sitter_leaves", 60))
    assert "patient_all_right-1" not in named(due("sitter_leaves", 60, called(35, "sitter")))
    assert "patient_all_right-1" in named(due("sitter_leaves", 60, called(35, "sitter", reached=False)))


def test_what_was_pressed_without_a_network_says_so():
    cut_off = {each.name for each in due("home_offline", 80) if each.was_cut_off}
    assert cut_off == {"says_how_far-1", "looks-3", "vomits-1", "looks-4"}


def test_a_gateway_sends_what_is_measured_in_that_minute():
    found = {each.minute: each.facts["spo2"] for each in due("low_oxygen_sleepy", 50)}
    assert found[40] >= 95
    assert found[50] <= 91
    woken = {each.minute: each.facts["spo2"] for each in due("low_oxygen_sleepy", 60, deed("looked", 46))}
    assert woken[60] > found[50]


def test_a_gateway_that_fails_sends_what_cannot_be_true():
    nonsense = next(each for each in due("oximeter_fails", 30) if each.name == "nonsense-1")
    assert dict(nonsense.facts) == {"spo2": 140, "heart_rate": 0}
    assert nonsense.by is Whose.GATEWAY


def test_what_was_sent_is_not_given_again():
    assert named(due("silent_sitter", 17, without={"accepts-1"})) == ["looks-1"]


@given(
    script=st.sampled_from(drill_scripts()),
    first=st.floats(min_value=-30, max_value=120),
    more=st.floats(min_value=0, max_value=60),
    looked=st.lists(st.floats(min_value=0, max_value=120), max_size=5),
)
def test_time_takes_no_tap_back_and_catching_up_in_steps_or_at_once_is_the_same(script, first, more, looked):
    deeds = [deed("looked", each) for each in looked]
    early = taps_due(script, first, deeds, clock=CLOCK, seed=3)
    late = taps_due(script, first + more, deeds, clock=CLOCK, seed=3)
    rest = taps_due(script, first + more, deeds, clock=CLOCK, seed=3, without=named(early))
    assert set(named(early)) <= set(named(late))
    assert sorted(named(early) + named(rest)) == sorted(named(late))
    assert [each.minute for each in late] == sorted(each.minute for each in late)


@pytest.mark.parametrize("script", drill_scripts(), ids=lambda script: script.id)
def test_every_tap_can_be_read_as_the_event_it_is(script):
    plan = monitoring.monitoring_plan(protocols.course_protocol(script.protocol).monitoring)
    for each in taps_due(script, script.lasts_minutes, (), clock=CLOCK, seed=3):
        if "nonsense" in each.name:
            continue
        event = monitoring.read_event(kind=each.kind, facts=dict(each.facts), taken_at=CLOCK.began_at)
        assert monitoring.kind_of(event) == each.kind
        if "sign" in each.facts:
            assert plan.sign(each.facts["sign"]) is not None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('by = "patient"\nkind = "help_asked"', 'by = "cat"\nkind = "help_asked"', "`by`: use one of"),
        ('kind = "help_asked"', 'kind = "purred"', "`kind`: use one of"),
        ("at = 14.5", "at = 14.5\nuntil = 30", "`until`: say with `every`"),
        ("at = 14.5", "at = 14.5\nevery = 0", "`every`: give a number above 0"),
        ("at = 14.5", 'at = 14.5\nmeasures = ["mood"]', "`measures`: use one or more of"),
        ("at = 14.5", 'at = 14.5\nunless = ["sung_to"]', "is the name of no reaction here"),
        ("facts = { dissociation = 5 }", "facts = { joy = 5 }", "`joy`: is not known here"),
        ("facts = { dissociation = 5 }", 'facts = { sign = "joy" }', "`facts`: use a sign of the plan im_clinic"),
        ("at = 12", "at = -12", "`at`: give a minute from then on"),
        ('after = "reassured"\nat = 12', 'after = "nobody"\nat = 12', "nobody"),
        ('id = "says_how_far"', 'id = "calls"', "an id of its own"),
    ],
)  # fmt: skip
def test_a_tap_that_is_not_understood_is_refused_with_file_key_and_remedy(tmp_path, old, new, says):
    text = (DATA / "panic.toml").read_text()
    assert old in text
    (tmp_path / "panic.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(DataFileInvalid) as refused:
        read_scripts(tmp_path)
    assert says in str(refused.value)
