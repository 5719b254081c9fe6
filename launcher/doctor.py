"""`./sojourn doctor`: says in plain words whether this installation is healthy, and what to do if not."""

import os
from collections.abc import Iterator
from pathlib import Path

from launcher.cluster import made_by_major
from launcher.environment import installed_locks
from launcher.findings import Finding, clock, data_folder_of, database, environment, lookout, pages
from launcher.places import data_folder
from launcher.practice import external_database
from launcher.running import running_in, settings_in_use
from launcher.telling import say


def doctor(words: list[str]) -> int:
    """Print the findings; returns 1 when one of them is a problem."""
    if words:
        say("doctor takes no further words.")
        return 2
    findings = []
    for finding in _findings(data_folder()):
        say(f"  {finding.grade:<10} {finding.sentence}")
        findings.append(finding)
    problems = sum(finding.grade == "problem" for finding in findings)
    attentions = sum(finding.grade == "attention" for finding in findings)
    say(f"\n{_verdict(problems, attentions)}")
    return 1 if problems else 0


def _findings(data: Path) -> Iterator[Finding]:
    in_use = settings_in_use(data)
    if in_use:
        _look_with(in_use)
    running = running_in(data)
    yield from environment()
    yield clock()
    yield from data_folder_of(data)
    yield from pages(data, running)
    yield from lookout(data, running)
    is_starting = running is not None and running.what == "up" and not running.database
    if is_starting or not installed_locks():
        return
    if running or (data.is_dir() and external_database()) or made_by_major(data) is not None:
        yield from database(data, running)
    else:
        yield Finding("attention", "There is no practice here yet. Start one: ./sojourn up")


def _look_with(settings: dict[str, str]) -> None:
    """Replace this shell's settings by those of the running practice: those are what must be judged."""
    kept = os.environ.get("SOJOURN_DATA_DIR")
    for name in [name for name in os.environ if name.startswith("SOJOURN_")]:
        del os.environ[name]
    os.environ.update(settings)
    if kept is not None:
        os.environ["SOJOURN_DATA_DIR"] = kept


def _verdict(problems: int, attentions: int) -> str:
    if problems:
        also = f" Also {_counted(attentions, 'thing')} to look at." if attentions else ""
        return f"Not healthy: {_counted(problems, 'problem')} to solve.{also}"
    return (
        f"Healthy. {_counted(attentions, 'thing')} to look at when there is time."
        if attentions
        else "Healthy."
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
