"""Commands passed on to programs of the environment, most of them with the practice's database up."""

import subprocess
import sys
from pathlib import Path

from launcher.environment import Environment, command_environment, ready_environment
from launcher.places import ROOT, data_folder, made_data_folder
from launcher.practice import database_up, practice_environment
from launcher.supervisor import Supervisor


def manage(words: list[str]) -> int:
    """Run a Django management command."""
    return _passed_on("manage", ["-m", "django", *words])


def import_scores(words: list[str]) -> int:
    """Run the import of another practice's scores."""
    return _passed_on("import-scores", ["-m", "django", "import_scores", *words])


def pharmacology(words: list[str]) -> int:
    """Hold the pharmacology against what was published, or against other solvers; needs no database."""
    if words[:1] == ["bench"]:
        script = [str(ROOT / "benchmarks" / "pharmacology.py"), *words[1:]]
        return run_here(ready_environment(with_tools=True), script, command_environment(), None)
    return _in_laboratory(words)


def simulate(words: list[str]) -> int:
    """Simulate a regimen on a virtual population; needs no database."""
    return _in_laboratory(["simulate", *words])


def synthesize(words: list[str]) -> int:
    """Write invented people with whole courses; needs no database."""
    return _in_laboratory(["synthesize", *words])


def _in_laboratory(words: list[str]) -> int:
    return run_here(
        ready_environment(with_tools=False), ["-m", "sojourn.laboratory", *words], command_environment(), None
    )


def verify_session(words: list[str]) -> int:
    """Prove sessions intact; a sealed file needs neither a practice nor its database."""
    command = ["-m", "django", "verify_session", *words]
    if not any(Path(word).is_file() for word in words):
        return _passed_on("verify-session", command)
    variables = command_environment() | {
        "DJANGO_SETTINGS_MODULE": "sojourn.config.settings",
        "SOJOURN_INSECURE_KEY_FOR_CHECKS": "1",
        "SOJOURN_DATABASE_URL": "",
    }
    return run_here(ready_environment(with_tools=False), command, variables, None)


def outcomes(words: list[str]) -> int:
    """Run the report on a table of scores, or the check of the statistics; neither needs the database."""
    environment = ready_environment(with_tools=False)
    # It serves nothing and keeps nothing, so it needs no secret key of a practice.
    variables = command_environment() | {
        "DJANGO_SETTINGS_MODULE": "sojourn.config.settings",
        "SOJOURN_INSECURE_KEY_FOR_CHECKS": "1",
    }
    return run_here(environment, ["-m", "sojourn.analysis", *words], variables, None)


def bench(words: list[str]) -> int:
    """Run the benchmarks."""
    return _passed_on("bench", [str(ROOT / "benchmarks" / "run.py"), *words])


def rules(words: list[str]) -> int:
    """Review the ledger of rules; needs no database."""
    environment = ready_environment(with_tools=False)
    return run_here(environment, [str(ROOT / "tools" / "rules"), *words], command_environment(), None)


def _passed_on(what: str, words: list[str]) -> int:
    """Run the environment's Python with these words here, in the caller's folder; returns its exit code."""
    environment = ready_environment(with_tools=False)
    data = made_data_folder(data_folder())
    with database_up(environment, data, what) as (supervisor, url):
        return run_here(environment, words, practice_environment(data, url), supervisor)


def run_here(
    environment: Environment,
    words: list[str],
    variables: dict[str, str],
    supervisor: Supervisor | None,
    folder: Path | None = None,
) -> int:
    """Run the environment's Python in the terminal's own process group, so that it hears keys and Ctrl-C."""
    sys.stdout.flush()
    process = subprocess.Popen([environment.python, *words], env=variables, cwd=folder or Path.cwd())
    asked = False
    while process.poll() is None:
        try:
            if supervisor is None:
                process.wait()
                continue
            supervisor.look(wait_s=0.05, also_mine=process.pid)
            if supervisor.asked_to_stop and not asked:
                asked = True
                process.terminate()
        except KeyboardInterrupt:
            process.wait(10)
    return 128 - process.returncode if process.returncode < 0 else process.returncode
