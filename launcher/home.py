"""Where a practice's cluster lies: in its data folder, or outside for an account that may not enter there."""

import os
import shlex
import shutil
import signal
from pathlib import Path

from launcher.places import short_name_for
from launcher.privileges import ServerAccount
from launcher.processes import end, living_in
from launcher.telling import Refusal

OUTSIDE = "postgres-lies-in"  # the file in the data folder that names the outside place
PARENTS = (Path("/var/lib"), Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - the place is 0700 and checked


class NoHome(Refusal):
    """No place was found for the cluster."""


class ClusterInUse(Refusal):
    """Server processes of an earlier run could not be ended."""


def recorded_home(data: Path) -> Path:
    """Return the folder that holds the cluster: the data folder, or the outside one written down in it."""
    outside = data / OUTSIDE
    return Path(outside.read_text().strip()) if outside.exists() else data


def cluster_home(data: Path, account: ServerAccount) -> Path:
    """Return where the cluster lies, ready for the account that serves it.

    The data folder is root's and closed, so an unprivileged account gets a place of its own outside, and a
    cluster that an earlier run made inside moves there. Once outside, it stays.
    """
    if not (data / OUTSIDE).exists() and account.can_reach(data):
        return data
    home = recorded_home(data)
    if home == data:
        home = _outside(data, account)
        (data / OUTSIDE).write_text(f"{home}\n")
    home.mkdir(mode=0o700, exist_ok=True)
    os.chown(home, account.uid, account.gid)
    if (data / "pg").is_dir() and not (home / "pg").exists():
        end_servers(data / "pg")
        shutil.move(data / "pg", home / "pg")
    if (home / "pg").is_dir() and (home / "pg").stat().st_uid != account.uid:
        for path in (home / "pg", *(home / "pg").rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return home


def _outside(data: Path, account: ServerAccount) -> Path:
    for parent in PARENTS:
        if os.access(parent, os.W_OK) and account.can_reach(parent):
            home = parent / short_name_for(data)
            if (home / "pg").is_dir():
                raise NoHome(
                    f"{home} holds the database of an earlier practice in {data}, whose own folder was removed.\n"
                    f"To go on with it: echo {home} > {shlex.quote(str(data / OUTSIDE))}\n"
                    f"To give it up for good: rm -r {home}"
                )
            if home.is_symlink() or (home.exists() and home.stat().st_uid not in {os.geteuid(), account.uid}):
                raise NoHome(
                    f"{home} belongs to another account. Remove it, or set SOJOURN_DATA_DIR elsewhere."
                )
            return home
    raise NoHome(f"{account.says.capitalize()} can enter none of {', '.join(map(str, PARENTS))}.")


def end_servers(folder: Path) -> None:
    """End the server processes a killed run left in a cluster's folder. Raises ClusterInUse.

    The caller holds the data folder, so none of them belongs to a practice that is still looked after.
    """
    for how, wait_s in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 2.0)):
        left = living_in(folder, named="postgres")
        if not left:
            return
        end(left, how, wait_s=wait_s)
    if living_in(folder, named="postgres"):
        raise ClusterInUse(f"A PostgreSQL server of an earlier run works in {folder} and cannot be ended.")
