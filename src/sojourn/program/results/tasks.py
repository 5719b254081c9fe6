"""Long reports are made by the worker, one at a time: the rest of its hands stay free for what cannot wait."""

import logging
from uuid import UUID

from procrastinate.contrib.django import app

from sojourn.program.results.holding import take_up_lost_work
from sojourn.program.results.reporting import make_report

log = logging.getLogger("sojourn.results")


@app.task(lock="reports", pass_context=False)
def make_asked_report(report_id: str) -> None:
    """Make one report that was asked for."""
    make_report(UUID(report_id))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="take_up_lost_reports", pass_context=False)
async def take_up_lost_reports(timestamp: int) -> None:
    """Put reports whose worker is gone back in line, each minute."""
    count = await take_up_lost_work()
    if count:
        log.warning("%d reports lost their worker and are made again", count)
