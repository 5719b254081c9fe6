"""What every document about a session is made of: the session's own events, and lines that cite them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import cached_property
from itertools import groupby
from typing import Literal

from sojourn.clinical.evidence import Citation
from sojourn.clinical.monitoring.driving import OF_THE_PATIENT
from sojourn.clinical.monitoring.events import Confirmed, Event
from sojourn.clinical.monitoring.plans import MonitoringPlan
from sojourn.clinical.monitoring.session import SessionState

UNTIL_TOMORROW = "Until tomorrow"
MANY_IN_A_ROW = 10  # so many events, one after the other, are cited as first to last
Hand = Literal["staff", "patient", "sitter", "device", "program"]


class NotDerivable(Exception):
    """The document cannot be made of these events; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event with its number on record. `counts` is False for what was struck out or corrected.

    `hand`: whether staff recorded it, the patient or the sitter said it, a device sent it or the program wrote it.
    `device` measured it, where one did; `received_at` is when it arrived on record.
    """

    number: int
    event: Event
    by: str
    counts: bool = True
    hand: Hand = "staff"
    device: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What the practice keeps of a person outside the events of a session; `source` says where and since when.

    Without `says` it was asked for and cannot be told; `lacks` is why.
    """

    says: str
    source: str
    lacks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One attempt to tell one person of the alarm that `about_id` raised for `limit_id`.

    `whom` is empty where nobody could be told. Without `made_at` and without `failed_because` nothing has come of it yet.
    """

    about_id: str
    limit_id: str
    way: str
    whom: str
    tried_at: datetime
    made_at: datetime | None = None
    failed_because: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionRecord:
    """One session and nothing else: its events in order of time, and the state that follows from them.

    `kept` holds what is known of the people of this session by the name of a form's field; `medicines` by their class.
    `tellings` are the attempts to tell people of its alarms, in order of time. `dosed_before_on` is the day of the last
    dose of this kind before it, in any course.
    """

    patient_name: str
    born_on: date | None
    session_number: int
    title: str
    monitor: str
    site_name: str
    site_address: str
    zone: tzinfo
    plan: MonitoringPlan
    observe_longer: bool
    state: SessionState
    entries: tuple[Entry, ...]
    head: str
    kept: Mapping[str, Kept] = field(default_factory=dict)
    medicines: Mapping[str, Kept] = field(default_factory=dict)
    tellings: tuple[Telling, ...] = ()
    dosed_before_on: date | None = None

    @property
    def standing(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.counts)

    def clock(self, at: datetime) -> str:
        """The time of day where the session was; with the day where it is another than that of the session.

        Where the clocks were changed while it was on record, with the name of the time: an hour may stand there twice.
        """
        return self.day_and_clock(at).removeprefix(f"{self._first_day} ")

    def day_and_clock(self, at: datetime) -> str:
        """The day and the time of day where the session was."""
        return (
            f"{at.astimezone(self.zone):{'%Y-%m-%d %H:%M %Z' if self._clocks_changed else '%Y-%m-%d %H:%M'}}"
        )

    @cached_property
    def _first_day(self) -> str:
        first = min((entry.event.taken_at for entry in self.entries), default=None)
        begun_at = self.state.dosed_at or first
        return self.day(begun_at) if begun_at else ""

    @cached_property
    def _clocks_changed(self) -> bool:
        told = (entry.event.taken_at.astimezone(self.zone).utcoffset() for entry in self.entries)
        return len(set(told)) > 1

    def day(self, at: datetime) -> str:
        return at.astimezone(self.zone).date().isoformat()

    def minute(self, at: datetime) -> str:
        """How long after the dose, for what has a place on its clock."""
        if self.state.dosed_at is None:
            return ""
        return f"{(at - self.state.dosed_at).total_seconds() // 60:+.0f} min"


@dataclass(frozen=True, slots=True)
class Line:
    """One statement. `cites` are numbers of events, `source` where else it stands; `lacks`: why nothing is stated."""

    label: str
    says: str
    cites: tuple[int, ...] = ()
    lacks: str = ""
    source: str = ""

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """What it cites as first and last: each by itself, and many in a row as one."""
        found: list[tuple[int, int]] = []
        for _, row in groupby(enumerate(self.cites), key=lambda each: each[1] - each[0]):
            numbers = [number for _, number in row]
            is_long = len(numbers) >= MANY_IN_A_ROW
            found += [(numbers[0], numbers[-1])] if is_long else [(number, number) for number in numbers]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document derived from the events of one session. `head` is the last seal of the record it was made of."""

    kind: str
    title: str
    version: str
    about: str
    sections: tuple[Section, ...]
    head: str
    events: int
    citations: tuple[Citation, ...] = field(default=())


def document(
    record: SessionRecord,
    *,
    kind: str,
    title: str,
    sections: tuple[Section, ...],
    version: str = "1",
    citations: tuple[Citation, ...] = (),
) -> Document:
    """Put a document together; sections without a line are left out. After a dose each one says: no driving today."""
    told = any(section.title == UNTIL_TOMORROW for section in sections)
    closing = () if told else (Section(UNTIL_TOMORROW, _no_driving(record)),)
    return Document(
        kind=kind,
        title=title,
        version=version,
        about=f"{record.patient_name}, {record.title}, session {record.session_number}. "
        f"Times are those of {record.zone}.",
        sections=tuple(section for section in (*sections, *closing) if section.lines),
        head=record.head,
        events=len(record.entries),
        citations=citations,
    )


def _no_driving(record: SessionRecord) -> tuple[Line, ...]:
    """The rule about driving, with the entry that says the patient was given the instructions, and who says so."""
    if record.state.dosed_at is None:
        return ()
    told = [
        entry.number
        for entry in record.standing
        if isinstance(entry.event, Confirmed) and entry.event.criterion == "instructions"
    ]
    return (Line("Driving", OF_THE_PATIENT, tuple(told), source=driving_source(record)),)


def driving_source(record: SessionRecord) -> str:
    """Who says that nobody drives until the next day: the label, and the program where another drug was given."""
    found = [each.citations for each in record.plan.criteria if each.id == "instructions"]
    return "; ".join(citation.in_words for citation in found[0]) if found else ""
