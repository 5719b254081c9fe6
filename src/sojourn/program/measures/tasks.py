"""Work that happens by the clock: invitations, reminders, and windows that closed."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from sojourn.program.measures.messages import send_waiting
from sojourn.program.measures.notices import give_notices, note_lapsed

log = logging.getLogger("sojourn.measures")


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="look_after_questionnaires", pass_context=False)
def look_after_questionnaires(timestamp: int) -> None:
    """Invite, remind and note what lapsed, every five minutes."""
    now = timezone.now()
    count = give_notices(now=now) + note_lapsed(now=now)
    if count:
        log.info("%d notices written down", count)
    count = send_waiting(now=now)
    if count:
        log.info("%d messages sent", count)
