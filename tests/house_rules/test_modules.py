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
        for p in files("src/sojourn", "launcher", "tools")
        if p
        != ROOT / "src/sojourn/config/postgresql/base.py"  # the name under which Django looks for a backend
        for part in (*p.relative_to(ROOT).parts[:-1], p.stem)
    }
    assert not named & ATTICS


def test_nothing_is_left_open_in_the_code():
    """Open work lives in issues; a note in the code is read by nobody."""
    mark = re.compile(
        r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b|not implemented|coming soon", re.IGNORECASE
    )
    kinds = ("src/sojourn/*.py", "src/sojourn/*.html", "src/sojourn/*.toml", "launcher/*.py", "tools/*")
    left = [
        f"{p.relative_to(ROOT)}: {line.strip()}"
        for p in files(*kinds) if "vendor" not in p.parts
        for line in p.read_text(errors="ignore").splitlines() if mark.search(line)
    ]  # fmt: skip
    assert not left


def test_every_folder_of_code_has_a_readme():
    """Each room says what it is for, its words and what it must never do."""
    folders = {
        p.parent for p in files("src/sojourn/*.py", "launcher/*.py")
        if p.name != "__init__.py" and not {"migrations", "management", "commands", "templatetags"} & set(p.parts)
    }  # fmt: skip
    assert not sorted(str(f.relative_to(ROOT)) for f in folders if not (f / "README.md").is_file())


def test_readmes_of_rooms_stay_short():
    """A README that is longer than a page is not kept true."""
    assert not [str(p) for p in files("src/sojourn/*README.md") if len(p.read_text().splitlines()) > 40]


CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "sleep"}
REFUSED_IMPORTS = {
    "django",
    "psycopg",
    "requests",
    "httpx",
    "socket",
    "urllib",
    "random",
    "time",
    "threading",
    "os",
}


@pytest.mark.parametrize(
    "path",
    files("src/sojourn/clinical/*.py"),
    ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn" / "clinical")),
)
def test_clinical_has_no_clock_network_database_or_framework(path):
    """A score or rule that looked at the clock would not give the same answer twice: time and data are handed in."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not {a.name.split(".")[0] for a in node.names} & REFUSED_IMPORTS, ast.unparse(node)
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.module.split(".")[0] not in REFUSED_IMPORTS, ast.unparse(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            assert ast.unparse(node.func.value) not in {"datetime", "date", "datetime.datetime", "time"}, (
                ast.unparse(node)
            )


def test_no_registry_host_or_machine_path_stands_in_the_repository():
    """A path or host of one machine would break, or give away, every other."""
    path = re.compile(r"(^|[^\w.-])/(work|farm|root)/")
    hosts = re.compile(
        "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "deb" + r"\.debian"))
    )
    found = [
        f"{p.relative_to(ROOT)}:{n}"
        for p in files() if p.suffix not in {".png", ".woff2", ".svg"}
        for n, line in enumerate(p.read_text(errors="ignore").splitlines(), 1)
        if path.search(line) or hosts.search(line)
    ]  # fmt: skip
    assert not [f for f in found if not f.startswith("tests/house_rules/test_modules.py")]


def test_dependency_files_carry_hashes_and_no_address():
    """An address in a lock file ties every install to one host; a missing hash trusts whatever is served."""
    for lock in files("requirements/*.txt"):
        text = lock.read_text()
        assert "://" not in text, lock
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, block.splitlines()[0]
