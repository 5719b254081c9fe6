"""Another practice's scores: every good row in, every impossible one named, a second time nothing."""

import csv
import os
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from sojourn.clinical.outcomes import ScorePoint, trajectory
from sojourn.program.audit.models import Entry
from sojourn.program.measures import importing, queries
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.people.models import Patient
from tests.house_rules.tree import ROOT

pytestmark = pytest.mark.django_db

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
SHARED = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data")) / "reframed_phq9.csv"


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


@pytest.fixture
def desk(ward, tmp_path):
    return Desk(tmp_path)


def recorded() -> list[tuple[str, str, int]]:
    rows = Response.objects.order_by("patient__import_id", "answered_on")
    return [(r.patient.import_id, str(r.answered_on), int(r.value)) for r in rows.select_related("patient")]


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Patient, Response, QuestionnaireRequest, Entry))


def test_scores_become_totals_without_answers_in_marked_records(ward, desk):
    assert desk.run("id,week,total\n7,0,20\n7,4,4\n8,0,11\n") == []
    assert recorded() == [("7", "2020-01-06", 20), ("7", "2020-02-03", 4), ("8", "2020-01-06", 11)]
    patient = Patient.objects.get(import_id="7")
    assert (patient.kind, patient.user, patient.name) == ("research", None, "Imported record 7")
    assert (patient.import_source, patient.site_id, patient.born_on) == ("Elsewhere", ward.oakland, None)
    assert patient.import_days_made_up
    first = queries.scores_of(patient.id, "phq-9", actor=ward.dora)[0]
    assert first.total_only
    assert (first.source, first.band, first.value) == ("import", "severe", Decimal(20))
    assert first.answered_at == datetime(2020, 1, 6, 20, tzinfo=UTC)  # midday in Oakland
    assert Response.objects.get(pk=first.id).definition_hash
    assert list(Entry.objects.filter(about_kind="import").values_list("did", flat=True)) == [
        "imported scores"
    ]


@pytest.mark.parametrize(
    ("total", "reason"),
    [
        ("12.5", "not a whole number"),
        ("-1", "below 0"),
        ("-0.25", "below 0"),
        ("28", "above 27"),
        ("1e1", "not a number"),
        ("twelve", "not a number"),
        ("inf", "not a number"),
        ("=1+1", "not a number"),
    ],
)
def test_an_impossible_score_is_refused_by_line_column_value_and_reason(desk, total, reason):
    (refused,) = desk.run(f"id,week,total\n7,0,20\n7,4,{total}\n8,0,27\n9,0,0\n")
    assert (refused["line"], refused["column"], refused["value"].lstrip("'")) == ("3", "total", total)
    assert reason in refused["reason"]
    assert [score for _, _, score in recorded()] == [20, 27, 0]
    assert "line 3, total: is" in desk.said


def test_scores_stand_in_the_private_report_and_not_on_the_terminal(desk, capsys):
    desk.run("id,week,total\n7,0,20\n7,4,23.98501\n")
    assert "23.98501" not in desk.said + capsys.readouterr().err
    report = desk.folder / "report.csv"
    assert "23.98501" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


def test_a_whole_number_with_zeros_behind_the_point_is_a_score(desk):
    assert desk.run("id,week,total\n7,0,15.0\n") == []
    assert recorded() == [("7", "2020-01-06", 15)]


