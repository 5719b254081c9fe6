"""Under which account PostgreSQL runs: it refuses root, so root hands it to somebody without privileges."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.telling import Refusal

NOBODY = 65534  # the id Linux keeps for "nobody"; inside a user namespace it stands for ourselves
ACCOUNTS = ("sojourn", "postgres", "nobody")  # tried in this order when SOJOURN_PG_ACCOUNT does not name one


class NoUnprivilegedAccount(Refusal):
    """Root may neither make a user namespace nor become somebody else."""


@dataclass(frozen=True)
class ServerAccount:
    """Who runs PostgreSQL: the words put before each of its programs, and who must own its files."""

    prefix: tuple[str, ...]
    uid: int
    gid: int
    says: str

    def can_reach(self, path: Path) -> bool:
        """Tell whether this account can enter the folder or start the program at `path`."""
        return _succeeds((*self.prefix, "test", "-x", str(path)))


def server_account() -> ServerAccount:
    """Choose the account: ourselves; as root a user namespace; where blocked an unprivileged account."""
    if os.geteuid() != 0:
        return ServerAccount((), os.geteuid(), os.getegid(), "this account")
    namespace = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    blocked = os.environ.get("SOJOURN_NO_USER_NAMESPACES") == "1"
    if not blocked and _succeeds((*namespace, "true")):
        return ServerAccount(namespace, 0, 0, "a user namespace")
    return _unprivileged_account()


def _unprivileged_account() -> ServerAccount:
    names = (os.environ["SOJOURN_PG_ACCOUNT"],) if os.environ.get("SOJOURN_PG_ACCOUNT") else ACCOUNTS
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        # The kernel forgets who dies with whom when the account changes, so setpriv asks again.
        become = (
            "setpriv",
            f"--reuid={entry.pw_uid}",
            f"--regid={entry.pw_gid}",
            "--clear-groups",
            "--pdeathsig=INT",
        )
        if entry.pw_uid != 0 and _succeeds((*become, "true")):
            return ServerAccount(become, entry.pw_uid, entry.pw_gid, f"the account {name}")
    raise NoUnprivilegedAccount(
        "PostgreSQL refuses to run as root, and here root may neither make a user namespace nor become "
        f"{' or '.join(names)}. Run ./sojourn as an ordinary user, or set SOJOURN_DATABASE_URL."
    )


def _succeeds(command: tuple[str, ...]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, cwd="/", check=False).returncode == 0
