"""The judge of the simulated afternoon finds each planted fault; a check that could not fail would prove nothing."""

import os
import subprocess
import sys

import pytest

from benchmarks.missed_looks import judged
from tests.house_rules.tree import ROOT

LOOKS = [("session", str(number)) for number in range(2000)]
GOOD = [(look, 0.2) for look in LOOKS]


def test_an_afternoon_in_which_each_miss_was_raised_once_and_soon_holds():
    assert judged(LOOKS, GOOD, unsure=set()).holds


@pytest.mark.parametrize(
    ("raised", "fault"),
    [
        (GOOD[1:], "lost"),
        ([*GOOD, GOOD[7]], "doubled"),
        ([*GOOD, (("session", "on time"), 0.2)], "invented"),
    ],
)
def test_one_lost_doubled_or_invented_alarm_is_found(raised, fault):
    verdict = judged(LOOKS, raised, unsure=set())
    assert getattr(verdict, fault) == 1
    assert not verdict.holds


@pytest.mark.parametrize(("late", "holds"), [([6.0], True), ([6.0] * 3, False), ([10.1], False)])
def test_a_few_late_ones_are_within_the_promise_and_more_are_not(late, holds):
    raised = [*GOOD[len(late) :], *((look, late_s) for (look, _), late_s in zip(GOOD, late, strict=False))]
    assert judged(LOOKS, raised, unsure=set()).holds is holds


def test_a_look_in_the_moment_it_was_due_may_be_raised_or_not_but_never_twice():
    unsure = {("session", "just then")}
    look = (("session", "just then"), 0.1)
    assert judged(LOOKS, GOOD, unsure=unsure).holds
    assert judged(LOOKS, [*GOOD, look], unsure=unsure).holds
    assert not judged(LOOKS, [*GOOD, look, look], unsure=unsure).holds


def test_nothing_missed_proves_nothing():
    assert not judged([], [], unsure=set()).holds


@pytest.mark.slow
@pytest.mark.parametrize(("plant", "code"), [((), 0), (("--plant",), 1)])
def test_a_short_afternoon_holds_with_workers_killed_and_not_with_a_planted_fault(plant, code):
    database = f"sojourn_watch_{os.getpid()}"
    ran = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--watch", "150", "--database", database, *plant],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert ("DOES NOT HOLD" in ran.stdout) is bool(code)