def test_a_missing_score_is_counted_apart_and_is_a_gap_in_the_chart(ward, desk):
    assert desk.run("id,week,total\n7,0,20\n7,4,NaN\n7,8,12\n8,0,.\n8,4,\n") == []
    assert "3 rows without a score; 3 gaps were noted" in desk.said
    patient = Patient.objects.get(import_id="7")
    gaps = queries.due_without_answer(
        patient.id, "phq-9", actor=ward.dora, now=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert gaps == (date(2020, 2, 3),)
    assert Patient.objects.filter(import_id="8").exists(), (
        "somebody without any score still counts as missing"
    )


def test_a_second_import_changes_nothing(desk):
    content = "id,week,total\n7,0,20\n7,4,NaN\n7,8,99\n8,0,3\n"
    desk.run(content)
    before = everything()
    assert len(desk.run(content)) == 1
    assert everything() == before
    assert "0 PHQ-9 scores were added; 2 known already." in desk.said


def test_a_dry_run_says_what_would_happen_and_writes_nothing(desk):
    before = everything()
    assert len(desk.run("id,week,total\n7,0,20\n7,4,99\n", dry_run=True)) == 1
    assert everything() == before
    assert "1 PHQ-9 score would be added" in desk.said
    assert "no record was changed" in desk.said


def test_a_changed_score_is_a_named_conflict_and_the_recorded_one_stays(desk):
    desk.run("id,week,total\n7,0,20\n")
    (conflict,) = desk.run("id,week,total\n7,0,19\n7,4,5\n")
    assert (conflict["what"], conflict["line"], conflict["value"]) == ("conflict", "2", "19")
    assert recorded() == [("7", "2020-01-06", 20), ("7", "2020-02-03", 5)]


def test_a_score_that_comes_later_closes_the_gap(ward, desk):
    desk.run("id,week,total\n7,0,20\n7,4,NaN\n")
    desk.run("id,week,total\n7,0,20\n7,4,11\n")
    patient = Patient.objects.get(import_id="7")
    assert not queries.due_without_answer(
        patient.id, "phq-9", actor=ward.dora, now=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert recorded() == [("7", "2020-01-06", 20), ("7", "2020-02-03", 11)]


def test_two_scores_for_one_visit_are_both_refused_and_named(desk):
    refused = desk.run("id,week,total\n7,0,20\n7,4,9\n7,4,10\n7,8,3\n7,8,3\n")
    assert [(row["line"], row["value"]) for row in refused] == [("3", "9"), ("4", "10")]
    assert "contradicts line 4" in refused[0]["reason"]
    assert recorded() == [("7", "2020-01-06", 20), ("7", "2020-03-02", 3)]
    assert "1 row repeating what another row says" in desk.said


def test_every_row_of_a_contradicted_visit_is_refused_and_named(desk):
    refused = desk.run("id,week,total\n7,0,5\n7,0,5\n7,0,6\n7,0,5\n8,0,3\n")
    assert [row["line"] for row in refused] == ["2", "3", "4", "5"]
    assert recorded() == [("8", "2020-01-06", 3)]
    assert "repeating" not in desk.said


def test_two_labels_of_one_day_are_one_visit(desk):
    same_day = LABELS.replace('"0" = 0', '"0" = 0\n"baseline" = 0')
    refused = desk.run("id,week,total\n7,0,5\n7,baseline,6\n8,0,3\n8,baseline,3\n", same_day)
    assert [row["line"] for row in refused] == ["2", "3"]
    assert recorded() == [("8", "2020-01-06", 3)]


def test_a_visit_the_map_leaves_out_is_counted_and_an_unknown_one_is_refused(desk):
    (refused,) = desk.run("id,week,total\n7,0,20\n7,exit,9\n7,exit,NaN\n7,week 9,4\n")
    assert (refused["line"], refused["column"], refused["value"]) == ("5", "week", "week 9")
    assert "2 rows of visits the map leaves out, 1 with a score." in desk.said


@pytest.mark.parametrize("nobody", ["", "NaN", "x" * 81, "a\x07b"])
def test_a_row_about_nobody_is_refused(desk, nobody):
    (refused,) = desk.run(f"id,week,total\n7,0,20\n{nobody},0,3\n")
    assert (refused["line"], refused["column"]) == ("3", "id")


def test_days_and_birth_dates_are_read_in_the_form_the_map_names(desk):
    refused = desk.run(
        "id,seen on,total,born\n7,01/31/2020,20,5/2/1984\n7,2020-02-28,9,\n7,02/30/2020,9,\n"
        "7,01/01/2999,9,\n7,01/01/1700,9,\n8,03/01/2020,4,1/1/2999\n9,03/01/2020,5,1/1/1970\n9,03/02/2020,5,1/2/1970\n",
        DAYS,
    )
    assert [(row["line"], row["column"]) for row in refused] == [(n, "seen on") for n in "3456"]
    assert recorded()[:2] == [("7", "2020-01-31", 20), ("8", "2020-03-01", 4)]
    assert not Patient.objects.filter(import_days_made_up=True).exists()
    born = dict(Patient.objects.exclude(import_id="").values_list("import_id", "born_on"))
    assert born == {"7": date(1984, 5, 2), "8": None, "9": None}
    assert "1 person with two birth dates" in desk.said
    assert "1 birth date cannot be, or cannot be read; none was kept." in desk.said


def test_a_score_from_before_its_person_was_born_is_refused(desk):
    (refused,) = desk.run(
        "id,seen on,total,born\n7,05/01/1984,20,05/02/1984\n8,05/02/1984,9,05/02/1984\n", DAYS
    )
    assert (refused["line"], refused["column"], refused["reason"]) == (
        "2",
        "born",
        "is after the day of the score",
    )
    assert recorded() == [("8", "1984-05-02", 9)]


def test_a_start_column_places_each_persons_visits(desk):
    by_start = LABELS.replace('score = "total"', 'score = "total"\nstart = "started"').replace(
        "first_visit_on = 2020-01-06", 'format = "%Y-%m-%d"'
    )
    (refused,) = desk.run("id,started,week,total\n7,2021-03-01,4,9\n8,2999-01-01,0,9\n", by_start)
    assert (refused["column"], refused["reason"]) == ("started", "is a day in the future")
    assert recorded() == [("7", "2021-03-29", 9)]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfid,week,total\r\n7,0,20\r\n",
        b"id;week;total\n7;0;20\n",
        b"id\tweek\ttotal\n7\t0\t20\n",
        b"sep=;\nid;week;total\n7;0;20\n",
        b'" ID ", Week ,TOTAL\n 7 , 0 ,"20"\n',
        b"\n\nid,week,total\n\n7,0,20\n\n",
        b"id,week,total\n7,0,20,,\n",
        b"id,week,total\r7,0,20\r",
        b'note,id,week,total\n"two\nlines",7,0,20\n',
        "id,week,total\n7,0,20\n".encode("utf-16"),
        "id,week,total\n7,0,20\n".encode("utf-32"),
    ],
    ids=[
        "mark",
        "semicolons",
        "tabs",
        "sep",
        "case",
        "blank-lines",
        "extra-cells",
        "old-mac",
        "line-break",
        "utf-16",
        "utf-32",
    ],
)
def test_files_are_read_however_they_are_written(desk, content):
    assert desk.run(content) == []
    assert recorded() == [("7", "2020-01-06", 20)]


