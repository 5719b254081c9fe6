"""The benchmarks run from end to end, and say what they must. Their figures are no test: this machine is busy."""

import os
import subprocess
import sys

import psycopg
import pytest

from benchmarks import scoring
from benchmarks.driver import _length
from benchmarks.figures import share
from benchmarks.report import Target
from sojourn.clinical.instruments import all_instruments
from tests.house_rules.tree import ROOT

PAGES = ("questionnaire submit", "patient chart", "inbox", "director page", "free assessment")
CEILINGS = ("bare view", "bare one-row read", "bare one-row insert")


@pytest.mark.slow
def test_one_run_prints_every_page_beside_every_ceiling_and_target():
    database = f"sojourn_bench_{os.getpid()}"
    ran = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--quick", "--patients", "200", "--database", database],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    for path in (*PAGES, *CEILINGS):
        assert any(line.startswith(path) and float(line.split()[-1]) >= 0 for line in lines), path
    (heading,) = [line for line in lines if line.startswith("ratios")]
    assert all(f"/ {ceiling}" in heading for ceiling in CEILINGS)
    ratios = [line for line in lines if line.startswith(PAGES) and line.count("x |") == len(CEILINGS)]
    assert [line[:24].strip() for line in ratios] == list(PAGES)
    assert {line.split()[0] for line in lines if ">= " in line or "<= " in line} == {
        "P1",
        "P8",
        "P16",
        "RULE",
    }
    with psycopg.connect(os.environ["SOJOURN_DATABASE_URL"]) as server:
        left = server.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [database]).fetchone()
    assert left == (0,)


def test_scoring_is_measured_for_every_instrument_and_printed_as_a_rate():
    found = scoring.measured(responses=20, repeats=1)
    assert {one.instrument for one in found} == {one.title for one in all_instruments()}
    assert [one.ms for one in found] == sorted((one.ms for one in found), reverse=True)
    first, second = scoring.lines(found)
    assert "a second a core" in first
    assert found[0].instrument in second


def test_the_practices_own_database_is_never_taken():
    name = os.environ["SOJOURN_DATABASE_URL"].partition("?")[0].rpartition("/")[2]
    ran = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--quick", "--database", name],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "the practice's own database" in ran.stdout


def test_bare_views_are_no_part_of_the_product(client, db):
    for address in ("/bare/view/", "/bare/read/1/", "/bare/insert/"):
        assert client.get(address).status_code == 404


def test_a_distance_is_a_factor_in_either_direction():
    assert Target("P1", "submissions/s", 1500, 500).distance == "missed: 3.0x away"
    assert Target("P1", "p99 ms", 20, 50, lower_is_better=True).distance == "missed: 2.5x away"
    assert Target("P1", "p99 ms", 20, 20, lower_is_better=True).distance == "met"
    assert Target("RULE", "queries", 0, 1, lower_is_better=True).distance == "missed"


def test_a_share_is_the_value_that_so_many_do_not_exceed():
    assert share(range(1, 101), 0.99) == 99
    assert share(range(1, 101), 0.5) == 50
    assert share([7.0], 0.99) == 7.0


def test_the_driver_knows_where_an_answer_ends():
    assert _length(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n") == 12
    assert _length(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n") is None
    assert _length(b"HTTP/1.1 302 Found\r\nLocation: /today/\r\n") == 0
