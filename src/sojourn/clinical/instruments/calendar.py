"""When each instrument is asked in a course: the points of the calendar as data, the due days computed from them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise

from sojourn.clinical.evidence import Citation, Table, read_citations, read_table
from sojourn.clinical.instruments.definition import Instrument, Occasion

CALENDAR = files("sojourn.clinical.instruments") / "calendar.toml"
ANCHORS = ("joined", "first dose", "each dose", "last dose", "answer")
Results = Mapping[
    str, frozenset[str]
]  # by instrument: the levels and critical rules its newest answers led to


@dataclass(frozen=True)
class Point:
    """A named place in the calendar. Without `on_days` the instrument's own rhythm counts from the anchor."""

    id: str
    says: str
    anchor: str
    on_days: tuple[int, ...]
    until_last_dose: bool
    until_day: int | None
    opens_before: timedelta
    closes_after: timedelta
    remind_on_days: tuple[int, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class LinkRule:
    """How long a link without a password works, how often in an hour, and from which hour of the day it is sent."""

    says: str
    valid: timedelta
    earliest_hour: int
    uses_an_hour: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Calendar:
    points: Mapping[str, Point]
    link: LinkRule
    tie: str


@dataclass(frozen=True)
class Due:
    """One instrument to be asked, with the days on which it may be answered."""

    instrument_id: str
    point: str
    occasion: str
    opens_on: date
    due_on: date
    closes_on: date


def due_on_joining(*, instruments: Iterable[Instrument], on: date) -> tuple[Due, ...]:
    """Give what a person is asked when they join."""
    return _unique(
        _due(instrument, point, on, point.on_days[0])
        for instrument, occasion, point in _occasions(instruments, {"joined"})
        if occasion.follows is None
    )


def due_in_course(
    *, instruments: Iterable[Instrument], doses: Sequence[date], given: Collection[date], results: Results
) -> tuple[Due, ...]:
    """Give what is asked before, during and after a course with doses on these days, by due day.

    `given` are those of the days on which a dose is on record: what asks back about one dose is due after these alone.
    What follows a result is asked only where `results` holds it. Of two occasions whose windows overlap the first
    of the calendar stands. Without doses nothing is due.
    """
    days = sorted(set(doses))
    if not days:
        return ()
    found: list[Due] = []
    for instrument, occasion, point in _occasions(instruments, {"first dose", "each dose", "last dose"}):
        if occasion.follows is not None and not _holds(occasion.follows, results):
            continue
        found += _in_course(instrument, occasion, point, days, given)
    return _unique(found)


def due_after_answer(
    *, instruments: Iterable[Instrument], answered: str, results: frozenset[str], on: date
) -> tuple[Due, ...]:
    """Give what one answered instrument leads to at once: a further screen, or the full form."""
    return _unique(
        _due(instrument, point, on, point.on_days[0])
        for instrument, occasion, point in _occasions(instruments, {"joined", "answer"})
        if occasion.follows is not None
        and occasion.follows[0] == answered
        and _holds(occasion.follows, {answered: results})
    )


def _holds(follows: tuple[str, str], results: Results) -> bool:
    after, result = follows
    return result in results.get(after, frozenset())


def _in_course(
    instrument: Instrument, occasion: Occasion, point: Point, days: Sequence[date], given: Collection[date]
) -> Iterable[Due]:
    if point.anchor == "each dose":
        return [
            _due(instrument, point, day, offset, dose=number)
            for number, day in enumerate(days, 1)
            for offset in point.on_days
            if offset <= 0 or day in given
        ]
    start = days[0] if point.anchor == "first dose" else days[-1]
    offsets = point.on_days or _rhythm(occasion, point, (days[-1] - start).days)
    return [_due(instrument, point, start, offset) for offset in offsets]


def _rhythm(occasion: Occasion, point: Point, last_dose_day: int) -> tuple[int, ...]:
    every = occasion.every_days or 0
    until = last_dose_day if point.until_last_dose else point.until_day or 0
    return tuple(range(every, until + 1, every)) if every else ()


def _due(instrument: Instrument, point: Point, anchor: date, offset: int, *, dose: int = 0) -> Due:
    """Place one due day; week 1 is the week of the anchor."""
    day = anchor + timedelta(days=offset)
    return Due(
        instrument.id,
        point.id,
        point.says.format(dose=dose, week=offset // 7 + 1, weeks=offset // 7),
        day - point.opens_before,
        day,
        day + point.closes_after,
    )


def overlapping(instrument: Instrument, days: Iterable[date]) -> frozenset[date]:
    """Find the days whose questions reach back over the day before them: two answers then share some weeks."""
    if instrument.recall_days is None:
        return frozenset()
    ordered = sorted(days)
    return frozenset(
        later for earlier, later in pairwise(ordered) if (later - earlier).days < instrument.recall_days
    )


def _occasions(
    instruments: Iterable[Instrument], anchors: set[str]
) -> Iterable[tuple[Instrument, Occasion, Point]]:
    """Walk the points in the order of the calendar, so that of two on one day the earlier point stands."""
    asked = tuple(instruments)
    for point in calendar().points.values():
        if point.anchor in anchors:
            for instrument in asked:
                for occasion in instrument.cadence:
                    if occasion.point == point.id:
                        yield instrument, occasion, point


def _unique(found: Iterable[Due]) -> tuple[Due, ...]:
    """Keep one window at a time for each instrument: the first of the calendar; those around doses may touch."""
    kept: dict[str, list[Due]] = {}
    for due in found:
        placed = kept.setdefault(due.instrument_id, [])
        around_dose = calendar().points[due.point].anchor == "each dose"
        if not any(
            other.due_on == due.due_on
            or (not around_dose and other.opens_on <= due.closes_on and due.opens_on <= other.closes_on)
            for other in placed
        ):
            placed.append(due)
    return tuple(
        sorted((due for placed in kept.values() for due in placed), key=lambda d: (d.due_on, d.instrument_id))
    )


@cache
def calendar() -> Calendar:
    """Give the calendar that ships."""
    return read_calendar(CALENDAR)


def read_calendar(path: Traversable) -> Calendar:
    """Read a calendar. Raise DataFileInvalid for unknown anchors, reminders outside the window, and gaps."""
    file = read_table(path, allowed=(), required=("tie", "link", "point"))
    link = file.table(
        "link", allowed=(), required=("says", "hours", "earliest_hour", "uses_an_hour", "citations")
    )
    tie = file.table("tie", allowed=(), required=("says", "citations"))
    read_citations(tie)
    rows = file.tables(
        "point",
        allowed=("on_days", "until", "until_day"),
        required=("id", "says", "anchor", "opens_before", "closes_after", "remind_on_days", "citations"),
    )
    return Calendar(
        points={row.text("id"): _point(row) for row in rows},
        link=LinkRule(
            link.text("says"),
            timedelta(hours=link.whole("hours")),
            link.whole("earliest_hour"),
            link.whole("uses_an_hour"),
            read_citations(link),
        ),
        tie=tie.text("says"),
    )


def _point(row: Table) -> Point:
    opens, closes = row.whole("opens_before"), row.whole("closes_after")
    reminders = row.wholes("remind_on_days")
    if opens < 0 or closes < 0:
        raise row.refuse("opens_before", "give whole days, not below 0")
    if not all(-opens < day <= closes for day in reminders):
        raise row.refuse("remind_on_days", "remind after the window has opened and before it has closed")
    if ("on_days" in row) == ("until" in row or "until_day" in row):
        raise row.refuse("on_days", "give on_days, or until when the instrument's own rhythm goes on")
    if "until" in row:
        row.choice("until", ("last dose",))
    return Point(
        id=row.text("id"),
        says=row.text("says"),
        anchor=row.choice("anchor", ANCHORS),
        on_days=row.wholes("on_days"),
        until_last_dose="until" in row,
        until_day=row.whole_or_none("until_day"),
        opens_before=timedelta(days=opens),
        closes_after=timedelta(days=closes),
        remind_on_days=reminders,
        citations=read_citations(row),
    )
