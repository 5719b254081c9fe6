"""Long reports are made by the worker, one at a time: the rest of its hands stay free for what cannot wait."""

from uuid import UUID

from procrastinate.contrib.django import app

from sojourn.program.results.reporting import make_report


@app.task(lock="reports", pass_context=False)
def make_asked_report(report_id: str) -> None:
    """Make one report that was asked for."""
    make_report(UUID(report_id))
