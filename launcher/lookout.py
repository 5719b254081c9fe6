"""The lookout: a small process of its own that says when nobody watches. It needs no database and no package.

Each worker of the watch leaves a file after every round in which the database answered: a number that grows, and the
looks that are due next. Here the files are read, the newest deadlines are kept as a copy of our own, and when no number
has grown for 15 seconds, monitoring is blind: `state.json` says so for pages and doctor, the log says so, and a letter
goes to SOJOURN_WATCH_MAIL_TO. Time is counted by this process's own steady clock, so no wrong clock hides a silence.
"""

import json
import os
import signal
import smtplib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import unquote, urlsplit

BLIND_AFTER_S = 15.0
LOOK_EVERY_S = 1.0
TELL_AGAIN_S = 900.0
SERVER_ANSWERS_WITHIN_S = 10.0
FOLDER = "watch"
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass
class Lookout:
    """What the lookout knows: which numbers it saw, when one last grew, and its copy of the live deadlines."""

    folder: Path
    seen: dict[str, int] = field(default_factory=dict)
    grew_at: float = field(default_factory=time.monotonic)
    deadlines: list[dict[str, str]] = field(default_factory=list)
    blind_since: datetime | None = None
    told_at: float | None = None
    cannot_write: bool = False

    def look(self) -> None:
        """Read what the workers left, and note whether anybody watches."""
        for name, told in _told_by_workers(self.folder):
            number = told.get("number")
            if isinstance(number, int) and self.seen.get(name) != number:
                self.seen[name] = number
                self.grew_at = time.monotonic()
                self.deadlines = told.get("deadlines", [])
                self.leave("deadlines.json", self.deadlines)
        silent_s = time.monotonic() - self.grew_at
        if silent_s <= BLIND_AFTER_S:
            if self.blind_since is not None:
                _say("monitoring sees again")
            self.blind_since = self.told_at = None
        else:
            self.declare_blind()
        self.write(silent_s)

    def declare_blind(self) -> None:
        """Say that nobody watches: at once, and again every quarter of an hour."""
        now = datetime.now(UTC)
        self.blind_since = self.blind_since or now
        if self.told_at is not None and time.monotonic() - self.told_at < TELL_AGAIN_S:
            return
        self.told_at = time.monotonic()
        count = len(self.deadlines)
        _say(
            f"monitoring is blind since {self.blind_since:%H:%M:%S} UTC; {count} sessions were being watched"
        )
        for outcome in _tell_by_mail(self.blind_since, count):
            _say(outcome)

    def write(self, silent_s: float) -> None:
        """Leave what pages and doctor read."""
        since = self.blind_since.isoformat() if self.blind_since else None
        self.leave(
            "state.json",
            {
                "is_blind": self.blind_since is not None,
                "since": since,
                "silent_for_s": round(silent_s, 1),
                "sessions": len(self.deadlines),
                "written_at": datetime.now(UTC).isoformat(),
            },
        )

    def leave(self, name: str, content: object) -> None:
        """Write one of our files. On a full disk the old one stays, grows old, and counts as blindness for its readers."""
        try:
            _write(self.folder / name, content)
        except OSError as failure:
            if not self.cannot_write:
                _say(f"nothing can be written in {self.folder}: {failure.strerror}")
            self.cannot_write = True
        else:
            self.cannot_write = False


def main(words: list[str]) -> int:
    """Look out over the data folder named until told to stop."""
    folder = Path(words[0]) / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    parent = os.getppid()
    asked: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    lookout = Lookout(folder)
    while not asked:
        lookout.look()
        time.sleep(LOOK_EVERY_S)
    if os.getppid() != parent:
        # Whoever looked after all programs is gone, and with it pages, database and watch: that is blindness.
        lookout.declare_blind()
        lookout.write(time.monotonic() - lookout.grew_at)
        return 1
    (folder / "state.json").unlink(missing_ok=True)
    return 0


def _told_by_workers(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.glob("worker-*.json")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(told, dict):
            yield path.name, told


def _write(path: Path, content: object) -> None:
    """Write a file so that a reader finds the old one or the new one, whole."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content), encoding="utf-8")
    fresh.replace(path)


def _tell_by_mail(since: datetime, count: int) -> Iterator[str]:
    """Write to everybody named; yields one line for each attempt. Nothing in the letter is about anybody."""
    url = os.environ.get("SOJOURN_MAIL_URL", "")
    named = [each.strip() for each in os.environ.get("SOJOURN_WATCH_MAIL_TO", "").split(",") if each.strip()]
    if not url or not named:
        yield "no letter was sent: SOJOURN_MAIL_URL and SOJOURN_WATCH_MAIL_TO are not both set"
        return
    for address in named:
        letter = EmailMessage()
        letter["Subject"] = "Sojourn: monitoring is blind"
        letter["From"] = os.environ.get("SOJOURN_MAIL_FROM", "practice@localhost")
        letter["To"] = address
        letter.set_content(
            f"Since {since:%H:%M:%S} UTC nobody watches the deadlines of {count} running sessions.\n"
            "Look at the patients yourselves, by the clock on the wall.\n"
            f"{os.environ.get('SOJOURN_ADDRESS', '')}\n"
        )
        try:
            _send(url, letter)
        except (OSError, smtplib.SMTPException) as failure:
            yield f"a letter was not taken: {type(failure).__name__}"
        else:
            yield "a letter was taken by the mail server"


def _send(url: str, letter: EmailMessage) -> None:
    parts = urlsplit(url)
    made = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    port = parts.port or PORTS.get(parts.scheme, 25)
    with made(parts.hostname or "", port, timeout=SERVER_ANSWERS_WITHIN_S) as server:
        if parts.scheme == "smtp+tls":
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)


def _say(words: str) -> None:
    sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