def test_a_file_that_is_not_utf_8_is_read_as_latin_1_and_says_so(desk):
    desk.run("id,week,total\nJosé,0,20\n".encode("latin-1"))
    assert "read as Latin-1" in desk.said
    assert recorded() == [("José", "2020-01-06", 20)]


def test_scripts_and_combining_characters_in_ids_are_kept_as_text(desk):
    desk.run("id,week,total\nשלום,0,20\ne\u0301,0,3\na|b,0,4\n")
    assert {who for who, _, _ in recorded()} == {"שלום", "e\u0301", "a|b"}


def test_ragged_rows_are_refused_and_their_neighbors_are_taken(desk):
    refused = desk.run('id,week,total\n7,0,20\n7,4\n7,4,9,1\n8,"0,3\n9,0,5\n10,0,6\n')
    assert [row["line"] for row in refused] == ["3", "4", "5"]
    assert "2 cells where the header has 3" in refused[0]["reason"]
    assert "quotation mark" in refused[2]["reason"]
    assert [who for who, _, _ in recorded()] == ["10", "7", "9"]


def test_two_stray_quotation_marks_do_not_swallow_the_rows_between(desk):
    refused = desk.run('id,week,total\n7,0,"20\n8,0,3\n9,0,5\n10,0,"6\n11,0,7\n')
    assert [row["line"] for row in refused] == ["2", "5"]
    assert sorted(who for who, _, _ in recorded()) == ["11", "8", "9"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"name,age\nx,3\n", "has no column `id`. Its first line names: name, age"),
        (b"Ada Nunez,0,23\n8,4,11\n", "Its first line holds values"),
        (b"id,week,total,Total\n7,0,1,2\n", "2 columns `total`"),
        (b"id,week,total\n", "No row of scores.csv"),
        (b"id,week,total\n7,0,high\n8,0,low\n", "No row of scores.csv"),
        (b"PK\x03\x04 a workbook", "Save the sheet as CSV"),
        (b"id,week,total\n7,0,\x00\n", "not a text file"),
        (b"id,week,total " * 100_000, "no line breaks"),
    ],
)
def test_a_file_without_usable_scores_is_refused_as_a_whole(desk, content, sentence):
    before = everything()
    with pytest.raises(CommandError, match=sentence):
        desk.run(content)
    assert everything() == before


