"""Work that happens by the clock. The deadline is a column of the alarm itself; these jobs only look at it often."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from sojourn.program.safety.actions import escalate_overdue

log = logging.getLogger("sojourn.safety")


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="escalate_overdue_alarms", pass_context=False)
def escalate_overdue_alarms(timestamp: int) -> None:
    """Escalate alarms nobody has acknowledged in time, once a minute."""
    count = escalate_overdue(now=timezone.now())
    if count:
        log.warning("%d alarms escalated", count)
