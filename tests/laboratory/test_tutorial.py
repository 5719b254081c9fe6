"""The tutorial is followed: its examples give what it prints, and its file simulates."""

import doctest
import re

from sojourn.laboratory.__main__ import main
from tests.house_rules.tree import ROOT

GUIDE = ROOT / "docs" / "guides" / "pharmacology.md"


def test_every_example_of_the_tutorial_gives_what_it_prints():
    text = re.sub(r"^```\w*$", "", GUIDE.read_text(), flags=re.MULTILINE)
    test = doctest.DocTestParser().get_doctest(text, {}, "pharmacology.md", str(GUIDE), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    runner.run(test)
    assert len(test.examples) > 15
    assert runner.failures == 0


def test_the_file_of_the_tutorial_simulates(tmp_path, capsys):
    regimen = re.search(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL).group(1)
    (tmp_path / "six.toml").write_text(regimen.replace("number = 1000", "number = 60"))
    assert main(["simulate", str(tmp_path / "six.toml")]) == 0
    assert (tmp_path / "six" / "quantiles.csv").exists()
    assert "day 0, 3.5, 7, 10.5, 14, 17.5" in capsys.readouterr().out
