"""Questionnaires asked of Ada, and answers to them: all zero but for what a test names."""

from datetime import date, timedelta
from uuid import UUID

from sojourn.clinical import instruments
from sojourn.program.measures import actions
from sojourn.program.people.actors import Actor
from sojourn.program.people.places import local_date
from tests.support.ward import NOW, Ward

OAKLAND = "America/Los_Angeles"
TODAY = local_date(NOW, OAKLAND)


def ask(ward: Ward, instrument_id: str = "phq-9", due_on: date = TODAY, patient: Actor | None = None) -> UUID:
    """Ask for a questionnaire that opens and is due on this day, and closes a week later."""
    patient = patient or ward.ada
    assert patient.patient_id
    return actions.request_questionnaire(
        patient_id=patient.patient_id,
        instrument_id=instrument_id,
        occasion="before treatment",
        opens_on=due_on,
        due_on=due_on,
        closes_on=due_on + timedelta(days=7),
        actor=patient,
        now=NOW,
    )


def all_zero(instrument_id: str = "phq-9", **changed: str | int | None) -> dict[str, str | int | None]:
    """Answer every item with 0, but for the changed ones; None leaves one blank."""
    return {**{item.id: "0" for item in instruments.get(instrument_id).items}, **changed}
