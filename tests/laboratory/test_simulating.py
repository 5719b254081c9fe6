"""What `./sojourn simulate` writes and says, and how it refuses."""

import csv
import struct
import xml.etree.ElementTree as ET

import pytest

from sojourn.laboratory.__main__ import main

REGIMEN = """
title = "One <troche> & a half"
evidence = "masked"
[people]
number = 80
seed = 3
[[session]]
route = "sublingual"
dose_mg = 200
spat_out = true
"""


@pytest.fixture
def written(tmp_path, capsys):
    (tmp_path / "troche.toml").write_text(REGIMEN)
    assert main(["simulate", str(tmp_path / "troche.toml"), "--out", str(tmp_path / "out")]) == 0
    return tmp_path / "out", capsys.readouterr().out


def test_the_summary_names_version_seed_number_and_confidence(written):
    _, said = written
    assert "SRM-1 " in said
    assert "n 80, seed 3" in said
    assert "confidence low" in said
    assert "never a discharge rule" in said
    assert "extrapolation" in said


def test_every_drawing_is_an_svg_that_stands_alone(written):
    folder, _ = written
    drawings = sorted(folder.glob("*.svg"))
    assert len(drawings) == 8
    for drawing in drawings:
        root = ET.parse(drawing).getroot()
        words = " ".join(root.itertext())
        assert root.tag.endswith("svg")
        assert "One <troche> & a half" in words
        assert "SRM-1" in words
        assert "Confidence" in words


def test_pictures_are_png_of_the_same_drawings_where_they_are_asked_for(tmp_path, written):
    folder, _ = written
    assert not list(folder.glob("*.png"))
    (tmp_path / "troche.toml").write_text(REGIMEN)
    main(["simulate", str(tmp_path / "troche.toml"), "--out", str(tmp_path / "pictures"), "--png"])
    pictures = {each.stem: each.read_bytes() for each in (tmp_path / "pictures").glob("*.png")}
    assert pictures.keys() == {each.stem for each in folder.glob("*.svg")}
    for picture in pictures.values():
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">II", picture[16:24]) == (1620, 900)
    assert len(set(pictures.values())) == len(pictures), "each shows another drawing"


def test_an_age_is_taken_into_account_only_where_it_is_told(tmp_path, capsys):
    def highest(people):
        (tmp_path / "infusion.toml").write_text(
            f"[people]\nnumber = 50\n{people}\n[[session]]\nroute = 'intravenous'\ndose_mg = 40\nover_min = 40\n"
        )
        main(["simulate", str(tmp_path / "infusion.toml"), "--out", str(tmp_path / "out")])
        with (tmp_path / "out" / "quantiles.csv").open() as stream:
            stream.readline()
            rows = [row for row in csv.DictReader(stream) if row["measure"] == "venous norketamine"]
        return float(rows[-1]["q0.5"]), capsys.readouterr().out

    untold, said_untold = highest("")
    young, _ = highest("age_years = 40")
    old, said_old = highest("age_years = 90")
    assert young == untold
    assert old != untold
    assert "age," in said_untold
    assert "all aged 90" in said_old
    assert "age," not in said_old.split("Not told")[1]


def test_the_table_holds_quantiles_in_order_with_their_units(written):
    folder, _ = written
    with (folder / "quantiles.csv").open() as stream:
        assert "never a discharge rule" in stream.readline()
        rows = list(csv.DictReader(stream))
    assert {row["unit"] for row in rows if row["measure"] == "venous ketamine"} == {"ng/mL"}
    for row in rows:
        values = [float(row[f"q{share}"]) for share in ("0.05", "0.25", "0.5", "0.75", "0.95")]
        assert values == sorted(values)


def test_mood_carries_its_kind_of_evidence(written):
    folder, _ = written
    assert "Evidence: masked" in (folder / "mood.csv").read_text()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("titel = 1", "titel"),
        ("title = 'x'", "session"),
        (REGIMEN.replace('"masked"', '"blind"'), "evidence"),
        (REGIMEN.replace("number = 80", "count = 80"), "count"),
        (REGIMEN.replace("number = 80", "number = 0"), "number"),
        (REGIMEN.replace("number = 80", "age_years = 12"), "age_years"),
        (REGIMEN.replace("number = 80", "age_years = '70'"), "age_years"),
        ("every_min = 0.1\nuntil_h = 100\n" + REGIMEN, "every_min"),
        (REGIMEN.replace("dose_mg = 200", "dose_mg = 2000"), "dose_mg"),
        (REGIMEN.replace("dose_mg = 200", "dose_mg = 200\ndose_mg_per_kg = 3"), "dose_mg"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_by_field(text, field, tmp_path, capsys):
    (tmp_path / "wrong.toml").write_text(text)
    assert main(["simulate", str(tmp_path / "wrong.toml")]) == 1
    assert f"`{field}`: " in capsys.readouterr().out


def test_a_file_that_is_not_there_is_refused(tmp_path, capsys):
    assert main(["simulate", str(tmp_path / "nowhere.toml")]) == 1
    assert "`file`: " in capsys.readouterr().out


def test_validation_prints_every_row_and_fails_while_one_fails(capsys):
    assert main(["validate"]) == 1
    printed = capsys.readouterr().out
    assert "D7 time 84" in printed
    assert "FAILS" in printed
    assert "51 of 57 rows hold" in printed


def test_an_unknown_word_lists_what_there_is(capsys):
    assert main(["guess"]) == 2
    assert "simulate" in capsys.readouterr().out


def test_a_series_says_when_most_are_back_after_its_last_session_too(tmp_path, capsys):
    (tmp_path / "six.toml").write_text(
        "[people]\nnumber = 300\n[[session]]\nroute = 'intravenous'\ndose_mg_per_kg = 0.5\nover_min = 40\n"
        "[repeat]\nsessions = 6\ndays_apart = 3.5\n"
    )
    main(["simulate", str(tmp_path / "six.toml"), "--out", str(tmp_path / "out")])
    said = capsys.readouterr().out
    assert "First session: 95 of 100 people at or below 4 CADSS points by" in said
    assert "Session 6: 95 of 100 people at or below 4 CADSS points by" in said
    for which, number in (("first", 1), ("last", 6)):
        drawn = (tmp_path / "out" / f"{which}-session-dissociation.svg").read_text()
        assert f"A regimen: session {number}" in drawn
        assert ">minutes<" in drawn
    assert "; low" in said
