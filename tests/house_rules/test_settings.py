"""Every setting is documented, so that a practice never has to read code to run Sojourn."""

import ast
import re

from tests.house_rules.tree import ROOT, files

PROGRAMS = [
    p
    for p in files("src/sojourn/*.py", "launcher/*.py", "benchmarks/*.py", "tools", "sojourn", "manage.py")
    if p.suffix in {"", ".py"}
]
DOCUMENTED = set(re.findall(r"SOJOURN_\w+", (ROOT / "docs/reference/settings.md").read_text()))
# Variables of the machine itself, and of tools we start; none of them is a setting of Sojourn.
OF_THE_MACHINE = re.compile(
    r"PATH|PATH_INFO|HOME|XDG_RUNTIME_DIR|PYTHON\w*|PG\w*|PIP_\w+|CI|DJANGO_SETTINGS_MODULE|LC_ALL|TZ|VIRTUAL_ENV|DEBIAN_FRONTEND"
)


def test_every_setting_is_documented():
    named = {name for p in PROGRAMS for name in re.findall(r"SOJOURN_\w+", p.read_text())}
    assert named - DOCUMENTED == set()
    assert DOCUMENTED - named == set(), "documented, but read nowhere"


def test_nothing_is_read_from_the_environment_under_another_name():
    """A variable without our name in front is a setting nobody would look for."""
    read = {name for p in PROGRAMS for name in _read_from_the_environment(ast.parse(p.read_text()))}
    assert not {n for n in read if n not in DOCUMENTED and not OF_THE_MACHINE.fullmatch(n)}


def _read_from_the_environment(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        key = None
        if isinstance(node, ast.Subscript) and "environ" in ast.unparse(node.value):
            key = node.slice
        if (
            isinstance(node, ast.Call)
            and re.search(r"environ\.\w+$|getenv$", ast.unparse(node.func))
            and node.args
        ):
            key = node.args[0]
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            found.add(key.value)
    return found
