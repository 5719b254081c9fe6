"""Another practice's scores: every good row in, every impossible one named, a second time nothing."""

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError

from sojourn.program.audit.models import Entry
from sojourn.program.measures import importing, queries
from sojourn.program.measures.models import Response
from sojourn.program.people.models import Patient
from tests.support.importing import DAYS, LABELS, everything, recorded

pytestmark = pytest.mark.django_db


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


def test_a_report_never_overwrites_the_file_or_the_map(ward, tmp_path):
    file, map_file = tmp_path / "scores.csv", tmp_path / "map.toml"
    file.write_text("id,week,total\n7,0,99\n8,0,1\n")
    map_file.write_text(LABELS)
    for report in (file, map_file):
        with pytest.raises(CommandError, match="would overwrite"):
            call_command("import_scores", str(file), map=map_file, report=report)
    assert file.read_text().endswith("8,0,1\n")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OperationalError("server closed the connection unexpectedly"), "The database went away"),
        (ProgrammingError("relation does not exist"), r"Run \./sojourn up once, then import"),
    ],
    ids=["gone", "of-another-version"],
)
def test_a_database_that_cannot_be_used_is_named_in_one_sentence(desk, monkeypatch, error, sentence):
    def fails(*_args, **_options):
        raise error

    monkeypatch.setattr(importing, "record_scores", fails)
    with pytest.raises(CommandError, match=sentence):
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
