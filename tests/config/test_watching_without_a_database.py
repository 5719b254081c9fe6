"""Whether anybody watches is told by pages that ask no database: it may be the database that is gone."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from sojourn.program.safety.deadlines import arm_look
from sojourn.program.safety.lookout import blindness, leave_sign

NOW = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


@pytest.fixture
def said(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "watch").mkdir()

    def say(*, is_blind=False, since=None, written_at=None):
        told = {
            "is_blind": is_blind,
            "since": since,
            "written_at": (written_at or datetime.now(UTC)).isoformat(),
        }
        (tmp_path / "watch" / "state.json").write_text(json.dumps(told))

    return say


def test_the_page_answers_without_a_login_and_without_a_database(said):
    """This test has no database: a query would fail it."""
    said()
    assert Client().get("/health/watch/").json() == {"is_blind": False, "since": None}
    said(is_blind=True, since="2026-11-25T14:03:00+00:00")
    answer = Client(HTTP_COOKIE="sojourn_session=x").get("/health/watch/")
    assert answer.json() == {"is_blind": True, "since": "2026-11-25T14:03:00+00:00"}
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("seconds", [16, -16])
def test_a_lookout_that_is_silent_itself_counts_as_blindness(said, seconds):
    said(written_at=NOW - timedelta(seconds=seconds))
    assert blindness(now=NOW) is not None
    said(written_at=NOW - timedelta(seconds=14))
    assert blindness(now=NOW) is None


def test_a_spoiled_file_counts_as_blindness_and_none_at_all_as_no_lookout(said, settings):
    (settings.DATA_DIR / "watch" / "state.json").write_text("{")
    assert blindness(now=NOW) is not None
    (settings.DATA_DIR / "watch" / "state.json").unlink()
    assert blindness(now=NOW) is None


@pytest.mark.django_db
def test_every_page_of_the_workspace_says_it(said, ward, sign_in):
    client = sign_in(ward.ben)
    said()
    assert "Monitoring is blind" not in client.get("/workspace/inbox/").content.decode()
    said(is_blind=True, since="2026-11-25T14:03:00+00:00")
    page = client.get("/workspace/inbox/").content.decode()
    assert "Monitoring is blind" in page
    assert "Since 14:03 UTC" in page


@pytest.mark.django_db
def test_a_worker_leaves_a_number_that_grows_and_the_looks_that_are_due(said, ward, settings):
    visit_id = ward.ada.patient_id
    arm_look(
        visit_id=visit_id, patient_id=ward.ada.patient_id, ladder="missed_look", look_due_at=NOW,
        due_in=timedelta(minutes=20), is_urgent=False, facts={},
    )  # fmt: skip
    leave_sign("watch 1", 1)
    leave_sign("watch 1", 2)
    told = json.loads((settings.DATA_DIR / "watch" / "worker-watch-1.json").read_text())
    assert told["number"] == 2
    assert [each["visit"] for each in told["deadlines"]] == [str(visit_id)]
    assert str(ward.ada.name) not in json.dumps(told)
