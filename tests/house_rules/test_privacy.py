"""No health information in logs or addresses: a canary is sent through the pages and looked for afterwards."""

import ast
import logging
import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from sojourn.program.audit.models import Entry
from sojourn.program.measures import actions as measures
from tests.house_rules.tree import ROOT, files

CANARY = "Quetzalcoatl"


@pytest.mark.django_db
def test_what_people_type_reaches_no_log(ward, sign_in, caplog):
    """Whoever reads the logs of the machine must learn nothing about anybody."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(
        logging.WARNING
    )  # statements are never logged when serving
    client = sign_in(ward.ada)
    today = datetime.now(UTC)
    request_id = measures.request_questionnaire(
        patient_id=ward.ada.patient_id, instrument_id="phq-9", occasion="before treatment",
        opens_on=today.date(), due_on=today.date(), closes_on=today.date(), actor=ward.ada, now=today,
    )  # fmt: skip
    client.post(reverse("portal:questionnaire", args=[request_id]), {"q1": CANARY, "q9": "3"})
    client.post(reverse("portal:assessment"), {"blood_pressure": CANARY})
    client.get("/" + CANARY.lower() + "/")
    text = caplog.text.replace("/" + CANARY.lower() + "/", "")
    assert CANARY not in text
    assert "Ada" not in text


@pytest.mark.django_db
def test_the_log_of_deeds_holds_ids_and_verbs_only(ward):
    """The log is read by people who may not read the chart."""
    columns = {field.name for field in Entry._meta.get_fields()}
    ids_and_verbs = {"id", "at", "actor_id", "actor_role", "did", "about_kind", "about_id", "patient_id"}
    assert columns == ids_and_verbs | {"seal", "seal_number"}  # a hash and how many events it closes


LEVELS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
# What a log line may be filled with: a number that was counted, a moment, or an id.
TELLS_NOBODY = re.compile(r"(\w+\.)*(count|seconds|\w*_id|id|pk|status_code)$|len\(.*\)$|\d+$")


@pytest.mark.parametrize(
    "path", files("src/sojourn/*.py"), ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn"))
)
def test_log_lines_are_constant_texts_filled_with_counts_and_ids(path):
    """A name slips into a log by an f-string or as an argument; both stop here."""
    assert told_to_logs(path.read_text()) == []


def told_to_logs(source: str) -> list[str]:
    """Every log line in a module that is not a constant text filled with counts and ids."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS
        ):
            continue
        if not re.search(r"log", ast.unparse(node.func.value), re.IGNORECASE):
            continue
        words, *values = node.args[1:] if node.func.attr == "log" else node.args
        is_plain = isinstance(words, ast.Constant) and not node.keywords
        if not (is_plain and all(TELLS_NOBODY.match(ast.unparse(value)) for value in values)):
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize(
    "line",
    [
        'log.info(f"seen {patient}")', 'log.info("seen %s", patient.name)', 'logging.info("seen " + name)',
        'logging.getLogger("x").warning("%s", answer)', 'self.logger.error("failed", extra={"name": name})',
        'log.log(10, "%s", facts)',
    ],
)  # fmt: skip
def test_a_name_in_a_log_line_is_found_however_it_is_written(line):
    assert told_to_logs(line)
    assert not told_to_logs('log.warning("%d of %s", count, patient.id)')
