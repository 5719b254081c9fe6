"""A rule that is not cited, not proved at its edges, or not understood is refused, with the remedy."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sojourn.clinical.evidence import DataFileInvalid, Provenance
from sojourn.clinical.protocols import rule_set
from sojourn.clinical.protocols.conditions import Answer, answer, condition_from
from sojourn.clinical.protocols.proofs import defects_of
from sojourn.clinical.protocols.questions import DATA
from sojourn.clinical.protocols.rule_set import RULES, read_rule_set

RULE = """
[[rule]]
id = "TEST-01"
family = "Test"
version = "2026.11.0"
valid_from = 2026-01-01
jurisdiction = "US"
says = "Too high."
patient_says = "Your blood pressure is too high."
when = { fact = "systolic", above = 140 }
unknown = "ask_clinician"
severity = { clinic = "specialist" }
basis = { clinic = "label" }
citations = [{ source = "spravato-label", locator = "section 5.6", provenance = "excerpt" }]
would_change.patient = "A lower reading."
would_change.clinician = "A lower reading."
examples = [
  { facts = { blood_pressure = "140/90" }, met = "no" },
  { facts = { blood_pressure = "141/90" }, met = "yes" },
]
"""


def test_no_rule_tells_a_patient_what_they_should_do():
    """To patients: short, honest, no "should", no exclamation marks."""
    told = [text for rule in rule_set().rules for text in (rule.patient_says, rule.would_change_patient)]
    assert [text for text in told if re.search(r"\bshould|!", text)] == []


def read(tmp_path: Path, text: str):
    (tmp_path / "spoiled.toml").write_text(text, encoding="utf-8")
    return read_rule_set(tmp_path, DATA / "questions.toml")


def test_a_sound_rule_is_accepted(tmp_path):
    assert [rule.id for rule in read(tmp_path, RULE).rules] == ["TEST-01"]


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("unknown =", "unknwon =", "unknwon"),
        ('says = "Too high."\n', "", "says"),
        ('"spravato-label"', '"hearsay"', "hearsay"),
        ('provenance = "excerpt"', 'provenance = "certain"', "provenance"),
        ("citations = [{", "citations = []\nspare = [{", "spare"),
        ('clinic = "specialist"', 'clinic = "awful"', "specialist"),
        ('clinic = "specialist"', 'moon = "specialist"', "moon"),
        ('basis = { clinic = "label" }', 'basis = { home = "label" }', "same settings"),
        ('fact = "systolic"', 'fact = "shoe_size"', "shoe_size"),
        ("above = 140", "over = 140", "over"),
        ("above = 140", 'above = "140"', "140"),
        ("above = 140", "above = 150", "should be 'yes'"),
        ('"141/90"', '"150/90"', "just beside it"),
        ('"140/90"', '"130/90"', "at 140"),
        ('"141/90"', '"41/90"', "cannot be read"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2025-12-31", "valid_to"),
        ("[[rule]]", "[[rule", "not valid TOML"),
    ],
)
def test_each_kind_of_defect_is_refused_and_named(tmp_path, was, becomes, told):
    with pytest.raises(DataFileInvalid, match=told):
        read(tmp_path, RULE.replace(was, becomes, 1))


def test_a_choice_that_is_not_offered_is_refused(tmp_path):
    spoiled = RULE.replace('fact = "systolic", above = 140', 'fact = "aneurysm", is = "sometimes"')
    with pytest.raises(DataFileInvalid, match="sometimes"):
        read(tmp_path, spoiled)


OLDER = RULE.replace("2026.11.0", "2025.1.0").replace(
    "valid_from = 2026-01-01", "valid_from = 2025-01-01\nvalid_to = 2025-12-31"
)
NEWER = RULE.replace('version = "2026.11.0"', 'version = "2026.11.0"\nreplaces = "2025.1.0"')


def test_two_versions_may_follow_each_other(tmp_path):
    assert len(read(tmp_path, OLDER + NEWER).rules) == 2


@pytest.mark.parametrize(
    ("older", "newer", "told"),
    [
        (OLDER.replace("valid_to = 2025-12-31", "valid_to = 2026-01-01"), NEWER, "valid_to"),
        (OLDER.replace("valid_to = 2025-12-31\n", ""), NEWER, "valid_to"),
        (OLDER.replace("2025.1.0", "2026.11.0"), NEWER, "stands twice"),
        (OLDER, RULE, "with `replaces`"),
        (OLDER, NEWER.replace('"2025.1.0"', '"2024.1.0"'), "2024.1.0, which is no version"),
        (OLDER.replace('"2025.1.0"', '"2025.1.0"\nreplaces = "2026.11.0"'), NEWER, "in a circle"),
        (OLDER, NEWER.replace('replaces = "2025.1.0"', 'replaces = "2026.11.0"'), "in a circle"),
    ],
    ids=["overlapping", "open-ended", "twice", "no trace", "unknown", "circle of two", "itself"],
)
def test_a_history_that_does_not_hold_together_is_refused(tmp_path, older, newer, told):
    with pytest.raises(DataFileInvalid, match=rf"spoiled.toml: `TEST-01`: .*{told}"):
        read(tmp_path, older + newer)


def test_the_versions_of_a_rule_stay_in_one_file(tmp_path):
    (tmp_path / "another.toml").write_text(OLDER, encoding="utf-8")
    with pytest.raises(DataFileInvalid, match="another file"):
        read(tmp_path, NEWER.replace('replaces = "2025.1.0"\n', ""))


def test_the_version_in_force_on_the_day_is_used(tmp_path):
    rules = read(tmp_path, OLDER + NEWER)
    for rule in rules.rules:
        assert rules.on(rule.valid_from) == ((rule, False),)


def test_every_rule_that_ships_is_proved_at_its_edges():
    for rule in rule_set().rules:
        assert list(defects_of(rule)) == [], rule.id


@pytest.mark.parametrize("rule", rule_set().rules, ids=lambda rule: rule.id)
def test_a_rule_without_its_examples_would_not_ship(rule):
    assert list(defects_of(replace(rule, examples=())))


def test_what_only_this_program_says_is_marked_as_program_policy():
    for rule in rule_set().rules:
        for cited in rule.citations:
            is_policy = cited.source_id == "program-policy"
            assert is_policy == (cited.provenance is Provenance.PROGRAM_POLICY), rule.id
        for weight in rule.weights:
            if weight.basis == "program policy":
                assert any(cited.source_id == "program-policy" for cited in rule.citations), rule.id


def test_the_version_follows_the_content(tmp_path):
    assert read(tmp_path, RULE).version != read(tmp_path, RULE.replace("Too high.", "High.")).version


def test_all_files_of_the_folder_are_read():
    assert len(read_rule_set(RULES, DATA / "questions.toml").rules) == len(rule_set().rules) >= 60


@pytest.mark.parametrize(
    ("table", "known", "expected"),
    [
        ({"any": [{"fact": "a", "is": "yes"}, {"fact": "b", "is": "yes"}]}, {"a": "yes"}, Answer.YES),
        ({"any": [{"fact": "a", "is": "yes"}, {"fact": "b", "is": "yes"}]}, {"a": "no"}, Answer.UNKNOWN),
        ({"all": [{"fact": "a", "is": "yes"}, {"fact": "b", "is": "yes"}]}, {"a": "no"}, Answer.NO),
        ({"all": [{"fact": "a", "is": "yes"}, {"fact": "b", "is": "yes"}]}, {"a": "yes"}, Answer.UNKNOWN),
        ({"fact": "a", "includes_any": ["x"]}, {"a": frozenset({"x", "unknown"})}, Answer.YES),
        ({"fact": "a", "includes_any": ["x"]}, {"a": frozenset({"y", "unknown"})}, Answer.UNKNOWN),
        ({"fact": "a", "includes_any": ["x"]}, {"a": frozenset({"none"})}, Answer.NO),
        ({"fact": "a", "at_most": 3}, {"a": 3.0}, Answer.YES),
        ({"fact": "a", "below": 3}, {"a": 3.0}, Answer.NO),
        ({"fact": "a", "is": "yes"}, {"a": "unknown"}, Answer.UNKNOWN),
    ],
)
def test_conditions_answer_yes_no_or_unknown(table, known, expected):
    assert answer(condition_from(table), known) is expected
