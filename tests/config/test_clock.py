"""The machine's clock is set back an hour in the middle of a session: what is recorded then is dated after the dose."""

from datetime import UTC, datetime, timedelta

from django.db import OperationalError

from sojourn.config.clock import ASK_EVERY_S, PagesClock

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Machine:
    def __init__(self):
        self.passed_s, self.set_by, self.agreed, self.asked = 0.0, timedelta(), timedelta(), 0
        self.clock = PagesClock(wall=lambda: self.wall, steady_s=lambda: self.passed_s, agreed=self.ask)

    @property
    def wall(self):
        return NOON + timedelta(seconds=self.passed_s) + self.set_by

    def ask(self):
        self.asked += 1
        if self.agreed is None:
            raise OperationalError
        return self.agreed

    def after(self, seconds):
        self.passed_s += seconds
        return self.clock.now()


def test_time_goes_on_where_the_clock_was_set_back_and_the_watch_agrees():
    machine = Machine()
    assert machine.after(0) == NOON
    machine.set_by = -HOUR
    assert machine.after(1) == NOON + timedelta(seconds=1)
    machine.agreed = HOUR
    for second in range(2, 30):
        assert machine.after(1) == NOON + timedelta(seconds=second)
    machine.set_by = timedelta()  # put right again
    assert machine.after(1) == NOON + timedelta(seconds=30)
    machine.agreed = timedelta()
    assert machine.after(10) == NOON + timedelta(seconds=40)


def test_a_process_that_begins_after_the_clock_was_set_back_asks_the_watch_first():
    machine = Machine()
    machine.set_by, machine.agreed = -HOUR, HOUR
    assert machine.after(0) == NOON


def test_once_nothing_runs_the_machines_clock_is_taken_as_it_is():
    machine = Machine()
    machine.after(0)
    machine.set_by = -HOUR
    assert machine.after(1) == machine.wall + HOUR
    machine.agreed = timedelta()  # the watch waits for nothing and has let it go
    assert machine.after(ASK_EVERY_S) == machine.wall


def test_a_clock_set_forward_is_believed_and_a_silent_database_changes_nothing():
    machine = Machine()
    machine.after(0)
    machine.set_by = HOUR
    assert machine.after(1) == machine.wall
    machine.set_by, machine.agreed = -HOUR, None
    before = machine.after(1)
    assert before == machine.wall + 2 * HOUR
    assert machine.after(60) == before + timedelta(seconds=60)


def test_the_database_is_asked_every_five_seconds_at_most():
    machine = Machine()
    for _ in range(100):
        machine.after(0.1)
    assert machine.asked <= 3
