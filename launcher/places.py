"""Where things lie: the clone, the package inside it, and the practice's data folder."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from launcher.telling import Refusal

ROOT = Path(__file__).resolve().parent.parent
# `./sojourn` is the command, and a file and a folder cannot share a name: the package `sojourn` lies in src/.
SOURCE = ROOT / "src"
PRIVATE = 0o700
LONGEST_SOCKET_FOLDER = 80  # leaves room for the socket's own name, see cluster.SOCKET_PATH_LIMIT
MARKER = "ABOUT-THIS-FOLDER"
MARKER_TEXT = """This folder holds one Sojourn practice: its database, secret key and logs. Keep it private.
Copying it while Sojourn runs is no backup; stop Sojourn first, or dump the database.
"""


class DataFolderUnusable(Refusal):
    """The chosen data folder cannot hold a practice."""


def data_folder() -> Path:
    """Return the practice's data folder (SOJOURN_DATA_DIR, else var/ in the clone); it may not exist yet."""
    return Path(os.environ.get("SOJOURN_DATA_DIR") or ROOT / "var").expanduser().absolute()


def made_data_folder(folder: Path) -> Path:
    """Make the data folder with mode 0700, or check that an existing one is ours; returns its resolved path.

    A folder that holds anything else is refused, so that a slip in SOJOURN_DATA_DIR closes nobody's files.
    """
    folder = folder.resolve()
    marker = folder / MARKER
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise DataFolderUnusable(
                f"The data folder {folder} belongs to another account. Start Sojourn as that account."
            )
        if not marker.exists():
            if any(folder.iterdir()):
                raise DataFolderUnusable(
                    f"The folder {folder} holds other files. Set SOJOURN_DATA_DIR to a new or empty folder."
                )
            marker.write_text(MARKER_TEXT)
        folder.chmod(PRIVATE)
    except OSError as error:
        raise DataFolderUnusable(f"The data folder {folder} cannot be used: {error.strerror}.") from error
    return folder


def short_name_for(folder: Path) -> str:
    """Return a short name that stands for one data folder on this machine."""
    return "sojourn-" + hashlib.sha256(str(folder).encode()).hexdigest()[:10]


def private_folder(name: str) -> Path:
    """Make or find a short 0700 folder of our own in $XDG_RUNTIME_DIR or the temporary folder.

    The temporary folder is everybody's: what has this name but is a link or somebody else's is passed over.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    parents = (
        [Path(runtime)]
        if runtime and Path(runtime).is_dir() and Path(runtime).stat().st_uid == os.geteuid()
        else []
    )
    for parent in [*parents, Path(tempfile.gettempdir()), Path("/tmp")]:  # noqa: S108 - checked below
        folder = parent / f"{name}-{os.geteuid()}"
        if len(str(folder)) > LONGEST_SOCKET_FOLDER:
            continue
        try:
            folder.mkdir(mode=PRIVATE, exist_ok=True)
        except OSError:
            continue
        found = folder.lstat()
        if (
            stat.S_ISDIR(found.st_mode)
            and found.st_uid == os.geteuid()
            and stat.S_IMODE(found.st_mode) == PRIVATE
        ):
            return folder
    raise DataFolderUnusable(
        "No short private folder can be made for PostgreSQL's socket. Set SOJOURN_DATA_DIR to a shorter path."
    )
