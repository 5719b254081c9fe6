"""`./sojourn rules` reviews the ledger without a database."""

import subprocess
import sys

import pytest

from launcher.environment import command_environment
from launcher.places import ROOT


def rules(*words):
    return subprocess.run(
        [sys.executable, str(ROOT / "tools" / "rules"), *words],
        env=command_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("day", "code", "told"),
    [
        ("2026-10-01", 0, "From memory"),
        ("2026-12-31", 0, "LAW-TELE-01: ends on 2026-12-31"),
        ("2027-01-01", 1, "LAW-TELE-01: ended on 2026-12-31"),
    ],
)
def test_the_check_lists_what_needs_a_person_and_fails_once_a_rule_has_expired(day, code, told):
    ran = rules("check", day)
    assert (ran.returncode, ran.stderr) == (code, "")
    assert told in ran.stdout


def test_before_the_last_90_days_the_telehealth_rule_is_not_listed():
    assert "LAW-TELE-01" not in rules("check", "2026-10-01").stdout


@pytest.mark.parametrize("words", [(), ("chekc",), ("check", "soon")])
def test_a_word_nobody_knows_gets_the_remedy(words):
    ran = rules(*words)
    assert ran.returncode == 2
    assert "Say `check`" in ran.stdout
