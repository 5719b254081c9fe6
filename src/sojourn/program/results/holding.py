"""Who works on a report holds it, by the database's clock, and says so again and again; who was killed no longer does."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from typing import Final
from uuid import UUID, uuid4

from django.db import DatabaseError, connection
from django.db.models import F, Q
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from sojourn.program.results.models import Report

WORK: Final = "sojourn.program.results.tasks.make_asked_report"
HELD_FOR = timedelta(seconds=15)
SAID_EVERY = timedelta(seconds=5)
GONE_AFTER = timedelta(seconds=40)  # since the last beat of a worker: by then no hold of it stands any more
MOST_TRIES: Final = 3
log = logging.getLogger("sojourn.results")


class NoLongerHeld(Exception):
    """The report was taken back, or somebody else works on it by now."""


@dataclass
class Hold:
    """One worker's hold of one report. Nothing is written to the report but through it."""

    report_id: UUID
    holder: UUID
    let_go: Event = field(default_factory=Event)

    def write(self, **values: object) -> None:
        """Write to the report. Raises NoLongerHeld where that is no longer this worker's to do."""
        held = Report.objects.filter(pk=self.report_id, holder=self.holder, cancelled_at=None)
        if not held.update(**values):
            raise NoLongerHeld

    def say_so(self) -> None:
        """Prolong the hold until it is let go; a database that does not answer is asked again."""
        while not self.let_go.wait(SAID_EVERY.total_seconds()):
            try:
                mine = Report.objects.filter(pk=self.report_id, holder=self.holder)
                mine.update(held_until=Now() + HELD_FOR)
            except DatabaseError:
                log.warning("a report's worker could not say that it goes on")
            finally:
                connection.close()


@contextmanager
def held(report_id: UUID) -> Iterator[Hold | None]:
    """Hold a report while working on it; None where it is over, or somebody else holds it.

    A report whose workers were stopped again and again is given up, in words.
    """
    hold = Hold(report_id, uuid4())
    if not _taken(hold):
        yield None
        return
    voice = Thread(target=hold.say_so, name="report", daemon=True)
    voice.start()
    try:
        yield hold
    finally:
        hold.let_go.set()
        voice.join()
        Report.objects.filter(pk=report_id, holder=hold.holder).update(held_until=Now())


async def take_up_lost_work() -> int:
    """Put the reports of workers that are gone back in line; without it no later report would be made either."""
    lost = await app.job_manager.get_stalled_jobs(
        task_name=WORK, seconds_since_heartbeat=GONE_AFTER.total_seconds()
    )
    again = 0
    for job in lost:
        await app.job_manager.retry_job(job)
        again += 1
    return again


def _taken(hold: Hold) -> bool:
    free = Report.objects.filter(
        Q(held_until=None) | Q(held_until__lte=Now()), pk=hold.report_id, finished_at=None, cancelled_at=None,
        failed_because="",
    )  # fmt: skip
    given_up = free.filter(tries__gte=MOST_TRIES).update(
        failed_because=f"Its worker was stopped {MOST_TRIES} times while making it. Ask for fewer people, or start it again."
    )
    if given_up:
        return False
    return bool(free.update(holder=hold.holder, held_until=Now() + HELD_FOR, tries=F("tries") + 1))
