"""The database's clock is set back an hour: no deadline is an hour late for that, and no two workers set it right twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from sojourn.program.safety import steady
from sojourn.program.safety.deadlines import moment_if_due
from sojourn.program.safety.models import Deadline, MissedStep, WatchClock
from sojourn.program.safety.steady import SteadyClock
from sojourn.program.treatment.watching import Watch
from tests.launcher.test_doctor import report
from tests.program.treatment.test_watch_faults import look_due

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Clock:
    """The database's clock as the workers read it, and their own steady one."""

    def __init__(self, monkeypatch):
        self.set_by = timedelta()
        self.passed_s = 0.0
        read = steady._read
        self.began = read()[0]
        monkeypatch.setattr(steady, "_read", lambda: (self.now, read()[1]))

    @property
    def now(self):
        return self.began + timedelta(seconds=self.passed_s) + self.set_by

    def worker(self):
        found = SteadyClock(steady=lambda: self.passed_s)
        found.look()
        return found

    def let_pass(self, seconds):
        self.passed_s += seconds


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def ahead():
    return steady.ahead()


def watch_is_ahead():
    with connection.cursor() as cursor:
        cursor.execute("SELECT watch_now() - clock_timestamp()")
        return cursor.fetchone()[0]


def test_a_clock_set_back_an_hour_is_made_good_once_by_however_many_workers(clock):
    workers = [clock.worker() for _ in range(3)]
    clock.let_pass(1)
    clock.set_by -= HOUR
    assert [worker.look() for worker in workers] == [HOUR, timedelta(), timedelta()]
    assert abs(watch_is_ahead() - HOUR) < timedelta(seconds=1)
    for _ in range(5):
        clock.let_pass(1)
        assert [worker.look() for worker in workers] == [timedelta()] * 3
    assert ahead() == HOUR


def test_set_back_twice_and_put_right_again(clock):
    workers = [clock.worker() for _ in range(2)]
    for set_by, expected in ((-HOUR, HOUR), (-HOUR, 2 * HOUR), (2 * HOUR, timedelta())):
        clock.let_pass(1)
        clock.set_by += set_by
        for worker in workers:
            worker.look()
        assert ahead() == expected


def test_a_clock_set_forward_is_believed(clock):
    """Somebody looks an hour too early, and never too late: and put right, it makes up for the hour."""
    worker = clock.worker()
    clock.set_by += HOUR
    worker.look()
    assert ahead() == timedelta()
    clock.set_by -= HOUR
    worker.look()
    assert ahead() == HOUR, "what was armed in that hour would be an hour late"


@pytest.mark.parametrize("seconds", [0.5, 4.9])
def test_a_small_step_is_left_alone(clock, seconds):
    worker = clock.worker()
    clock.let_pass(1)
    clock.set_by -= timedelta(seconds=seconds)
    worker.look()
    assert ahead() == timedelta()


def test_a_slow_answer_or_a_machine_that_slept_is_no_clock_that_was_set(clock):
    worker = clock.worker()
    clock.let_pass(600)  # it slept: both clocks went on
    worker.look()

    def slow():
        clock.let_pass(60)
        return clock.passed_s

    worker._steady = slow  # each question takes a minute, on either side of the answer
    for _ in range(3):
        worker.look()
    assert ahead() == timedelta()


def test_a_look_armed_before_the_clock_was_set_back_is_missed_at_its_time(ward, clock, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    visit = look_due(ward.ada.patient_id, in_s=0)
    # Seen from a clock that was set back an hour, what is due now is due in an hour.
    Deadline.objects.update(due_at=F("due_at") + HOUR, began_at=F("began_at") + HOUR)
    watch = Watch("watch 1")
    watch._clock = clock.worker()
    watch.round()
    assert moment_if_due("look") is None, "by the database's clock alone, the patient waits for an hour"
    clock.set_by -= HOUR
    watch._beat_at = float("-inf")
    watch.round()
    assert MissedStep.objects.get().visit_id == visit
    assert "was set back by 3600 s while sessions ran" in report()["problem"]


def test_when_nothing_is_waited_for_the_clock_is_the_databases_again(ward, clock):
    worker = clock.worker()
    look_due(ward.ada.patient_id, in_s=60)
    clock.set_by -= HOUR
    worker.look()
    assert not steady.rest()
    Deadline.objects.update(is_armed=False)
    assert steady.rest()
    assert ahead() == timedelta()
    assert worker.look() == timedelta()
    clock.set_by -= HOUR
    worker.look()
    assert ahead() == HOUR
    assert WatchClock.objects.count() == 1
