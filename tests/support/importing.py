"""A desk at which small files are imported, with two maps: labels of visits, and days."""

import csv
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from sojourn.program.audit.models import Entry
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.people.models import Patient

LABELS = """
source = "Elsewhere"
instrument = "phq-9"
site = "Oakland"
missing = ["NaN", "", "."]
left_out = ["exit"]
[columns]
patient = "id"
visit = "week"
score = "total"
[dates]
first_visit_on = 2020-01-06
[visits]
"0" = 0
"4" = 28
"8" = 56
"""
DAYS = """
source = "Elsewhere"
instrument = "phq-9"
missing = [""]
[columns]
patient = "id"
date = "seen on"
score = "total"
born_on = "born"
[dates]
format = "%m/%d/%Y"
"""


class Desk:
    """Runs the command on small files and keeps what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""

    def run(self, content: str | bytes, import_map: str = LABELS, **options) -> list[dict[str, str]]:
        """Import a file; returns the rows of the report."""
        file, map_file, report = (self.folder / name for name in ("scores.csv", "map.toml", "report.csv"))
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        map_file.write_text(import_map)
        report.unlink(missing_ok=True)
        out = StringIO()
        try:
            call_command("import_scores", str(file), map=map_file, report=report, stdout=out, **options)
        finally:
            self.said = out.getvalue()
        return list(csv.DictReader(report.open())) if report.exists() else []


def recorded() -> list[tuple[str, str, int]]:
    rows = Response.objects.order_by("patient__import_id", "answered_on")
    return [(r.patient.import_id, str(r.answered_on), int(r.value)) for r in rows.select_related("patient")]


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Patient, Response, QuestionnaireRequest, Entry))
