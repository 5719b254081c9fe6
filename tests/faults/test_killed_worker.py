"""Kill -9 of the worker in the middle of a long report: it is noticed, said on the page, and the report is made again."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape

import psycopg
import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from sojourn.program.results import holding
from sojourn.program.results.models import Report
from tests.support.kept_ward import the_ward

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HELD_S, PATIENCE_S = 1.5, 40
WORKER = f"""
import django
django.setup()
from datetime import timedelta
from django.core.management import call_command
from sojourn.program.results import holding
holding.HELD_FOR, holding.SAID_EVERY = timedelta(seconds={HELD_S}), timedelta(seconds=0.3)
call_command("run_worker")
"""


@pytest.fixture
def ward(transactional_db, living_watch):
    return the_ward()


def address():
    """The database of this test, as the worker is told of it."""
    head, _, rest = os.environ["SOJOURN_DATABASE_URL"].partition("?")
    return f"{head.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{rest}"


@contextmanager
def worker(tmp_path):
    """A worker as the practice runs it, but for how long its hold of a report lasts."""
    variables = os.environ | {
        "SOJOURN_DATABASE_URL": address(), "DJANGO_SETTINGS_MODULE": "sojourn.config.settings", "PYTHONPATH": "src",
        "SOJOURN_DATA_DIR": str(tmp_path),
    }  # fmt: skip
    with (tmp_path / "worker.log").open("a") as log:
        process = subprocess.Popen([sys.executable, "-c", WORKER], env=variables, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def nobody_reads_scores():
    """Keep the table of responses locked, so that a report stops where it reads them."""
    with psycopg.connect(address()) as other:
        other.execute("LOCK TABLE measures_response IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def wait_for(what):
    until = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)
    return found


def page_of(client, report):
    response = client.get(reverse("workspace:results_report", args=[report]))
    return " ".join(unescape(response.content.decode()).split())


def ask(client):
    client.post(reverse("workspace:ask_report"))
    return Report.objects.order_by("-asked_at").first().id


def _taken_up():
    """Take lost work up in a thread of its own: a browser of another test may keep an event loop in this one."""

    def take_up():
        try:
            return async_to_sync(holding.take_up_lost_work)()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(take_up).result()


def test_a_report_whose_worker_was_killed_is_told_of_and_made_by_the_next(
    ward, sign_in, tmp_path, monkeypatch
):
    monkeypatch.setattr(holding, "GONE_AFTER", timedelta(seconds=0))
    client = sign_in(ward.dora)
    report = ask(client)
    with worker(tmp_path) as process, nobody_reads_scores():
        wait_for(lambda: Report.objects.get().stage)
        assert Report.objects.get().tries == 1
        time.sleep(2 * HELD_S)
        assert "Stopped" not in page_of(client, report), "it lives, and says so"
        assert not Report.objects.filter(held_until__lt=datetime.now(tz=UTC)).exists()
        process.kill()
        process.wait()
        wait_for(lambda: "Stopped: the worker that made this report is gone" in page_of(client, report))
        assert ProcrastinateJob.objects.filter(task_name=holding.WORK).get().status == "doing"
        assert _taken_up() == 1
        assert ProcrastinateJob.objects.filter(task_name=holding.WORK).get().status == "todo"
    with worker(tmp_path):
        wait_for(lambda: Report.objects.get().finished_at)
    assert Report.objects.get().tries == 2
    assert "Insufficient follow-up" in page_of(client, report)


def test_a_report_whose_worker_is_gone_is_started_again_by_hand(ward, sign_in, tmp_path):
    client = sign_in(ward.dora)
    report = ask(client)
    with worker(tmp_path) as process, nobody_reads_scores():
        wait_for(lambda: Report.objects.get().stage)
        process.kill()
        process.wait()
        wait_for(lambda: "Start again" in page_of(client, report))
    with connection.cursor() as cursor:  # the job of the killed worker is gone, too
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE status = 'doing'")
    client.post(reverse("workspace:start_report_again", args=[report]))
    with worker(tmp_path):
        wait_for(lambda: Report.objects.get().finished_at)
    assert "Start again" not in page_of(client, report)
