"""The practice's own PostgreSQL cluster: made once, checked at each start, reached through a socket only."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from launcher.binaries import ServerPrograms, reachable_programs, system_versions
from launcher.home import cluster_home, end_servers, recorded_home
from launcher.places import private_folder, short_name_for
from launcher.privileges import ServerAccount
from launcher.telling import Refusal, last_lines

SOCKET_PATH_LIMIT = 107  # bytes; Source: unix(7), sun_path holds 108 with the closing zero
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")
NAME = "sojourn"
APPLICATION = "sojourn_app"  # the role of pages and worker: it owns nothing and cannot change what is kept
FAST_BUT_FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")  # for tests only


class OtherMajorVersion(Refusal):
    """The cluster was made by another major version of PostgreSQL."""


class ClusterNotMade(Refusal):
    """initdb failed."""


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL data folder, the programs and the account that serve it, and where its socket lies."""

    programs: ServerPrograms
    account: ServerAccount
    folder: Path
    socket_folder: Path
    durable: bool = True

    def url(self, database: str = NAME, role: str = NAME) -> str:
        """Return the address of a database of this cluster for a role, the owner unless another is named."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder), safe='')}&port=5432"

    def server_command(self) -> tuple[str, ...]:
        """Return the command that serves this cluster in the foreground."""
        choices = (
            "listen_addresses=",
            f"unix_socket_directories={self.socket_folder}",
            "unix_socket_permissions=0700",
            "max_connections=80",
            "timezone=UTC",
            "log_timezone=UTC",
            "jit=off",  # many short questions: compiling them costs more than it saves
            # Statements and row values may hold health information: errors are logged without either.
            "log_min_error_statement=panic",
            "log_error_verbosity=terse",
            "log_parameter_max_length_on_error=0",
            *(() if self.durable else FAST_BUT_FORGETFUL),
        )
        options = tuple(word for choice in choices for word in ("-c", choice))
        return (
            *self.account.prefix,
            str(self.programs.folder / "postgres"),
            "-D",
            str(self.folder),
            "-p",
            "5432",
            *options,
        )

    def is_ready(self) -> bool:
        """Tell whether the server answers on its socket."""
        command = (
            str(self.programs.folder / "pg_isready"),
            "-q",
            "-h",
            str(self.socket_folder),
            "-p",
            "5432",
            "-d",
            NAME,
        )
        return (
            subprocess.run(
                command, capture_output=True, cwd="/", env=server_environment(), check=False
            ).returncode
            == 0
        )

    def clear_leftovers(self) -> None:
        """End server processes of a run that was killed, and remove the lock files it left.

        The caller holds the data folder. After a restart of the machine the process id in a lock file may be
        anybody's, and PostgreSQL would refuse to start for as long as that process lives.
        """
        end_servers(self.folder)
        for name in (self.folder / "postmaster.pid", *self.socket_folder.glob(".s.PGSQL.*")):
            name.unlink(missing_ok=True)


def server_environment() -> dict[str, str]:
    """Return the environment of PostgreSQL's programs: no PG variables of the caller, English messages."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def prepared_cluster(
    data: Path, programs: ServerPrograms, account: ServerAccount, *, durable: bool = True
) -> Cluster:
    """Find or make the cluster of a data folder, ready to be served; ends what an earlier run left behind.

    The caller holds the data folder's lock. Raises OtherMajorVersion, ClusterNotMade.
    """
    home = cluster_home(data, account)
    socket_folder = home / "socket"
    if len(
        os.fsencode(str(socket_folder / ".s.PGSQL.5432.lock"))
    ) > SOCKET_PATH_LIMIT or not PLAIN.issuperset(str(socket_folder)):
        socket_folder = private_folder(short_name_for(data))
    else:
        socket_folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(socket_folder, account.uid, account.gid)
    programs = reachable_programs(programs, account, home)
    cluster = Cluster(programs, account, home / "pg", socket_folder, durable)
    if (cluster.folder / "PG_VERSION").exists():
        _check_major(cluster)
    else:
        _make(cluster)
    return cluster


def made_by_major(data: Path) -> int | None:
    """Return the major version that made the data folder's cluster, None when there is no cluster."""
    version = recorded_home(data) / "pg" / "PG_VERSION"
    return int(version.read_text().strip()) if version.exists() else None


def _check_major(cluster: Cluster) -> None:
    made_by = int((cluster.folder / "PG_VERSION").read_text().strip())
    if made_by == cluster.programs.major:
        return
    known = system_versions().get(made_by, Path(f"/PATH/TO/postgresql-{made_by}/bin"))
    unset = "unset SOJOURN_PG_BINDIR, or " if cluster.programs.source == "SOJOURN_PG_BINDIR" else ""
    raise OtherMajorVersion(
        f"The database in {cluster.folder} was made by PostgreSQL {made_by}, but the server found here is "
        f"{cluster.programs.version} (from {cluster.programs.source}). Nothing was changed.\n"
        f"To go on with the old one: {unset}SOJOURN_PG_BINDIR={known} ./sojourn up\n"
        f"To move over: dump the database with {made_by}'s pg_dump, start with SOJOURN_DATA_DIR set to a new "
        "folder, and restore it there with pg_restore."
    )


def _make(cluster: Cluster) -> None:
    """Make the cluster beside its place and move it there when whole: a stopped attempt leaves nothing."""
    fresh = cluster.folder.with_name("pg-unfinished")
    shutil.rmtree(fresh, ignore_errors=True)
    initdb = (
        "initdb",
        "-D",
        str(fresh),
        "-U",
        NAME,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--data-checksums",
    )
    # Without exit_on_error a failed statement, on a full disk for instance, would count as success.
    single = ("postgres", "--single", "-c", "exit_on_error=on", "-D", str(fresh), "template1")
    for name, *rest in (initdb if cluster.durable else (*initdb, "--no-sync"), single):
        ran = subprocess.run(
            (*cluster.account.prefix, str(cluster.programs.folder / name), *rest),
            input=f"CREATE DATABASE {NAME}\n",
            capture_output=True,
            text=True,
            cwd="/",
            env=server_environment(),
            check=False,
        )
        if ran.returncode != 0:
            raise ClusterNotMade(
                f"PostgreSQL could not make its data folder:\n{last_lines(ran.stdout + ran.stderr)}"
            )
    fresh.rename(cluster.folder)


def wait_until_ready(cluster: Cluster, *, still_starting: Callable[[], bool], wait_s: float = 60.0) -> bool:
    """Wait for the server to answer; False when it does not in time or `still_starting` says it is gone."""
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline and still_starting():
        if cluster.is_ready():
            return True
        time.sleep(0.03)
    return False