def test_a_file_without_a_header_keeps_its_first_person_off_the_terminal(desk):
    with pytest.raises(CommandError) as refusal:
        desk.run("Ada Nunez,2020-01-06,23\nBea Roth,2020-01-06,11\n")
    assert "Ada" not in str(refusal.value)
    assert "23" not in str(refusal.value)


def test_more_rows_than_memory_is_planned_for_are_refused_before_anything_is_written(desk, monkeypatch):
    monkeypatch.setattr("sojourn.program.measures.importing.reading.MOST_ROWS", 3)
    before = everything()
    with pytest.raises(CommandError, match=r"more than 3 rows\. Split it by people"):
        desk.run("id,week,total\n7,0,1\n8,0,2\n9,0,3\n10,0,4\n")
    assert everything() == before


def test_a_report_never_overwrites_the_file_or_the_map(ward, tmp_path):
    file, map_file = tmp_path / "scores.csv", tmp_path / "map.toml"
    file.write_text("id,week,total\n7,0,99\n8,0,1\n")
    map_file.write_text(LABELS)
    for report in (file, map_file):
        with pytest.raises(CommandError, match="would overwrite"):
            call_command("import_scores", str(file), map=map_file, report=report)
    assert file.read_text().endswith("8,0,1\n")


def test_a_database_that_goes_away_is_named_and_nothing_is_half_done(desk, monkeypatch):
    def gone(*_args, **_options):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(importing, "record_scores", gone)
    with pytest.raises(CommandError, match="The database went away"):
        desk.run("id,week,total\n7,0,1\n")


def test_a_stopped_import_leaves_no_record_behind(desk, monkeypatch):
    def stopped(*_args, **_options):
        raise KeyboardInterrupt

    before = everything()
    monkeypatch.setattr("sojourn.program.measures.importing.recording.audit.record", stopped)
    with pytest.raises(CommandError, match="Stopped; no record was changed"):
        desk.run("id,week,total\n7,0,1\n")
    assert everything() == before


def test_the_command_is_called_by_the_name_people_type(capsys):
    with pytest.raises(SystemExit):
        call_command("import_scores", "--help")
    assert "usage: ./sojourn import-scores" in capsys.readouterr().out


