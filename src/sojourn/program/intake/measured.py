"""What a patient's answered questionnaires say to the questions of the clinical screen."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sojourn.clinical import instruments
from sojourn.clinical.protocols.measured import instruments_that_answer, measured
from sojourn.program.measures.queries import newest_answers_of
from sojourn.program.people.actors import Actor


@dataclass(frozen=True)
class MeasuredFact:
    """The answer a questionnaire gives to a question, as a form sends it, and the day it counts for."""

    raw: str
    title: str
    on: date


def measured_facts(patient_id: UUID, *, actor: Actor) -> dict[str, MeasuredFact]:
    """Give what the newest answers to each questionnaire say, by question. One query."""
    newest = newest_answers_of(patient_id, instruments_that_answer(), actor=actor)
    found = {}
    for instrument_id, (answers, on) in newest.items():
        for question_id, raw in measured({instrument_id: answers}).items():
            found[question_id] = MeasuredFact(raw, instruments.get(instrument_id).title, on)
    return found
