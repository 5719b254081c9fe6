"""Reads single facts of an event, from the texts of a form or from where they were stored."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

LONGEST_WORDS: Final = 2000
MORE_THAN_ANY: Final = 10_000  # whole numbers have four digits at most, typed or sent


class Fields:
    """The facts of one event being read, with the problems found so far: each field with a message in plain words."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts
        self.problems: dict[str, str] = {}

    def words(self, name: str, *, needed: str = "") -> str:
        """A text without the space around it; "" where there is none."""
        value = self.facts.get(name)
        text = value.strip() if isinstance(value, str) else ""
        if value is not None and not isinstance(value, str):
            self.problems[name] = "Please enter a text."  # never dropped unseen
        elif needed and not text:
            self.problems[name] = needed
        if len(text) > LONGEST_WORDS:
            self.problems[name] = f"Please use at most {LONGEST_WORDS} characters."
        return text

    def yes(self, name: str) -> bool | None:
        """Yes or no; None where neither was said."""
        value = self.facts.get(name)
        if value in (True, "yes", "true", "on", "1"):
            return True
        return False if value in (False, "no", "false", "0") else None

    def whole(self, name: str) -> int | None:
        """A whole number of four digits at most; None where nothing was entered."""
        value = self.facts.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and abs(value) < MORE_THAN_ANY and value == int(value):  # 120.0 and 120 are one number
            return int(value)
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,4}", value.strip()):
            return int(value)
        self.problems[name] = "Please enter a whole number."
        return None

    def quantity(self, name: str, *, needed: str) -> float:
        """A number from 0 to 100,000, written with at most three decimals."""
        text = str(self.facts.get(name, "")).strip()
        if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", text):
            self.problems[name] = needed
            return 0.0
        return float(text)

    def day(self, name: str, *, needed: str) -> date | None:
        """A day; None and a problem where it cannot be read."""
        value = self.facts.get(name)
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value or ""))
        except ValueError:
            self.problems[name] = needed
            return None

    def bounded(self, name: str, lowest: int, highest: int) -> int | None:
        """A whole number between two others, both of them allowed."""
        value = self.whole(name)
        if value is not None and not lowest <= value <= highest:
            self.problems[name] = f"Please enter a whole number from {lowest} to {highest}."
        return value

    def measured(self, name: str, made: Callable[[int], Any]) -> Any:
        """A measurement made of a whole number; what refuses it says why."""
        value = self.whole(name)
        if value is None:
            return None
        try:
            return made(value)
        except ValueError as refused:
            self.problems[name] = str(refused)
