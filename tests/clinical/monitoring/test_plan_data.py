"""A plan whose data contradict themselves is refused, and the message names file, key and remedy."""

import shutil
from pathlib import Path

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.monitoring import monitoring_plans
from sojourn.clinical.monitoring.plan_files import DATA, read_plans
from sojourn.clinical.monitoring.plans import UNITS


@pytest.fixture
def folder(tmp_path):
    for file in Path(str(DATA)).glob("*.toml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def spoil(folder, file, was, becomes):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "was", "becomes", "told"),
    [
        (
            "limits.toml",
            "above = 140",
            "above = 150",
            r"limits.toml \[limit BEFORE-SYSTOLIC-GUIDE\].*141 should be met",
        ),
        ("limits.toml", "{ value = 141, met = true }", "{ value = 150, met = true }", "just beside it"),
        ("limits.toml", 'unit = "mmHg"', 'unit = "kPa"', "written in mmHg"),
        ("limits.toml", 'unit = "mmHg"\n', "", "`unit`: is missing"),
        ("limits.toml", "above = 140", "above = 140\nbelow = 50", "exactly one test"),
        ("limits.toml", 'signal = "systolic"', 'signal = "temperature"', "`signal`: use one of"),
        (
            "limits.toml",
            "valid_from = 2025-01-01",
            "valid_from = 2025-01-01\nvalid_to = 2024-01-01",
            "valid_to",
        ),
        ("limits.toml", "cleared_by =", "clearedby =", "`clearedby`: is not known here"),
        ("discharge.toml", "{ value = 94, met = true }", "{ value = 94, met = false }", "discharge.toml"),
        ("discharge.toml", "least = 5\n", "least = 4\n", "criterion awake"),
        (
            "checklist.toml",
            'patient_says = "You have signed',
            'patients_say = "You have signed',
            "patients_say",
        ),
        ("signs.toml", 'source = "program-policy"', 'source = "hearsay"', "hearsay"),
        ("plans.toml", 'jurisdiction = "US"', "", "jurisdiction"),
        ("plans.toml", "vitals_at = [40, 80, 120]", "vitals_at = []", "vitals_at"),
        ("plans.toml", "vitals_at = [40, 80, 120]", "vitals_at = [80, 40]", "the earliest first"),
        ("plans.toml", "then_every = 20", "then_every = 0", "above 0"),
        ("limits.toml", 'phase = "before"', 'phase = "befor"', "`phase`: use one of before, after"),
        (
            "limits.toml",
            '"iv_clinic", "im_clinic"]',
            '"iv_clinc", "im_clinic"]',
            "`plans`: name at least one",
        ),
        (
            "limits.toml",
            'cleared_by = "prescriber_decision"',
            'cleared_by = "hope"',
            "no item of the checklist",
        ),
        ("checklist.toml", 'plans = ["sl_home"]', "plans = []", "`plans`: name at least one"),
        ("discharge.toml", 'agreed_by = "pressure_agreed"', 'agreed_by = "nobody"', "which is no criterion"),
    ],
)
def test_each_kind_of_defect_is_refused_and_named(folder, file, was, becomes, told):
    spoil(folder, file, was, becomes)
    with pytest.raises(DataFileInvalid, match=told):
        read_plans(folder)


def test_the_plans_that_ship_are_sound(folder):
    assert read_plans(folder) == monitoring_plans()


def test_every_limit_says_its_unit_and_its_words_for_the_patient():
    for plan in monitoring_plans():
        for limit in (*plan.limits_before, *plan.limits_after):
            assert limit.unit == UNITS[limit.signal]
            assert limit.patient_says
            assert len(limit.examples) >= 2, limit.id
