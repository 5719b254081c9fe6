"""Django's half of `./sojourn doctor`: one line a finding, its grade and a tab before it."""

import argparse
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sojourn.program.audit.guards import out_of_the_way
from sojourn.program.audit.models import Entry
from sojourn.program.people.queries import the_practice
from sojourn.program.safety.deadlines import FOLLOWED, alarms_told_to_nobody, overdue
from sojourn.program.safety.missing import steps_not_told
from sojourn.program.safety.steady import ahead
from sojourn.program.safety.watch import SILENT_AFTER_S, watch_state
from sojourn.program.treatment.unwatched import unwatched_sessions

OLDEST_SERVER = 15
ANSWERS_WITHIN_S = 5
LARGEST_CLOCK_GAP = timedelta(seconds=5)  # vitals and alarms are timed to the minute
HEARTBEAT_WITHIN = timedelta(seconds=60)  # the worker beats every 10 s
SIGNS_ON_WITHIN = timedelta(seconds=60)  # as long as a beat is waited for
A_FEW_MINUTES_S = 180
SHORTEST_SECRET = 50  # characters; Source: Django's deployment check security.W009
WITHOUT_A_WORKER = (
    "Alarms are shown, but nothing runs by the clock. Stop Sojourn and start it again with ./sojourn up; "
    "if that does not help, worker.log in the data folder says why."
)
WITHOUT_A_WATCH = (
    "A missed look at a patient raises no alarm, and no dose can be started. Look at the patients yourselves. Stop "
    "Sojourn and start it again with ./sojourn up; if that does not help, watch-1.log in the data folder says why."
)
OVERDUE_BY = timedelta(seconds=30)
TOLD_WITHIN = timedelta(minutes=1)
ON_RECORD_WITHIN = timedelta(minutes=5)
MOST_NAMED = 5
OPEN_THE_INBOX = "Open the inbox and take them on; watch-1.log in the data folder says what is wrong."
LOOK_YOURSELVES = "Look at these patients yourselves; watch-1.log in the data folder says what is wrong."
# What Django's deployment check says when pages are served without TLS: one setting, so one sentence.
WITHOUT_TLS = {"security.W004", "security.W008", "security.W012", "security.W016"}
KNOWN_ELSEWHERE = {"security.W009", "security.W018", "security.W005", "security.W021"}

Finding = tuple[str, str]


class Command(BaseCommand):
    help = "Report on the database, the worker and settings that are unsafe for production."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--stopped", action="store_true", help="Sojourn does not run, so no worker is looked for."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        for grade, sentence in _findings(is_stopped=options["stopped"]):
            self.stdout.write(f"{grade}\t{sentence}")


def _findings(*, is_stopped: bool) -> Iterator[Finding]:
    silent = silence()
    if silent:
        yield "problem", silent
        yield from settings_for_production(is_demonstration=False)
        return
    yield from server()
    waiting = migrations_waiting()
    if waiting:
        many = "1 change of its tables is" if waiting == 1 else f"{waiting} changes of its tables are"
        yield (
            "problem",
            f"The database is older than this version of Sojourn: {many} missing. Start ./sojourn up.",
        )
    else:
        yield "ok", "The database's tables are those of this version of Sojourn."
        yield newest_entry()
        yield guards()
        yield from telephone()
        if not is_stopped:
            yield worker()
            yield watch()
            yield from deadlines_kept()
            yield from clock_of_the_watch()
    yield from settings_for_production(is_demonstration=is_demonstration())


def silence() -> str:
    """Return why the database does not answer; empty when it does."""
    try:
        asked = {**connection.get_connection_params(), "connect_timeout": ANSWERS_WITHIN_S}
        psycopg.connect(**asked).close()
    except psycopg.Error as error:
        reason = next(iter(str(error).splitlines()), "").rstrip(".")
        return (
            f"The database does not answer: {reason}. An outside database: ask whoever looks after it, and check "
            "SOJOURN_DATABASE_URL. Sojourn's own: stop Sojourn and start it again with ./sojourn up."
        )
    return ""


def server() -> Iterator[Finding]:
    """Look at the server and its clock."""
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


def clock_of_the_watch() -> Iterator[Finding]:
    """Say whether the clock was set back while sessions ran."""
    by = ahead()
    if by:
        yield (
            "problem",
            (
                f"The database's clock was set back by {by.total_seconds():.0f} s while sessions ran. Deadlines are kept "
                "all the same; what is recorded now is dated too early. Set the clock, and write times on paper too."
            ),
        )


