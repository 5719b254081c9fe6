"""The tutorial is followed: its examples give what it prints, and its file simulates."""

import doctest
import os
import re
import subprocess
import sys

from sojourn.laboratory.__main__ import main
from tests.house_rules.tree import ROOT

GUIDE = ROOT / "docs" / "guides" / "pharmacology.md"


def test_every_example_of_the_tutorial_gives_what_it_prints():
    text = re.sub(r"^```\w*$", "", GUIDE.read_text(), flags=re.MULTILINE)
    test = doctest.DocTestParser().get_doctest(text, {}, "pharmacology.md", str(GUIDE), 0)
    runner = doctest.DocTestRunner()
    runner.run(test)
    assert len(test.examples) > 15
    assert runner.failures == 0


def test_the_file_of_the_tutorial_simulates(tmp_path, capsys):
    regimen = re.search(r"```toml\n(.*?)```", GUIDE.read_text(), re.DOTALL).group(1)
    (tmp_path / "six.toml").write_text(regimen.replace("number = 1000", "number = 60"))
    assert main(["simulate", str(tmp_path / "six.toml")]) == 0
    assert (tmp_path / "six" / "quantiles.csv").exists()
    assert "day 0, 3.5, 7, 10.5, 14, 17.5" in capsys.readouterr().out


def test_its_cells_run_one_by_one_in_a_fresh_notebook(tmp_path):
    """Pasted into a notebook the prompts fall away. What is shown to be refused is refused there too; nothing else is."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(blocks) >= 8
    here = str(ROOT / "src")
    cells = [
        [each.replace("/path/to/sojourn/src", here) for each in _without_prompts(block)] for block in blocks
    ]
    refused = sum(block.count("Traceback (most recent call last)") for block in blocks)
    (tmp_path / "notebook.py").write_text(RUNNER.format(cells=cells))
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))}
    ran = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "notebook.py")],
        cwd=tmp_path, env=clean, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("CannotSimulate") == refused == 2
    assert "160 ng/mL at 40 min" in ran.stdout


RUNNER = """
cells, scope = {cells!r}, {{}}
for cell in cells:
    for statement in cell:
        try:
            exec(statement, scope)
        except ValueError as refused:
            print(type(refused).__name__)
assert "django" not in __import__("sys").modules
"""


def _without_prompts(block: str) -> list[str]:
    """The statements of a block, in order, as they stand without prompts and answers."""
    examples = doctest.DocTestParser().get_examples(block)
    return [example.source for example in examples] or [block]
