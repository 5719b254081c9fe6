"""Writes single events as they stand in a document."""

from datetime import timedelta
from typing import Final

from sojourn.clinical.monitoring.documents.values import Entry, Line, SessionRecord
from sojourn.clinical.monitoring.events import Accounted, DoseChecked, Rated, SeriousTold, VitalTaken
from sojourn.clinical.monitoring.limits import values_of
from sojourn.clinical.monitoring.plans import UNITS

SIGNALS: Final = {
    "systolic": "systolic",
    "diastolic": "diastolic",
    "heart_rate": "heart rate",
    "spo2": "oxygen",
    "respiratory_rate": "breathing",
}
AT_ONCE: Final = timedelta(minutes=5)  # program policy: what is written down by then was written at once


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


def dose_check_in_words(event: DoseChecked) -> str:
    """What was checked, each of it; a patient who was not the right one stands first."""
    factors = [("name", event.name_matches), ("date of birth", event.birth_matches)]
    wrong = [name for name, matches in factors if not matches]
    who = f"WRONG PATIENT ({' and '.join(wrong)})" if wrong else "patient confirmed by name and date of birth"
    said = [
        who,
        f"{event.drug} {event.mg:g} mg, {event.route}",
        f"lot {event.lot}, expires {event.expires_on.isoformat()}",
    ]
    if event.ordered_mg is not None:
        said.append(f"ordered: {event.ordered_drug} {event.ordered_mg:g} mg, {event.ordered_route}")
    if event.count is not None:
        said.append(f"{event.count} {event.unit} counted")
    if event.expected_count is not None:
        said.append(f"{event.expected_count} should be there")
    return "; ".join(said) + (f": {event.words}" if event.words else "")


def account_in_words(event: Accounted) -> str:
    """What was taken out, and what became of it."""
    amounts = ", ".join(
        f"{amount:g} {what}"
        for what, amount in (
            ("taken out", event.dispensed),
            ("given", event.given),
            ("wasted", event.wasted),
            ("returned", event.returned),
        )
    )
    return f"{event.drug}, in {event.unit}: {amounts}" + (f": {event.words}" if event.words else "")


def serious_in_words(event: SeriousTold) -> str:
    """Whether something serious happened, and what, with treatment, hospital and outcome."""
    if not event.happened:
        return "no serious adverse event"
    hospital = "hospital" if event.hospital else "no hospital"
    return f"serious adverse event: {event.what}; treatment: {event.treatment}; {hospital}; outcome: {event.outcome}"


def pressure_in_words(entry: Entry) -> str:
    """The blood pressure of a reading that has one."""
    assert isinstance(entry.event, VitalTaken)
    assert entry.event.blood_pressure is not None
    return f"{entry.event.blood_pressure.systolic_mmhg}/{entry.event.blood_pressure.diastolic_mmhg} mmHg"


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
    """A statement about one event: when, what, by whom and what; and when it arrived, where that was late."""
    by = ", ".join(dict.fromkeys(each for each in (entry.by, entry.device) if each))
    said = [says, by, _arrived(record, entry)]
    return Line(when(record, entry), " · ".join(each for each in said if each), (entry.number,))


def readings_in_a_row(record: SessionRecord, entries: list[Entry]) -> Line:
    """Many readings of one device as one statement: from when to when, and within which values."""
    values: dict[str, list[float]] = {}
    for entry in entries:
        for signal, value in values_of(entry.event).items():
            values.setdefault(signal, []).append(value)
    within = ", ".join(
        f"{SIGNALS[signal]} {min(some):g} to {max(some):g} {UNITS[signal]}" for signal, some in values.items()
    )
    says = f"{len(entries)} readings until {when(record, entries[-1])}: {within}"
    said = [says, entries[0].by, _arrived_in_a_row(record, entries)]
    return Line(when(record, entries[0]), " \u00b7 ".join(each for each in said if each), numbers(entries))


def _arrived(record: SessionRecord, entry: Entry) -> str:
    at = entry.received_at
    if at is None or at - entry.event.taken_at <= AT_ONCE:
        return ""
    return f"on record since {record.clock(at)}"


def _arrived_in_a_row(record: SessionRecord, entries: list[Entry]) -> str:
    """How many of these came late, and when the last of them did."""
    late = [e.received_at for e in entries if e.received_at is not None and _arrived(record, e)]
    return f"{len(late)} came late, the last on record since {record.clock(max(late))}" if late else ""


def numbers(entries: list[Entry]) -> tuple[int, ...]:
    """The numbers under which these events stand on record."""
    return tuple(sorted(entry.number for entry in entries))
