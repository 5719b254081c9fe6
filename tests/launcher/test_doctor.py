import os
import stat
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from launcher import doctor as doctor_module
from launcher.children import started
from launcher.doctor import doctor
from launcher.findings import clock, data_folder_of, pages
from launcher.running import Running, holding, note_running, running_in, settings_in_use

needs_database = pytest.mark.skipif(
    not os.environ.get("SOJOURN_DATABASE_URL"), reason="run by ./sojourn test, which brings a database"
)
IN_USE = {"SOJOURN_TLS": "1", "SOJOURN_DATABASE_URL": "postgresql:///in_use", "HOME": "/nowhere"}


def graded(findings, grade):
    return " ".join(finding.sentence for finding in findings if finding.grade == grade)


def test_an_open_data_folder_is_a_problem_with_its_cure(data):
    assert "is open to its owner only" in graded(data_folder_of(data), "ok")
    data.chmod(0o755)
    assert f"chmod 700 {data}" in graded(data_folder_of(data), "problem")
    assert stat.S_IMODE(data.stat().st_mode) == 0o755, "the doctor looks and does not touch"


@pytest.mark.parametrize(
    ("free", "grade"), [(299, "problem"), (300, "attention"), (1999, "attention"), (2000, "ok")]
)
def test_little_free_disk_is_graded_and_says_what_it_leads_to(data, monkeypatch, free, grade):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free * 1_000_000}))
    says = graded(data_folder_of(data), grade)
    assert f"{free / 1000:.1f} GB are free" in says
    assert ("Make room" in says) == (grade != "ok")


@pytest.mark.parametrize(("state", "grade"), [(0, "ok"), (5, "attention"), (-1, "attention")])
def test_a_clock_that_nothing_keeps_right_deserves_attention(monkeypatch, state, grade):
    monkeypatch.setattr("launcher.processes._libc", type("Kernel", (), {"adjtimex": lambda _: state}))
    assert clock().grade == grade


