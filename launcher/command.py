"""Reads the first word after `./sojourn` and hands over to the module that does it."""

import signal
import sys
from collections.abc import Callable
from types import FrameType

from launcher.checks import test
from launcher.doctor import doctor
from launcher.passing import bench, import_scores, manage
from launcher.telling import Refusal, say
from launcher.up import up

COMMANDS: dict[str, tuple[Callable[[list[str]], int], str]] = {
    "up": (
        up,
        "start the practice: database, pages and worker  [--port N] [--host ADDRESS] [--empty] [--fresh]",
    ),
    "test": (test, "run every check; `test clinical` only the pure ones; `test PATH ...` some"),
    "doctor": (doctor, "say in plain words whether this installation is healthy"),
    "import-scores": (import_scores, "bring in scores of another practice  FILE --map MAP.toml [--dry-run]"),
    "bench": (bench, "measure the pages beside a bare server"),
    "manage": (manage, "run one of Django's commands with the database up"),
}


def main(words: list[str]) -> int:
    """Run one command; returns its exit code."""
    signal.signal(signal.SIGTERM, _leave)
    if not words or words[0] in {"help", "--help", "-h"}:
        _list_commands()
        return 0 if words else 2
    if words[0] not in COMMANDS:
        say(f"There is no command {words[0]!r}. These are:")
        _list_commands()
        return 2
    try:
        return COMMANDS[words[0]][0](words[1:])
    except Refusal as refusal:
        say(f"\n{refusal}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def _list_commands() -> None:
    for name, (_, explained) in COMMANDS.items():
        say(f"  ./sojourn {name:<14} {explained}")


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
