"""Treatment resistance by whose definition, and what is missing to say so."""

from dataclasses import replace

import pytest

from sojourn.clinical.evidence import DataFileInvalid, Table, read_table
from sojourn.clinical.protocols.conditions import Answer
from sojourn.clinical.protocols.maudsley import (
    STAGING,
    STAGING_KEYS,
    CannotBeStaged,
    maudsley_stage,
    read_method,
)
from sojourn.clinical.protocols.resistance import (
    Trial,
    UnknownCriteria,
    all_criteria,
    floors,
    judge_history,
)

SERTRALINE = Trial(
    "Sertraline",
    mg_per_day=50,
    weeks=6,
    improvement_percent=25,
    taken_as_prescribed=True,
    in_current_episode=True,
)
ESCITALOPRAM = replace(SERTRALINE, medicine="escitalopram", mg_per_day=10)
VENLAFAXINE = replace(SERTRALINE, medicine="venlafaxine", mg_per_day=150)


def resistant(*trials, by="program"):
    return judge_history(trials, criteria_id=by).resistant


def test_two_adequate_trials_are_resistance():
    history = judge_history([SERTRALINE, VENLAFAXINE])
    assert (history.resistant, history.adequate, history.undocumented) == (Answer.YES, 2, 0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"mg_per_day": 49}, "dose of 49 is below 50 mg a day"),
        ({"weeks": 3.9}, "duration of 3.9 is below 4 weeks"),
        ({"improvement_percent": 26}, "improved by 26%, more than 25%"),
        ({"taken_as_prescribed": False}, "not taken as prescribed"),
        ({"in_current_episode": False}, "in an earlier episode"),
        ({"augmentation": True}, "an augmentation"),
    ],
)
def test_a_trial_one_step_short_does_not_count_and_says_why(change, told):
    history = judge_history([replace(SERTRALINE, **change), VENLAFAXINE])
    assert history.trials[0].adequate is Answer.NO
    assert told in history.trials[0].why[0]
    assert history.resistant is Answer.NO


@pytest.mark.parametrize(
    "missing", ["mg_per_day", "weeks", "improvement_percent", "taken_as_prescribed", "in_current_episode"]
)
def test_what_is_not_documented_leaves_the_answer_open(missing):
    history = judge_history([replace(SERTRALINE, **{missing: None}), VENLAFAXINE])
    assert history.trials[0].adequate is Answer.UNKNOWN
    assert "not documented" in history.trials[0].why[0]
    assert (history.resistant, history.undocumented) == (Answer.UNKNOWN, 1)


def test_a_medicine_without_a_known_least_dose_is_open_not_adequate():
    assert resistant(replace(SERTRALINE, medicine="agomelatine"), VENLAFAXINE) is Answer.UNKNOWN


def test_payers_differ():
    same_class = (SERTRALINE, ESCITALOPRAM)
    assert resistant(*same_class) is Answer.YES
    assert resistant(*same_class, by="cigna") is Answer.NO
    assert resistant(SERTRALINE, VENLAFAXINE, by="cigna") is Answer.YES
    short = replace(VENLAFAXINE, weeks=5.9)
    assert resistant(SERTRALINE, short, by="four_weeks") is Answer.YES
    assert resistant(SERTRALINE, short, by="evicore") is Answer.NO
    assert resistant(SERTRALINE, short, by="medical_mutual") is Answer.NO


def test_a_lifetime_definition_counts_earlier_episodes_and_augmentation():
    earlier = replace(SERTRALINE, in_current_episode=False)
    added = replace(VENLAFAXINE, augmentation=True, in_current_episode=None)
    assert resistant(earlier, added, by="elekt_d") is Answer.YES
    assert resistant(earlier, added) is Answer.NO


def test_criteria_nobody_defined_are_refused():
    with pytest.raises(UnknownCriteria):
        judge_history([], criteria_id="hearsay")
    assert all_criteria()[0].id == "program"


def test_every_least_dose_is_positive_and_cited():
    for floor in floors().values():
        assert floor.least_mg_per_day > 0
        assert floor.citations
        assert floor.name == floor.name.lower()


def test_the_stage_adds_up_from_its_parts():
    stage = maudsley_stage(months=30, severity="severe", failures=5, augmentation=True, ect=False)
    assert dict(stage.points) == {"duration": 3, "severity": 4, "failures": 3, "augmentation": 1, "ect": 0}
    assert (stage.total, stage.band) == (11, "severe")


@pytest.mark.parametrize(
    "told", [{"failures": 0}, {"severity": "awful"}, {"months": -1}], ids=["none failed", "word", "time"]
)
def test_what_cannot_be_staged_is_refused(told):
    with pytest.raises(CannotBeStaged):
        maudsley_stage(
            **{"months": 6, "severity": "mild", "failures": 1, "augmentation": False, "ect": False} | told
        )


def test_a_method_its_examples_contradict_is_refused():
    table = read_table(STAGING, allowed=STAGING_KEYS)
    spoiled = {**table.values, "maudsley": {**table.values["maudsley"], "ect_points": 2}}
    with pytest.raises(DataFileInvalid, match=r"maudsley.*comes out as"):
        read_method(Table(table.where, spoiled))
