"""The session note, the minutes observed, the patient's summary and the incident report."""

from collections.abc import Collection
from itertools import groupby

from sojourn.clinical.monitoring.documents.alarm_stories import alarm_story, alarms
from sojourn.clinical.monitoring.documents.answered import (
    checks,
    confirmed,
    confirmed_otherwise,
    late_checks,
)
from sojourn.clinical.monitoring.documents.in_words import (
    account_in_words,
    dose_check_in_words,
    line,
    numbers,
    pressure_in_words,
    readings_in_a_row,
)
from sojourn.clinical.monitoring.documents.milestones import (
    ENDED_HOW,
    after_dose,
    doses,
    end,
    first_dose,
    minutes_watched,
    until_dose,
    watched_until,
    while_watched,
    with_pressure,
)
from sojourn.clinical.monitoring.documents.sayings import SAYS, event_says
from sojourn.clinical.monitoring.documents.values import (
    MANY_IN_A_ROW,
    UNTIL_TOMORROW,
    Document,
    Entry,
    Line,
    NotDerivable,
    Section,
    SessionRecord,
    document,
    driving_source,
)
from sojourn.clinical.monitoring.driving import TO_THE_PATIENT
from sojourn.clinical.monitoring.events import (
    Accounted,
    Alarmed,
    Called,
    Corrected,
    Discharged,
    DoseChecked,
    Dosed,
    HelpAsked,
    Left,
    Looked,
    Medicated,
    Missed,
    NextMorning,
    Noted,
    Noticed,
    PickedUp,
    Rated,
    SeriousTold,
    Struck,
    VitalTaken,
    Witnessed,
)

ACT = {"red", "emergency"}
TODAY = (
    "No alcohol today. Do not look after children alone, and decide nothing about money or law today "
    "(program policy)."
)
BEFORE_DISCHARGE = "You left before you were discharged."
HELP = "Thoughts of suicide: call or text 988. An emergency: call 911."


def session_note(record: SessionRecord) -> Document:
    """Tell the whole session from its first check to the patient's leaving, each line with its event."""
    return document(
        record,
        kind="note",
        title="Session note",
        sections=(
            Section("In short", _in_short(record)),
            Section("Before the dose", checks(record)),
            Section("Answered after the dose", late_checks(record)),
            Section("Dose check and medicine", _medicine(record)),
            Section("What happened", _happened(record)),
            Section("Alarms", alarms(record)),
            Section("Confirmed before leaving", confirmed(record)),
            Section("Confirmed before the dose or after the end", confirmed_otherwise(record)),
            Section("Departures from the plan", _departures(record)),
            Section("Struck out or corrected", _taken_back(record)),
        ),
        citations=record.plan.citations,
    )


def observation_minutes(record: SessionRecord) -> Document:
    """Count the minutes from the dose until the patient was discharged, or left where that was sooner.

    Raises NotDerivable without a dose and an end after it. What a device sent by itself is nobody's look.
    """
    dose, until = first_dose(record), watched_until(record)
    looks = [
        e
        for e in while_watched(record)
        if isinstance(e.event, VitalTaken | Rated | Looked | Noticed) and e.hand in {"staff", "sitter"}
    ]
    asked = record.state.observe_minutes
    return document(
        record,
        kind="minutes",
        title="Minutes of observation",
        sections=(
            Section(
                "Observation",
                (
                    Line("Dose", record.day_and_clock(dose.event.taken_at), (dose.number,)),
                    Line(_until_says(until), record.day_and_clock(until.event.taken_at), (until.number,)),
                    Line("Minutes observed", str(minutes_watched(record)), (dose.number, until.number)),
                    Line("Minutes asked by the plan", f"at least {asked}", source=record.plan.observe_says),
                    Line("Looks at the patient on record", str(len(looks)), numbers(looks)),
                ),
            ),
        ),
        citations=record.plan.citations,
    )  # fmt: skip


def patient_summary(record: SessionRecord) -> Document:
    """Tell the patient, in plain words, what was done and what holds until tomorrow.

    Who left without a discharge gets it too: what holds until tomorrow holds for them. Raises NotDerivable.
    """
    dose, until = first_dose(record), watched_until(record)
    before, after = with_pressure(until_dose(record)), with_pressure(while_watched(record))
    told = [
        Line("Date", record.day(dose.event.taken_at), (dose.number,)),
        Line("Your dose", _doses_in_words(record), numbers(doses(record))),
        Line("We watched over you for", f"{minutes_watched(record)} minutes", (dose.number, until.number)),
    ]
    told += [Line("Blood pressure before", pressure_in_words(e), (e.number,)) for e in before[-1:]]
    told += [Line("Blood pressure when you left", pressure_in_words(e), (e.number,)) for e in after[-1:]]
    companion = [e for e in after_dose(record) if isinstance(e.event, Left)]
    told += [Line("You left", e.event.words, (e.number,)) for e in companion if isinstance(e.event, Left)]
    told += [Line("Discharge", BEFORE_DISCHARGE, (e.number,)) for e in (until,) if isinstance(e.event, Left)]
    return document(
        record,
        kind="summary",
        title="Your session",
        sections=(
            Section("Your session", tuple(told)),
            Section(
                UNTIL_TOMORROW,
                (Line("Driving", TO_THE_PATIENT, source=driving_source(record)), Line("Today", TODAY)),
            ),
            Section("Help", (Line("At any hour", HELP),)),
        ),
        citations=record.plan.citations,
    )


