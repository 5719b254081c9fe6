"""The benchmark of results runs from end to end. Its figures are no test; that all engines count the same is one."""

import os
import subprocess
import sys

import pytest

from tests.house_rules.tree import ROOT


@pytest.mark.slow
def test_all_engines_count_the_same_and_the_figures_are_printed():
    database = f"sojourn_bench_results_{os.getpid()}"
    ran = subprocess.run(
        [sys.executable, "benchmarks/run.py", "--outcomes", "600", "--repeats", "1", "--database", database],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Counts identical: DuckDB, plain SQL, the page." in ran.stdout
    assert "600 patients and" in ran.stdout
