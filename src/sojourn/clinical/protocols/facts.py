"""What a person answered, read from a form: checked, typed, kept, and turned into facts for rules."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sojourn.clinical.protocols.conditions import NONE_OF_THESE
from sojourn.clinical.protocols.contradictions import contradictions
from sojourn.clinical.protocols.questions import ELSEWHERE, Kind, Question, Value, all_questions
from sojourn.clinical.quantities import BloodPressure, Implausible, Weight, age_years

MONTHS = 12
LONGEST_ANSWER = 100  # program policy: no accepted answer is longer
LONGEST_LIST = 2000  # program policy: a list of medicines may be longer


class FactsInvalid(ValueError):
    """Some answers could not be read. `problems` maps each question's id to a message in plain words."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Facts:
    """Answers by question id. An unanswered question is absent; "I don't know" is the answer "unknown"."""

    answers: tuple[tuple[str, Value], ...] = ()

    def get(self, name: str) -> Value | None:
        return dict(self.answers).get(name)

    def with_answers(self, added: "Facts") -> "Facts":
        """Give these facts with others added; the added ones win."""
        return Facts(tuple(sorted({**dict(self.answers), **dict(added.answers)}.items())))

    def as_json(self) -> dict[str, Any]:
        """Give a form that can be stored and read back with `facts_from_json`."""
        return {name: _value_as_json(value) for name, value in self.answers}


def read_facts(raw: Mapping[str, str | Sequence[str]]) -> Facts:
    """Read raw answers as a form sends them: text by question id, a list of texts for a checklist.

    Blank means not answered. Entries of `raw` that are no question (such as a form token) are left alone.
    Weight is text with its unit ("180 lb", "82 kg"); blood pressure is "120/80"; a date is what `read_day` reads.
    Whether a birth date lies in the future depends on the day: `evaluate` and `refuse_future` are given it.
    Raises FactsInvalid with one message for each question that could not be read.
    """
    answers: dict[str, Value] = {}
    problems: dict[str, str] = {}
    for asked in all_questions():
        given = raw.get(asked.id, "")
        try:
            value = _read(asked, given)
        except ValueError as refused:
            problems[asked.id] = str(refused)
        else:
            if value is not None:
                answers[asked.id] = value
    problems = problems or contradictions(answers)
    if problems:
        raise FactsInvalid(problems)
    return Facts(tuple(sorted(answers.items())))


def as_raw(facts: Facts) -> dict[str, str | list[str]]:
    """Give answers back as a form would send them, so that somebody can correct one; `read_facts` reads them again."""
    return {name: _as_raw(value) for name, value in facts.answers}


def _as_raw(value: Value) -> str | list[str]:
    match value:
        case BloodPressure():
            return f"{value.systolic_mmhg}/{value.diastolic_mmhg}"
        case Weight():
            kg = round(value.kg, 2)
            return f"{kg:g} kg" if kg == value.kg else f"{round(value.lb, 2):g} lb"
        case date():
            return value.isoformat()
        case tuple():
            return list(value)
        case float():
            return f"{value:g}"
        case _:
            return value


def refuse_future(facts: Facts, *, on: date) -> None:
    """Raise FactsInvalid when the birth date is after the given day, or too long before it."""
    born_on = facts.get("born_on")
    if not isinstance(born_on, date):
        return
    try:
        age_years(born_on=born_on, on=on)
    except Implausible as refused:
        raise FactsInvalid({"born_on": refused.message}) from refused


def facts_from_json(stored: Mapping[str, Any]) -> Facts:
    """Read facts back as they were stored, whatever questions are asked today."""
    return Facts(tuple(sorted((name, _value_from_json(value)) for name, value in stored.items())))


def _read(asked: Question, given: str | Sequence[str]) -> Value | None:
    if not isinstance(given, str | list | tuple) or not all(isinstance(entry, str) for entry in given):
        raise ValueError("Please give this answer in words.")
    if asked.kind is Kind.CHECKLIST:
        return _read_checklist(asked, given)
    if asked.kind is Kind.MEDICINES and not isinstance(given, str):
        given = "\n".join(given)
    if not isinstance(given, str):
        raise ValueError("Please give one answer here.")  # noqa: TRY004 - a message for the person answering
    return _read_text(asked, given.strip()) if given.strip() else None


def _read_text(asked: Question, text: str) -> Value:
    if len(text) > (LONGEST_LIST if asked.kind is Kind.MEDICINES else LONGEST_ANSWER):
        raise ValueError("That answer is too long. Please shorten it.")
    match asked.kind:
        case Kind.BIRTH_DATE:
            return read_day(text)
        case Kind.NUMBER:
            return _read_number(asked, text)
        case Kind.BLOOD_PRESSURE:
            return _read_blood_pressure(text)
        case Kind.WEIGHT:
            return _read_weight(text)
        case Kind.MEDICINES:
            return _read_medicines(text)
        case _:
            return _read_choice(asked, text)


