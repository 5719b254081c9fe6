"""Rules about the database: personal data is declared, history is linear, and each table has one writer."""

import ast
import re

import pghistory.models
import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.migrations.loader import MigrationLoader

from tests.house_rules.tree import ROOT, files

OURS = [config for config in apps.get_app_configs() if config.name.startswith("sojourn.")]
PROGRAM = [config.label for config in OURS if config.name.startswith("sojourn.program.")]
MODELS = [
    model for config in OURS for model in config.get_models()
    if not issubclass(model, pghistory.models.Event) and not model._meta.auto_created
]  # fmt: skip
TELLING = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.DateField,
    models.BinaryField,
    ArrayField,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_model_declares_the_personal_data_it_holds(model):
    """Whoever adds a column must say whether it tells something about a person; export and deletion depend on it."""
    assert "PERSONAL_DATA" in vars(model), f"{model.__name__} does not say what personal data it holds"
    assert set(model.PERSONAL_DATA) <= {field.name for field in model._meta.get_fields()}


# Columns with words, facts or days that tell nothing about a person by themselves. A new column is named here or in its
# model's PERSONAL_DATA.
TELLS_NOTHING = {
    "Alarm": {"severity", "about_kind", "owner"},
    "AlarmEvent": {"what"},
    "Assessment": {"rule_set_version"},
    "CareTeamMember": {"role"},
    "Chair": {"name"},
    "Consent": {"document_id", "version", "sha256", "text"},  # the text is the document, the same for all
    "Course": {"protocol_version"},
    "Credential": {"kind", "state", "issued_on", "expires_on"},
    "Drill": {"script_id", "script_version", "role"},
    "Entry": {"actor_role", "did", "about_kind", "seal"},
    "FiledForm": {"version", "seal"},
    "FormAnswer": {"kind"},
    "SettledSign": {"key"},
    "SentTap": {"by", "kind", "name"},  # of an invented person
    "SimulatedDevice": {"by", "cookies", "token"},
    "Notice": {"kind", "not_sent_because"},
    "Patient": {"kind", "import_source"},
    "ReadinessFact": {"kind"},
    "TabletEntry": {"kind", "lot", "expires_on"},  # of the package
    "Practice": {"name"},
    "PracticePhone": {"phone"},  # of the practice, on its pages
    "Deadline": {"kind", "ladder"},
    "Delivery": {"channel", "failed_because"},
    "MissedStep": {"ladder"},
    "WatchBeat": {"worker", "kind"},
    "PublicStatement": {"text", "claim_id", "figure"},  # what everybody reads; counts of a group
    "QuestionnaireRequest": {"instrument_id", "point", "opens_on", "closes_on"},
    "RecordingToken": {"role", "label", "secret_hash"},  # a gateway's name, and what hides a random secret
    "RefusedDeed": {"kind"},
    "Response": {
        "instrument_id", "instrument_version", "definition_hash", "text_pack_hash", "scale_id", "source",
    },
    "Publication": {"sha256", "question", "as_of", "counts"},  # of a page everybody may read
    "Report": {  # counts of groups, and what was asked of them
        "definition", "definition_hash", "people", "as_of", "software", "author", "stage", "failed_because", "found",
    },
    "PhaseChange": {"phase"},  # a count of people
    "ScoresFollowed": {"instrument_id"},
    "SessionEvent": {"kind", "source", "device", "units", "seal"},
    "SitterLink": {"secret_hash"},
    "Site": {"name", "address", "state", "timezone"},
    "StaffMember": {"roles"},
    "StatementWithdrawal": {"why"},  # why the practice no longer says it
    "TextPack": {"instrument_id", "instrument_version", "text", "sha256"},  # words of a questionnaire
    "Understanding": {"lesson_id", "lesson_version"},
    "AdoptedThreshold": {"fact", "relation", "rule_id", "rule_version"},  # which number of which rule
    "RuleReview": {"edition", "on", "rule_set_version"},
    "User": {"password"},  # a salted hash
    "Visit": {"kind"},
}  # fmt: skip


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_column_with_words_facts_or_days_is_sorted(model):
    """A note or a birth date that nobody declared would be left out of an export and out of a deletion."""
    told = {
        f.name
        for f in model._meta.local_fields
        if isinstance(f, TELLING) and not isinstance(f, models.DateTimeField)
    }
    named = set(model.PERSONAL_DATA) | TELLS_NOTHING.get(model.__name__, set())
    assert told <= named, f"{model.__name__}: say what {sorted(told - named)} tell about a person"
    assert not TELLS_NOTHING.get(model.__name__, set()) - told


@pytest.mark.parametrize("label", PROGRAM)
def test_migrations_of_an_app_are_one_line(label):
    """Two heads, or two files with one number, mean that somebody's database will differ."""
    loader = MigrationLoader(None)
    assert len(loader.graph.leaf_nodes(label)) <= 1
    numbers = [name.split("_")[0] for app, name in loader.disk_migrations if app == label]
    assert len(numbers) == len(set(numbers))


