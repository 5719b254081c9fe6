"""Answers to an instrument: what was chosen, and what was left blank."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sojourn.clinical.instruments.definition import Instrument, Item


class AnswersInvalid(ValueError):
    """Some answers are not among those offered. `problems` holds a message per item, never the answer."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"answers not accepted for: {', '.join(sorted(problems))}")
        self.problems = dict(problems)


@dataclass(frozen=True)
class Answers:
    """The value chosen for each item, in the order of the instrument; None is blank."""

    instrument_id: str
    instrument_version: str
    definition_hash: str
    values: tuple[tuple[str, int | None], ...]

    def __getitem__(self, item_id: str) -> int | None:
        return self._by_id[item_id]

    @cached_property
    def _by_id(self) -> Mapping[str, int | None]:
        return dict(self.values)

    @property
    def blank(self) -> tuple[str, ...]:
        return tuple(item_id for item_id, value in self.values if value is None)

    def as_json(self) -> dict[str, object]:
        """Give plain data to store; `answers_from_json` reads it back."""
        return {
            "instrument": self.instrument_id,
            "version": self.instrument_version,
            "definition_hash": self.definition_hash,
            "values": dict(self.values),
        }


def read_answers(instrument: Instrument, raw: Mapping[str, str | int | None]) -> Answers:
    """Read raw answers by item id; an absent item, None and a blank text are blank.

    Raise AnswersInvalid for anything that is not among the offered values: nothing is clipped or guessed.
    """
    problems = {
        item_id: "This question does not belong to the questionnaire."
        for item_id in raw
        if item_id not in instrument.by_id
    }
    values: list[tuple[str, int | None]] = []
    for item in instrument.items:
        given = raw.get(item.id)
        if given is None or (isinstance(given, str) and not given.strip()):
            values.append((item.id, None))
        elif (value := _offered(item, given)) is None:
            problems[item.id] = "Choose one of the answers shown, or leave the question blank."
        else:
            values.append((item.id, value))
    if problems:
        raise AnswersInvalid(problems)
    return Answers(instrument.id, instrument.version, instrument.definition_hash, tuple(values))


def _offered(item: Item, given: object) -> int | None:
    if isinstance(given, str):
        return {str(option.value): option.value for option in item.options}.get(given.strip())
    if not isinstance(given, int) or isinstance(given, bool):
        return None
    return given if any(option.value == given for option in item.options) else None


def points_of(instrument: Instrument, answers: Answers, item_id: str) -> int | None:
    """Give the points of one answer; None where it is blank or "not applicable"."""
    value = answers[item_id]
    return None if value is None else instrument.item(item_id).option(value).points


def answers_from_json(instrument: Instrument, stored: Mapping[str, object]) -> Answers:
    """Read back what `as_json` gave. Raise AnswersInvalid, and ValueError for another definition."""
    if (stored.get("instrument"), stored.get("definition_hash")) != (
        instrument.id,
        instrument.definition_hash,
    ):
        raise ValueError("these answers were given to another definition of the instrument")
    values = stored.get("values")
    if not isinstance(values, Mapping):
        raise AnswersInvalid({"values": "The stored answers hold no values."})
    return read_answers(instrument, values)
