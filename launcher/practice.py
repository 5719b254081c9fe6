"""What the programs of one practice are told (database, secret key, folder), and its database brought up."""

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.binaries import server_programs
from launcher.children import Program, end_of_log
from launcher.cluster import Cluster, prepared_cluster, server_environment, wait_until_ready
from launcher.environment import Environment, command_environment
from launcher.privileges import server_account
from launcher.running import AlreadyUp, holding
from launcher.supervisor import Supervisor
from launcher.telling import Refusal, last_lines


class ServerNotStarted(Refusal):
    """PostgreSQL did not come up."""


class StillStarting(Refusal):
    """The running practice has no database to share yet."""


class StopAsked(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM while the practice was being brought up."""


def external_database() -> str:
    """Return the address in SOJOURN_DATABASE_URL; empty when the database is embedded."""
    return os.environ.get("SOJOURN_DATABASE_URL", "")


def external_application_database() -> str:
    """Return the address in SOJOURN_APP_DATABASE_URL: the same external database, as the role that runs pages."""
    return os.environ.get("SOJOURN_APP_DATABASE_URL", "")


def practice_environment(data: Path, url: str) -> dict[str, str]:
    """Return the environment for Django programs of the practice in `data` with its database at `url`."""
    environment = command_environment()
    if not external_database():
        # PGHOST and its kin would win over what the address leaves out.
        environment = {name: value for name, value in environment.items() if not name.startswith("PG")}
    environment.setdefault("SOJOURN_SECRET_KEY", secret_key(data))
    return environment | {
        "DJANGO_SETTINGS_MODULE": "sojourn.config.settings",
        "SOJOURN_DATABASE_URL": url,
        "SOJOURN_DATA_DIR": str(data),
    }


def secret_key(data: Path) -> str:
    """Return the practice's secret key, made once and kept in its data folder, readable by its owner only."""
    kept = data / "secret-key"
    if not kept.exists():
        descriptor = os.open(kept.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(50))
        kept.with_suffix(".new").rename(kept)
    return kept.read_text().strip()


def log_folder(data: Path) -> Path:
    """Make and return the folder of logs."""
    folder = data / "logs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def serve_cluster(supervisor: Supervisor, cluster: Cluster, log: Path) -> None:
    """Start PostgreSQL under the supervisor and wait until it answers. Raises ServerNotStarted, StopAsked."""
    child = supervisor.start(
        Program(
            name="PostgreSQL",
            command=cluster.server_command(),
            environment=server_environment(),
            log=log,
            stop_signal=signal.SIGINT,  # PostgreSQL's fast stop: open work is rolled back
            death_signal=signal.SIGINT,
            before_start=cluster.clear_leftovers,
            grace_s=30.0,
            stops_last=True,
            owns_group=False,
        )
    )

    def still_starting() -> bool:
        supervisor.look(wait_s=0.02)
        # A killed server's shared memory can outlive it for a moment, so one restart is allowed for.
        return not supervisor.asked_to_stop and child.deaths_in_a_row < 3  # noqa: PLR2004

    if not wait_until_ready(cluster, still_starting=still_starting):
        if supervisor.asked_to_stop:
            raise StopAsked
        raise ServerNotStarted(f"PostgreSQL did not start. The end of {log}:\n{last_lines(end_of_log(log))}")


@contextmanager
def database_up(environment: Environment, data: Path, what: str) -> Iterator[tuple[Supervisor | None, str]]:
    """Bring the practice's database up for one command, or find it running; yields supervisor and address.

    The supervisor is None where there is nothing to look after: the database is external, or `up` holds it.
    """
    if external_database():
        yield None, external_database()
        return
    try:
        with holding(data, what), Supervisor(str(data), tell=lambda _: None) as supervisor:
            cluster = prepared_cluster(data, server_programs(environment.folder), server_account())
            serve_cluster(supervisor, cluster, log_folder(data) / "postgres.log")
            yield supervisor, cluster.url()
    except AlreadyUp as up:
        if not up.running.database:
            raise StillStarting("This practice is just starting. Try again in a moment.") from None
        yield None, up.running.database
