"""Rules about clinical knowledge: a score or a rule gives the same answer twice, so time, data and chance are handed in."""

import ast

import pytest

from tests.house_rules.tree import ROOT, files

# What clinical code may import. A name is added here only if it reads no clock, network, file outside the package or chance.
PURE = {
    "bisect", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "importlib",
    "itertools", "json", "math", "numba", "numpy", "operator", "re", "scipy", "sojourn", "statistics", "string", "textwrap", "tomllib",
    "types", "typing", "unicodedata",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter", "sleep"}
OUTSIDE = {"open", "input", "print", "eval", "exec", "__import__"}
FROM_IMPORTLIB = {"importlib.resources", "importlib.resources.abc"}


@pytest.mark.parametrize(
    "path",
    files("src/sojourn/clinical/*.py"),
    ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn" / "clinical")),
)
def test_clinical_has_no_clock_network_database_chance_or_framework(path):
    """Whatever looked outside could not be replayed: yesterday's decision must come out the same next year."""
    for node in ast.walk(ast.parse(path.read_text())):
        for module in _imported(node):
            assert module.split(".")[0] in PURE, ast.unparse(node)
            assert not module.startswith("importlib") or module in FROM_IMPORTLIB, ast.unparse(node)
            assert not module.startswith("sojourn.") or module.startswith("sojourn.clinical"), ast.unparse(
                node
            )
        if isinstance(node, ast.Attribute):
            assert node.attr not in CLOCKS, ast.unparse(node)
            assert not (node.attr == "random" and ast.unparse(node) in {"np.random", "numpy.random"}), (
                ast.unparse(node)
            )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in OUTSIDE, ast.unparse(node)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0
        return [node.module or ""]
    return []
