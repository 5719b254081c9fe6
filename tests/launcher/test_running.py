import subprocess
import sys
import time
from pathlib import Path

import pytest

from launcher.environment import Environment
from launcher.places import ROOT
from launcher.practice import StillStarting, database_up
from launcher.running import AlreadyUp, Running, holding, note_running, running_in

HOLD = """
import os, sys, time
from pathlib import Path
from launcher.running import Running, holding, note_running
with holding(Path(sys.argv[1]), sys.argv[2]):
    if sys.argv[3]:
        note_running(Path(sys.argv[1]), Running(os.getpid(), "up", sys.argv[3], "postgresql:///x"))
    print("held", flush=True)
    time.sleep(float(sys.argv[4]))
"""


@pytest.fixture
def held(data):
    processes = []

    def held(what, address, seconds):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data), what, address, str(seconds)],
            env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        processes.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield held
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_second_start_learns_the_address_of_the_first(data, held):
    first = held("up", "http://localhost:8000/", 60)
    with pytest.raises(AlreadyUp) as found, holding(data, "up"):
        pass
    assert found.value.running == Running(first.pid, "up", "http://localhost:8000/", "postgresql:///x")
    assert running_in(data) == found.value.running


def test_a_command_uses_the_database_of_the_running_practice(data, held):
    held("up", "http://localhost:8000/", 60)
    with database_up(Environment(Path(sys.prefix), ()), data, "manage") as (supervisor, url):
        assert (supervisor, url) == (None, "postgresql:///x")


def test_a_command_says_when_the_practice_is_only_just_starting(data, held):
    held("up", "", 60)
    with pytest.raises(StillStarting), database_up(Environment(Path(sys.prefix), ()), data, "manage"):
        pass


def test_a_command_waits_for_another_command(data, held, capsys):
    other = held("manage", "", 0.5)
    began = time.monotonic()
    with holding(data, "bench"):
        assert time.monotonic() - began > 0.2
    assert f"Waiting for ./sojourn manage (process {other.pid})" in capsys.readouterr().out


def test_a_killed_holder_frees_the_folder(data, held):
    held("up", "http://localhost:8000/", 60).kill()
    deadline = time.monotonic() + 5
    while running_in(data) is not None:
        assert time.monotonic() < deadline
    with holding(data, "up"):
        note_running(data, Running(1, "up"))


def test_nobody_holds_a_folder_that_was_never_used(data):
    assert running_in(data) is None
