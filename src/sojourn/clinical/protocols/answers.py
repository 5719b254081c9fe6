"""Puts stored answers back into the words in which they were asked and given."""

from dataclasses import dataclass
from datetime import date

from sojourn.clinical.protocols.facts import Facts
from sojourn.clinical.protocols.questions import PATIENT, Question, Value, all_questions
from sojourn.clinical.quantities import Weight

NOT_ANSWERED = "not answered"


@dataclass(frozen=True, slots=True)
class Said:
    """One question with its answer in words. `is_answered` is False for a question left blank."""

    question_id: str
    section: str
    question: str
    answer: str
    is_answered: bool


def answers_in_words(facts: Facts) -> tuple[Said, ...]:
    """Give each question of the free assessment and each fact a clinician added, with its answer in words."""
    given = dict(facts.answers)
    return tuple(
        Said(
            question_id=asked.id,
            section=asked.section.title,
            question=asked.text,
            answer=_in_words(asked, given[asked.id]) if asked.id in given else NOT_ANSWERED,
            is_answered=asked.id in given,
        )
        for asked in all_questions()
        if asked.asked_of == PATIENT or asked.id in given
    )


def _in_words(asked: Question, value: Value) -> str:
    match value:
        case tuple():
            return "; ".join(asked.label_of(ticked) for ticked in value)
        case Weight():
            return f"{value.kg:.1f} kg ({value.lb:.0f} lb)"
        case date():
            return f"{value:%m/%d/%Y}"
        case float():
            return f"{value:g} {asked.unit}".strip()
        case str():
            return asked.label_of(value)
        case _:
            return str(value)
