"""When nobody watches, somebody says so: a process of its own, with nothing but files, a clock and a mail server."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from launcher import lookout as module
from launcher.findings import lookout as findings
from launcher.lookout import Lookout
from launcher.processes import is_alive
from launcher.running import Running

LOOKS_OFTEN = "import sys, launcher.lookout as l; l.BLIND_AFTER_S = 0.6; l.LOOK_EVERY_S = 0.05; sys.exit(l.main(sys.argv[1:]))"
HERE = str(Path.cwd())
UP = Running(1, "up", "http://localhost:8000/")


@pytest.fixture
def folder(data, monkeypatch):
    monkeypatch.setattr(module, "BLIND_AFTER_S", 0.3)
    for name in ("SOJOURN_MAIL_URL", "SOJOURN_WATCH_MAIL_TO"):
        monkeypatch.delenv(name, raising=False)
    found = data / "watch"
    found.mkdir()
    return found


def sign(folder, number, worker=1, sessions=2):
    told = {
        "number": number,
        "deadlines": [{"visit": str(n), "due_at": "2026-11-24T10:20:00+00:00"} for n in range(sessions)],
    }
    (folder / f"worker-watch-{worker}.json").write_text(json.dumps(told))


def state(folder):
    return json.loads((folder / "state.json").read_text())


def test_it_sees_while_one_workers_number_grows(folder):
    lookout = Lookout(folder)
    for number in range(1, 6):
        sign(folder, number)
        lookout.look()
        time.sleep(0.1)
    assert not state(folder)["is_blind"]
    assert len(json.loads((folder / "deadlines.json").read_text())) == 2


def test_a_number_that_stands_still_is_silence_however_often_the_file_is_written(folder, capsys):
    lookout = Lookout(folder)
    for _ in range(6):
        sign(folder, 7)
        lookout.look()
        time.sleep(0.1)
    assert state(folder)["is_blind"]
    assert "monitoring is blind" in capsys.readouterr().out


def test_it_is_blind_when_no_worker_ever_left_anything(folder):
    lookout = Lookout(folder)
    lookout.look()
    assert not state(folder)["is_blind"], "a watch that is just starting has its time"
    time.sleep(0.35)
    lookout.look()
    assert state(folder)["is_blind"]


def test_it_sees_again_when_a_worker_comes_back_and_keeps_its_copy_meanwhile(folder):
    lookout = Lookout(folder)
    sign(folder, 1)
    lookout.look()
    (folder / "worker-watch-1.json").unlink()
    time.sleep(0.35)
    lookout.look()
    assert (state(folder)["is_blind"], state(folder)["sessions"]) == (True, 2)
    sign(folder, 2, worker=2)
    lookout.look()
    assert not state(folder)["is_blind"]


@pytest.mark.parametrize("spoiled", ["", "{", "[]", '{"number": "x"}', "\x00"])
def test_a_spoiled_file_is_no_sign_of_life_and_no_end_of_the_lookout(folder, spoiled):
    (folder / "worker-watch-1.json").write_text(spoiled)
    lookout = Lookout(folder)
    time.sleep(0.35)
    lookout.look()
    assert state(folder)["is_blind"]


def test_a_machine_clock_set_back_an_hour_hides_no_silence(folder, monkeypatch):
    lookout = Lookout(folder)
    sign(folder, 1)
    lookout.look()

    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2020, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(module, "datetime", Earlier)
    time.sleep(0.35)
    lookout.look()
    assert state(folder)["is_blind"]


class MailServer(threading.Thread):
    """As much of a mail server as one letter needs; `refuses` hangs up instead of answering."""

    def __init__(self, *, refuses=False):
        super().__init__(daemon=True)
        self.refuses = refuses
        self.letter = ""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.socket.getsockname()[1]}"

    def run(self):
        client, _ = self.socket.accept()
        with client, client.makefile("rw", newline="\r\n") as lines:
            if self.refuses:
                return
            say = lambda words: (lines.write(words + "\n"), lines.flush())  # noqa: E731
            say("220 here")
            for line in lines:
                word = line.strip().upper()
                if word == "DATA":
                    say("354 go on")
                    for part in lines:
                        if part.strip() == ".":
                            break
                        self.letter += part
                say("221 bye" if word == "QUIT" else "250 ok")


def test_it_writes_to_those_named_and_the_letter_tells_nothing_about_anybody(folder, monkeypatch):
    server = MailServer()
    server.start()
    monkeypatch.setenv("SOJOURN_MAIL_URL", server.url)
    monkeypatch.setenv("SOJOURN_WATCH_MAIL_TO", "director@example.org")
    lookout = Lookout(folder)
    sign(folder, 1)
    lookout.look()
    time.sleep(0.35)
    lookout.look()
    server.join(5)
    assert "Subject: Sojourn: monitoring is blind" in server.letter
    assert "2 running sessions" in server.letter


def test_a_mail_server_that_hangs_up_does_not_stop_it(folder, monkeypatch, capsys):
    server = MailServer(refuses=True)
    server.start()
    monkeypatch.setenv("SOJOURN_MAIL_URL", server.url)
    monkeypatch.setenv("SOJOURN_WATCH_MAIL_TO", "director@example.org")
    lookout = Lookout(folder)
    time.sleep(0.35)
    lookout.look()
    assert "a letter was not taken" in capsys.readouterr().out
    assert state(folder)["is_blind"]


def test_without_anybody_named_it_says_that_no_letter_was_sent(folder, capsys):
    lookout = Lookout(folder)
    time.sleep(0.35)
    lookout.look()
    lookout.look()
    said = capsys.readouterr().out
    assert said.count("no letter was sent") == 1, "told once, and again in a quarter of an hour"


def begun(data):
    return subprocess.Popen(
        [sys.executable, "-c", LOOKS_OFTEN, str(data)], env={**os.environ, "PYTHONPATH": HERE},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def until(holds, within_s=10.0):
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_the_process_declares_blindness_and_ends_clean_when_asked(data, folder):
    process = begun(data)
    try:
        assert until(lambda: (folder / "state.json").exists() and state(folder)["is_blind"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert not (folder / "state.json").exists(), "a practice that was stopped is not blind"
    finally:
        process.kill()


def test_when_whoever_looks_after_all_programs_is_killed_it_says_so_before_it_ends(data, folder):
    """Pages, database and watch die with their supervisor; the lookout is told by the kernel, and tells."""
    source = (
        "import sys, time; from launcher.children import started; "
        f"p = started((sys.executable, '-c', {LOOKS_OFTEN!r}, {str(data)!r}), "
        f"{{'PYTHONPATH': {HERE!r}}}, 'mark'); print(p.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", source],
        env={**os.environ, "PYTHONPATH": HERE},
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(parent.stdout.readline())
    number = iter(range(1, 10_000))
    assert until(lambda: sign(folder, next(number)) or (folder / "state.json").exists())
    parent.kill()
    parent.wait()
    assert until(lambda: sign(folder, next(number)) or state(folder)["is_blind"])
    assert until(lambda: not is_alive(pid))


@pytest.mark.parametrize(
    ("content", "age_s", "grade", "says"),
    [
        ({"is_blind": False, "sessions": 3}, 0, "ok", "3 sessions watched"),
        ({"is_blind": True, "since": "14:03"}, 0, "problem", "Monitoring is blind since 14:03"),
        ({"is_blind": False, "sessions": 3}, 60, "problem", "The lookout has been silent for 60 s"),
        (None, 0, "problem", "The lookout says nothing"),
    ],
)
def test_the_doctor_says_what_the_lookout_says_without_a_database(data, folder, content, age_s, grade, says):
    if content is not None:
        (folder / "state.json").write_text(json.dumps(content))
        os.utime(folder / "state.json", (time.time() - age_s, time.time() - age_s))
    (found,) = findings(data, UP)
    assert found.grade == grade
    assert says in found.sentence


def test_the_doctor_expects_no_lookout_where_nothing_runs(data):
    assert list(findings(data, None)) == []
