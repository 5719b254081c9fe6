"""Writes single events as they stand in a document."""

from sojourn.clinical.monitoring.documents.values import Entry, Line, SessionRecord
from sojourn.clinical.monitoring.events import Rated, VitalTaken


def vitals_in_words(event: VitalTaken) -> str:
    """Every value that was measured, with its unit."""
    said = []
    if event.blood_pressure:
        said.append(f"{event.blood_pressure.systolic_mmhg}/{event.blood_pressure.diastolic_mmhg} mmHg")
    if event.heart_rate:
        said.append(f"heart rate {event.heart_rate.per_min}/min")
    if event.spo2:
        said.append(f"oxygen {event.spo2.percent} %")
    if event.respiratory_rate:
        said.append(f"{event.respiratory_rate.per_min} breaths/min")
    if event.symptoms:
        said.append("with warning symptoms")
    return ", ".join(said)


def rating_in_words(event: Rated) -> str:
    """Every rating that was given, with its scale."""
    said = []
    if event.moaas is not None:
        said.append(f"sedation (MOAA/S) {event.moaas} of 5")
    if event.dissociation is not None:
        said.append(f"dissociation {event.dissociation} of 10")
    return ", ".join(said)


def when(record: SessionRecord, entry: Entry) -> str:
    """The time of day of an event and, where it has one, its place on the clock of the dose."""
    minute = record.minute(entry.event.taken_at)
    return record.clock(entry.event.taken_at) + (f" ({minute})" if minute else "")


def line(record: SessionRecord, entry: Entry, says: str) -> Line:
    """A statement about one event: when, what, by whom."""
    by = f" · {entry.by}" if entry.by else ""
    return Line(when(record, entry), f"{says}{by}", (entry.number,))


def numbers(entries: list[Entry]) -> tuple[int, ...]:
    """The numbers under which these events stand on record."""
    return tuple(sorted(entry.number for entry in entries))
