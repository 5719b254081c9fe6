import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from launcher import doctor as doctor_module
from launcher.doctor import _data, doctor
from launcher.running import Running, holding, note_running

needs_database = pytest.mark.skipif(
    not os.environ.get("SOJOURN_DATABASE_URL"), reason="run by ./sojourn test, which brings a database"
)


def graded(findings, grade):
    return " ".join(finding.sentence for finding in findings if finding.grade == grade)


def test_an_open_data_folder_is_a_problem_with_its_cure(data):
    assert "is open to its owner only" in graded(_data(data), "ok")
    data.chmod(0o755)
    assert f"chmod 700 {data}" in graded(_data(data), "problem")
    assert stat.S_IMODE(data.stat().st_mode) == 0o755, "the doctor looks and does not touch"


@pytest.mark.parametrize(
    ("free", "grade"), [(299, "problem"), (300, "attention"), (1999, "attention"), (2000, "ok")]
)
def test_little_free_disk_is_graded(data, monkeypatch, free, grade):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free * 1_000_000}))
    assert f"{free / 1000:.1f} GB are free" in graded(_data(data), grade)


def test_a_running_practice_is_named_with_its_address(data):
    assert "is not running" in graded(_data(data), "attention")
    with holding(data, "up"):
        note_running(data, Running(os.getpid(), "up", "http://localhost:8123/"))
        assert "http://localhost:8123/" in graded(_data(data), "ok")


def test_a_clone_never_started_is_told_to_start(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("SOJOURN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr(doctor_module, "installed_locks", dict)
    assert doctor([]) == 1
    assert "is not made yet. Make it: ./sojourn up" in capsys.readouterr().out
    assert not (tmp_path / "var").exists(), "the doctor makes nothing"


def report():
    from io import StringIO

    from django.core.management import call_command

    said = StringIO()
    call_command("doctor_report", stdout=said)
    lines = [line.partition("\t") for line in said.getvalue().splitlines()]
    return {
        grade: " ".join(text for g, _, text in lines if g == grade)
        for grade in ("ok", "attention", "problem")
    }


@needs_database
@pytest.mark.django_db
def test_the_report_grades_a_worker_by_its_last_heartbeat():
    from django.db import connection

    assert "No worker is at work" in report()["attention"]
    with connection.cursor() as cursor:
        for seconds, grade, says in (
            (5, "ok", "The worker is alive"),
            (300, "problem", "it should every 10 s"),
        ):
            cursor.execute("DELETE FROM procrastinate_workers")
            seen = datetime.now(UTC) - timedelta(seconds=seconds)
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [seen])
            assert says in report()[grade]


@needs_database
@pytest.mark.django_db
def test_the_report_finds_settings_that_must_not_meet_real_records(settings):
    settings.SECRET_KEY = "long-and-random-" + "abcdefghijklmnopqrstuvwxyz0123456789"
    settings.DEBUG = False
    assert "SOJOURN_DEBUG" not in " ".join(report().values())
    settings.DEBUG = True
    settings.SECRET_KEY = "short"
    settings.ALLOWED_HOSTS = ["*"]
    problems = report()["problem"]
    assert "SOJOURN_DEBUG is on" in problems
    assert "SOJOURN_SECRET_KEY is weak" in problems
    assert "SOJOURN_ALLOWED_HOSTS is *" in problems
    assert "without encryption" in problems


@needs_database
@pytest.mark.django_db
def test_a_demonstration_that_strangers_can_reach_is_a_problem(settings):
    from sojourn.program.people.models import Practice

    Practice.objects.create(name="Example", is_demonstration=True)
    settings.ALLOWED_HOSTS = ["localhost"]
    assert "known passwords" not in report()["problem"]
    settings.ALLOWED_HOSTS = ["localhost", "practice.example"]
    assert "known passwords answers under practice.example" in report()["problem"]


@needs_database
@pytest.mark.django_db
def test_the_report_names_the_server_its_clock_and_the_migrations():
    healthy = report()["ok"]
    assert "PostgreSQL" in healthy
    assert "clock and this machine's agree" in healthy
    assert "All migrations are applied" in healthy