WRITES = {
    "create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete", "save", "raw_delete",
    "set", "add", "remove", "clear", "acreate", "asave", "adelete", "aupdate", "aget_or_create", "abulk_create",
}  # fmt: skip
FETCHERS = {
    "get_object_or_404",
    "get_list_or_404",
    "list",
    "tuple",
    "sorted",
    "next",
    "iter",
    "reversed",
    "enumerate",
}


def _root(node: ast.AST) -> str | None:
    """The name a chain of calls begins with: `Patient` in `Patient.objects.filter(...).first()`."""
    while True:
        if isinstance(node, ast.Call):
            is_fetcher = isinstance(node.func, ast.Name) and node.func.id in FETCHERS
            node = node.args[0] if is_fetcher and node.args else node.func
        elif isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Await):
            node = node.value
        elif isinstance(node, ast.GeneratorExp | ast.ListComp):
            node = node.generators[0].iter
        else:
            return node.id if isinstance(node, ast.Name) else None


def _rows_of(foreign: set[str], tree: ast.AST) -> set[str]:
    """Names in a module that hold foreign models, their querysets or their rows."""
    held = set(foreign)
    while True:
        before = len(held)
        for node in ast.walk(tree):
            pairs: list[tuple[ast.AST, ast.AST]] = []
            if isinstance(node, ast.Assign):
                pairs = [(target, node.value) for target in node.targets]
            elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                pairs = [(node.target, node.value)]
            elif isinstance(node, ast.For | ast.comprehension):
                pairs = [(node.target, node.iter)]
            for target, value in pairs:
                if _root(value) in held:
                    held |= {name.id for name in ast.walk(target) if isinstance(name, ast.Name)}
            if isinstance(node, ast.arg) and node.annotation is not None:
                kinds = {name.id for name in ast.walk(node.annotation) if isinstance(name, ast.Name)}
                held |= {node.arg} if kinds & foreign else set()
        if len(held) == before:
            return held


def foreign_writes(source: str, owner: str) -> list[str]:
    """Every write in a module to rows or tables of another app than `owner`."""
    tree = ast.parse(source)
    foreign = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sojourn.program."):
            parts = node.module.split(".")
            if parts[2] == owner:
                continue
            if "models" in {*parts, *(alias.name for alias in node.names)}:
                foreign |= {alias.asname or alias.name for alias in node.names}
    held = _rows_of(foreign, tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            behind_a_row = isinstance(node.func.value, ast.Attribute) and node.func.attr in {"save", "delete"}
            if _root(node.func.value) in held or behind_a_row:
                found.append(ast.unparse(node))
    for table in re.findall(
        r"(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+\"?(\w+)", source, re.IGNORECASE
    ):
        label = table.split("_")[0]
        if label != owner and label in PROGRAM and "_" in table:
            found.append(f"writes {table}")
    return found


@pytest.mark.parametrize(
    "path", files("src/sojourn/*.py"), ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn"))
)
def test_only_the_owning_app_writes_its_tables(path):
    """A second writer would skip the owner's checks and its line in the log."""
    parts = path.relative_to(ROOT / "src" / "sojourn").parts
    owner = parts[1] if parts[0] == "program" and len(parts) > 2 else ""
    assert foreign_writes(path.read_text(), owner) == []


IMPORT = "from sojourn.program.people.models import Patient\n"


@pytest.mark.parametrize(
    "source",
    [
        IMPORT + "Patient.objects.filter(pk=1).update(name='x')",
        IMPORT + "Patient(name='x').save()",
        IMPORT + "row = Patient.objects.get(pk=1)\nrow.name = 'x'\nrow.save()",
        IMPORT + "for row in Patient.objects.all():\n    row.delete()",
        IMPORT + "rows = list(Patient.objects.all())\nfirst = rows[0]\nfirst.save()",
        IMPORT + "row = get_object_or_404(Patient, pk=1)\nrow.care_team.create(role='x')",
        IMPORT + "def rename(patient: Patient):\n    patient.save()",
        "from sojourn.program.people import models\nmodels.Patient.objects.create()",
        "from sojourn.program.people.models.patients import Patient\nPatient.objects.create()",
        "def of(visit):\n    visit.patient.save()",
        "cursor.execute('update people_patient set name = 1')",
        "cursor.execute('DELETE FROM \"people_patient\"')",
    ],
)
def test_a_foreign_write_is_found_however_it_is_written(source):
    assert foreign_writes(source, "plans")
    assert not foreign_writes(source.replace("visit.patient.save()", "patient.save()"), "people")


def test_a_migration_that_reads_rows_says_of_which_database():
    """The rehearsal database is migrated beside the practice's own: without `using` it would rewrite the practice's rows."""
    loose = re.compile(r"\.objects\.(?!using\(|db_manager\()")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files("src/sojourn/**/migrations/*.py")
        for line in path.read_text().splitlines()
        if loose.search(line)
    ]
    assert not found, found
