"""A course proves its limits by the examples beside them; one that contradicts itself is refused, with the remedy."""

from pathlib import Path

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.protocols.course_files import COURSES, course_protocols, read_course
from sojourn.clinical.protocols.course_proofs import defects_of_course
from sojourn.clinical.protocols.policies import policies
from sojourn.clinical.protocols.standing import statements

INFUSION = (Path(str(COURSES)) / "racemic_iv_clinic.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("protocol", course_protocols(), ids=lambda protocol: protocol.id)
def test_every_course_that_ships_is_proved_on_both_sides_of_its_limits(protocol):
    assert list(defects_of_course(protocol)) == []
    assert len(protocol.dose.examples) >= 5
    assert all(len(limit.examples) >= 2 for limit in protocol.limits)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("hard_cap = 1.0", "hard_cap = 2.0", "should break DOSE-CAP but breaks DOSE-HIGH"),
        ("hard_cap = 1.0", "hard_cap = 0.1", "order the limits"),
        ("dose_mg = 40.1", "dose_mg = 40", "should break DOSE-REASON but breaks nothing"),
        ('breaks = ["DOSE-HIGH"]', 'breaks = ["DOSE-HGH"]', "should break DOSE-HGH"),
        ("weight_kg = 80, ", "", "cannot be tried"),
        ("weight_kg = 80", "weight_kg = 8", "cannot be tried"),
        ("value = 48\n", "value = 24\n", "47 of SPACING-INTERVAL"),
        ("value = 3\n", "value = -3\n", "`value`: give a number above 0"),
        ("minutes = 160", "minutes = 0", "`minutes`: give a number above 0"),
        ("doses = 6", "doses = -6", "`doses`: give a number above 0"),
        ("weekdays = [0, 3]", "weekdays = [0, 9]", "days from 0 to 6"),
        ("weekdays = [0, 3]", "weekdays = []", "days from 0 to 6"),
        ('monitoring = "iv_clinic"', 'monitoring = "hope"', "`monitoring`: name a plan"),
        ('consent = "racemic_clinic"', 'consent = "none"', "`consent`: name a document"),
        ("valid_from = 2025-01-01", "valid_from = 2025-01-01\nvalid_to = 2024-01-01", "valid_to"),
        ('id = "SPACING-WEEK"', 'id = "SPACING-WEEK"\nunit = "doses"', "`unit`: is not known here"),
    ],
)
def test_each_kind_of_defect_is_refused_and_named(tmp_path, was, becomes, told):
    assert was in INFUSION
    spoiled = tmp_path / "spoiled.toml"
    spoiled.write_text(INFUSION.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(DataFileInvalid, match=f"spoiled.toml.*{told}"):
        read_course(spoiled)


def test_every_policy_and_statement_speaks_to_clinician_and_patient_and_names_its_source():
    for row in (*policies(), *statements()):
        assert row.says
        assert row.patient_says
        assert row.citations
    for statement in statements():
        assert statement.kept_by
        assert statement.settings
