"""The benchmark of the pharmacology runs from end to end and refuses wrong answers."""

import pytest

from benchmarks import pharmacology


@pytest.mark.slow
def test_the_benchmark_names_engines_and_their_errors(capsys):
    assert pharmacology.main(["--quick"]) == 0
    printed = capsys.readouterr().out
    assert "closed form, numba" in printed
    assert "scipy LSODA" in printed
    assert "solver, held to our error" in printed
    assert "largest relative error" in printed


def test_a_wrong_answer_fails_the_run(monkeypatch):
    wrong = [pharmacology.Measured("closed form, numpy", 1.0, 1e-3)]
    monkeypatch.setattr(pharmacology, "two_compartments", lambda *, quick: wrong)
    monkeypatch.setattr(pharmacology, "whole_system", lambda *, quick: wrong)
    monkeypatch.setattr(pharmacology, "million", lambda *, quick: None)
    assert pharmacology.main(["--quick"]) == 1