def incident_report(record: SessionRecord) -> Document:
    """Tell each red alarm and each departure: what, when, who took it on, what followed. Raises NotDerivable."""
    alarms = [e for e in record.standing if isinstance(e.event, Alarmed) and e.event.severity in ACT]
    if not alarms and not record.state.departures:
        raise NotDerivable("No red alarm and no departure from the plan stands on record.")
    return document(
        record,
        kind="incident",
        title="Incident report",
        sections=(
            *(Section(f"Alarm at {record.clock(e.event.taken_at)}", alarm_story(record, e)) for e in alarms),
            Section("Departures from the plan", _departures(record)),
            Section("What was seen and said", _of(record, (Noticed, HelpAsked, Missed, SeriousTold))),
            Section("Medicines and calls", _of(record, (Medicated, Called))),
            Section("How it ended", _of(record, (Discharged, Left, PickedUp, NextMorning))),
            Section("Notes", _of(record, (Noted,))),
        ),
        citations=record.plan.citations,
    )


def _in_short(record: SessionRecord) -> tuple[Line, ...]:
    given, ended = doses(record), end(record)
    said = [
        Line("Booked to watch", record.monitor, source="schedule"),
        *_watchers(record),
        Line("Where", record.site_name, source="site record"),
    ]
    if given:
        day = record.day(given[0].event.taken_at)
        said.append(Line("Dose", f"{_doses_in_words(record)} on {day}", numbers(given)))
    else:
        said.append(Line("Dose", "", lacks="no dose on record"))
    if ended is not None:
        how = ENDED_HOW[type(ended.event)]
        said.append(Line("Ended", f"{record.clock(ended.event.taken_at)}, {how}", (ended.number,)))
    else:
        said.append(Line("Ended", "", lacks="not ended yet"))
    return tuple(said)


def _watchers(record: SessionRecord) -> tuple[Line, ...]:
    """Who of the staff looked at the patient after the dose, each with their first entry."""
    first: dict[str, int] = {}
    for entry in after_dose(record):
        if (
            isinstance(entry.event, VitalTaken | Rated | Looked | Noticed)
            and entry.hand == "staff"
            and entry.by
        ):
            first.setdefault(entry.by, entry.number)
    return (Line("Watched by", ", ".join(first), tuple(sorted(first.values()))),) if first else ()


def _doses_in_words(record: SessionRecord) -> str:
    """Each dose with its time, and all of them together where there were several."""
    said = [
        f"{e.event.mg:g} mg at {record.clock(e.event.taken_at)}"
        for e in doses(record)
        if isinstance(e.event, Dosed)
    ]
    return said[0] if len(said) == 1 else f"{', '.join(said)}: {record.state.dose_mg:g} mg together"


def _until_says(until: Entry) -> str:
    return "The patient left" if isinstance(until.event, Left) else "Discharge"


def _departures(record: SessionRecord) -> tuple[Line, ...]:
    number = {e.event.event_id: e.number for e in record.entries}
    return tuple(
        Line(record.clock(each.at), each.says, (number[each.about_id],)) for each in record.state.departures
    )


def _medicine(record: SessionRecord) -> tuple[Line, ...]:
    """Every check of the dose and account of the medicine, with the second person who saw it; what is owed of both."""
    told: list[Line] = []
    accounts = [e for e in record.standing if isinstance(e.event, Accounted)]
    for entry in record.standing:
        if isinstance(entry.event, DoseChecked):
            told.append(line(record, entry, dose_check_in_words(entry.event)))
        elif isinstance(entry.event, Accounted):
            replaced = "" if entry is accounts[-1] else "replaced by a later account: "
            told.append(line(record, entry, replaced + account_in_words(entry.event)))
        else:
            continue
        told += [line(record, each, "seen by a second person") for each in _witnesses(record, entry)]
    if record.state.dosed_at is not None and not accounts:
        told.append(Line("Medicine of this session", "", lacks="not accounted for yet"))
    for last in accounts[-1:]:
        if isinstance(last.event, Accounted) and last.event.wasted and not _witnesses(record, last):
            told.append(Line("Waste", "", lacks="no second person has signed that they saw it"))
    return tuple(told)


def _witnesses(record: SessionRecord, of: Entry) -> list[Entry]:
    return [
        e for e in record.standing if isinstance(e.event, Witnessed) and e.event.about_id == of.event.event_id
    ]


def _happened(record: SessionRecord) -> tuple[Line, ...]:
    """Everything that was told, in order; many readings of a device in a row that raised nothing as one line."""
    called = {e.event.about_id for e in record.standing if isinstance(e.event, Alarmed)}
    told = [e for e in record.standing if isinstance(e.event, tuple(SAYS))]
    found: list[Line] = []
    for _, row in groupby(
        told, key=lambda e: ("row", e.device) if _is_quiet(e, called) else ("one", str(e.number))
    ):
        entries = list(row)
        if len(entries) < MANY_IN_A_ROW:
            found += [line(record, e, event_says(record, e.event)) for e in entries]
        else:
            found.append(readings_in_a_row(record, entries))
    return tuple(found)


def _is_quiet(entry: Entry, called: Collection[str]) -> bool:
    """True for what a device sent by itself and nobody was called for."""
    is_sent = isinstance(entry.event, VitalTaken) and entry.hand == "device"
    return is_sent and entry.event.event_id not in called


def _of(record: SessionRecord, kinds: tuple[type, ...]) -> tuple[Line, ...]:
    return tuple(
        line(record, e, event_says(record, e.event)) for e in record.standing if isinstance(e.event, kinds)
    )


def _taken_back(record: SessionRecord) -> tuple[Line, ...]:
    number = {e.event.event_id: e.number for e in record.entries}
    return tuple(
        line(record, e, f"entry {number.get(e.event.struck_id, '?')}: {e.event.words}")
        for e in record.entries
        if isinstance(e.event, Struck | Corrected)
    )
