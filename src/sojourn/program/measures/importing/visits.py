"""From one row to a person, a day and a score; or to the reason why not."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sojourn.clinical import instruments
from sojourn.program.measures.importing.import_map import FIRST_DAY, ImportMap
from sojourn.program.measures.importing.score_file import Opened, Row

LONGEST_ID = 80
LONGEST_KEY = 200


class Visit(NamedTuple):
    """What a row says: who, which visit, on which day. `value` is None where nothing was measured.

    A tuple, and not a dataclass like its neighbors, because a file may hold millions of them.
    """

    line: int
    person: str
    label: str
    on: date
    value: int | None


@dataclass(frozen=True)
class Refusal:
    """A row that was not taken. `value` is what the cell holds: it belongs in the report file only."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Unscored:
    """A refused score of a person and visit that are known: it shows as a gap in the chart."""

    visit: Visit
    refusal: Refusal


@dataclass(frozen=True)
class LeftOut:
    """A row of a visit that the map leaves out; `has_score` when something stands in the score column."""

    person: str
    has_score: bool


Found = Visit | Unscored | LeftOut | Refusal


class _Refused(Exception):
    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


class RowReader:
    """Reads the rows of one opened file by its map. `today` is the day after which no score can be."""

    def __init__(self, opened: Opened, import_map: ImportMap, today: date) -> None:
        self.map = import_map
        self.today = today
        self.place = opened.column
        self.births_unread = 0
        self._before = ""
        self._labels = _one_label_a_day(import_map.visits)
        self._days: dict[date, tuple[date, str]] = {}

    def read(self, row: Row) -> Found:
        """Say what a row holds."""
        if row.wrong:
            return Refusal(row.line, "", " ".join(row.cells)[:200], row.wrong)
        try:
            return self._read(row)
        except _Refused as refused:
            return Refusal(row.line, refused.column, refused.value[:200], refused.reason)

    def born_on(self, row: Row) -> date | None:
        """Give the birth date a row states; None where it states none that can be, which is counted."""
        if self.map.born_column is None:
            return None
        text = self._cell(row, self.map.born_column)
        if text.casefold() in self.map.missing or not text:
            return None
        born = self._birth(text)
        self.births_unread += born is None
        return born

    def _birth(self, text: str) -> date | None:
        try:
            born = _day(text, self.map.date_format)
        except ValueError:
            return None
        return born if FIRST_DAY <= born <= self.today else None

    def _read(self, row: Row) -> Visit | Unscored | LeftOut:
        person = self._person(row)
        score = self._cell(row, self.map.score_column)
        is_missing = score.casefold() in self.map.missing
        label = self._cell(row, self.map.visit_column or self.map.date_column or "")
        if label in self.map.left_out:
            return LeftOut(person, has_score=not is_missing)
        on = self._on(row, label)
        self._after_birth(row, on)
        # One day and one label object for all rows that share them: a file may hold millions.
        on, label_of_day = self._days.setdefault(on, (on, on.isoformat()))
        label = label_of_day if self.map.date_column else self._labels[label]
        if len(import_key(self.map, person, label)) > LONGEST_KEY:
            raise _Refused(self.map.patient_column, person, "is too long together with the visit's label")
        visit = Visit(row.line, person, label, on, None)
        if is_missing:
            return visit
        try:
            total = instruments.score_from_total(self.map.instrument, score)
        except instruments.TotalImpossible as impossible:
            return Unscored(visit, Refusal(row.line, self.map.score_column, score[:200], impossible.reason))
        return visit._replace(value=int(total.value))

    def _person(self, row: Row) -> str:
        column = self.map.patient_column
        person = self._cell(row, column)
        if not person or person.casefold() in self.map.missing:
            raise _Refused(column, person, "names nobody")
        if len(person) > LONGEST_ID:
            raise _Refused(column, person, f"is longer than {LONGEST_ID} characters")
        if not person.isprintable():
            raise _Refused(column, person, "holds a character that cannot be printed")
        if person != self._before:  # rows of one person mostly follow each other and share one object
            self._before = person
        return self._before

    def _on(self, row: Row, label: str) -> date:
        """Find the day of the visit."""
        if self.map.date_column:
            return self._past(self.map.date_column, label, self._date(self.map.date_column, label))
        column = self.map.visit_column or ""
        if label not in self.map.visits:
            raise _Refused(column, label, "is a visit the map does not know")
        if self.map.start_column:
            text = self._cell(row, self.map.start_column)
            start = self._past(self.map.start_column, text, self._date(self.map.start_column, text))
        else:
            start = self.map.first_visit_on or self.today
        return self._past(column, label, start + timedelta(days=self.map.visits[label]))

    def _date(self, column: str, text: str) -> date:
        try:
            on = _day(text, self.map.date_format)
        except ValueError:
            raise _Refused(column, text, f"is not a day written as {self.map.date_format}") from None
        if on < FIRST_DAY:
            raise _Refused(column, text, f"is before {FIRST_DAY.year}")
        return on

    def _past(self, column: str, text: str, on: date) -> date:
        if on > self.today:
            raise _Refused(column, text, "is a day in the future")
        return on

    def _after_birth(self, row: Row, on: date) -> None:
        if self.map.born_column is None:
            return
        born = self._birth(self._cell(row, self.map.born_column))
        if born is not None and on < born:
            raise _Refused(self.map.born_column, born.isoformat(), "is after the day of the score")

    def _cell(self, row: Row, column: str) -> str:
        return row.cells[self.place[column]]


def import_key(import_map: ImportMap, person: str, label: str) -> str:
    """Name one score for good: the same visit of the same file has the same key at every import."""
    parts = (import_map.source, person, import_map.instrument.id, label)
    return "|".join(part.replace("%", "%25").replace("|", "%7C") for part in parts)


def _one_label_a_day(visits: dict[str, int]) -> dict[str, str]:
    """Lead each label to the first one of its day: "baseline" and "week 0" are the same visit."""
    first: dict[int, str] = {}
    return {label: first.setdefault(day, label) for label, day in visits.items()}


def _day(text: str, form: str) -> date:
    # A date alone: the time zone of midnight does not matter.
    return datetime.strptime(text, form).date()  # noqa: DTZ007
