"""Rules about files: a newcomer must find the room for a change from the names alone, and read it in one sitting."""

import ast
import re
import statistics

import pytest

from tests.house_rules.tree import ROOT, files, modules

ATTICS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "core",
    "lib",
    "base",
    "manager",
    "managers",
}


def test_no_module_is_longer_than_500_lines():
    """A file that cannot be held in the head hides its mistakes."""
    long = {
        str(p.relative_to(ROOT)): n for p in files("*.py") if (n := len(p.read_text().splitlines())) > 500
    }
    assert not long


def test_the_median_module_stays_under_120_lines():
    """Small files are the target; the median shows when the habit slips."""
    assert statistics.median(len(p.read_text().splitlines()) for p in modules()) < 120


def test_no_module_or_folder_is_an_attic():
    """`utils` and `core` collect what belongs in a named room."""
    named = {
        part
        for p in files("src/sojourn", "launcher", "tools", "benchmarks")
        if p != ROOT / "src/sojourn/config/postgresql/base.py"  # Django looks for a backend under this name
        for part in (*p.relative_to(ROOT).parts[:-1], p.stem)
    }
    assert not named & ATTICS


VAGUE = re.compile(r"(Manager|Helper|Util|Utils|Base|Data|Info|Handler|Service|Mixin)$")


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_class_is_named_for_nothing(path):
    """`PatientManager` says that something is done with patients, and not what."""
    classes = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
    assert not [name for name in classes if VAGUE.search(name)]


@pytest.mark.parametrize(
    "path", files("src/sojourn/*.py"), ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn"))
)
def test_nothing_happens_behind_a_write(path):
    """A signal or an overridden `save` acts where the reader of an action cannot see it."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert "signals" not in (node.module or "").split("."), ast.unparse(node)
            assert node.module != "django.dispatch", ast.unparse(node)
        if isinstance(node, ast.ClassDef) and "Model" in {ast.unparse(b).split(".")[-1] for b in node.bases}:
            verbs = {f.name for f in node.body if isinstance(f, ast.FunctionDef)}
            assert not verbs & {"save", "delete", "full_clean"}, node.name


def test_nothing_is_left_open_in_the_code():
    """Open work lives in issues; a note in the code is read by nobody."""
    mark = re.compile(
        r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b|not implemented|coming soon", re.IGNORECASE
    )
    kinds = (
        "benchmarks/*.py",
        "src/sojourn/*.py",
        "src/sojourn/*.html",
        "src/sojourn/*.toml",
        "launcher/*.py",
        "tools/*",
    )
    left = [
        f"{p.relative_to(ROOT)}: {line.strip()}"
        for p in files(*kinds) if "vendor" not in p.parts
        for line in p.read_text(errors="ignore").splitlines() if mark.search(line)
    ]  # fmt: skip
    assert not left


def test_doors_book_and_move_through_the_app_that_knows_what_holds_a_dose():
    """`plans` cannot ask the stop rule of a course: a door that booked or moved there would pass it by."""
    doors = files("src/sojourn/workspace/*.py", "src/sojourn/portal/*.py", "src/sojourn/sitter/*.py")
    past_it = [
        str(p.relative_to(ROOT))
        for p in doors
        if re.search(r"\bbooking\.book_series\(|\bapply_move\(|\bproposing\.propose_move\(", p.read_text())
    ]
    assert doors
    assert not past_it
