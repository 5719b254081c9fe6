"""What happened in a session, newest first, for its page: each event in words, many readings of a device as one entry."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from sojourn.clinical.monitoring.documents.values import MANY_IN_A_ROW
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.session_refusals import BY_THE_PROGRAM, FROM_OUTSIDE, TURNING_POINTS
from sojourn.program.treatment.sessions import EventRow, Session
from sojourn.workspace.session_room.correcting import may_be_corrected
from sojourn.workspace.session_room.events_in_words import in_words, readings_in_words

SHOW_EACH: Final = "each"  # ?readings=each


@dataclass(frozen=True)
class Told:
    """An event in words; `strike_id` names the form that would strike it out."""

    row: EventRow
    words: str
    strike_id: UUID
    may_be_corrected: bool
    is_over: bool

    @property
    def may_strike(self) -> bool:
        stands_for_good = BY_THE_PROGRAM | FROM_OUTSIDE | (TURNING_POINTS if self.is_over else set())
        return self.row.is_standing and self.row.kind not in stands_for_good


@dataclass(frozen=True)
class InARow:
    """Readings that one device sent one after the other, newest first, and that raised nothing."""

    rows: tuple[EventRow, ...]

    @property
    def words(self) -> str:
        return readings_in_words([row.facts for row in self.rows])

    @property
    def oldest(self) -> EventRow:
        return self.rows[-1]

    @property
    def newest(self) -> EventRow:
        return self.rows[0]


def happened(of: Session, *, may_record: bool, shows_each: bool) -> list[Told | InARow]:
    """Everything that was told; an oximeter that sends each few seconds would bury what people wrote."""
    called = {row.facts.get("about_id") for row in of.events if row.kind == EventKind.ALARMED}
    found: list[Told | InARow] = []
    for _, row in groupby(reversed(of.events), key=lambda each: _in_one_row(each, called)):
        rows = tuple(row)
        if shows_each or len(rows) < MANY_IN_A_ROW:
            found += _each(rows, of, may_record=may_record)
        else:
            found.append(InARow(rows))
    return found


def is_check(told: Told | InARow) -> bool:
    """Whether this answers an item of the checklist, which stands by itself."""
    return isinstance(told, Told) and told.row.kind == EventKind.CHECKED


def _each(rows: Collection[EventRow], of: Session, *, may_record: bool) -> Iterator[Told]:
    for row in rows:
        may_correct = may_record and may_be_corrected(row, is_over=of.is_over)
        yield Told(row, in_words(row, of.plan), uuid7(), may_correct, of.is_over)


def _in_one_row(row: EventRow, called: Collection[object]) -> tuple[str, int] | int:
    """What readings of one row have in common; of all else the number, which no other has."""
    is_sent = row.kind == EventKind.VITAL_TAKEN and row.source == EventSource.DEVICE
    if not is_sent or not row.is_standing or str(row.id) in called:
        return row.sequence
    return row.device, row.clock_off_min
