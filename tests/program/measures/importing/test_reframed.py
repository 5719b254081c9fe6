"""The real scores of 250 people, counted here without the importer."""

import csv
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sojourn.clinical.outcomes import ScorePoint, trajectory
from sojourn.program.measures import importing, queries
from sojourn.program.measures.models import Response
from sojourn.program.people.models import Patient
from tests.house_rules.tree import ROOT
from tests.support.importing import everything

pytestmark = pytest.mark.django_db
SHARED = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data")) / "reframed_phq9.csv"


@pytest.mark.skipif(not SHARED.is_file(), reason=f"the REFRAMED scores are not at {SHARED}; set SHARED_DATA")
class TestReframed:
    """Real scores of 250 people, counted here without the importer."""

    @pytest.fixture(autouse=True)
    def _imported(self, desk):
        with SHARED.open() as stream:
            self.rows = list(csv.DictReader(stream))
        self.map_text = (ROOT / "docs/guides/import/reframed.map.toml").read_text()
        self.refused = desk.run(SHARED.read_bytes(), self.map_text)
        self.desk = desk

    def possible(self, text: str) -> bool:
        return text.isdecimal() and int(text) <= 27

    def test_it_refuses_exactly_the_impossible_rows(self):
        impossible = {
            str(line)
            for line, row in enumerate(self.rows, 2)
            if row["phq9"] != "NaN" and not self.possible(row["phq9"])
        }
        assert len(impossible) == 55
        assert {row["line"] for row in self.refused} == impossible
        assert sum("below 0" in row["reason"] for row in self.refused) == 1

    def test_all_other_scores_are_recorded_on_their_month(self):
        days = {0: 0, **{month: round(month * 365.25 / 12) for month in (*range(1, 13), 18)}}
        expected = sorted(
            (row["patient"], days[int(row["month"])], int(row["phq9"]))
            for row in self.rows
            if self.possible(row["phq9"])
        )
        assert len(expected) == 2378
        first = date(2020, 1, 6)
        found = sorted(
            (person, (on - first).days, int(value))
            for person, on, value in Response.objects.values_list(
                "patient__import_id", "answered_on", "value"
            )
        )
        assert found == expected
        assert Patient.objects.filter(kind="research").count() == 250

    def test_a_second_import_adds_nothing(self):
        before = everything()
        self.desk.run(SHARED.read_bytes(), self.map_text)
        assert everything() == before

    def test_every_chart_holds_the_persons_own_points_and_gaps(self, ward):
        far = datetime(2026, 1, 1, tzinfo=UTC)
        instrument = importing.read_map(ROOT / "docs/guides/import/reframed.map.toml").instrument
        for person in sorted({row["patient"] for row in self.rows}):
            scores = [r for r in self.rows if r["patient"] == person and self.possible(r["phq9"])]
            patient = Patient.objects.get(import_id=person)
            line = trajectory(
                instrument=instrument,
                points=[
                    ScorePoint(row.on, row.value, "total_only")
                    for row in queries.scores_of(patient.id, "phq-9", actor=ward.dora)
                ],
                due=queries.due_without_answer(patient.id, "phq-9", actor=ward.dora, now=far),
            )
            assert [int(point.value) for point in line.points] == [int(r["phq9"]) for r in scores]
            months = {r["month"] for r in self.rows if r["patient"] == person} - {"Post-Rx"}
            assert len(line.gaps) == len(months) - len(scores)
