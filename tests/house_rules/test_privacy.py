"""No health information in logs or addresses: a canary is sent through the pages and looked for afterwards."""

import ast
import logging
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
    assert columns == {"id", "at", "actor_id", "actor_role", "did", "about_kind", "about_id", "patient_id"}


@pytest.mark.parametrize(
    "path", files("src/sojourn/*.py"), ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn"))
)
def test_log_lines_are_constant_texts(path):
    """An f-string in a log line is how a name slips in; ids are passed as arguments."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        is_log = isinstance(node.func.value, ast.Name) and node.func.value.id in {"log", "logger"}
        if is_log and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical"}:
            assert isinstance(node.args[0], ast.Constant), ast.unparse(node)
