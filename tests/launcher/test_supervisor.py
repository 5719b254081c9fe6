import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from launcher.places import ROOT
from launcher.processes import is_alive, marked
from launcher.running import holding
from launcher.supervisor import HEALTHY_AFTER_S, Supervisor
from launcher.web import WATCH_DELAYS_S

FOREVER = "import time; time.sleep(1000)"
WITH_GRANDCHILD = (
    "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)']);"
    "print(p.pid, flush=True); time.sleep(1000)"
)
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(1000)"


def look_until(supervisor, happened, within_s=10.0):
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline
        supervisor.look(wait_s=0.02)


def printed(program):
    return program.log.read_text().strip() if program.log.exists() else ""


def test_a_program_that_dies_is_started_again_with_growing_pauses(quiet_supervisor, toy):
    child = quiet_supervisor.start(toy("raise SystemExit(3)"))
    pauses = []
    for deaths in (1, 2, 3, 4):
        look_until(quiet_supervisor, lambda: child.deaths_in_a_row == deaths and child.next_start_at)  # noqa: B023
        pauses.append(round(child.next_start_at - time.monotonic(), 1))
    assert pauses == [0.1, 0.3, 0.6, 0.6]
    assert "The toy ended with error 3" in quiet_supervisor.said[0]


def test_a_program_that_must_be_back_soon_waits_its_own_short_pauses(quiet_supervisor, toy):
    child = quiet_supervisor.start(replace(toy("raise SystemExit(3)"), delays_s=(0.2, 0.4)))
    pauses = []
    for deaths in (1, 2, 3):
        look_until(quiet_supervisor, lambda: child.deaths_in_a_row == deaths and child.next_start_at)  # noqa: B023
        pauses.append(round(child.next_start_at - time.monotonic(), 1))
    assert pauses == [0.2, 0.4, 0.4]


def test_a_worker_of_the_watch_never_waits_longer_than_a_second():
    assert max(WATCH_DELAYS_S) <= 1.0


def test_a_program_that_was_healthy_for_a_while_starts_over_with_the_shortest_pause(quiet_supervisor, toy):
    child = quiet_supervisor.start(toy(FOREVER))
    child.deaths_in_a_row = 3
    child.started_at -= HEALTHY_AFTER_S
    child.process.kill()
    look_until(quiet_supervisor, lambda: child.deaths_in_a_row == 1)
    look_until(quiet_supervisor, lambda: child.is_running)


def test_grandchildren_of_a_killed_program_are_ended_before_it_starts_again(quiet_supervisor, toy):
    child = quiet_supervisor.start(toy(WITH_GRANDCHILD))
    look_until(quiet_supervisor, lambda: printed(child.program))
    grandchild = int(printed(child.program))
    child.process.kill()
    look_until(quiet_supervisor, lambda: child.deaths_in_a_row == 1)
    look_until(quiet_supervisor, lambda: not is_alive(grandchild))


def test_stopping_ends_children_and_grandchildren(data, toy):
    with Supervisor(str(data)) as supervisor:
        child = supervisor.start(toy(WITH_GRANDCHILD))
        look_until(supervisor, lambda: printed(child.program))
        pids = (child.process.pid, int(printed(child.program)))
    assert not [pid for pid in pids if is_alive(pid)]


def test_a_program_deaf_to_its_stop_signal_is_killed_after_its_grace(data, toy):
    with Supervisor(str(data)) as supervisor:
        child = supervisor.start(toy(STUBBORN, grace_s=0.2))
        look_until(supervisor, lambda: printed(child.program) == "deaf")
        pid = child.process.pid
    assert not is_alive(pid)


def test_what_the_others_depend_on_is_stopped_last(data, toy):
    source = (
        "import pathlib, signal, sys, time\n"
        "def leave(*_): print(sys.argv[1], time.monotonic(), flush=True); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, leave); print('up', flush=True); time.sleep(1000)"
    )
    with Supervisor(str(data)) as supervisor:
        for name, last in (("database", True), ("pages", False)):
            program = toy(source, stops_last=last)
            supervisor.start(type(program)(name, (*program.command, name), {}, program.log, stops_last=last))
        look_until(supervisor, lambda: printed(program).count("up") == 2)
    order = [line.split()[0] for line in printed(program).splitlines() if line != "up"]
    assert order == ["pages", "database"]


def test_a_command_run_beside_the_children_returns_its_exit_code(quiet_supervisor):
    assert quiet_supervisor.run((sys.executable, "-c", "raise SystemExit(7)"), {}) == 7


def test_a_stop_signal_ends_the_watch_and_the_command_at_work(data, toy):
    with Supervisor(str(data)) as supervisor:
        supervisor.start(toy(FOREVER))
        signal.setitimer(signal.ITIMER_REAL, 0)  # no alarm of another test
        subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -TERM {os.getpid()}"])
        assert supervisor.run((sys.executable, "-c", FOREVER), {}) is None
        supervisor.watch()
    assert signal.getsignal(signal.SIGTERM) != supervisor._on_signal


OUTER = """
import sys
from pathlib import Path
from launcher.children import Program
from launcher.supervisor import Supervisor
with Supervisor(sys.argv[1]) as supervisor:
    log = Path(sys.argv[1]) / "inner.log"
    supervisor.start(Program("The toy", (sys.executable, "-c", sys.argv[2]), {}, log))
    supervisor.watch()
"""


@pytest.fixture
def outer(data):
    """A supervisor in a process of its own, with a child that has a child."""
    process = subprocess.Popen(
        [sys.executable, "-c", OUTER, str(data), WITH_GRANDCHILD], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    log = data / "inner.log"
    deadline = time.monotonic() + 10
    while not (log.exists() and log.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield process, int(log.read_text())
    process.kill()
    process.wait()


def test_ctrl_c_leaves_no_process_behind(outer, data):
    process, grandchild = outer
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert not is_alive(grandchild)
    assert not marked(str(data), but_not="")


def test_children_die_with_a_killed_supervisor_and_the_next_holder_ends_the_rest(outer, data):
    process, grandchild = outer
    child = next(pid for pid in marked(str(data), but_not="") if pid != grandchild)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 5
    while is_alive(child):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert is_alive(grandchild)
    with holding(data, "up"):
        assert not marked(str(data), but_not="")
    assert not is_alive(grandchild)
