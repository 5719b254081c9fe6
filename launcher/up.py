"""`./sojourn up`: from a clone to a practice that answers, then look after it until told to stop."""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from launcher.binaries import server_programs
from launcher.cluster import APPLICATION, prepared_cluster
from launcher.environment import Environment, ready_environment
from launcher.places import data_folder, made_data_folder
from launcher.practice import (
    StopAsked,
    external_application_database,
    external_database,
    log_folder,
    practice_environment,
    serve_cluster,
)
from launcher.privileges import server_account
from launcher.running import AlreadyUp, Running, holding, note_running
from launcher.supervisor import Supervisor
from launcher.telling import Refusal, last_lines, say, stage
from launcher.web import (
    DEFAULT_PORT,
    Doorstep,
    live_port,
    names_answered,
    refuse_taken_port,
    serve_hub,
    serve_lookout,
    serve_pages,
    serve_watch,
    serve_worker,
)

REFUSED = 3  # the preparation's exit code when it says why in its result


class NotPrepared(Refusal):
    """Migrations, static files or people could not be prepared."""


@dataclass(frozen=True)
class Prepared:
    """What the practice is (none, demonstration, real) and, for a demonstration, who may log in."""

    kind: str
    log_ins: str = ""
    refusal: str = ""


def up(words: list[str]) -> int:
    """Start the practice and look after it; returns the exit code when it is stopped."""
    parser = argparse.ArgumentParser(prog="./sojourn up", description="Start the practice.")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"where pages are served ({DEFAULT_PORT})"
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (this machine only)")
    parser.add_argument("--empty", action="store_true", help="a practice with nobody in it, for real use")
    parser.add_argument(
        "--fresh",
        action="store_true",
        help="make the demonstration anew, dated today; what was typed in it goes",
    )
    options = parser.parse_args(words)
    wishes = tuple(f"--{name}" for name in ("empty", "fresh") if getattr(options, name))
    doorstep = Doorstep(options.host, options.port)
    data = made_data_folder(data_folder())
    started = time.monotonic()
    try:
        with holding(data, "up"):
            refuse_taken_port(doorstep)
            environment = ready_environment(with_tools=False)
            with Supervisor(str(data)) as supervisor:
                try:
                    prepared = _bring_up(supervisor, environment, data, doorstep, wishes)
                    say(f"\nSojourn is ready ({time.monotonic() - started:.1f} s):  {doorstep.address}\n")
                    _greet(prepared, doorstep)
                    supervisor.watch()
                except StopAsked:
                    pass
                say("\nStopping.")
    except AlreadyUp as held:
        _say_running(held.running)
    return 0


def _bring_up(
    supervisor: Supervisor, environment: Environment, data: Path, doorstep: Doorstep, wishes: tuple[str, ...]
) -> Prepared:
    """Bring the parts up one after the other. Raises StopAsked and refusals."""
    url, app_url = external_database(), external_application_database()
    if not url:
        with stage("PostgreSQL") as note:
            cluster = prepared_cluster(data, server_programs(environment.folder), server_account())
            serve_cluster(supervisor, cluster, log_folder(data) / "postgres.log")
            note.text = (
                f"{cluster.programs.version} from {cluster.programs.source}, run by {cluster.account.says}"
            )
            url, app_url = cluster.url(), cluster.url(role=APPLICATION)
    address = {"SOJOURN_ADDRESS": doorstep.address, "SOJOURN_LIVE_PORT": str(live_port(doorstep))}
    variables = address | names_answered(doorstep) | practice_environment(data, url)
    # The owner migrates and grants; pages and worker run as a role that cannot change what is kept.
    prepared = _prepare(
        supervisor, environment, variables | {"SOJOURN_APP_DATABASE_URL": app_url}, data, wishes
    )
    variables |= {"SOJOURN_DATABASE_URL": app_url or url}
    variables.pop("SOJOURN_APP_DATABASE_URL", None)
    with stage("Watch, web and worker"):
        serve_watch(supervisor, environment, variables, log_folder(data))
        serve_lookout(supervisor, environment, variables, log_folder(data), data)
        serve_worker(supervisor, environment, variables, log_folder(data))
        serve_pages(supervisor, environment, variables, log_folder(data), doorstep)
        serve_hub(supervisor, environment, variables, log_folder(data), doorstep)
    note_running(data, Running(os.getpid(), "up", doorstep.address, url, embedded=not external_database()))
    return prepared


def _prepare(
    supervisor: Supervisor,
    environment: Environment,
    variables: dict[str, str],
    data: Path,
    wishes: tuple[str, ...],
) -> Prepared:
    """Run migrations, static files and people in one program of the environment; it prints its own stages."""
    sys.stdout.flush()
    with tempfile.TemporaryFile() as errors, tempfile.NamedTemporaryFile(dir=data) as result:
        words = (
            environment.python,
            "-m",
            "launcher.preparation",
            result.name,
            *wishes,
        )
        code = supervisor.run(words, variables, errors=errors.fileno())
        if code is None:
            raise StopAsked
        if code == 0:
            return Prepared(**json.loads(Path(result.name).read_text()))
        if code == REFUSED:
            raise NotPrepared(Path(result.name).read_text())
        errors.seek(0)
        raise NotPrepared(
            f"The practice could not be prepared:\n{last_lines(errors.read().decode(errors='replace'))}"
        )


def _greet(prepared: Prepared, doorstep: Doorstep) -> None:
    if prepared.kind == "none":
        say("Nobody is in this practice yet: the first page makes its first medical director.")
    if prepared.log_ins:
        say(prepared.log_ins.rstrip() + "\n")
    if not doorstep.is_private:
        if prepared.kind == "demonstration":
            say(
                "Attention: other machines can reach this demonstration, and its passwords are printed above."
            )
        elif os.environ.get("SOJOURN_TLS") != "1":
            say("Attention: others can reach this practice without encryption. Put an HTTPS proxy in front.")
    say("Ctrl-C stops everything.")


def _say_running(running: Running) -> None:
    where = f"at {running.address}" if running.address else "and is just starting"
    say(f"This practice runs already {where} (process {running.pid}); Ctrl-C there stops it.")
    say(
        "To run a second practice, give it a folder and a port: SOJOURN_DATA_DIR=FOLDER ./sojourn up --port N"
    )
