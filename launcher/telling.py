"""What the launcher says to the person who started it."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class Refusal(Exception):
    """Something that could not be done; its text is a sentence that says what to do instead."""


@dataclass
class Note:
    """A stage's line: words that end up beside its time, and how far it is meanwhile."""

    line: str = ""
    text: str = ""

    def progress(self, how_far: str) -> None:
        """Show how far the stage is, on its own line; only where somebody is looking."""
        if sys.stdout.isatty():
            sys.stdout.write(f"\r{self.line}{how_far:<40}\r{self.line}")
            sys.stdout.flush()


@contextmanager
def stage(name: str, hint: str = "") -> Iterator[Note]:
    """Print a stage's name at once and its seconds when it ends, followed by the text of the yielded note."""
    begun = f"{name} ({hint})" if hint else name
    note = Note(f"  {begun} ".ljust(46, ".") + " ")
    started = time.monotonic()
    sys.stdout.write(note.line)
    sys.stdout.flush()
    try:
        yield note
    except BaseException:
        sys.stdout.write("stopped\n")
        sys.stdout.flush()
        raise
    after = f"   {note.text}" if note.text else ""
    sys.stdout.write(f"{time.monotonic() - started:6.1f} s{after}{' ' * 30 if sys.stdout.isatty() else ''}\n")
    sys.stdout.flush()


def say(sentence: str = "") -> None:
    """Print one sentence at once."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def last_lines(text: str, count: int = 12) -> str:
    """Return the last lines of a program's output, indented, for an error message."""
    lines = [line for line in text.splitlines() if line.strip()][-count:]
    return "\n".join(f"    {line}" for line in lines)
