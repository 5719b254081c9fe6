"""The questions of the free assessment, and the facts a clinician adds. Both stand in data/questions.toml."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from sojourn.clinical import instruments
from sojourn.clinical.evidence import Table, read_table
from sojourn.clinical.protocols.states import STATES
from sojourn.clinical.quantities import BloodPressure, Weight

Value = str | float | date | tuple[str, ...] | BloodPressure | Weight
"""What an answer is once it was read."""

DATA = files("sojourn.clinical.protocols") / "data"
PATIENT = "patient"
CLINICIAN = "clinician"

YES_NO_UNKNOWN = (("yes", "Yes"), ("no", "No"), ("unknown", "I don't know"))

ELSEWHERE = "elsewhere"


class Kind(StrEnum):
    YES_NO_UNKNOWN = "yes_no_unknown"
    CHOICE = "choice"
    CHECKLIST = "checklist"
    NUMBER = "number"
    BIRTH_DATE = "birth_date"
    STATE = "state"
    BLOOD_PRESSURE = "blood_pressure"
    WEIGHT = "weight"
    MEDICINES = "medicines"


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class MeasuredBy:
    """The questionnaire that answers a question: by the value of a scale, or by the points of one item.

    `words` are what 0, 1 and so on points of the item are called among the answers; empty where points are the answer.
    """

    instrument: str
    scale: str
    item: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `options` are in the order shown; `low` and `high` bound a number, both included."""

    id: str
    section: Section
    kind: Kind
    text: str
    help: str = ""
    options: tuple[Option, ...] = ()
    asked_of: str = PATIENT
    unit: str = ""
    low: float | None = None
    high: float | None = None
    measured_by: MeasuredBy | None = None

    def label_of(self, value: str) -> str:
        """Give the words shown for a stored choice."""
        return next((option.label for option in self.options if option.value == value), value)


@cache
def questions() -> tuple[Question, ...]:
    """Give the questions of the free assessment, in the order they are asked."""
    return tuple(question for question in all_questions() if question.asked_of == PATIENT)


@cache
def all_questions() -> tuple[Question, ...]:
    """Give every fact a rule may use: what a patient is asked, then what a clinician adds."""
    table = read_table(DATA / "questions.toml", allowed=(), required=("section", "question"))
    sections = {
        row.text("id"): Section(id=row.text("id"), title=row.text("title"))
        for row in table.tables("section", allowed=(), required=("id", "title"))
    }
    found = tuple(
        _question_from(row, sections)
        for row in table.tables(
            "question",
            allowed=("help", "options", "asked_of", "unit", "low", "high", "measured_by"),
            required=("id", "section", "kind", "text"),
        )
    )
    if repeated := _first_repeated([asked.id for asked in found]):
        raise table.refuse("question", f"{repeated} stands twice; give each question one id")
    return found


def _first_repeated(ids: list[str]) -> str | None:
    return next((name for place, name in enumerate(ids) if name in ids[:place]), None)


@cache
def _questions_by_id() -> dict[str, Question]:
    return {question.id: question for question in all_questions()}


def question(question_id: str) -> Question | None:
    """Find a question, or give None when there is none of that name."""
    return _questions_by_id().get(question_id)


def _question_from(row: Table, sections: dict[str, Section]) -> Question:
    kind = Kind(row.choice("kind", tuple(Kind)))
    for key in ("unit", "low", "high") if kind is Kind.NUMBER else ():
        if key not in row:
            raise row.refuse(key, "is missing: a number has a unit and two bounds")
    return Question(
        id=row.text("id"),
        section=sections[row.choice("section", tuple(sections))],
        kind=kind,
        text=row.text("text"),
        help=row.text_or_none("help") or "",
        options=_options_of(row, kind),
        asked_of=row.choice("asked_of", (PATIENT, CLINICIAN)) if "asked_of" in row else PATIENT,
        unit=row.text_or_none("unit") or "",
        low=row.number_or_none("low"),
        high=row.number_or_none("high"),
        measured_by=_measured_by(row) if "measured_by" in row else None,
    )


def _measured_by(question: Table) -> MeasuredBy:
    row = question.table("measured_by", allowed=("scale", "item", "words"), required=("instrument",))
    if ("scale" in row) == ("item" in row):
        raise row.refuse("measured_by", "name the scale or the item that answers the question")
    measure = MeasuredBy(
        row.text("instrument"),
        row.text_or_none("scale") or "",
        row.text_or_none("item") or "",
        row.texts("words") if "words" in row else (),
    )
    try:
        instrument = instruments.get(measure.instrument)
    except instruments.UnknownInstrument as unknown:
        raise row.refuse("instrument", "name a questionnaire of `clinical/instruments/data`") from unknown
    scales = {scale.id for scale in instrument.scales}
    if measure.scale not in scales | {""} or measure.item not in instrument.by_id.keys() | {""}:
        raise row.refuse("measured_by", f"{instrument.id} has no such scale or item")
    return measure


def _options_of(row: Table, kind: Kind) -> tuple[Option, ...]:
    if kind is Kind.YES_NO_UNKNOWN:
        return tuple(Option(value, label) for value, label in YES_NO_UNKNOWN)
    if kind is Kind.STATE:
        return (
            *(Option(code, name) for code, name in STATES),
            Option(ELSEWHERE, "Outside the United States"),
        )
    if kind in {Kind.CHOICE, Kind.CHECKLIST}:
        options = tuple(
            Option(option.text("value"), option.text("label"))
            for option in row.tables("options", allowed=(), required=("value", "label"))
        )
        if "unknown" not in {option.value for option in options}:
            raise row.refuse("options", 'add one with the value "unknown": not knowing is an answer')
        return options
    return ()
