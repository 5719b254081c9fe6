"""The session note, the minutes observed, the patient's summary and the incident report."""

from collections.abc import Callable, Collection
from itertools import groupby
from typing import Any

from sojourn.clinical.monitoring.documents.in_words import (
    account_in_words,
    dose_check_in_words,
    line,
    numbers,
    pressure_in_words,
    rating_in_words,
    readings_in_a_row,
    serious_in_words,
    vitals_in_words,
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
from sojourn.clinical.monitoring.documents.values import (
    MANY_IN_A_ROW,
    UNTIL_TOMORROW,
    Document,
    Entry,
    Line,
    NotDerivable,
    Section,
    SessionRecord,
    Telling,
    document,
    driving_source,
)
from sojourn.clinical.monitoring.driving import TO_THE_PATIENT
from sojourn.clinical.monitoring.events import (
    Accounted,
    Acknowledged,
    Alarmed,
    Called,
    Cancelled,
    Checked,
    Confirmed,
    Corrected,
    Discharged,
    DoseChecked,
    Dosed,
    Event,
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
    Refused,
    RoleAccepted,
    SeriousTold,
    Struck,
    VitalTaken,
    Witnessed,
)
from sojourn.clinical.monitoring.ladder_files import followed_by_steps
from sojourn.clinical.monitoring.ladders import CALL, LOOK, SITTER_LOOK
from sojourn.clinical.monitoring.limits import values_of

ACT = {"red", "emergency"}
MISSED = {
    LOOK: "a look was missed",
    CALL: "nobody took a call for help on",
    SITTER_LOOK: "the sitter's look was missed",
}
TODAY = (
    "No alcohol today. Do not look after children alone, and decide nothing about money or law today "
    "(program policy)."
)
HELP = "Thoughts of suicide: call or text 988. An emergency: call 911."


def session_note(record: SessionRecord) -> Document:
    """Tell the whole session from its first check to the patient's leaving, each line with its event."""
    return document(
        record,
        kind="note",
        title="Session note",
        sections=(
            Section("In short", _in_short(record)),
            Section("Before the dose", _checks(record)),
            Section("Dose check and medicine", _medicine(record)),
            Section("What happened", _happened(record)),
            Section("Alarms", _alarms(record)),
            Section("Confirmed before leaving", _confirmed(record)),
            Section("Departures from the plan", _departures(record)),
            Section("Struck out or corrected", _taken_back(record)),
        ),
        citations=record.plan.citations,
    )


def observation_minutes(record: SessionRecord) -> Document:
    """Count the minutes from the dose until the patient was discharged, or left where that was sooner.

    Raises NotDerivable without a dose and a discharge after it. What a device sent by itself is nobody's look.
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
    """Tell the patient, in plain words, what was done and what holds until tomorrow. Raises NotDerivable."""
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
            *(Section(f"Alarm at {record.clock(e.event.taken_at)}", _alarm_story(record, e)) for e in alarms),
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


def _checks(record: SessionRecord) -> tuple[Line, ...]:
    asks = {item.id: item.asks for item in record.plan.checklist}
    latest = {e.event.item: e for e in record.standing if isinstance(e.event, Checked)}
    return tuple(
        Line(asks.get(item, item), "yes" if e.event.passed else "no", (e.number,))
        for item, e in latest.items()
        if isinstance(e.event, Checked)
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
            found += [line(record, e, _says(record, e.event)) for e in entries]
        else:
            found.append(readings_in_a_row(record, entries))
    return tuple(found)


def _is_quiet(entry: Entry, called: Collection[str]) -> bool:
    """True for what a device sent by itself and nobody was called for."""
    is_sent = isinstance(entry.event, VitalTaken) and entry.hand == "device"
    return is_sent and entry.event.event_id not in called


def _of(record: SessionRecord, kinds: tuple[type, ...]) -> tuple[Line, ...]:
    return tuple(
        line(record, e, _says(record, e.event)) for e in record.standing if isinstance(e.event, kinds)
    )


def _says(record: SessionRecord, event: Event) -> str:
    return SAYS[type(event)](record, event)


def _noticed(record: SessionRecord, event: Any) -> str:
    sign = record.plan.sign(event.sign)
    return (sign.label if sign else event.sign) + _after(event.words)


def _called(_: SessionRecord, event: Any) -> str:
    return f"called {event.whom}: {'reached' if event.reached else 'not reached'}" + _after(event.words)


def _next_morning(_: SessionRecord, event: Any) -> str:
    slept = "slept" if event.slept else "did not sleep"
    well = "nothing worrying" if event.well else "something worried them"
    return f"the morning after: {slept}, {well}" + _after(event.words)


def _then_words(says: str) -> Callable[[SessionRecord, Any], str]:
    return lambda _, event: says + _after(event.words)


SAYS: dict[type, Callable[[SessionRecord, Any], str]] = {
    VitalTaken: lambda _, event: vitals_in_words(event),
    Rated: lambda _, event: rating_in_words(event),
    Dosed: lambda _, event: f"{event.mg:g} mg given" + (f", lot {event.words}" if event.words else ""),
    Medicated: lambda _, event: f"{event.drug} {event.amount:g} {event.unit}" + _after(event.words),
    Called: _called,
    Noticed: _noticed,
    Noted: lambda _, event: str(event.words),
    Looked: _then_words("looked at the patient"),
    Missed: lambda _, event: MISSED[followed_by_steps().get(event.step, LOOK)] + _after(event.words),
    HelpAsked: _then_words("asked for help"),
    RoleAccepted: _then_words("took on the role of sitter"),
    SeriousTold: lambda _, event: serious_in_words(event),
    PickedUp: _then_words("has the patient with them"),
    NextMorning: _next_morning,
    Refused: lambda _, event: f"reading refused, no value: {event.typed}. {event.why}",
    Discharged: _then_words("discharged"),
    Left: _then_words("left"),
    Cancelled: _then_words("ended without a dose"),
}


def _after(words: str) -> str:
    return f": {words}" if words else ""


def _alarms(record: SessionRecord) -> tuple[Line, ...]:
    return tuple(
        told
        for e in record.standing
        if isinstance(e.event, Alarmed)
        for told in (
            line(record, e, f"{e.event.severity}: {e.event.words}"),
            *_no_longer_so(record, e.event),
            *_taken_on(record, e),
        )
    )


def _no_longer_so(record: SessionRecord, alarm: Alarmed) -> tuple[Line, ...]:
    """That the entry which raised an alarm was taken back since, why, and what it was replaced by."""
    by_id = {e.event.event_id: e for e in record.entries}
    taken_back = [
        e for e in record.entries
        if isinstance(e.event, Struck | Corrected) and e.event.struck_id == alarm.about_id
    ]  # fmt: skip
    told = []
    for entry in taken_back[-1:]:
        assert isinstance(entry.event, Struck | Corrected)
        says = f"the entry that raised it counts no more: {entry.event.words}"
        told.append(line(record, entry, says))
        right = by_id.get(entry.event.replaced_by) if isinstance(entry.event, Corrected) else None
        if right is not None and right.counts and type(right.event) in SAYS:
            told.append(line(record, right, f"told rightly: {_says(record, right.event)}"))
    return tuple(told)


def _taken_on(record: SessionRecord, alarm: Entry) -> tuple[Line, ...]:
    return tuple(
        line(record, e, "taken on")
        for e in record.standing
        if isinstance(e.event, Acknowledged)
        and isinstance(alarm.event, Alarmed)
        and (e.event.about_id, e.event.limit_id) == (alarm.event.about_id, alarm.event.limit_id)
    )


def _alarm_story(record: SessionRecord, alarm: Entry) -> tuple[Line, ...]:
    assert isinstance(alarm.event, Alarmed)
    taken = _taken_on(record, alarm)
    later = (
        line(record, e, _says(record, e.event))
        for e in record.standing
        if isinstance(e.event, VitalTaken | Rated)
        and e.event.taken_at > alarm.event.taken_at
        and _looks_again(record, alarm.event, e)
    )
    after = next(later, None)
    return (
        line(record, alarm, f"{alarm.event.severity}: {alarm.event.words}"),
        *_no_longer_so(record, alarm.event),
        *_tellings(record, alarm),
        *(taken or (Line("Taken on", "", lacks="nobody has taken it on"),)),
        Line("Looked again", f"{after.label}: {after.says}", after.cites)
        if after
        else Line("Looked again", "", lacks="no later reading on record"),
    )


def _looks_again(record: SessionRecord, alarm: Alarmed, entry: Entry) -> bool:
    """True for an entry that measured what the alarm is about; where it is about no limit, for any that measured."""
    about = next((each.signal for each in record.plan.limits_after if each.id == alarm.limit_id), None)
    return about is None or about in values_of(entry.event)


def _tellings(record: SessionRecord, alarm: Entry) -> tuple[Line, ...]:
    """Every attempt to tell somebody of the alarm: whom, by which way, and what came of it."""
    assert isinstance(alarm.event, Alarmed)
    about = (alarm.event.about_id, alarm.event.limit_id)
    told = [each for each in record.tellings if (each.about_id, each.limit_id) == about]
    if not told:
        return (Line("Told", "", lacks="no attempt to tell anybody is on record"),)
    return tuple(
        Line(
            f"Told at {record.clock(each.tried_at)}",
            f"{each.whom or 'nobody'}, by {each.way}: {_outcome(record, each)}",
            (alarm.number,),
        )
        for each in told
    )


def _outcome(record: SessionRecord, told: Telling) -> str:
    if told.made_at is not None:
        return f"delivered at {record.clock(told.made_at)}"
    return f"not delivered, {told.failed_because}" if told.failed_because else "nothing came back yet"


def _confirmed(record: SessionRecord) -> tuple[Line, ...]:
    says = {each.id: each.says for each in record.plan.criteria}
    latest = {e.event.criterion: e for e in record.standing if isinstance(e.event, Confirmed)}
    return tuple(
        Line(says.get(name, name), e.event.words or "confirmed", (e.number,))
        for name, e in latest.items()
        if isinstance(e.event, Confirmed)
    )


def _taken_back(record: SessionRecord) -> tuple[Line, ...]:
    number = {e.event.event_id: e.number for e in record.entries}
    return tuple(
        line(record, e, f"entry {number.get(e.event.struck_id, '?')}: {e.event.words}")
        for e in record.entries
        if isinstance(e.event, Struck | Corrected)
    )
