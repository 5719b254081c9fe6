"""`./sojourn doctor`: says in plain words whether this installation is healthy, and what to do if not."""

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from launcher.binaries import newer_in_lock, server_programs
from launcher.cluster import made_by_major
from launcher.environment import FOLDER, LOCKS, Environment, installed_locks, is_current
from launcher.home import recorded_home
from launcher.places import PRIVATE, data_folder
from launcher.practice import database_up, external_database, practice_environment
from launcher.running import running_in
from launcher.telling import Refusal, last_lines, say

LOW_DISK_BYTES = 2_000_000_000
TOO_LITTLE_DISK_BYTES = 300_000_000
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok`, `attention` or `problem`, and a sentence."""

    grade: str
    sentence: str


def doctor(words: list[str]) -> int:
    """Print the findings; returns 1 when one of them is a problem."""
    if words:
        say("doctor takes no further words.")
        return 2
    data = data_folder()
    findings = [*_environment(), *_data(data)]
    for finding in findings:
        _print(finding)
    if installed_locks() and (external_database() or made_by_major(data) is not None):
        inner = _database(data)
        for finding in inner:
            _print(finding)
        findings += inner
    elif installed_locks():
        findings.append(Finding("attention", "There is no practice here yet. Start one: ./sojourn up"))
        _print(findings[-1])
    problems = sum(finding.grade == "problem" for finding in findings)
    attentions = sum(finding.grade == "attention" for finding in findings)
    verdict = "Not healthy" if problems else "Healthy"
    say(f"\n{verdict}: {problems} problem(s), {attentions} thing(s) that deserve attention.")
    return 1 if problems else 0


def _print(finding: Finding) -> None:
    say(f"  {finding.grade:<10} {finding.sentence}")


def _environment() -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    findings = [Finding("ok" if sys.version_info >= OLDEST_PYTHON else "problem", f"Python {version}.")]
    names = tuple(installed_locks())
    if not names:
        findings.append(
            Finding("problem", f"The environment {FOLDER} is not made yet. Make it: ./sojourn up")
        )
        return findings
    if is_current(names):
        findings.append(Finding("ok", f"The environment holds what the locks say ({', '.join(names)})."))
    else:
        findings.append(
            Finding("attention", "The locks changed since the environment was made. ./sojourn up renews it.")
        )
    if external_database():
        return findings
    try:
        programs = server_programs(FOLDER)
    except Refusal as refusal:
        return [*findings, Finding("problem", str(refusal))]
    findings.append(Finding("ok", f"PostgreSQL programs {programs.version} from {programs.source}."))
    newer = newer_in_lock(programs, (LOCKS / "base.txt").read_text())
    if newer:
        sentence = f"The lock holds a newer PostgreSQL {newer}. ./sojourn up takes it."
        findings.append(Finding("attention", sentence))
    return findings


def _data(data: Path) -> list[Finding]:
    if not data.is_dir():
        return []
    findings = []
    mode = stat.S_IMODE(data.stat().st_mode)
    private = mode == PRIVATE and data.stat().st_uid == os.geteuid()
    says = (
        "is open to its owner only" if private else f"is not private (mode {mode:o}). Run: chmod 700 {data}"
    )
    findings.append(Finding("ok" if private else "problem", f"The data folder {data} {says}."))
    free = shutil.disk_usage(recorded_home(data)).free
    grade = "problem" if free < TOO_LITTLE_DISK_BYTES else "attention" if free < LOW_DISK_BYTES else "ok"
    findings.append(Finding(grade, f"{free / 1e9:.1f} GB are free on its disk."))
    running = running_in(data)
    if running and running.address:
        findings.append(Finding("ok", f"Sojourn runs at {running.address} (process {running.pid})."))
    elif not running:
        findings.append(Finding("attention", "Sojourn is not running. Start it: ./sojourn up"))
    return findings


def _database(data: Path) -> list[Finding]:
    """Ask Django's side with the database up; it prints one line a finding, the grade and a tab before it."""
    environment = Environment(FOLDER, tuple(installed_locks()))
    try:
        with database_up(environment, data, "doctor") as (_, url):
            variables = practice_environment(data, url)
            ran = subprocess.run(
                [environment.python, "-m", "django", "doctor_report"],
                env=variables,
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
            )
    except Refusal as refusal:
        return [Finding("problem", str(refusal))]
    found = [line.partition("\t") for line in ran.stdout.splitlines() if "\t" in line]
    findings = [Finding(grade, sentence) for grade, _, sentence in found]
    if ran.returncode != 0:
        findings.append(Finding("problem", f"The practice could not be asked:\n{last_lines(ran.stderr, 5)}"))
    return findings
