"""A table read into people with their scores, and every row that was set aside with the reason."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

from sojourn.analysis.cells import CellReader, CellRefused
from sojourn.analysis.guessing import guessed_visits
from sojourn.analysis.people import Found, Gathered, people_of
from sojourn.analysis.table_map import TableMap
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS, Window
from sojourn.clinical.outcomes.reports import Grouped, Yardstick
from sojourn.program.measures.importing.score_file import Opened, Row, open_scores, rows_of

DAY_0 = date(2000, 1, 1)  # a table of days has no calendar: any first day gives the same figures


@dataclass(frozen=True)
class SetAside:
    """A row or cell that is not counted."""

    line: int
    column: str
    why: str


@dataclass(frozen=True)
class TableRead:
    """What a table holds. `cut_says` tells the data cut in words, `file_hash` names the bytes that were read."""

    people: tuple[Grouped, ...]
    visits: tuple[Window, ...]
    rows: int
    scores: int
    missing: int
    repeated: int
    left_out: int
    alike: int
    set_aside: tuple[SetAside, ...]
    remarks: tuple[str, ...]
    as_of: date
    cut_says: str
    file_hash: str


@dataclass
class _Reading:
    opened: Opened
    cells: CellReader
    visits: dict[str, int]
    gathered: Gathered = field(default_factory=Gathered)
    set_aside: list[SetAside] = field(default_factory=list)
    rows: int = 0
    missing: int = 0
    left_out: int = 0

    def take(self, row: Row) -> None:
        """Keep what a row says, or set it aside."""
        self.rows += 1
        table_map = self.cells.table_map
        if row.wrong:
            self.set_aside.append(SetAside(row.line, "", row.wrong))
            return
        person = self.cell(row, table_map.patient)
        if self.cells.is_missing(person):
            self.set_aside.append(SetAside(row.line, table_map.patient, "names nobody"))
            return
        self.gathered.meet(person, self._group(row), row.line)
        self._once(row, person)
        if table_map.wide:
            for column, day in table_map.wide:
                self._score(row, person, column, lambda day=day: day)  # type: ignore[misc]
        else:
            assert table_map.score is not None
            self._score(row, person, table_map.score, lambda: self._moment(row))

    def cell(self, row: Row, column: str) -> str:
        return row.cells[self.opened.column[column]].strip()

    def _group(self, row: Row) -> str:
        column = self.cells.table_map.group
        text = self.cell(row, column) if column else ""
        return "" if self.cells.is_missing(text) else text

    def _once(self, row: Row, person: str) -> None:
        """Keep what is said of a person and not of a visit: their baseline and their first day."""
        table_map = self.cells.table_map
        if table_map.name and table_map.born_on:
            name, born_on = self.cell(row, table_map.name), self.cell(row, table_map.born_on)
            if not (self.cells.is_missing(name) or self.cells.is_missing(born_on)):
                self.gathered.say_name(person, name, born_on)
        for column, keep in ((table_map.baseline, self.gathered.baselines), (table_map.start, None)):
            if column is None:
                continue
            try:
                if keep is not None:
                    value = self.cells.score(self.cell(row, column))
                    if value is not None:
                        self.gathered.say_baseline(person, value)
                else:
                    start = self.cells.optional(self.cells.calendar_day, self.cell(row, column))
                    if start is not None:
                        self.gathered.starts.setdefault(person, start)
            except CellRefused as refused:
                self.set_aside.append(SetAside(row.line, column, str(refused)))

    def _score(self, row: Row, person: str, column: str, moment: Callable[[], int | date | None]) -> None:
        try:
            at = moment()
            if at is None:
                self.left_out += 1
                return
            value = self.cells.score(self.cell(row, column))
        except CellRefused as refused:
            self.set_aside.append(SetAside(row.line, column, str(refused)))
            return
        if value is None:
            self.missing += 1
            return
        version = self.cells.table_map.version
        self.gathered.found.append(
            Found(row.line, person, at, value, self.cell(row, version) if version else "")
        )

    def _moment(self, row: Row) -> int | date | None:
        table_map = self.cells.table_map
        if table_map.visit:
            label = self.cell(row, table_map.visit)
            if label in table_map.left_out:
                return None
            if label not in self.visits:
                raise CellRefused("stands at a visit the map does not know")
            return self.visits[label]
        if table_map.day:
            return self.cells.day(self.cell(row, table_map.day))
        assert table_map.date is not None
        born = None
        if table_map.born_on:
            try:
                born = self.cells.optional(self.cells.calendar_day, self.cell(row, table_map.born_on))
            except CellRefused:
                born = None
        return self.cells.calendar_day(self.cell(row, table_map.date), born)


def read_table(
    path: Path, table_map: TableMap, yardstick: Yardstick, *, today: date,
    tell: Callable[[int], None] = lambda _: None,
) -> TableRead:  # fmt: skip
    """Read a table by its map. Raises FileUnusable, MapUnusable."""
    opened = open_scores(path, table_map.columns)
    visits = dict(table_map.visits)
    if table_map.visit and not visits:
        visits = dict(guessed_visits(_labels(opened, table_map), table_map.visit))
    reading = _Reading(opened, CellReader(table_map, yardstick, today), visits)
    for row in rows_of(opened, tell=tell):
        reading.take(row)
    by_date = table_map.date is not None
    settled = people_of(
        reading.gathered, day_0=DAY_0, by_date=by_date, baseline_column=table_map.baseline is not None
    )
    reading.set_aside += [SetAside(line, column, why) for line, column, why in settled.refused]
    windows = _windows(table_map, visits, settled.people)
    return TableRead(
        people=settled.people,
        visits=windows,
        rows=reading.rows,
        scores=settled.scores,
        missing=reading.missing,
        repeated=settled.repeated,
        left_out=reading.left_out + settled.left_out,
        alike=reading.gathered.alike,
        set_aside=tuple(sorted(reading.set_aside, key=lambda each: (each.line, each.column))),
        remarks=(opened.remark,) if opened.remark else (),
        as_of=max((r.on for each in settled.people for r in each.person.readings), default=today)
        if by_date
        else DAY_0 + timedelta(days=max((window.closes for window in windows), default=0)),
        cut_says="the last day in the table"
        if by_date
        else "the whole table; every visit in it counts as over",
        file_hash=sha256(path.read_bytes()).hexdigest(),
    )


def _labels(opened: Opened, table_map: TableMap) -> list[str]:
    assert table_map.visit is not None
    place = opened.column[table_map.visit]
    labels = {row.cells[place].strip() for row in rows_of(opened) if not row.wrong}
    return sorted(label for label in labels if label and label not in table_map.left_out)


def _windows(table_map: TableMap, visits: dict[str, int], people: tuple[Grouped, ...]) -> tuple[Window, ...]:
    if table_map.windows:
        return table_map.windows
    named = dict(table_map.wide) or visits
    if named:
        after = sorted((day, label) for label, day in named.items() if day > 0)
        return tuple(Window(_visit_name(label, table_map), day, day, day) for day, label in after)
    days = {
        (reading.on - each.person.first_dose_on).days
        for each in people
        for reading in each.person.readings
        if each.person.first_dose_on
    }
    return tuple(w for w in USUAL_WINDOWS if any(w.opens <= day <= w.closes for day in days))


def _visit_name(label: str, table_map: TableMap) -> str:
    """Say "week 4" where the column is called week and the cell says 4."""
    return f"{table_map.visit} {label}".lower() if table_map.visit and label.isdigit() else label


def points(value: Fraction) -> str:
    """Write a score as short as it is."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
