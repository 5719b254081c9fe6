"""Questions that show whether something was understood, as consents and lessons ask them."""

from dataclasses import dataclass

from sojourn.clinical.evidence.data_files import Table

QUESTION_KEYS = ("id", "asks", "options", "correct", "explanation")


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question with one right answer. `explanation` is shown when the answer is wrong."""

    id: str
    asks: str
    options: tuple[Option, ...]
    correct: str
    explanation: str


def read_questions(table: Table) -> tuple[Question, ...]:
    """Read the list of tables `question`. Raise DataFileInvalid."""
    return tuple(_question_from(row) for row in table.tables("question", allowed=(), required=QUESTION_KEYS))


def _question_from(row: Table) -> Question:
    options = tuple(
        Option(option.text("value"), option.text("label"))
        for option in row.tables("options", allowed=(), required=("value", "label"))
    )
    return Question(
        id=row.text("id"),
        asks=row.text("asks"),
        options=options,
        correct=row.choice("correct", [option.value for option in options]),
        explanation=row.text("explanation"),
    )
