import os
import stat
import tempfile
from pathlib import Path

import pytest

from launcher.places import DataFolderUnusable, data_folder, made_data_folder, private_folder
from launcher.practice import practice_environment, secret_key


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_data_folder_is_closed_to_others_and_found_again(tmp_path):
    data = made_data_folder(tmp_path / "practice" / "var")
    assert mode(data) == 0o700
    data.chmod(0o755)
    assert made_data_folder(data) == data
    assert mode(data) == 0o700


def test_a_folder_with_other_files_is_refused_and_left_as_it_was(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(DataFolderUnusable, match="holds other files"):
        made_data_folder(tmp_path)
    assert mode(tmp_path) == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_in_the_place_of_the_data_folder_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "var").write_text("")
    with pytest.raises(DataFolderUnusable, match="cannot be used"):
        made_data_folder(tmp_path / "var")


def test_the_setting_names_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("SOJOURN_DATA_DIR", str(tmp_path / "elsewhere"))
    assert data_folder() == tmp_path / "elsewhere"


@pytest.fixture
def runtime_folder(monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        yield Path(short)


def test_a_short_folder_is_private_and_found_again(runtime_folder):
    folder = private_folder("sojourn-x")
    assert folder.parent == runtime_folder
    assert mode(folder) == 0o700
    assert private_folder("sojourn-x") == folder


@pytest.mark.parametrize("trap", ["a link", "open to all", "a file"])
def test_a_short_folder_prepared_by_somebody_else_is_not_used(runtime_folder, trap):
    name = runtime_folder / f"sojourn-x-{os.geteuid()}"
    if trap == "a link":
        (runtime_folder / "trap").mkdir(mode=0o700)
        name.symlink_to(runtime_folder / "trap")
    elif trap == "open to all":
        name.mkdir()
        name.chmod(0o777)
    else:
        name.touch()
    elsewhere = private_folder("sojourn-x")
    try:
        assert elsewhere.parent != runtime_folder
    finally:
        elsewhere.rmdir()


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(data):
    key = secret_key(data)
    assert len(key) >= 50
    assert secret_key(data) == key
    assert mode(data / "secret-key") == 0o600


def test_a_practice_with_its_own_database_ignores_the_callers_postgresql_variables(data, monkeypatch):
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    variables = practice_environment(data, "postgresql:///x")
    assert not {"PGHOST", "PYTHONHOME"} & set(variables)
    assert variables["SOJOURN_DATABASE_URL"] == "postgresql:///x"


def test_a_secret_key_of_the_caller_wins(data, monkeypatch):
    monkeypatch.setenv("SOJOURN_SECRET_KEY", "chosen")
    assert practice_environment(data, "")["SOJOURN_SECRET_KEY"] == "chosen"