def test_a_file_that_does_not_exist_is_said_to(ward, tmp_path):
    (tmp_path / "map.toml").write_text(LABELS)
    for name, sentence in (("nowhere.csv", "does not exist"), ("", "is not a file")):
        with pytest.raises(CommandError, match=sentence):
            call_command("import_scores", str(tmp_path / name), map=tmp_path / "map.toml")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("source =", "sauce ="), "`sauce`: is not known here"),
        (('"phq-9"', '"phq-99"'), "use one of gad-7"),
        (('visit = "week"', 'visit = "week"\ndate = "day"'), "one of the two"),
        (('visit = "week"\n', ""), "one of the two"),
        (("first_visit_on = 2020-01-06", ""), "one of the two"),
        (("first_visit_on = 2020-01-06", 'first_visit_on = "monday"'), "give a day such as"),
        (("first_visit_on = 2020-01-06", "first_visit_on = 9999-12-31"), "use a day between"),
        (('"4" = 28', '"4" = "a month"'), "give a whole number"),
        (('"4" = 28', '"4" = 9999999'), "use days between"),
        (('["exit"]', '["4"]'), "is also in"),
        (('missing = ["NaN", "", "."]', "missing = 0"), "no score"),
        (('"Elsewhere"', '"a|b"'), "without |"),
        (('"Elsewhere"', '"a\\u0000b"'), "printable"),
        (('patient = "id"', 'patient = "TOTAL"'), "name the same column"),
        (
            ("first_visit_on =", 'format = "%d.%m"\nfirst_visit_on ='),
            "does not say a day with its month and year",
        ),
        (
            ("first_visit_on =", 'format = "%Q"\nfirst_visit_on ='),
            "does not say a day with its month and year",
        ),
        (("[visits]", "[visits"), "is not valid TOML"),
        (('"Oakland"', '"Atlantis"'), "This practice has: Brooklyn, Oakland"),
    ],
)
def test_a_map_that_is_not_understood_is_refused_with_key_and_remedy(desk, change, sentence):
    with pytest.raises(CommandError) as refusal:
        desk.run("id,week,total\n7,0,20\n", LABELS.replace(*change))
    assert sentence in str(refusal.value)


def test_a_map_with_a_byte_order_mark_is_read(desk):
    desk.run("id,week,total\n7,0,20\n", "\ufeff" + LABELS)
    assert recorded() == [("7", "2020-01-06", 20)]


def test_a_map_that_is_not_utf_8_says_how_to_save_it(ward, tmp_path):
    (tmp_path / "scores.csv").write_text("id,week,total\n7,0,1\n")
    (tmp_path / "map.toml").write_bytes(LABELS.replace("Elsewhere", "Zürich").encode("latin-1"))
    with pytest.raises(CommandError, match="save it as UTF-8"):
        call_command("import_scores", str(tmp_path / "scores.csv"), map=tmp_path / "map.toml")


def test_without_a_practice_there_is_nowhere_to_import_to(tmp_path):
    with pytest.raises(CommandError, match="no practice yet"):
        Desk(tmp_path).run("id,week,total\n7,0,20\n")


def test_an_import_asks_the_same_number_of_queries_for_one_person_and_for_two_hundred(
    desk, django_assert_max_num_queries
):
    many = "".join(f"{n},0,{n % 28}\n{n},4,NaN\n" for n in range(200))
    with django_assert_max_num_queries(20):
        desk.run("id,week,total\n" + many)
    assert Response.objects.count() == 200


def test_progress_is_a_line_for_each_tenth_where_nobody_is_looking(capsys):
    progress = importing.Progress(sys.stderr, "Reading", 1000)
    for done in range(1001):
        progress.tell(done)
    assert capsys.readouterr().err == "".join(f"Reading: {n} %\n" for n in range(10, 101, 10))


def test_progress_is_one_line_on_a_terminal():
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    progress = importing.Progress(terminal := Terminal(), "Reading", 4)
    for done in (1, 1, 4):
        progress.tell(done)
    progress.end()
    assert terminal.getvalue().count("\r") == 2
    assert terminal.getvalue().endswith(f"[{'#' * 30}] 100 %\n")


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
