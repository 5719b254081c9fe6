"""Work that happens by the clock: the changes of phases are added up, so that counting them stays quick."""

from procrastinate.contrib.django import app

from sojourn.program.treatment.phases import add_up_phases


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="add_up_changes_of_phases", pass_context=False)
def add_up_changes_of_phases(timestamp: int) -> None:
    """Put one row for each site and phase in the place of all changes since."""
    add_up_phases()
