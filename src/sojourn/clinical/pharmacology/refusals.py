"""What is said when something cannot be simulated: the field, what is wrong, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches
from math import isfinite

CLOSE = 0.75  # of 1, as difflib counts likeness


class CannotSimulate(ValueError):
    """The regimen, person or population cannot be simulated. `field` is the one to correct."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(f"`{field}`: {remedy}")
        self.field = field
        self.remedy = remedy


def number_within(field: str, value: object, low: float, high: float, remedy: str) -> float:
    """Give the value as a number within the bounds. Raise CannotSimulate."""
    if isinstance(value, str):
        raise CannotSimulate(field, f"give a bare number, without a unit or quotes: {remedy}")
    if value is None:
        raise CannotSimulate(field, f"is missing; {remedy}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotSimulate(field, f"is not a number; {remedy}")
    if not isfinite(value):
        raise CannotSimulate(field, f"{value} is not a number that can be used; {remedy}")
    if not low <= value <= high:
        raise CannotSimulate(field, f"{value:g} is too {'small' if value < low else 'large'}; {remedy}")
    return float(value)


def whole_within(field: str, value: object, low: int, high: int, remedy: str) -> int:
    """Give the value as a whole number within the bounds. Raise CannotSimulate."""
    number = number_within(field, value, low, high, remedy)
    if not isinstance(value, int):
        raise CannotSimulate(field, f"{number:g} is not a whole number; {remedy}")
    return value


def not_known(field: str, word: object, known: Iterable[str]) -> CannotSimulate:
    """Say that a word is not one of those known, which come near, and which there are."""
    words = [str(each) for each in known]
    near = get_close_matches(str(word).lower(), words, n=1, cutoff=CLOSE)
    guess = f' (did you mean "{near[0]}"?)' if near else ""
    return CannotSimulate(field, f'"{word}" is not known{guess}; use one of {", ".join(words)}')
