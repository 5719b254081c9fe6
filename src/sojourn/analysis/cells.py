"""What a cell of a table says: a score, nothing, or why it cannot be taken."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sojourn.analysis.table_map import TableMap
from sojourn.clinical.outcomes.reports import Yardstick

PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,20})?")
CODES = {"-1", "-8", "-9", "-99", "77", "88", "98", "99", "777", "888", "999", "9999"}
FIRST_DAY = date(1900, 1, 1)
MOST_DAYS = 36525


class CellRefused(Exception):
    """A cell cannot be taken; the text completes "the cell ..." and never repeats the value."""


@dataclass(frozen=True)
class CellReader:
    """Reads cells by a map and a scale. `today` is the day after which no score can be."""

    table_map: TableMap
    yardstick: Yardstick
    today: date

    def is_missing(self, text: str) -> bool:
        """Tell whether a cell says that there is nothing."""
        return text.casefold() in self.table_map.missing

    def score(self, text: str) -> Fraction | None:
        """Give a score as it stands, None for "no score". Raises CellRefused; nothing is rounded or clipped."""
        if self.is_missing(text):
            return None
        if not PLAIN_NUMBER.fullmatch(text):
            raise CellRefused("is not a number")
        value = Fraction(text)
        hint = "; if it stands for missing, list it under `missing` in a map" if text in CODES else ""
        if value < self.yardstick.low:
            raise CellRefused(f"is below {self.yardstick.low}, the lowest possible score{hint}")
        if value > self.yardstick.high:
            raise CellRefused(f"is above {self.yardstick.high}, the highest possible score{hint}")
        whole = self.table_map.whole_numbers
        if value.denominator != 1 and (self.yardstick.whole_numbers if whole is None else whole):
            raise CellRefused("is not a whole number; a map with whole_numbers = false takes it as it is")
        return value

    def day(self, text: str) -> int:
        """Give a number of days after the first day. Raises CellRefused."""
        if not PLAIN_NUMBER.fullmatch(text) or Fraction(text).denominator != 1:
            raise CellRefused("is not a whole number of days")
        if abs(int(Fraction(text))) > MOST_DAYS:
            raise CellRefused("is more than a hundred years away")
        return int(Fraction(text))

    def calendar_day(self, text: str, born_on: date | None = None) -> date:
        """Give a calendar day that can be. Raises CellRefused."""
        try:
            on = datetime.strptime(text, self.table_map.date_format).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            raise CellRefused(f"is not a day written as {self.table_map.date_format}") from None
        if on > self.today:
            raise CellRefused("is after today")
        if on < FIRST_DAY:
            raise CellRefused(f"is before {FIRST_DAY.year}")
        if born_on is not None and on < born_on:
            raise CellRefused("is before the person was born")
        return on

    def optional(self, read: Callable[[str], date], text: str) -> date | None:
        """Read a cell that may be empty."""
        return None if self.is_missing(text) else read(text)
