"""What the doctor looks at, one function for each part; nothing here changes anything."""

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from launcher.binaries import newer_in_lock, server_programs
from launcher.environment import FOLDER, LOCKS, Environment, installed_locks, is_current
from launcher.home import recorded_home
from launcher.places import PRIVATE
from launcher.practice import database_up, external_database, practice_environment
from launcher.processes import clock_is_kept_right
from launcher.running import Running
from launcher.telling import Refusal, last_lines
from launcher.web import DEFAULT_PORT, Doorstep, answer_of

LOOKOUT_WITHIN_S = 10.0
LOW_DISK_BYTES = 2_000_000_000
TOO_LITTLE_DISK_BYTES = 300_000_000
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok`, `attention` or `problem`, and a sentence."""

    grade: str
    sentence: str


def environment() -> Iterator[Finding]:
    """Look at the versions: Python, the installed packages, PostgreSQL's programs."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("ok" if sys.version_info >= OLDEST_PYTHON else "problem", f"Python {version}.")
    names = tuple(installed_locks())
    if not names:
        yield Finding("problem", f"The Python environment {FOLDER} is not made yet. Make it: ./sojourn up")
        return
    if is_current(names):
        yield Finding("ok", "The installed packages are those this version of Sojourn names.")
    else:
        yield Finding(
            "attention", "This version of Sojourn names other packages. ./sojourn up installs them."
        )
    if external_database():
        return
    try:
        programs = server_programs(FOLDER)
    except Refusal as refusal:
        yield Finding("problem", str(refusal))
        return
    yield Finding("ok", f"PostgreSQL's programs are {programs.version}, from {programs.source}.")
    newer = newer_in_lock(programs, (LOCKS / "base.txt").read_text())
    if newer:
        yield Finding("attention", f"There is a newer PostgreSQL {newer}. ./sojourn up installs it.")


def clock() -> Finding:
    """Ask the kernel whether something keeps its clock right."""
    if clock_is_kept_right():
        return Finding("ok", "The clock is kept right by a time service.")
    return Finding(
        "attention",
        "No time service keeps this machine's clock right, and doses and vital signs are dated by it. "
        "Install one: apt-get install chrony",
    )


def data_folder_of(data: Path) -> Iterator[Finding]:
    """Look at the data folder: that it is closed to others, and that its disk has room."""
    if not data.is_dir():
        return
    mode = stat.S_IMODE(data.stat().st_mode)
    if data.stat().st_uid != os.geteuid():
        yield Finding("problem", f"The data folder {data} belongs to another account. Ask as that account.")
    elif mode != PRIVATE:
        yield Finding(
            "problem", f"The data folder {data} is open to others (mode {mode:o}). Close it: chmod 700 {data}"
        )
    else:
        yield Finding("ok", f"The data folder {data} is open to its owner only.")
    free = shutil.disk_usage(recorded_home(data)).free
    grade = "problem" if free < TOO_LITTLE_DISK_BYTES else "attention" if free < LOW_DISK_BYTES else "ok"
    cure = "" if grade == "ok" else " Make room: when it is full, nothing can be recorded."
    yield Finding(grade, f"{free / 1e9:.1f} GB are free on its disk.{cure}")


def pages(data: Path, running: Running | None) -> Iterator[Finding]:
    """Ask the running practice for a page."""
    if running is None:
        if data.is_dir():
            yield Finding("attention", "Sojourn is not running. Start it: ./sojourn up")
        return
    if running.what != "up":
        yield Finding("ok", f"./sojourn {running.what} is at work (process {running.pid}).")
        return
    if not running.address:
        yield Finding(
            "attention", f"Sojourn is just starting (process {running.pid}). Ask again in a moment."
        )
        return
    address = urlsplit(running.address)
    doorstep = Doorstep(address.hostname or "localhost", address.port or DEFAULT_PORT)
    answer = answer_of(doorstep, os.environ.get("SOJOURN_ALLOWED_HOSTS", ""))
    if answer == "200":
        yield Finding(
            "ok", f"Sojourn runs at {running.address} (process {running.pid}), and its pages answer."
        )
        return
    how = f"answer with error {answer}" if answer else "do not answer"
    yield Finding(
        "problem",
        f"Sojourn runs (process {running.pid}), but its pages at {running.address} {how}. "
        f"It says why in {data / 'logs' / 'web.log'}.",
    )


def lookout(data: Path, running: Running | None) -> Iterator[Finding]:
    """Ask what the lookout left: whether anybody watches, even when the database cannot say."""
    if running is None or running.what != "up" or not running.address:
        return
    state = data / "watch" / "state.json"
    try:
        told = json.loads(state.read_text(encoding="utf-8"))
        age_s = abs(time.time() - state.stat().st_mtime)
    except (OSError, ValueError):
        yield Finding("problem", f"The lookout says nothing. {data / 'logs' / 'lookout.log'} says why.")
        return
    if age_s > LOOKOUT_WITHIN_S:
        yield Finding("problem", f"The lookout has been silent for {age_s:.0f} s: nobody knows who watches.")
    elif told.get("is_blind"):
        yield Finding(
            "problem",
            f"Monitoring is blind since {told.get('since')}: database or watch are silent. Look at the patients "
            "yourselves. Stop Sojourn and start it again with ./sojourn up.",
        )
    else:
        yield Finding("ok", f"The lookout sees the watch ({told.get('sessions')} sessions watched).")


def database(data: Path, running: Running | None) -> Iterator[Finding]:
    """Ask Django's side with the database up; it prints one line a finding, the grade and a tab before it."""
    ready = Environment(FOLDER, tuple(installed_locks()))
    stopped = () if running or external_database() else ("--stopped",)
    try:
        with database_up(ready, data, "doctor") as (_, url):
            variables = practice_environment(data, url)
            ran = subprocess.run(
                [ready.python, "-m", "django", "doctor_report", *stopped],
                env=variables,
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
            )
    except Refusal as refusal:
        yield Finding("problem", str(refusal))
        return
    for line in ran.stdout.splitlines():
        grade, tab, sentence = line.partition("\t")
        if tab:
            yield Finding(grade, sentence)
    if ran.returncode != 0:
        # The last line of what Python prints names the reason; the lines before it are for developers.
        reason = last_lines(ran.stderr, 1).strip() or f"error {ran.returncode}"
        yield Finding("problem", f"The practice could not be looked at: {reason}")
