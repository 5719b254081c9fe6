"""Files as they really come: odd encodings, ragged rows, no header, no rows, too many."""

import pytest
from django.core.management import CommandError, call_command

from tests.support.importing import LABELS, everything, recorded

pytestmark = pytest.mark.django_db


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


def test_a_file_that_does_not_exist_is_said_to(ward, tmp_path):
    (tmp_path / "map.toml").write_text(LABELS)
    for name, sentence in (("nowhere.csv", "does not exist"), ("", "is not a file")):
        with pytest.raises(CommandError, match=sentence):
            call_command("import_scores", str(tmp_path / name), map=tmp_path / "map.toml")
