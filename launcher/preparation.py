"""Runs in the environment at each start: migrations, static files, people. The one module that knows Django.

Usage: python -m launcher.preparation RESULT [--empty]. RESULT is written as JSON (kind, log_ins), or, with
exit code 3, as the sentence that says why the practice was not prepared. One program for all three, because
starting Django costs more than any of them when there is nothing to do.
"""

import hashlib
import io
import json
import sys
import time
from pathlib import Path

from launcher.telling import stage

REFUSED = 3
EXTERNAL_ANSWERS_WITHIN_S = 10.0
OLDEST_SERVER = 150000  # PostgreSQL 15


def main() -> int:
    """Prepare the practice; returns 0, or 3 with a sentence in the result file."""
    result, empty = Path(sys.argv[1]), "--empty" in sys.argv[2:]
    import django
    from django.conf import settings

    django.setup()
    refusal = _refuse_server()
    if not refusal:
        _migrate()
        _collect_static(Path(settings.STATIC_ROOT))
        kind, log_ins, refusal = _people(Path(settings.DATA_DIR) / "started-empty", empty=empty)
    if refusal:
        result.write_text(refusal)
        return REFUSED
    result.write_text(json.dumps({"kind": kind, "log_ins": log_ins}))
    return 0


def _refuse_server() -> str:
    """Wait for the database to answer; returns why it cannot be used, empty when it can."""
    from django.db import OperationalError, connection

    deadline = time.monotonic() + EXTERNAL_ANSWERS_WITHIN_S
    while True:
        try:
            connection.ensure_connection()
            break
        except OperationalError as error:
            if time.monotonic() > deadline:
                return f"The database in SOJOURN_DATABASE_URL does not answer: {str(error).strip()}"
            time.sleep(0.5)
    version = int(getattr(connection, "pg_version", 0))
    if version < OLDEST_SERVER:
        return f"The database server is PostgreSQL {version // 10000}; Sojourn needs 15 or newer."
    return ""


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


def _people(started_empty: Path, *, empty: bool) -> tuple[str, str, str]:
    """Fill a new practice with the demonstration unless it stays empty; returns kind, log-ins, refusal."""
    from django.core.management import call_command

    kind = _kind()
    if empty and kind == "demonstration":
        return kind, "", (
            "This practice is a demonstration and its invented people cannot be taken out. "
            "Start an empty one in a folder of its own: SOJOURN_DATA_DIR=FOLDER ./sojourn up --empty"
        )  # fmt: skip
    if empty:
        started_empty.touch()
    if kind == "real" or (kind == "none" and started_empty.exists()):
        return kind, "", ""
    said = io.StringIO()
    with stage("Demonstration practice") as note:
        call_command("seed_demonstration", stdout=said)
        note.text = "new" if kind == "none" else "there already"
    return _kind(), said.getvalue(), ""


def _kind() -> str:
    from django.core.management import call_command

    said = io.StringIO()
    call_command("practice_kind", stdout=said)
    return said.getvalue().strip()


if __name__ == "__main__":
    sys.exit(main())