def _read_choice(asked: Question, text: str) -> str:
    value = text.upper() if asked.kind is Kind.STATE and text.lower() != ELSEWHERE else text.lower()
    if value not in {option.value for option in asked.options}:
        raise ValueError("Please choose one of the answers shown.")
    return value


def _read_checklist(asked: Question, given: str | Sequence[str]) -> tuple[str, ...] | None:
    ticked = given.split(",") if isinstance(given, str) else list(given)
    chosen = {entry.strip().lower() for entry in ticked if entry.strip()}
    if not chosen:
        return None
    if not chosen <= {option.value for option in asked.options}:
        raise ValueError("Please choose from the answers shown.")
    if NONE_OF_THESE in chosen and len(chosen) > 1:
        raise ValueError(
            "You ticked “None of these” and something else as well. Please keep one or the other."
        )
    return tuple(sorted(chosen))


def read_day(text: str) -> date:
    """Read a day as people write it: 05/31/1980, with dots, dashes, spaces or nothing between, or 1980-05-31.

    Month before day, as in the United States. Raises ValueError with a message for whoever wrote it.
    """
    parts = re.sub(r"\s*[-/.\s]\s*", " ", text.strip())
    year_first = re.fullmatch(r"([0-9]{4}) ([0-9]{1,2}) ([0-9]{1,2})", parts)
    month_first = re.fullmatch(r"([0-9]{1,2}) ([0-9]{1,2}) ([0-9]{4})|([0-9]{2})([0-9]{2})([0-9]{4})", parts)
    if year_first:
        year, month, day = (int(part) for part in year_first.groups())
    elif month_first:
        month, day, year = (int(part) for part in month_first.groups() if part)
    else:
        raise ValueError("Please enter a date such as 05/31/1980.")
    if month > MONTHS and day <= MONTHS:
        raise ValueError("Please write the month first, then the day, such as 05/31/1980.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("There is no such day. Please enter a date such as 05/31/1980.") from None


def _read_number(asked: Question, text: str) -> float:
    bounds = f"Please enter a number from {asked.low:g} to {asked.high:g}." if asked.low is not None else ""
    sign = "-?" if asked.low is not None and asked.low < 0 else ""
    if not re.fullmatch(sign + r"[0-9]+([.,][0-9]+)?", text):
        raise ValueError(bounds or "Please enter a number.")
    value = float(text.replace(",", "."))
    if (asked.low is not None and value < asked.low) or (asked.high is not None and value > asked.high):
        raise ValueError(bounds)
    return value


def _read_blood_pressure(text: str) -> BloodPressure:
    found = re.fullmatch(r"([0-9]{1,3})\s*(?:/|over|\s)\s*([0-9]{1,3})", text, flags=re.ASCII)
    if not found:
        raise ValueError("Please enter two numbers with a slash between them, such as 120/80.")
    return BloodPressure(systolic_mmhg=int(found[1]), diastolic_mmhg=int(found[2]))


def _read_medicines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for entry in re.split(r"[\n,;]", text) if (name := entry.strip())))


def _read_weight(text: str) -> Weight:
    found = re.fullmatch(
        r"([0-9]{1,4}(?:[.,][0-9]{1,2})?)\s*(kg|kgs|kilograms?|kilos?|lb|lbs|pounds?)?\.?", text.lower()
    )
    if not found:
        raise ValueError("Please enter your weight with its unit, such as 180 lb or 82 kg.")
    amount, unit = float(found[1].replace(",", ".")), found[2]
    if unit is None:
        raise ValueError("Please add the unit: 180 lb or 82 kg.")
    return Weight(kg=amount) if unit.startswith("k") else Weight.from_lb(amount)


def _value_as_json(value: Value) -> Any:
    match value:
        case BloodPressure():
            return {"systolic_mmhg": value.systolic_mmhg, "diastolic_mmhg": value.diastolic_mmhg}
        case Weight():
            return {"kg": value.kg}
        case date():
            return {"day": value.isoformat()}
        case tuple():
            return list(value)
        case _:
            return value


def _value_from_json(value: Any) -> Value:
    match value:
        case {"systolic_mmhg": int(systolic), "diastolic_mmhg": int(diastolic)}:
            return BloodPressure(systolic_mmhg=systolic, diastolic_mmhg=diastolic)
        case {"kg": int() | float() as kg}:
            return Weight(kg=float(kg))
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case list():
            return tuple(str(entry) for entry in value)
        case str():
            return value
        case int() | float() if not isinstance(value, bool):
            return float(value)
    raise FactsInvalid({"stored": f"cannot read back {value!r}"})
