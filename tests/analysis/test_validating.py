import shutil
import tomllib
from pathlib import Path

import pytest

from sojourn import __version__
from sojourn.analysis.validating import folder_beside, validate
from tests.support.data_sets import data_set


def test_every_figure_is_printed_with_ours_beside_it(capsys):
    assert validate(["--data", str(data_set("aml.csv").parent)]) == 0
    said = capsys.readouterr().out
    [line] = [line for line in said.splitlines() if "maintained, median" in line]
    assert line.split() == ["aml", "maintained,", "median", "31", "31", "0", "agrees"]
    assert "169 figures: 169 agree, 0 differ." in said


def test_an_absent_data_set_is_named_and_the_rest_is_checked(tmp_path, capsys):
    shutil.copy(data_set("aml.csv"), tmp_path)
    assert validate(["--data", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "Not checked: Reisby imipramine study, HDRS. reisby_hdrs.csv is not in" in said
    assert "maintained, median" in said


def test_one_changed_score_is_noticed(tmp_path, capsys):
    text = data_set("aml.csv").read_text(encoding="utf-8")
    (tmp_path / "aml.csv").write_text(text.replace("9.0,1.0,Maintained", "9.0,0.0,Maintained"))
    assert validate(["--data", str(tmp_path)]) == 1
    assert "DIFFERS" in capsys.readouterr().out


@pytest.mark.parametrize("depth", [1, 3])
def test_the_folder_is_found_beside_any_folder_above(tmp_path, depth):
    (tmp_path / "shared" / "data").mkdir(parents=True)
    inside = tmp_path.joinpath(*"abc"[:depth]) / "file.py"
    assert folder_beside(inside) == tmp_path / "shared" / "data"


def test_reports_carry_the_version_of_the_package():
    stated = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert __version__ == stated
