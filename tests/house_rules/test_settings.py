"""Every setting is documented, so that a practice never has to read code to run Sojourn."""

import re

from tests.house_rules.tree import ROOT, files


def test_every_setting_is_documented():
    named = {
        name
        for p in files("src/sojourn/*.py", "launcher/*.py", "sojourn", "benchmarks/*.py")
        if p.suffix == ".py"
        for name in re.findall(r"SOJOURN_[A-Z_]+", p.read_text())
    }
    documented = set(re.findall(r"SOJOURN_[A-Z_]+", (ROOT / "docs/reference/settings.md").read_text()))
    assert named - documented == set()
    assert documented - named == set(), "documented, but read nowhere"
