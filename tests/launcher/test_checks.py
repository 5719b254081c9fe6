"""What `./sojourn test` makes of a machine without Chromium, and of words for pytest."""

import time
from contextlib import contextmanager

import pytest

from launcher import checks
from launcher.environment import FOLDER, Environment


@pytest.fixture
def all_else_passes(monkeypatch):
    """Every check and test passes, but Chromium is not there and may not be installed."""

    @contextmanager
    def scratch_database(_environment):
        yield None, {}

    monkeypatch.setattr(checks, "ready_environment", lambda **_: Environment(FOLDER, ("base", "dev")))
    monkeypatch.setattr(checks, "scratch_database", scratch_database)
    monkeypatch.setattr(checks, "_checks", list)
    monkeypatch.setattr(checks, "run_here", lambda *_: 0)
    monkeypatch.setattr(checks, "_run_tests", lambda *_: (True, "all passed"))
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr(checks, "may_install", lambda: False)


@pytest.mark.parametrize("words", [[], ["tests/journeys"]])
@pytest.mark.parametrize(("ci", "code"), [("", 0), ("false", 0), ("true", 1), ("1", 1)])
def test_browser_tests_that_were_not_run_fail_only_in_continuous_integration(
    all_else_passes, monkeypatch, capsys, words, ci, code
):
    monkeypatch.setenv("CI", ci)
    assert checks.test(words) == code
    assert "apt-get install chromium" in capsys.readouterr().out


@pytest.mark.usefixtures("all_else_passes")
def test_the_summary_says_what_was_not_run(monkeypatch, capsys):
    monkeypatch.setenv("CI", "true")
    checks.test([])
    assert "FAILED  browser tests were not run: Chromium is missing" in capsys.readouterr().out


def python_that(place, does):
    """Put a program in the place of Python; gives the folder of the environment it is in."""
    python = place / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\n{does}\n")
    python.chmod(0o700)
    return place


@pytest.mark.parametrize(
    ("asked", "told"), [({}, "-n2"), ({"PYTEST_ADDOPTS": "-n0 --durations=3"}, "-n2 -n0 --durations=3")]
)
def test_two_processes_run_all_tests_unless_the_caller_says_otherwise(
    tmp_path, quiet_supervisor, asked, told
):
    place = python_that(tmp_path, "echo $PYTEST_ADDOPTS")
    passed, closing_line = checks._run_tests(Environment(place, ()), asked, quiet_supervisor, [])
    assert (passed, closing_line) == (True, told)


def test_tests_that_fall_silent_are_ended_and_that_is_said(tmp_path, quiet_supervisor, monkeypatch):
    """A run that hangs would otherwise last until somebody looks, and say nothing of what it had found by then."""
    monkeypatch.setattr(checks, "LONGEST_SILENCE_S", 0.5)
    python = python_that(tmp_path, "echo 98 %; printf half; sleep 60")
    began = time.monotonic()
    passed, closing_line = checks._run_tests(Environment(python, ()), {}, quiet_supervisor, [])
    assert time.monotonic() - began < 30
    assert not passed
    assert closing_line.startswith("half\nThe tests said nothing for")
