"""`./sojourn test`: every check of the repository, one after the other, against a throw-away PostgreSQL."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher.binaries import server_programs
from launcher.children import started
from launcher.cluster import prepared_cluster
from launcher.debian import installed, may_install
from launcher.environment import Environment, command_environment, ready_environment
from launcher.home import recorded_home
from launcher.passing import run_here
from launcher.places import ROOT, SOURCE, made_data_folder
from launcher.practice import external_database, log_folder, practice_environment, serve_cluster
from launcher.privileges import server_account
from launcher.processes import end, marked
from launcher.supervisor import Supervisor
from launcher.telling import last_lines, say, stage

SCRIPTS = (
    "sojourn",
    "tools/lock",
    "tools/rules",
    "tools/vendor",
)  # Python without the ending that tools look for
MOST_LINES = 60
AT_ONCE = "-n2"  # two processes share all tests: tests/support/sharing_out.py
LONGEST_SILENCE_S = (
    1500.0  # a test that hangs is ended after ten minutes (pyproject.toml); this is for all else
)
NOT_RUN = "browser tests were not run: Chromium is missing"


@dataclass(frozen=True)
class Outcome:
    """One check and how it went."""

    name: str
    passed: bool
    seconds: float


def test(words: list[str]) -> int:
    """Run all checks, the pure tests (`clinical`), or the tests at the given paths; returns the exit code."""
    environment = ready_environment(with_tools=True)
    if words[:1] == ["clinical"]:
        without_django = (
            "-p",
            "no:django",
            "-W",
            "ignore::pytest.PytestConfigWarning",
        )  # its settings stay unread
        pure = ["-m", "pytest", "tests/clinical", *without_django, *words[1:]]
        return run_here(environment, pure, command_environment(), None, ROOT)
    chromium = _chromium_is_there()
    browser = [] if chromium else ["-m", "not browser"]
    not_run = [] if chromium else [Outcome(NOT_RUN, passed=not _is_continuous_integration(), seconds=0)]
    with scratch_database(environment) as (supervisor, variables):
        if words:
            code = run_here(environment, ["-m", "pytest", *browser, *words], variables, supervisor, ROOT)
            return code or int(not all(outcome.passed for outcome in not_run))
        outcomes = [_check(environment, variables, *each) for each in _checks()]
        say("\nTests")
        began = time.monotonic()
        passed, closing_line = _run_tests(environment, variables, supervisor, browser)
        outcomes.append(Outcome("tests", passed, time.monotonic() - began))
    outcomes += not_run
    _sum_up(outcomes)
    say(closing_line)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


@contextmanager
def scratch_database(environment: Environment) -> Iterator[tuple[Supervisor, dict[str, str]]]:
    """Serve a PostgreSQL that forgets everything when the block ends; yields its supervisor and variables."""
    with tempfile.TemporaryDirectory(prefix="sojourn-test-") as temporary:
        data = made_data_folder(Path(temporary))
        with Supervisor(str(data)) as supervisor:
            try:
                url = external_database()
                if not url:
                    with stage("PostgreSQL for the tests") as note:
                        programs = server_programs(environment.folder)
                        cluster = prepared_cluster(data, programs, server_account(), durable=False)
                        serve_cluster(supervisor, cluster, log_folder(data) / "postgres.log")
                        url, note.text = cluster.url(), cluster.programs.version
                yield supervisor, practice_environment(data, url)
            finally:
                supervisor.stop()
                end(marked(str(data), but_not="postgres"), signal.SIGKILL, wait_s=5)
                shutil.rmtree(recorded_home(data), ignore_errors=True)


def _is_continuous_integration() -> bool:
    return os.environ.get("CI", "").lower() in {"true", "1"}


def _checks() -> list[tuple[str, list[str]]]:
    scripts = [name for name in SCRIPTS if (ROOT / name).is_file()]
    package = str((SOURCE / "sojourn").relative_to(ROOT))
    checks = [
        ("format", ["ruff", "format", "--check", ".", *scripts]),
        ("lint", ["ruff", "check", ".", *scripts]),
        ("templates", ["djlint", "--check", package]),
        ("types", ["mypy", package, "launcher"]),
        ("import contracts", ["lint-imports"]),
        ("migrations", ["django-admin", "makemigrations", "--check", "--dry-run"]),
    ]
    return [check for check in checks if check[0] != "templates" or any((ROOT / package).rglob("*.html"))]


def _check(environment: Environment, variables: dict[str, str], name: str, words: list[str]) -> Outcome:
    began = time.monotonic()
    with stage(name.capitalize()) as note:
        ran = subprocess.run(
            [str(environment.folder / "bin" / words[0]), *words[1:]],
            cwd=ROOT,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        note.text = "ok" if ran.returncode == 0 else "FAILED"
    if ran.returncode != 0:
        say(last_lines(ran.stdout, MOST_LINES))
    return Outcome(name, ran.returncode == 0, time.monotonic() - began)


def _run_tests(
    environment: Environment, variables: dict[str, str], supervisor: Supervisor, words: list[str]
) -> tuple[bool, str]:
    """Run pytest and pass its output on as it comes; returns whether it passed, and its last line."""
    color = "yes" if sys.stdout.isatty() else "no"
    command = (environment.python, "-m", "pytest", f"--color={color}", f"--rootdir={ROOT}", *words)
    asked = variables.get("PYTEST_ADDOPTS", "")  # the caller's words come last, and win
    variables = variables | {"PYTEST_ADDOPTS": f"{AT_ONCE} {asked}"}
    held = ""
    with (
        tempfile.NamedTemporaryFile(prefix="sojourn-pytest-") as output,
        Path(output.name).open(encoding="utf-8") as reader,
    ):
        process = started(command, variables, supervisor.mark, output=output.fileno(), folder=ROOT)
        heard_at = time.monotonic()
        while True:
            ended = process.poll() is not None
            if said := reader.read():
                held, heard_at = held + said, time.monotonic()
            body, newline, last = held.rstrip("\n").rpartition("\n")
            if newline:
                say(body)
                held = held[len(body) + 1 :]
            if ended:
                return process.returncode == 0, last
            if time.monotonic() - heard_at > LONGEST_SILENCE_S:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return False, f"{last}\nThe tests said nothing for {LONGEST_SILENCE_S:.0f} s and were ended."
            if supervisor.asked_to_stop:
                process.send_signal(signal.SIGINT)
                process.wait()
            supervisor.look(wait_s=0.1, also_mine=process.pid)


def _sum_up(outcomes: list[Outcome]) -> None:
    say("\nSummary")
    for outcome in outcomes:
        time_taken = f"{outcome.seconds:6.1f} s" if outcome.seconds else " " * 8
        say(f"  {time_taken}  {'ok    ' if outcome.passed else 'FAILED'}  {outcome.name}")


def _chromium_is_there() -> bool:
    """Find Debian's Chromium, install it where we may, else say in a sentence what is missing."""
    if shutil.which("chromium"):
        return True
    packages = ("chromium", "fonts-noto-core")
    if may_install():
        with stage("Chromium", "for the browser tests"):
            installed(*packages)
    if shutil.which("chromium"):
        return True
    say(
        f"Chromium is missing, so browser tests are not run. Install it: apt-get install {' '.join(packages)}"
    )
    return False