def migrations_waiting() -> int:
    """Return how many migrations are not applied."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def newest_entry() -> Finding:
    """Compare the clock with the newest deed: a deed in the future means that the clock was or is wrong."""
    newest = Entry.objects.order_by("-at").values_list("at", flat=True).first()
    ahead = newest - datetime.now(UTC) if newest else timedelta(0)
    if ahead > LARGEST_CLOCK_GAP:
        return (
            "problem",
            (
                f"The newest record is dated {newest:%Y-%m-%d %H:%M} UTC, which is in the future: this machine's clock "
                "is wrong, or was. Set it before anything more is recorded."
            ),
        )
    return "ok", "No record is dated in the future."


def guards() -> Finding:
    """Say which guard of a record somebody who owns the database has put out of the way."""
    off = out_of_the_way()
    if not off:
        return "ok", "Every guard stands that keeps records from being changed."
    named = ", ".join(off[:MOST_NAMED]) + (
        f" and {len(off) - MOST_NAMED} more" if len(off) > MOST_NAMED else ""
    )
    return (
        "problem",
        (
            f"Records can be changed: these guards of the database are out of the way: {named}. Run "
            "./sojourn verify-session --all, then ./sojourn manage pgtrigger install and pgtrigger enable, "
            "and ask who did it."
        ),
    )


def worker() -> Finding:
    """Say when the worker last showed that it is alive."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - max(last_heartbeat) FROM procrastinate_workers")
        age = cursor.fetchone()[0]
    if age is None:
        return worker_not_registered()
    if age > HEARTBEAT_WITHIN:
        return (
            "problem",
            (
                f"The worker last showed itself {age.total_seconds():.0f} s ago; it should every 10 s. "
                f"{WITHOUT_A_WORKER}"
            ),
        )
    return "ok", f"The worker is alive (seen {max(age.total_seconds(), 0):.0f} s ago)."


def worker_not_registered() -> Finding:
    """Tell a worker that has never run from one that signed off, as each does when it loses the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp() - max(at), clock_timestamp() - pg_postmaster_start_time() "
            "FROM procrastinate_events WHERE type = 'started'"
        )
        worked, up_for = cursor.fetchone()
    if worked is None:
        return "problem", f"The worker has never run. {WITHOUT_A_WORKER}"
    said = f"The worker was here (it last began a task {_ago(worked)}) and has not signed on again yet."
    if up_for <= SIGNS_ON_WITHIN:
        return "attention", f"{said} The database began {_ago(up_for)}: ask again in a minute."
    return "problem", f"{said} {WITHOUT_A_WORKER}"


def _ago(age: timedelta) -> str:
    seconds = max(age.total_seconds(), 0)
    return f"{seconds:.0f} s ago" if seconds < A_FEW_MINUTES_S else f"{seconds / 60:.0f} min ago"


def watch() -> Finding:
    """Say whether a worker of the watch lives: without one, nobody is told of a look that was missed."""
    state = watch_state()
    if state.silent_for_s is None:
        return "problem", f"No worker of the watch has ever run. {WITHOUT_A_WATCH}"
    if not state.is_living:
        return "problem", f"The watch has been silent for {state.silent_for_s:.0f} s. {WITHOUT_A_WATCH}"
    living = sum(abs(each.silent_for_s) <= SILENT_AFTER_S for each in state.workers)
    if living == 1:
        return "attention", "Only one worker of the watch is alive; when it stops, nobody takes over."
    return "ok", f"{living} workers of the watch are alive (seen {state.silent_for_s:.0f} s ago)."


def telephone() -> Iterator[Finding]:
    """Say when pages tell patients and sitters to call, and there is no number to call."""
    practice = the_practice()
    if practice.exists and not practice.phone:
        yield (
            "attention",
            (
                "The practice has no telephone number: patients and sitters are told to call, and not where. "
                "The medical director gives it under Sites and chairs."
            ),
        )


def deadlines_kept() -> Iterator[Finding]:
    """Say which running sessions nobody waits for, and what the watch should have followed up and has not."""
    faults = (
        ("Running sessions without a deadline:", unwatched_sessions(now=datetime.now(UTC)), LOOK_YOURSELVES),
        (
            "Missed looks that the watch has not followed up: sessions",
            overdue(FOLLOWED, by=OVERDUE_BY),
            LOOK_YOURSELVES,
        ),
        (
            "Alarms that nobody took on and the watch has not escalated:",
            overdue(("acknowledge",), by=OVERDUE_BY),
            OPEN_THE_INBOX,
        ),
        ("Alarms that nobody was told of:", alarms_told_to_nobody(by=TOLD_WITHIN), OPEN_THE_INBOX),
        (
            "Sessions whose records do not tell of a missed look:",
            steps_not_told(by=ON_RECORD_WITHIN),
            "Its alarm was raised; watch-1.log in the data folder says why it is not on record.",
        ),
    )
    for says, found, cure in faults:
        if found:
            yield "problem", f"{says} {_named(found)}. {cure}"


def _named(ids: Sequence[UUID]) -> str:
    more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return ", ".join(str(each) for each in ids[:MOST_NAMED]) + more


def settings_for_production(*, is_demonstration: bool) -> Iterator[Finding]:
    """Look for settings that must not meet real people's records."""
    grade = "attention" if is_demonstration else "problem"
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
        yield (
            grade,
            "SOJOURN_ALLOWED_HOSTS is *: pages answer under any name. List the names of this practice instead.",
        )
    if is_demonstration and strangers:
        yield (
            "problem",
            (
                f"Other computers may reach this demonstration, whose passwords everybody knows, under "
                f"{', '.join(strangers)}. Start it without --host, and unset SOJOURN_ALLOWED_HOSTS."
            ),
        )
    found = {
        message.id
        for message in checks.run_checks(include_deployment_checks=True)
        if not message.is_silenced()
    }
    if found & WITHOUT_TLS:
        grade = "problem" if strangers else "attention"
        yield (
            grade,
            (
                "Pages travel without encryption, which only does on this computer itself. Before others use them, put "
                "a proxy with HTTPS in front and set SOJOURN_TLS=1 (docs/guides/install.md)."
            ),
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
