"""Work that happens by the clock: a change of the rules, or the last day of one, is noticed within a minute."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from sojourn.program.intake.rechecking import recheck_everybody

log = logging.getLogger("sojourn.intake")


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="recheck_everybody", pass_context=False)
def recheck_by_the_rules_of_now(timestamp: int) -> None:
    """Judge everybody again after the rules have changed; does nothing where that is done."""
    count = recheck_everybody(now=timezone.now())
    if count:
        log.info("%d assessments judged by the rules of now", count)
