"""The scripts as data: what is there, and what the loader refuses with file, key and remedy."""

import shutil
from pathlib import Path

import pytest

from sojourn.clinical import monitoring, protocols
from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.rehearsal import SPEEDS, DrillClock, UnknownScript, drill_script, drill_scripts
from sojourn.clinical.rehearsal.script_files import DATA, read_scripts
from tests.clinical.rehearsal.drills import BEGAN, later

TWELVE = {
    "pressure_190", "panic", "vomiting", "silent_sitter", "lost_network", "monitor_away", "wrong_patient",
    "expired_consent", "dose_repeated", "fire_alarm", "worker_killed", "early_leave",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of one script in a folder of its own."""
    shutil.copy(str(DATA / "panic.toml"), tmp_path / "panic.toml")
    return tmp_path


def changed(folder: Path, old: str, new: str) -> Path:
    file = folder / "panic.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return folder


def test_the_twelve_scripts_are_there():
    assert {script.id for script in drill_scripts()} >= TWELVE


@pytest.mark.parametrize("script", drill_scripts(), ids=lambda script: script.id)
def test_every_expectation_says_who_asks_for_it_and_what_would_be_better(script):
    for item in (*script.expected, *script.forbidden):
        assert item.citations
        assert item.better.endswith(".")
        assert item.says.endswith(".")


@pytest.mark.parametrize("script", drill_scripts(), ids=lambda script: script.id)
def test_every_deed_asked_for_is_due_before_the_drill_ends(script):
    for expected in script.expected:
        began = {each.id: each.at for each in script.happenings} | {"start": 0}
        if expected.after in began:
            assert began[expected.after] + expected.within_minutes <= script.lasts_minutes
        assert expected.from_minutes < expected.within_minutes


@pytest.mark.parametrize("script", drill_scripts(), ids=lambda script: script.id)
def test_a_call_may_be_taken_on_from_the_moment_it_comes(script):
    began = {each.id: each.at for each in script.happenings} | {"start": 0}
    calls = [
        began[each.after] + each.at
        for each in script.taps
        if each.kind == "help_asked" and each.after in began
    ]
    for expected in script.expected:
        if "acknowledged" in expected.deed.kinds and expected.after in began:
            due_from = began[expected.after] + expected.from_minutes
            assert not [at for at in calls if due_from - 5 < at < due_from], expected.id


def test_the_pressure_script_looks_at_the_minute_at_which_its_plan_measures():
    script = drill_script("pressure_190")
    plan = monitoring.monitoring_plan(protocols.course_protocol(script.protocol).monitoring)
    measured = next(each for each in script.expected if each.id == "measured_at_40")
    assert measured.from_minutes < plan.vitals_at[0] < measured.within_minutes


def test_a_thirteenth_script_is_one_file(folder):
    text = (folder / "panic.toml").read_text().replace('id = "panic"', 'id = "panic_again"', 1)
    (folder / "panic_again.toml").write_text(text)
    assert {script.id for script in read_scripts(folder)} == {"panic", "panic_again"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("teaches =", "teeches =", "`teeches`: is not known here"),
        ('id = "went_close"', 'id = "went_close"\npoints = 3', "`points`: is not known here"),
        ('after = "panic"\nwithin_minutes = 3', 'after = "panik"\nwithin_minutes = 3', "panik"),
        ('kinds = ["looked"]', 'kinds = ["glanced"]', "`kinds`: use one or more of"),
        ('sign = "panic"', 'sign = "joy"', "`sign`: use one of"),
        ('shows = "panic"', 'shows = "joy"', "`shows`: use a sign of the plan im_clinic"),
        ("within_minutes = 3", "within_minutes = 0", "`within_minutes`: give a number above 0"),
        ("until = 40", "until = 4", "`until`: give a minute after `at`"),
        ('protocol = "racemic_im_clinic"', 'protocol = "laughing_gas"', "`protocol`: use one of"),
        ('eased_by = ["reassured"]', 'eased_by = ["sung_to"]', "is the name of no reaction here"),
        ('id = "went_close"', 'id = "panic_recorded"', "an id of its own"),
        ("at = 24\nuntil = 40", "at = 99", "lies after the end"),
        ("heart_rate = 76", 'heart_rate = "fast"', "`heart_rate`: give a number"),
        ("adds = {", "adds = { temperature = 2, ", "`temperature`: is not known here"),
    ],
)
def test_what_is_not_understood_is_refused_with_file_key_and_remedy(folder, old, new, says):
    with pytest.raises(DataFileInvalid) as refused:
        read_scripts(changed(folder, old, new))
    assert says in str(refused.value)
    assert str(refused.value).startswith("panic.toml")


def test_an_expectation_without_a_source_is_refused(folder):
    source = 'citations = [{ source = "program-policy", locator = "distress: stay close, speak calmly", provenance = "program policy" }]'
    with pytest.raises(DataFileInvalid, match="cite at least one source"):
        read_scripts(changed(folder, source, "citations = []"))
    with pytest.raises(DataFileInvalid, match="`citations`: is missing"):
        read_scripts(
            changed(
                folder,
                'citations = []\n\n[[expect]]\nid = "panic_recorded"',
                '\n[[expect]]\nid = "panic_recorded"',
            )
        )


def test_a_file_named_otherwise_than_its_script_is_refused(folder):
    (folder / "panic.toml").rename(folder / "other.toml")
    with pytest.raises(DataFileInvalid, match="the same name"):
        read_scripts(folder)


def test_an_unknown_script_is_said_to_be_unknown():
    with pytest.raises(UnknownScript):
        drill_script("earthquake")


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_clock_of_a_drill_runs_as_fast_as_chosen_and_never_backward(speed):
    clock = DrillClock(began_at=BEGAN, started_at=BEGAN, speed=speed)
    assert clock.at(later(1)) == later(speed)
    assert clock.at(later(-5)) == BEGAN
    assert clock.minute_of(clock.moment_of(40)) == 40


def test_a_stopped_clock_stands():
    clock = DrillClock(began_at=BEGAN, started_at=BEGAN, speed=10, stopped_at=later(2))
    assert clock.at(later(2)) == clock.at(later(500)) == later(20)


def test_a_drill_runs_at_no_other_speed():
    with pytest.raises(ValueError, match="one of these speeds"):
        DrillClock(began_at=BEGAN, started_at=BEGAN, speed=7)
