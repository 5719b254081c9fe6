"""Django's half of `./sojourn doctor`: one line a finding, its grade and a tab before it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

OLDEST_SERVER = 15
LARGEST_CLOCK_GAP = timedelta(seconds=5)  # vitals and alarms are timed to the minute
HEARTBEAT_WITHIN = timedelta(seconds=60)  # the worker beats every 10 s
SHORTEST_SECRET = 50  # characters; Source: Django's deployment check security.W009
# What Django's deployment check says when pages are served without TLS: one setting, so one sentence.
WITHOUT_TLS = {"security.W004", "security.W008", "security.W012", "security.W016"}
KNOWN_ELSEWHERE = {"security.W009", "security.W018", "security.W005", "security.W021"}

Finding = tuple[str, str]


class Command(BaseCommand):
    help = "Report on the database, the worker and settings that are unsafe for production."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        for grade, sentence in (*database(), *settings_for_production()):
            self.stdout.write(f"{grade}\t{sentence}")


def database() -> Iterator[Finding]:
    """Look at the server, its clock, the migrations and the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        major = int(version.split(".")[0])
        needed = f"; Sojourn needs {OLDEST_SERVER} or newer" if major < OLDEST_SERVER else ""
        yield ("problem" if needed else "ok"), f"The database server is PostgreSQL {version}{needed}."
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        gap = abs(cursor.fetchone()[0] - before)
    if gap > LARGEST_CLOCK_GAP:
        yield (
            "problem",
            f"The database's clock and this machine's are {gap.total_seconds():.0f} s apart. Set one.",
        )
    else:
        yield "ok", "The database's clock and this machine's agree."
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        yield "problem", f"{waiting} migrations are not applied. ./sojourn up applies them."
        return
    yield "ok", "All migrations are applied."
    yield worker()


def worker() -> Finding:
    """Say when the worker last showed that it is alive."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - max(last_heartbeat) FROM procrastinate_workers")
        age = cursor.fetchone()[0]
    if age is None:
        return "attention", "No worker is at work: alarms are shown, but nothing is sent or escalated."
    if age > HEARTBEAT_WITHIN:
        return (
            "problem",
            f"The worker last showed itself {age.total_seconds():.0f} s ago; it should every 10 s.",
        )
    return "ok", f"The worker is alive (seen {max(age.total_seconds(), 0):.0f} s ago)."


def settings_for_production() -> Iterator[Finding]:
    """Look for settings that must not meet real people's records."""
    grade = "attention" if is_demonstration() else "problem"
    if settings.DEBUG:
        yield grade, "SOJOURN_DEBUG is on: errors show records to whoever sees the page. Unset it."
    if len(settings.SECRET_KEY) < SHORTEST_SECRET or len(set(settings.SECRET_KEY)) < 5:  # noqa: PLR2004
        yield (
            grade,
            f"SOJOURN_SECRET_KEY is weak: use {SHORTEST_SECRET} random characters or let ./sojourn make it.",
        )
    if os.environ.get("SOJOURN_INSECURE_KEY_FOR_CHECKS") == "1":
        yield grade, "SOJOURN_INSECURE_KEY_FOR_CHECKS is set; it is for tests only. Unset it."
    strangers = [host for host in settings.ALLOWED_HOSTS if host not in {"localhost", "127.0.0.1", "[::1]"}]
    if "*" in settings.ALLOWED_HOSTS:
        yield grade, "SOJOURN_ALLOWED_HOSTS is *: pages answer under any name. List the practice's own names."
    if is_demonstration() and strangers:
        yield "problem", f"A demonstration with known passwords answers under {', '.join(strangers)}."
    found = {
        message.id
        for message in checks.run_checks(include_deployment_checks=True)
        if not message.is_silenced()
    }
    if found & WITHOUT_TLS:
        grade = "problem" if strangers else "attention"
        yield (
            grade,
            "Pages are served without encryption. Before others use it: an HTTPS proxy and SOJOURN_TLS=1.",
        )
    for message_id in sorted(filter(None, found - WITHOUT_TLS - KNOWN_ELSEWHERE)):
        yield (
            "attention",
            f"Django's own check reports {message_id}: ./sojourn manage check --deploy explains it.",
        )


def is_demonstration() -> bool:
    """Tell whether the database holds the demonstration; a database without tables holds nothing."""
    from io import StringIO

    said = StringIO()
    call_command("practice_kind", stdout=said)
    return said.getvalue().strip() == "demonstration"