@contextmanager
def answering(status):
    """A web server that gives every request the same status; yields its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_a_running_practice_is_asked_for_a_page(data):
    assert "is not running" in graded(pages(data, running_in(data)), "attention")
    with holding(data, "up"):
        assert "just starting" in graded(pages(data, running_in(data)), "attention")
        with answering(200) as address:
            note_running(data, Running(os.getpid(), "up", address))
            assert f"runs at {address}" in graded(pages(data, running_in(data)), "ok")
        assert "do not answer" in graded(pages(data, running_in(data)), "problem")
        with answering(500) as address:
            note_running(data, Running(os.getpid(), "up", address))
            assert "answer with error 500" in graded(pages(data, running_in(data)), "problem")


@pytest.mark.parametrize("embedded", [True, False])
def test_the_settings_judged_are_those_the_running_practice_was_started_with(data, embedded):
    assert settings_in_use(data) == {}
    program = None
    try:
        with holding(data, "up"):
            note_running(data, Running(os.getpid(), "up", embedded=embedded))
            program = started((sys.executable, "-c", "import time; time.sleep(60)"), IN_USE, str(data))
            found = settings_in_use(data)
    finally:
        if program:
            program.kill()
            program.wait()
    expected = {"SOJOURN_TLS": "1"} if embedded else {name: IN_USE[name] for name in IN_USE if name != "HOME"}
    assert found == expected


def test_a_clone_never_started_is_told_to_start(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("SOJOURN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr("launcher.findings.installed_locks", dict)
    monkeypatch.setattr(doctor_module, "installed_locks", dict)
    assert doctor([]) == 1
    assert "is not made yet. Make it: ./sojourn up" in capsys.readouterr().out
    assert not (tmp_path / "var").exists(), "the doctor makes nothing"


def test_an_outside_database_without_a_practice_is_told_to_start(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("SOJOURN_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("SOJOURN_DATABASE_URL", "postgresql://127.0.0.1:1/none")
    assert doctor([]) == 0
    assert "There is no practice here yet" in capsys.readouterr().out
    assert not (tmp_path / "var").exists(), "the doctor makes nothing"


@pytest.mark.parametrize(
    ("problems", "attentions", "says"),
    [
        (0, 0, "Healthy."),
        (0, 2, "Healthy. 2 things to look at when there is time."),
        (1, 0, "Not healthy: 1 problem to solve."),
        (2, 1, "Not healthy: 2 problems to solve. Also 1 thing to look at."),
    ],
)
def test_the_verdict_is_a_sentence(problems, attentions, says):
    assert doctor_module._verdict(problems, attentions) == says


def report(*words):
    from io import StringIO

    from django.core.management import call_command

    said = StringIO()
    call_command("doctor_report", *words, stdout=said)
    lines = [line.partition("\t") for line in said.getvalue().splitlines()]
    return {
        grade: " ".join(text for g, _, text in lines if g == grade)
        for grade in ("ok", "attention", "problem")
    }


@needs_database
@pytest.mark.django_db
@pytest.mark.parametrize(
    "how",
    [
        "ALTER TABLE treatment_sessionevent DISABLE TRIGGER USER",
        "DROP TRIGGER {guard} ON treatment_sessionevent",
    ],
    ids=["disabled", "dropped"],
)
def test_the_report_names_a_guard_that_is_out_of_the_way(how):
    from django.db import connection

    from sojourn.program.treatment.models import SessionEvent

    assert "Every guard stands" in report()["ok"]
    guard = next(
        each for each in SessionEvent._meta.triggers if each.name == "session_events_are_append_only"
    )
    with connection.cursor() as cursor:
        cursor.execute(how.format(guard=guard.get_pgid(SessionEvent)))
    found = report()
    assert "session_events_are_append_only of treatment_sessionevent" in found["problem"]
    assert "Every guard stands" not in found["ok"]


@needs_database
@pytest.mark.django_db
def test_the_report_grades_a_worker_by_its_last_heartbeat():
    from django.db import connection

    assert "The worker has never run" in report()["problem"]
    with connection.cursor() as cursor:
        for seconds, grade, says in (
            (5, "ok", "The worker is alive"),
            (300, "problem", "it should every 10 s"),
        ):
            cursor.execute("DELETE FROM procrastinate_workers")
            seen = datetime.now(UTC) - timedelta(seconds=seconds)
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [seen])
            assert says in report()[grade]
            assert "orker" not in " ".join(report("--stopped").values()), "nobody expects one to run"


@needs_database
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("worked_s_ago", "settling", "grade", "says"),
    [
        (40, timedelta(days=1), "attention", "it last began a task 40 s ago"),
        (40, timedelta(days=1), "attention", "ask again in a minute"),
        (7200, timedelta(0), "problem", "it last began a task 120 min ago"),
        (7200, timedelta(0), "problem", "worker.log"),
    ],
)
def test_a_worker_that_has_not_signed_on_again_is_not_said_to_have_never_run(
    monkeypatch, worked_s_ago, settling, grade, says
):
    """As for some seconds after the database was killed: the worker signed off, and is started anew."""
    from django.db import connection

    from sojourn.program.treatment.management.commands import doctor_report

    monkeypatch.setattr(doctor_report, "SIGNS_ON_WITHIN", settling)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, args) VALUES ('some', 'default', '{}') RETURNING id"
        )
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', now() - %s)",
            [cursor.fetchone()[0], timedelta(seconds=worked_s_ago)],
        )
    found = report()
    assert "The worker was here" in found[grade]
    assert says in found[grade]
    assert "never run. Alarms" not in " ".join(found.values())


@needs_database
@pytest.mark.django_db
def test_the_report_says_in_a_sentence_that_the_database_does_not_answer(monkeypatch):
    from django.db import connection

    for name, value in {"HOST": "127.0.0.1", "PORT": "1", "PASSWORD": "secret-word"}.items():
        monkeypatch.setitem(connection.settings_dict, name, value)
    found = report()
    assert "The database does not answer" in found["problem"]
    assert "secret-word" not in found["problem"]
    assert found["ok"] == ""


@needs_database
@pytest.mark.django_db
def test_the_report_counts_the_changes_of_tables_that_are_missing():
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="safety").order_by("-id").first().delete()
    assert "1 change of its tables is missing" in report()["problem"]


@needs_database
@pytest.mark.django_db(transaction=True)
def test_a_database_without_tables_is_reported_in_sentences():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO pg_temp")
        try:
            assert "changes of its tables are missing" in report()["problem"]
        finally:
            cursor.execute("RESET search_path")


@needs_database
@pytest.mark.django_db
def test_a_record_dated_in_the_future_shows_that_the_clock_was_wrong():
    from sojourn.program.audit.models import Entry

    assert "No record is dated in the future" in report()["ok"]
    Entry.objects.create(at=datetime.now(UTC) + timedelta(hours=3), did="saw the chart")
    assert "which is in the future" in report()["problem"]


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
    assert "whose passwords everybody knows" not in report()["problem"]
    settings.ALLOWED_HOSTS = ["localhost", "practice.example"]
    assert "whose passwords everybody knows, under practice.example" in report()["problem"]


@needs_database
@pytest.mark.django_db
def test_the_report_names_the_server_its_clock_and_the_migrations():
    healthy = report()["ok"]
    assert "PostgreSQL" in healthy
    assert "clock and this machine's agree" in healthy
    assert "tables are those of this version" in healthy
