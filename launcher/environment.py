"""The Python environment in .venv: made from the hash-pinned locks, kept until a lock changes."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from launcher.debian import installed, may_install
from launcher.places import ROOT, SOURCE
from launcher.telling import Refusal, last_lines, stage

FOLDER = ROOT / ".venv"
LOCKS = ROOT / "requirements"
STAMP = FOLDER / "sojourn-locks.json"
# uv reads its own names for what people already told pip about their network.
PIP_TO_UV = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_CERT": "SSL_CERT_FILE",
}


class EnvironmentNotMade(Refusal):
    """The Python environment could not be made."""


@dataclass(frozen=True)
class Environment:
    """A ready Python environment."""

    folder: Path
    locks: tuple[str, ...]

    @property
    def python(self) -> str:
        return str(self.folder / "bin" / "python")


def lock_hash(name: str) -> str:
    """Return the SHA-256 of one lock, `base` or `dev`."""
    return hashlib.sha256((LOCKS / f"{name}.txt").read_bytes()).hexdigest()


def installed_locks() -> dict[str, str]:
    """Return which locks (name and hash) are installed in the environment; empty when it is not usable."""
    try:
        stamp: dict[str, Any] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    if stamp.get("python") != sys.version or not (FOLDER / "bin" / "python").exists():
        return {}
    return dict(stamp["locks"])


def is_current(names: tuple[str, ...]) -> bool:
    """Tell whether the environment holds exactly what the named locks say (more locks do no harm)."""
    installed = installed_locks()
    return bool(installed) and all(installed.get(name) == lock_hash(name) for name in {*names, *installed})


def ready_environment(*, with_tools: bool) -> Environment:
    """Make the environment if a lock changed, else return at once; `with_tools` adds what tests need."""
    names = ("base", "dev") if with_tools else ("base",)
    with _alone():
        if not is_current(names):
            if not with_tools and "dev" in installed_locks():
                names = ("base", "dev")
            _make(names)
    return Environment(FOLDER, names)


def command_environment() -> dict[str, str]:
    """Return the environment variables for programs of the installed package."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    paths = dict.fromkeys((str(SOURCE), str(ROOT)))
    return environment | {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "MYPYPATH": str(SOURCE),  # without it mypy takes our own package for an installed one
    }


@contextmanager
def _alone() -> Iterator[None]:
    """Let one command at a time build the environment; the lock is the folder of locks itself."""
    descriptor = os.open(LOCKS, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make(names: tuple[str, ...]) -> None:
    fresh = not STAMP.exists()  # an attempt that failed left none
    with stage("Environment", "half a minute the first time" if fresh else "the locks changed"):
        _make_folder()
        STAMP.unlink(missing_ok=True)
        files = [str(LOCKS / f"{name}.txt") for name in names]
        with_uv = (
            _install_uv() and _ran([str(FOLDER / "bin" / "uv"), "pip", "sync", "--require-hashes", *files])[0]
        )
        if not with_uv:
            _pip("install", "--require-hashes", *(word for file in files for word in ("-r", file)))
        STAMP.write_text(
            json.dumps({"python": sys.version, "locks": {name: lock_hash(name) for name in names}})
        )


def _make_folder() -> None:
    """Make the virtual environment, unless one made by this same Python stands already."""
    if FOLDER.exists() and not (FOLDER / "pyvenv.cfg").exists():
        raise EnvironmentNotMade(f"{FOLDER} exists and is no Python environment. Move it away and try again.")
    if (FOLDER / "bin" / "python").exists():
        asked = _ran([str(FOLDER / "bin" / "python"), "-c", "import sys, pip; print(sys.version)"])
        if asked[0] and asked[1].strip() == sys.version.strip():
            return
    if not _has_ensurepip():
        _install_ensurepip()
    done, output = _ran([sys.executable, "-m", "venv", "--clear", str(FOLDER)])
    if not done:
        raise EnvironmentNotMade(f"Python could not make an environment in {FOLDER}:\n{last_lines(output)}")


def _has_ensurepip() -> bool:
    return _ran([sys.executable, "-c", "import ensurepip, venv; ensurepip.version()"])[0]


def _install_ensurepip() -> None:
    package = f"python3.{sys.version_info.minor}-venv"
    if not may_install():
        raise EnvironmentNotMade(
            f"Python lacks its venv module. Ask an administrator to run: apt-get install {package}"
        )
    if not installed(package):
        raise EnvironmentNotMade(
            f"Python lacks its venv module, and Debian's {package} could not be installed."
        )


def _install_uv() -> bool:
    """Install the pinned uv inside the environment; False where this machine has no wheel of it."""
    return _ran(
        [
            str(FOLDER / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "-r",
            str(LOCKS / "tools.txt"),
        ]
    )[0]


def _pip(*words: str) -> None:
    done, output = _ran([str(FOLDER / "bin" / "python"), "-m", "pip", "--quiet", *words])
    if not done:
        raise EnvironmentNotMade(
            f"The packages could not be installed. Is the network there?\n{last_lines(output)}"
        )


def _ran(command: list[str]) -> tuple[bool, str]:
    environment = dict(os.environ)
    for pip_name, uv_name in PIP_TO_UV.items():
        if pip_name in environment:
            environment.setdefault(uv_name, environment[pip_name])
    environment |= {
        "UV_PYTHON_DOWNLOADS": "never",
        "VIRTUAL_ENV": str(FOLDER),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    environment.pop("PYTHONPATH", None)
    try:
        ran = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    except OSError as error:
        return False, str(error)
    return ran.returncode == 0, ran.stdout + ran.stderr
