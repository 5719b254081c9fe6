"""Rules about the tests themselves: two processes share them, so what tells time must not run beside its like."""

import re

import pytest

from tests.house_rules.tree import ROOT, files
from tests.support.sharing_out import BY_TURNS, FILES, FOLDERS, share_of

TELLS_TIME = re.compile(r"\b(monotonic|perf_counter|process_time)\(")


def test_what_tells_time_comes_by_turns():
    """Beside another test that ends programs or fills the machine, a second is no second."""
    telling = [
        str(path.relative_to(ROOT)) for path in files("tests/**/test_*.py") if TELLS_TIME.search(path.read_text())
    ]  # fmt: skip
    assert len(telling) > len(FILES)
    assert not [name for name in telling if share_of(f"{name}::test") != BY_TURNS], "list it in sharing_out"


@pytest.mark.parametrize("place", [*FOLDERS, *FILES])
def test_what_is_listed_is_there(place):
    """A file that was renamed would lose its turn without anybody noticing."""
    assert (ROOT / place).exists()


def test_every_other_file_is_a_share_of_its_own():
    assert share_of("tests/doors/test_a.py::test_x[b::c]") == "tests/doors/test_a.py"
