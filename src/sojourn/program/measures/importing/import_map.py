"""The import map: a small TOML file that says what the columns of another practice's file mean."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sojourn.clinical import instruments
from sojourn.clinical.evidence.data_files import DataFileInvalid, Table, read_table

LONGEST_SOURCE = 40
FIRST_DAY = date(1900, 1, 1)
LAST_START = date(2200, 1, 1)
LONGEST_STUDY_DAYS = 36525
DAYS_TO_TRY = [date(1987, 2, 3), date(2031, 10, 25)]


class MapInvalid(Exception):
    """The import map cannot be used; the message names the key and the remedy."""


@dataclass(frozen=True)
class ImportMap:
    """What the columns mean, and on which day each visit was.

    Either `date_column` holds the day itself, or `visit_column` holds a label of `visits` (days after the start)
    and the start is `start_column` or, for everybody, `first_visit_on`.
    """

    source: str
    instrument: instruments.Instrument
    site_name: str | None
    patient_column: str
    score_column: str
    date_column: str | None
    visit_column: str | None
    start_column: str | None
    born_column: str | None
    date_format: str
    first_visit_on: date | None
    visits: dict[str, int]
    left_out: frozenset[str]
    missing: frozenset[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the file must have."""
        named = (
            self.patient_column,
            self.score_column,
            self.date_column,
            self.visit_column,
            self.start_column,
            self.born_column,
        )
        return tuple(name for name in named if name)


def read_map(path: Path) -> ImportMap:
    """Read and check an import map. Raises MapInvalid."""
    try:
        table = read_table(
            path,
            allowed=("site", "dates", "visits", "left_out"),
            required=("source", "instrument", "columns", "missing"),
        )
        return _checked(table)
    except DataFileInvalid as wrong:
        raise MapInvalid(str(wrong)) from wrong
    except OSError as unreadable:
        raise MapInvalid(f"{path.name}: cannot be read: {unreadable.strerror}") from unreadable


def _checked(table: Table) -> ImportMap:
    columns = table.table(
        "columns", allowed=("date", "visit", "start", "born_on"), required=("patient", "score")
    )
    dates = _optional(table, "dates", ("format", "first_visit_on"))
    import_map = ImportMap(
        source=table.text("source").strip(),
        instrument=_instrument(table),
        site_name=table.text_or_none("site"),
        patient_column=columns.text("patient"),
        score_column=columns.text("score"),
        date_column=columns.text_or_none("date"),
        visit_column=columns.text_or_none("visit"),
        start_column=columns.text_or_none("start"),
        born_column=columns.text_or_none("born_on"),
        date_format=(dates.text_or_none("format") if dates else None) or "%Y-%m-%d",
        first_visit_on=dates.day_or_none("first_visit_on") if dates else None,
        visits=_visits(table),
        left_out=frozenset(label.strip() for label in table.texts("left_out")),
        missing=_missing(table),
    )
    source = import_map.source
    if len(source) > LONGEST_SOURCE or "|" in source or not source.isprintable():
        raise table.refuse("source", f"use at most {LONGEST_SOURCE} printable characters, without |")
    _check_columns(import_map, columns)
    if dates is not None:
        _check_format(import_map.date_format, dates)
    _check_days(import_map, table, columns)
    return import_map


def _check_columns(import_map: ImportMap, columns: Table) -> None:
    named = [name.casefold() for name in import_map.columns]
    if len(set(named)) != len(named):
        raise columns.refuse("patient", "two keys name the same column; give each its own")


def _check_format(form: str, dates: Table) -> None:
    """Refuse a form that does not say a whole day: it would put every score into the year 1900."""
    try:
        said = [datetime.strptime(day.strftime(form), form).date() for day in DAYS_TO_TRY]  # noqa: DTZ007
    except ValueError:
        said = []
    if said != DAYS_TO_TRY:
        raise dates.refuse("format", 'does not say a day with its month and year; use such as "%Y-%m-%d"')


def _check_days(import_map: ImportMap, table: Table, columns: Table) -> None:
    """Refuse a map that leaves the day of a visit open, or says it twice."""
    if (import_map.date_column is None) == (import_map.visit_column is None):
        raise columns.refuse("visit", "name either `visit` (labels) or `date` (days), one of the two")
    if import_map.date_column:
        unused = [key for key in ("visits", "left_out") if key in table]
        if unused or import_map.start_column or import_map.first_visit_on:
            raise columns.refuse(
                "date", "holds the day already; remove visits, left_out, start, first_visit_on"
            )
        return
    if not import_map.visits:
        raise table.refuse("visits", 'say how many days after the start each visit is, such as "week 4" = 28')
    if (import_map.start_column is None) == (import_map.first_visit_on is None):
        raise columns.refuse(
            "start", "name the column with each person's start, or [dates] first_visit_on, one of the two"
        )
    if import_map.first_visit_on and not FIRST_DAY <= import_map.first_visit_on <= LAST_START:
        raise table.refuse("dates", f"first_visit_on: use a day between {FIRST_DAY} and {LAST_START}")
    both = sorted(import_map.left_out & import_map.visits.keys())
    if both:
        raise table.refuse("left_out", f"{both[0]} is also in [visits]; keep one")


def _instrument(table: Table) -> instruments.Instrument:
    with_totals = {one.id: one for one in instruments.all_instruments() if one.scales}
    named = table.text("instrument")
    if named not in with_totals:
        known = ", ".join(sorted(with_totals))
        raise table.refuse("instrument", f"is not known here, or has no total; use one of {known}")
    return with_totals[named]


def _visits(table: Table) -> dict[str, int]:
    if "visits" not in table:
        return {}
    labels = table.values["visits"]
    if not isinstance(labels, dict):
        raise table.refuse("visits", "give a table of labels and days")
    known = table.table("visits", allowed=labels)
    days = {label.strip(): known.whole(label) for label in labels}
    if len(days) != len(labels):
        raise table.refuse("visits", "two labels differ in spaces only")
    for label, day in days.items():
        if abs(day) > LONGEST_STUDY_DAYS:
            raise known.refuse(label, f"use days between -{LONGEST_STUDY_DAYS} and {LONGEST_STUDY_DAYS}")
    return days


def _missing(table: Table) -> frozenset[str]:
    tokens = table.values["missing"]
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise table.refuse("missing", 'list how the file writes "no score", such as ["NaN", ""]')
    return frozenset(token.strip().casefold() for token in tokens)


def _optional(table: Table, key: str, allowed: tuple[str, ...]) -> Table | None:
    return table.table(key, allowed=allowed) if key in table else None
