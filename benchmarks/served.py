"""A practice with running sessions, served by the supervisor of `./sojourn up`: what faults are tried on."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.server import free_port
from launcher.binaries import server_programs
from launcher.children import Child, Program
from launcher.cluster import APPLICATION, prepared_cluster
from launcher.environment import Environment
from launcher.places import made_data_folder
from launcher.practice import log_folder, practice_environment, serve_cluster
from launcher.privileges import server_account
from launcher.processes import end, living_in, marked
from launcher.supervisor import Supervisor
from launcher.web import Doorstep, serve_hub, serve_lookout, serve_watch

SESSIONS = 4
SERVED_WITHIN_S = 120.0
CSRF = "0" * 32  # any word of this length, in cookie and form alike
PREPARE = """
import json, sys, django
django.setup()
from datetime import UTC, datetime
from django.core.management import call_command
from benchmarks.floor_records import make_floor
from sojourn.program.audit.privileges import grant_to
call_command("migrate", verbosity=0, interactive=False)
grant_to(sys.argv[1], make=True)
found = make_floor(int(sys.argv[2]), now=datetime.now(UTC))
print(json.dumps([found.secrets, found.sitters, [str(each) for each in found.visits], found.cookie]))
"""


@dataclass
class Practice:
    """A practice at work. `secrets` (of gateways), `sitters` and `visits` are of its running sessions.

    `cookie` is the director's log-in.
    """

    supervisor: Supervisor
    data: Path
    cluster: Path
    port: int
    live_port: int
    url: str
    variables: dict[str, str]
    secrets: list[str]
    sitters: list[str]
    visits: list[str]
    cookie: str
    database: Child
    web: Child

    def program(self, name: str) -> Child:
        """The program of this name, such as "The live hub"."""
        return next(child for child in self.supervisor.children if child.program.name == name)

    def servers(self) -> tuple[int, ...]:
        """The processes of the database server."""
        return living_in(self.cluster, named="postgres")

    def look(self, for_s: float = 0.0) -> None:
        """Look after all programs, for so long; what died is started again when its time has come."""
        until = time.monotonic() + for_s
        self.supervisor.look(wait_s=0.05)
        while time.monotonic() < until:
            self.supervisor.look(wait_s=0.05)

    def wait_for_pages(self) -> None:
        """Wait until a page is answered. Raises RuntimeError."""
        deadline = time.monotonic() + SERVED_WITHIN_S
        while time.monotonic() < deadline:
            self.look()
            if ask(self.port, "GET", "/health/", within_s=10)[0] == 200:  # noqa: PLR2004
                return
        raise RuntimeError("the pages are not served")

    def is_intact(self) -> bool:
        """Prove the chains of all sessions, as `./sojourn verify-session --all` does."""
        command = [sys.executable, "-m", "django", "verify_session", "--all"]
        return subprocess.run(command, env=self.variables, capture_output=True, check=False).returncode == 0


@contextmanager
def practice(folder: Path, *, whole: bool = False, sessions: int = SESSIONS) -> Iterator[Practice]:
    """Serve a durable practice; everything is ended in any case. The `whole` one is watched, and its boards are told."""
    data = made_data_folder(folder)
    with Supervisor(str(data), delays_s=(0.3,), tell=lambda _: None) as supervisor:
        try:
            cluster = prepared_cluster(data, server_programs(Path(sys.prefix)), server_account())
            serve_cluster(supervisor, cluster, log_folder(data) / "postgres.log")
            database = supervisor.children[0]
            owner = practice_environment(data, cluster.url())
            command = [sys.executable, "-c", PREPARE, APPLICATION, str(sessions)]
            made = subprocess.run(command, env=owner, capture_output=True, text=True, check=False)
            if made.returncode:
                raise RuntimeError(made.stderr[-2000:])
            port, live_port = free_port(), free_port()
            variables = practice_environment(data, cluster.url(role=APPLICATION)) | {
                "SOJOURN_DEBUG": "0",
                "SOJOURN_LIVE_PORT": str(live_port),
            }
            collected = [sys.executable, "-m", "django", "collectstatic", "--no-input", "-v0"]
            subprocess.run(collected, env=variables, check=True, capture_output=True)
            if whole:
                here = Environment(Path(sys.prefix), ())
                serve_watch(supervisor, here, variables, log_folder(data))
                serve_lookout(supervisor, here, variables, log_folder(data), data)
                serve_hub(supervisor, here, variables, log_folder(data), Doorstep("127.0.0.1", port))
            web = supervisor.start(
                Program("The web server", _pages(port), variables, log_folder(data) / "web.log")
            )
            served = Practice(
                supervisor, data, cluster.folder, port, live_port, cluster.url(), owner,
                *json.loads(made.stdout), database, web,
            )  # fmt: skip
            served.wait_for_pages()
            yield served
        finally:
            supervisor.stop()
            end(marked(str(data), but_not="postgres"), signal.SIGKILL, wait_s=5)


def _pages(port: int) -> tuple[str, ...]:
    return (
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "6", "--no-ws", "--log-level", "warning"),
        "sojourn.config.wsgi:application",
    )


def ask(
    port: int,
    method: str,
    path: str,
    body: str = "",
    headers: dict[str, str] | None = None,
    *,
    within_s: float,
) -> tuple[int, str]:
    """Ask for a page; gives status and text. A status of 0 says that nobody answered, or not in time."""
    line = HTTPConnection("127.0.0.1", port, timeout=within_s)
    try:
        line.request(method, path, body or None, headers or {})
        answer = line.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, HTTPException):
        return 0, ""
    finally:
        line.close()


def press(of: Practice, visit_id: str, form_id: str = "", *, within_s: float = 30) -> tuple[int, str]:
    """Press "Looked" for a session as the board's plain page does; 302 says that it is on record."""
    sent = {"do": "looked", "looked-form_id": form_id or str(uuid4()), "back": "board"}
    headers = {
        "Cookie": f"sojourn_session={of.cookie}; sojourn_csrf={CSRF}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    path = f"/workspace/sessions/{visit_id}/"
    return ask(of.port, "POST", path, urlencode(sent), headers, within_s=within_s)


def tap(of: Practice, secret: str, form_id: str, *, within_s: float = 30) -> tuple[int, str]:
    """Press "I have looked" on a sitter's page without scripts; 302 says that it is on record."""
    headers = {
        "Cookie": f"sojourn_sitter={secret}; sojourn_csrf={CSRF}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return ask(
        of.port,
        "POST",
        "/sitter/",
        urlencode({"do": "looked", "form_id": form_id}),
        headers,
        within_s=within_s,
    )


def post(of: Practice, secret: str, event: dict[str, Any], *, within_s: float = 30) -> tuple[int, str]:
    """Send one event by token; the status is 200 only where it is on record, and 422 where it was refused."""
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    body = json.dumps({"sent_at": datetime.now(UTC).isoformat(), "events": [event]})
    status, said = ask(of.port, "POST", "/record/", body, headers, within_s=within_s)
    if status == 200 and json.loads(said)["events"][0]["status"] == "refused":  # noqa: PLR2004
        return 422, said
    return status, said


def kill(child: Child) -> None:
    """End a program and what it started, as a power cut would: nobody is asked."""
    if child.process is None:
        return
    try:
        if child.program.owns_group:
            os.killpg(child.process.pid, signal.SIGKILL)
        else:
            child.process.send_signal(signal.SIGKILL)
    except ProcessLookupError:
        return
