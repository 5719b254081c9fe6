"""Reads the first word after `./sojourn` and hands over to the module that does it."""

import errno
import signal
import sys
from collections.abc import Callable
from types import FrameType

from launcher.checks import test
from launcher.doctor import doctor
from launcher.passing import (
    bench,
    import_scores,
    manage,
    outcomes,
    pharmacology,
    rules,
    simulate,
    synthesize,
    verify_session,
)
from launcher.telling import Refusal, say
from launcher.up import up

COMMANDS: dict[str, tuple[Callable[[list[str]], int], str]] = {
    "up": (
        up,
        "start the practice: database, pages and worker  [--port N] [--host ADDRESS] [--empty] [--fresh]",
    ),
    "test": (
        test,
        "run every check; `test clinical` only the pure ones; `test PATH ...` some, with pytest's options",
    ),
    "doctor": (doctor, "say in plain words whether this installation is healthy"),
    "import-scores": (import_scores, "bring in scores of another practice  FILE --map MAP.toml [--dry-run]"),
    "rules": (
        rules,
        "list what is expired, expires within 90 days, or is known only from memory: check [DAY]",
    ),
    "pharmacology": (
        pharmacology,
        "`validate` holds the model against what was published [--sources]; `bench` against other solvers",
    ),
    "simulate": (simulate, "try a regimen on a virtual population  REGIMEN.toml [--out FOLDER]"),
    "synthesize": (
        synthesize,
        "write invented people  --patients N --seed S [--format csv] [--regimen FILE] [--out FILE]",
    ),
    "verify-session": (
        verify_session,
        "prove a dosing session intact, or name its first broken event  VISIT_ID | SEALED_FILE | --all",
    ),
    "outcomes": (
        outcomes,
        "report on a table of scores  FILE.csv --instrument phq-9 [--map MAP.toml]; `outcomes validate`",
    ),
    "bench": (bench, "measure the pages beside a bare server"),
    "manage": (manage, "run one of Django's commands with the database up"),
}
CANNOT_WRITE = {
    errno.ENOSPC: "The disk is full. Make room and try again",
    errno.EDQUOT: "This account's share of the disk is used up. Make room and try again",
    errno.EROFS: "The disk can be read and not written. Set SOJOURN_DATA_DIR to a folder on another one",
    errno.EACCES: "This account may not write there. Start Sojourn as the account that owns the folder",
}
WITHOUT_HELP_OF_THEIR_OWN = {"test", "doctor"}


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
    if words[1:] in (["--help"], ["-h"]) and words[0] in WITHOUT_HELP_OF_THEIR_OWN:
        say(f"  ./sojourn {words[0]}  {COMMANDS[words[0]][1]}")
        return 0
    try:
        return COMMANDS[words[0]][0](words[1:])
    except Refusal as refusal:
        say(f"\n{refusal}")
        return 1
    except OSError as error:
        if error.errno not in CANNOT_WRITE:
            raise
        say(
            f"\n{CANNOT_WRITE[error.errno]} ({error.strerror}{f': {error.filename}' if error.filename else ''})."
        )
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def _list_commands() -> None:
    for name, (_, explained) in COMMANDS.items():
        say(f"  ./sojourn {name:<14} {explained}")


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
