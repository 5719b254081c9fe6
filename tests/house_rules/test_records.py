"""Rules about the database: personal data is declared, history is linear, and each table has one writer."""

import ast
import re

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests.house_rules.tree import ROOT, files

OURS = [config for config in apps.get_app_configs() if config.name.startswith("sojourn.")]
PROGRAM = [config.label for config in OURS if config.name.startswith("sojourn.program.")]
MODELS = [
    model for config in OURS for model in config.get_models()
    if not model.__name__.endswith("History") and not model._meta.auto_created
]  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_model_declares_the_personal_data_it_holds(model):
    """Whoever adds a column must say whether it tells something about a person; export and deletion depend on it."""
    assert "PERSONAL_DATA" in vars(model), f"{model.__name__} does not say what personal data it holds"
    assert set(model.PERSONAL_DATA) <= {field.name for field in model._meta.get_fields()}


@pytest.mark.parametrize("label", PROGRAM)
def test_migrations_of_an_app_are_one_line(label):
    """Two heads, or two files with one number, mean that somebody's database will differ."""
    loader = MigrationLoader(None)
    assert len(loader.graph.leaf_nodes(label)) <= 1
    numbers = [name.split("_")[0] for app, name in loader.disk_migrations if app == label]
    assert len(numbers) == len(set(numbers))


WRITES = {
    "create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete", "save", "raw_delete",
}  # fmt: skip


def _written_by(tree: ast.AST) -> set[str]:
    """Names X for which `X.objects...<write>()` or `X(...).save()` stands in the module."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            chain = ast.unparse(node.func.value)
            if match := re.match(r"(\w+)(\.objects\b|\()", chain):
                found.add(match.group(1))
    return found


@pytest.mark.parametrize(
    "path", files("src/sojourn/*.py"), ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn"))
)
def test_only_the_owning_app_writes_its_tables(path):
    """A second writer would skip the owner's checks and its line in the log."""
    source = path.read_text()
    tree = ast.parse(source)
    parts = path.relative_to(ROOT / "src" / "sojourn").parts
    owner = parts[1] if parts[0] == "program" and len(parts) > 2 else ""
    foreign = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and re.fullmatch(r"sojourn\.program\.\w+\.models", node.module or "")
        and node.module.split(".")[2] != owner
        for alias in node.names
    }  # fmt: skip
    assert not foreign & _written_by(tree)
    for verb_table in re.findall(r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", source):
        label = verb_table.split("_")[0]
        assert label == owner or label not in PROGRAM, f"writes {verb_table}"


def test_templates_never_query():
    """A query in a template hides its cost; pages are given rows that are ready to print."""
    asks = re.compile(r"\.(objects|all|filter|exclude|first|last|exists)\b(?!\.)")
    tags = re.compile(r"{[{%](.*?)[%}]}")
    found = [
        f"{p.relative_to(ROOT)}: {tag.strip()}"
        for p in files("src/sojourn/*.html")
        for tag in tags.findall(p.read_text())
        if asks.search(re.sub(r"forloop\.(first|last)", "", tag))
    ]
    assert not found
