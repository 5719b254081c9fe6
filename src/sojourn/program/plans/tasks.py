"""Work that happens by the clock: what is asked in a course follows what has become known since it was booked."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from sojourn.program.plans.asking import ask_for_open_courses

log = logging.getLogger("sojourn.plans")


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="ask_for_open_courses", pass_context=False)
def keep_courses_asked(timestamp: int) -> None:
    """Bring the questionnaires of every open course in line, once an hour."""
    count = ask_for_open_courses(now=timezone.now())
    log.info("looked at %d open courses", count)
