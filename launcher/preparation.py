"""Runs in the environment at each start: migrations, static files, people. The one module that knows Django.

Usage: python -m launcher.preparation RESULT [--empty] [--fresh]. RESULT is written as JSON (kind, log_ins), or, with
exit code 3, as the sentence that says why the practice was not prepared. One program for all three, because
starting Django costs more than any of them when there is nothing to do.
"""

import errno
import hashlib
import io
import json
import os
import sys
import time
from contextlib import redirect_stderr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from launcher.cluster import APPLICATION
from launcher.telling import Note, Refusal, stage

REFUSED = 3
EXTERNAL_ANSWERS_WITHIN_S = 10.0
OLDEST_SERVER = 150000  # PostgreSQL 15


def main() -> int:
    """Prepare the practice; returns 0, or 3 with a sentence in the result file."""
    result = Path(sys.argv[1])
    try:
        kind, log_ins = _prepare(empty="--empty" in sys.argv[2:], fresh="--fresh" in sys.argv[2:])
    except Refusal as refusal:
        result.write_text(str(refusal))
        return REFUSED
    except Exception as error:
        if not _is_full_disk(error):
            raise
        result.write_text("The disk is full, so the practice could not be prepared. Make room and try again.")
        return REFUSED
    result.write_text(json.dumps({"kind": kind, "log_ins": log_ins}))
    return 0


def _is_full_disk(error: BaseException | None) -> bool:
    """Tell whether this machine's disk or the database's was full, here or in what led to it."""
    import psycopg

    while error is not None:
        if isinstance(error, psycopg.errors.DiskFull) or getattr(error, "errno", None) == errno.ENOSPC:
            return True
        error = error.__cause__ or error.__context__
    return False


def _prepare(*, empty: bool, fresh: bool) -> tuple[str, str]:
    """Prepare database, static files and people; returns the kind of practice and its log-ins."""
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise Refusal(f"A setting is wrong: {error}") from error
    _check_server(os.environ["SOJOURN_DATABASE_URL"])
    _migrate()
    _grant(os.environ.get("SOJOURN_APP_DATABASE_URL", ""))
    _rehearsal(os.environ.get("SOJOURN_APP_DATABASE_URL", ""))
    _collect_static(Path(settings.STATIC_ROOT))
    if fresh:
        _forget()
    return _people(Path(settings.DATA_DIR) / "started-empty", empty=empty)


def _forget() -> None:
    """Forget a demonstration practice, so that it is made anew. A real one is never forgotten."""
    from django.core.management import call_command

    if _kind() == "real":
        raise Refusal("This practice is a real one: nothing in it is thrown away. Leave --fresh out.")
    call_command("flush", verbosity=0, interactive=False)


def _check_server(url: str) -> None:
    """Wait for the database to answer. Raises Refusal when it does not, or is too old."""
    import psycopg

    deadline = time.monotonic() + EXTERNAL_ANSWERS_WITHIN_S
    while True:
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                version = connection.info.server_version
            break
        except psycopg.Error as error:
            if time.monotonic() > deadline:
                raise Refusal(f"The database cannot be used: {' '.join(str(error).split())}") from error
            time.sleep(0.5)
    if version < OLDEST_SERVER:
        raise Refusal(f"The database server is PostgreSQL {version // 10000}; Sojourn needs 15 or newer.")


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with stage("Migrations") as note:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if waiting:
            call_command("migrate", verbosity=0, interactive=False)
        note.text = f"{waiting} applied" if waiting else "nothing to do"


def _grant(url: str) -> None:
    """Give the role that runs the pages its rights; the embedded database's role is made too."""
    from django.core.management import call_command
    from django.db import DatabaseError

    if not url:
        return
    role = unquote(urlsplit(url).username or "")
    if not role or role == urlsplit(os.environ["SOJOURN_DATABASE_URL"]).username:
        raise Refusal("SOJOURN_APP_DATABASE_URL must name another role than SOJOURN_DATABASE_URL, its owner.")
    try:
        call_command("grant_application_role", role, make=role == APPLICATION)
    except DatabaseError as error:
        raise Refusal(
            f"The role {role} cannot be given its rights: {' '.join(str(error).split())}"
        ) from error


def _rehearsal(url: str) -> None:
    """Make or renew the database of rehearsals. A practice whose owner may not make one runs without it."""
    from django.core.management import call_command
    from django.db import DatabaseError

    with stage("Rehearsals") as note:
        try:
            call_command("prepare_rehearsal", role=unquote(urlsplit(url).username or ""))
        except DatabaseError as error:
            note.text = f"none: {' '.join(str(error).split())}"


def _collect_static(root: Path) -> None:
    """Copy and compress the static files, unless none changed since the last time."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    with stage("Static files") as note:
        state = hashlib.sha256()
        for finder in get_finders():
            for name, storage in sorted(finder.list([]), key=lambda pair: pair[0]):
                found = Path(storage.path(name)).stat()
                state.update(f"{name}\0{storage.location}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
        stamp = root.with_name(f"{root.name}.stamp")
        if root.is_dir() and stamp.exists() and stamp.read_text() == state.hexdigest():
            note.text = "nothing to do"
            return
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(state.hexdigest())


def _people(started_empty: Path, *, empty: bool) -> tuple[str, str]:
    """Fill a new practice with the demonstration unless it is to stay empty; returns kind and log-ins."""
    from django.core.management import call_command

    kind = _kind()
    if empty and kind == "demonstration":
        raise Refusal(
            "This practice is a demonstration and its invented people cannot be taken out. "
            "Start an empty one in a folder of its own: SOJOURN_DATA_DIR=FOLDER ./sojourn up --empty"
        )
    if empty:
        started_empty.touch()
    if kind == "real" or (kind == "none" and started_empty.exists()):
        return kind, ""
    said = io.StringIO()
    with stage("Demonstration practice") as note, redirect_stderr(_OnStageLine(note)):
        call_command("seed_demonstration", stdout=said)
        note.text = "new" if kind == "none" else "there already"
    return _kind(), said.getvalue()


class _OnStageLine(io.TextIOBase):
    """Takes what a command tells of its progress and shows it on the stage's line."""

    def __init__(self, note: Note) -> None:
        self.note = note

    def isatty(self) -> bool:
        return sys.stdout.isatty()

    def write(self, text: str) -> int:
        self.note.progress(text.strip())
        return len(text)


def _kind() -> str:
    from django.core.management import call_command

    said = io.StringIO()
    call_command("practice_kind", stdout=said)
    return said.getvalue().strip()


if __name__ == "__main__":
    sys.exit(main())
