"""The map of a table: what its columns mean, on which day each visit was, and what is known of its scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sojourn.clinical import instruments
from sojourn.clinical.evidence import DataFileInvalid, Table, read_table
from sojourn.clinical.outcomes.practice import Window
from sojourn.clinical.outcomes.reports import Yardstick, yardstick_of
from sojourn.clinical.outcomes.reports.yardstick import hash_of

MISSING = ("", "NA", "NaN", ".", "null", "none")
TOP = ("missing", "left_out", "whole_numbers", "primary", "date_format", "baseline_within_days", "study")
COLUMNS = ("score", "visit", "day", "date", "start", "baseline", "group", "born_on", "version", "name")
SCALE = ("response_percent", "baseline_at_least", "remission_below", "reliable_points", "higher_is_better")
WINDOW_ENDS = 3


class MapUnusable(Exception):
    """The map cannot be used; the message names the key and the remedy."""


@dataclass(frozen=True)
class TableMap:
    """Where everything stands. Exactly one of `visit`, `day`, `date` is named, or `wide` gives a column for each visit.

    `visits` are days after the first day by label; 0 and below is before treatment. `windows` say which days count
    for a visit where the table holds days or dates. `missing` is in lower case.
    """

    patient: str
    score: str | None
    visit: str | None = None
    day: str | None = None
    date: str | None = None
    start: str | None = None
    baseline: str | None = None
    group: str | None = None
    born_on: str | None = None
    version: str | None = None
    name: str | None = None
    visits: tuple[tuple[str, int], ...] = ()
    wide: tuple[tuple[str, int], ...] = ()
    windows: tuple[Window, ...] = ()
    left_out: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset(word.casefold() for word in MISSING)
    whole_numbers: bool | None = None
    primary: str | None = None
    date_format: str = "%Y-%m-%d"
    baseline_within_days: int = 7
    study: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the table must have."""
        named = (
            self.patient, self.score, self.visit, self.day, self.date, self.start, self.baseline, self.group,
            self.born_on, self.version, self.name,
        )  # fmt: skip
        return (*(name for name in named if name), *(column for column, _ in self.wide))


def read_map(path: Path) -> tuple[TableMap, Table]:
    """Read a map, and hand its table on for the scale it may describe. Raises MapUnusable."""
    try:
        table = read_table(
            path, allowed=(*TOP, "visits", "wide", "windows", "scale", "instrument"), required=("columns",)
        )
        return _checked(table), table
    except DataFileInvalid as wrong:
        raise MapUnusable(str(wrong)) from wrong
    except OSError as unreadable:
        raise MapUnusable(f"{path.name} cannot be read: {unreadable.strerror}.") from unreadable


def yardstick(instrument_id: str | None, table: Table | None) -> Yardstick:
    """Choose the scale: an instrument by its id, or what the map's [scale] says. Raises MapUnusable."""
    if table is not None and "scale" in table:
        try:
            return _scale(table.table("scale", allowed=SCALE, required=("title", "low", "high")))
        except (DataFileInvalid, ValueError) as wrong:
            raise MapUnusable(str(wrong)) from wrong
    wanted = instrument_id or (table.text_or_none("instrument") if table else None)
    known = ", ".join(each.id for each in instruments.all_instruments() if each.main_scale)
    if wanted is None:
        raise MapUnusable(f"Say which scale: --instrument with one of {known}; or [scale] in a map.")
    try:
        return yardstick_of(instruments.get(wanted))
    except (instruments.UnknownInstrument, ValueError) as unknown:
        raise MapUnusable(
            f"There is no instrument {wanted!r} with a score here. Use one of {known}; or describe it as [scale] in a map."
        ) from unknown


def _scale(scale: Table) -> Yardstick:
    def points(key: str) -> Fraction | None:
        value = scale.number_or_none(key)
        return None if value is None else Fraction(str(value))

    low, high = (Fraction(str(scale.number(key))) for key in ("low", "high"))
    title = scale.text("title")
    return Yardstick(
        id=title,
        title=title,
        low=low,
        high=high,
        lower_is_better=not ("higher_is_better" in scale and scale.flag("higher_is_better")),
        response_percent=scale.whole_or_none("response_percent"),
        baseline_at_least=points("baseline_at_least"),
        remission_below=points("remission_below"),
        reliable_points=points("reliable_points"),
        definition_hash=hash_of(dict(scale.values)),
    )


def _checked(table: Table) -> TableMap:
    columns = table.table("columns", allowed=COLUMNS, required=("patient",))
    named = {key: columns.text_or_none(key) for key in COLUMNS}
    wide = _days(table, "wide")
    moments = [key for key in ("visit", "day", "date") if named[key]] + (["wide"] if wide else [])
    if len(moments) != 1:
        raise columns.refuse(
            "visit", "name one of `visit`, `day`, `date`, or give a table [wide]; exactly one"
        )
    if bool(named["score"]) == bool(wide):
        raise columns.refuse(
            "score", "name the column of scores; with [wide] the visits' own columns hold them"
        )
    visits = _days(table, "visits")
    if named["visit"] and not visits:
        raise table.refuse("visits", 'say how many days after the first day each visit is: "week 4" = 28')
    return TableMap(
        patient=columns.text("patient"),
        **named,
        visits=visits,
        wide=wide,
        windows=_windows(table),
        left_out=frozenset(label.strip() for label in table.texts("left_out")),
        missing=frozenset(word.strip().casefold() for word in (*MISSING, *_words(table, "missing"))),
        whole_numbers=table.flag("whole_numbers") if "whole_numbers" in table else None,
        primary=table.text_or_none("primary"),
        date_format=table.text_or_none("date_format") or "%Y-%m-%d",
        baseline_within_days=table.whole_or_none("baseline_within_days") or 7,
        study=table.text_or_none("study") or "",
    )


def _words(table: Table, key: str) -> tuple[str, ...]:
    if key not in table:
        return ()
    found = table.values[key]
    if not isinstance(found, list) or not all(isinstance(each, str | int) for each in found):
        raise table.refuse(key, 'list how the table writes "no score", such as ["99", "NaN"]')
    return tuple(str(each) for each in found)


def _days(table: Table, key: str) -> tuple[tuple[str, int], ...]:
    if key not in table:
        return ()
    labels = table.values[key]
    if not isinstance(labels, Mapping):
        raise table.refuse(key, "give a table of names and days")
    days = table.table(key, allowed=[str(label) for label in labels])
    return tuple((str(label).strip(), days.whole(str(label))) for label in labels)


def _windows(table: Table) -> tuple[Window, ...]:
    if "windows" not in table:
        return ()
    labels = table.values["windows"]
    if not isinstance(labels, Mapping):
        raise table.refuse("windows", 'give a table such as "week 4" = [25, 28, 32]')
    found = []
    inner = table.table("windows", allowed=[str(label) for label in labels])
    for label in labels:
        days = inner.wholes(str(label))
        if len(days) != WINDOW_ENDS:
            raise inner.refuse(str(label), "give three days: first, target, last")
        try:
            found.append(Window(str(label), target=days[1], opens=days[0], closes=days[2]))
        except ValueError as wrong:
            raise inner.refuse(str(label), str(wrong)) from wrong
    return tuple(sorted(found, key=lambda window: window.target))
