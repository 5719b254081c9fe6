"""Single facts of a session for a form, each with the events it rests on. None: nothing on record says so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sojourn.clinical.monitoring.documents.in_words import numbers, pressure_in_words, serious_in_words
from sojourn.clinical.monitoring.documents.milestones import (
    after_dose,
    discharge,
    doses,
    first_dose,
    minutes_watched,
    until_dose,
    watched_until,
    while_watched,
    with_pressure,
)
from sojourn.clinical.monitoring.documents.values import Entry, Kept, SessionRecord
from sojourn.clinical.monitoring.events import Confirmed, DoseChecked, Dosed, Rated, SeriousTold, VitalTaken
from sojourn.clinical.monitoring.fold import state_of
from sojourn.clinical.monitoring.limits import crossings_of, values_of
from sojourn.clinical.monitoring.telling import in_order, told_with
from sojourn.clinical.quantities import BloodPressure

NEAR_40 = range(30, 51)  # program policy: a reading of minute 30 to 50 counts as the one at about 40 minutes
READ_OUT = 40  # program policy: more oxygen readings than these are not read out one by one
AWAKE = 5  # MOAA/S: answers readily to the name


@dataclass(frozen=True, slots=True)
class Fact:
    """What a field says, and the events or the other record it rests on. `lacks`: it cannot be told, and why."""

    says: str
    cites: tuple[int, ...] = ()
    source: str = ""
    lacks: str = ""


def kept(name: str) -> Callable[[SessionRecord], Fact | None]:
    """What the practice keeps of the people of a session."""
    return lambda record: _as_fact(record.kept.get(name))


def medicine(group: str) -> Callable[[SessionRecord], Fact | None]:
    """Whether medicines of a class are taken beside the treatment."""
    return lambda record: _as_fact(record.medicines.get(group))


def monitor(record: SessionRecord) -> Fact | None:
    """Who let the patient go, by the entry that says so."""
    end = discharge(record)
    return Fact(end.by, (end.number,)) if end.by else Fact(record.monitor, source="booked for this session")


def serious(record: SessionRecord) -> Fact | None:
    """Whether something serious happened, as it was answered last."""
    told = [e for e in record.standing if isinstance(e.event, SeriousTold)]
    if not told:
        return None
    last = told[-1]
    assert isinstance(last.event, SeriousTold)
    onset = f", from {record.clock(last.event.taken_at)}" if last.event.happened else ""
    return Fact(serious_in_words(last.event) + onset, (last.number,))


def first_treatment(record: SessionRecord) -> Fact | None:
    """Yes where no dose of this kind was given before, whatever course or session it was in."""
    if record.dosed_before_on is None:
        return Fact("yes", source="no earlier dose of this kind on record")
    return Fact("no", source=f"dose of {record.dosed_before_on.isoformat()} on record")


def session_date(record: SessionRecord) -> Fact | None:
    """The day of the dose where the site is."""
    given = first_dose(record)
    return Fact(record.day(given.event.taken_at), (given.number,))


def dose(record: SessionRecord) -> Fact | None:
    """Everything given, in mg."""
    return Fact(f"{record.state.dose_mg:g} mg", numbers(doses(record)))


def lot(record: SessionRecord) -> Fact | None:
    """The lot numbers typed with each dose, and the lot of the last check before it."""
    found: list[tuple[str, Entry]] = []
    for given in doses(record):
        checked = [
            (e.event.lot, e)
            for e in record.standing
            if isinstance(e.event, DoseChecked) and e.event.taken_at <= given.event.taken_at
        ]
        found += [each for each in checked[-1:] if each not in found]
        if isinstance(given.event, Dosed) and given.event.words:
            found.append((given.event.words, given))
    lots = ", ".join(dict.fromkeys(lot for lot, _entry in found))
    return Fact(lots, numbers([entry for _lot, entry in found])) if found else None


def minutes(record: SessionRecord) -> Fact | None:
    """Whole minutes from the dose until the patient was watched no more."""
    given, until = first_dose(record), watched_until(record)
    return Fact(str(minutes_watched(record)), (given.number, until.number))


def ready_after(record: SessionRecord) -> Fact | None:
    """The first minute at which nothing but the minimum time was missing, by what was on record until then."""
    given, everything_said_at = first_dose(record), _everything_said_at(record)
    if everything_said_at is None:
        return None
    observation = {each.id for each in record.plan.criteria if each.kind == "minimum_observation"}
    told = in_order(e.event for e in record.standing if e.event.taken_at < everything_said_at)
    for at, entries in groupby(while_watched(record), key=lambda e: e.event.taken_at):
        if at < everything_said_at:
            continue
        some = list(entries)
        told = told_with(told, (e.event for e in some))
        state = state_of(events=told, plan=record.plan, now=at, observe_longer=record.observe_longer)
        if {missing.criterion for missing in state.discharge_missing} <= observation:
            elapsed = (at - given.event.taken_at).total_seconds() // 60
            return Fact(f"{elapsed:.0f}, by the criteria on record", (given.number, some[-1].number))
    return None


def _everything_said_at(record: SessionRecord) -> datetime | None:
    """When the last of what a person confirms was confirmed for the first time: before, nobody was ready to leave."""
    asked = {each.id for each in record.plan.criteria if each.kind in {"confirmed", "named"}}
    first: dict[str, datetime] = {}
    for entry in while_watched(record):
        if isinstance(entry.event, Confirmed):
            first.setdefault(entry.event.criterion, entry.event.taken_at)
    return max(first[name] for name in asked) if asked <= first.keys() else None


def acceptable_before(record: SessionRecord) -> Fact | None:
    """No when the last value of any vital sign before the dose crossed a limit of that time."""
    return _acceptable(record, until_dose(record), baseline=None, after_dose=False)


def acceptable_after(record: SessionRecord) -> Fact | None:
    """No when the last value of any vital sign while the patient was watched crossed a limit of that time."""
    return _acceptable(record, while_watched(record), baseline=record.state.baseline, after_dose=True)


def pressure_before(record: SessionRecord) -> Fact | None:
    """The last blood pressure up to the dose."""
    return _pressure(with_pressure(until_dose(record)))


def pressure_at_40(record: SessionRecord) -> Fact | None:
    """The blood pressure nearest to minute 40, of those between minute 30 and 50."""
    dosed_at = first_dose(record).event.taken_at
    taken = with_pressure(while_watched(record))
    minute = {e.number: (e.event.taken_at - dosed_at).total_seconds() / 60 for e in taken}
    near = [e for e in taken if NEAR_40.start <= minute[e.number] < NEAR_40.stop]
    return _pressure(sorted(near, key=lambda e: -abs(minute[e.number] - 40))[-1:])


def pressure_last(record: SessionRecord) -> Fact | None:
    """The last blood pressure while the patient was watched."""
    return _pressure(with_pressure(while_watched(record)))


def oxygen_series(record: SessionRecord) -> Fact | None:
    """Every oxygen reading with its minute; of very many, as a device sends them, the first, the lowest and the last."""
    taken = [
        (e, e.event.spo2.percent) for e in record.standing if isinstance(e.event, VitalTaken) and e.event.spo2
    ]
    if not taken:
        return None
    cites = numbers([entry for entry, _ in taken])
    if len(taken) <= READ_OUT:
        return Fact("; ".join(f"{_when(record, e)}: {percent} %" for e, percent in taken), cites)
    lowest = min(taken, key=lambda each: each[1])
    told = ", ".join(
        f"{name} {percent} % at {_when(record, e)}"
        for name, (e, percent) in (("first", taken[0]), ("lowest", lowest), ("last", taken[-1]))
    )
    return Fact(f"{len(taken)} readings: {told}", cites)


def _when(record: SessionRecord, entry: Entry) -> str:
    return record.minute(entry.event.taken_at) or record.clock(entry.event.taken_at)


def sedation(record: SessionRecord) -> Fact | None:
    """Yes when any rating after the dose was below fully awake."""
    rated = [e for e in after_dose(record) if isinstance(e.event, Rated) and e.event.moaas is not None]
    return _spell(record, rated, lambda e: isinstance(e.event, Rated) and (e.event.moaas or 0) < AWAKE)


def dissociation(record: SessionRecord) -> Fact | None:
    """Yes when any rating after the dose was above 0 of 10."""
    rated = [e for e in after_dose(record) if isinstance(e.event, Rated) and e.event.dissociation is not None]
    return _spell(record, rated, lambda e: isinstance(e.event, Rated) and (e.event.dissociation or 0) > 0)


def pressure_rise(record: SessionRecord) -> Fact | None:
    """Yes when a reading after the dose crossed a limit of blood pressure."""
    taken = with_pressure(after_dose(record))
    return _spell(record, taken, lambda e: _crosses(record, e, {"systolic", "diastolic"}))


def breathing(record: SessionRecord) -> Fact | None:
    """Yes when oxygen or breathing rate crossed a limit after the dose."""
    taken = [
        e
        for e in after_dose(record)
        if isinstance(e.event, VitalTaken) and (e.event.spo2 or e.event.respiratory_rate)
    ]
    return _spell(record, taken, lambda e: _crosses(record, e, {"spo2", "respiratory_rate"}))


def _as_fact(found: Kept | None) -> Fact | None:
    return Fact(found.says, source=found.source, lacks=found.lacks) if found else None


def _spell(record: SessionRecord, taken: list[Entry], holds: Callable[[Entry], bool]) -> Fact | None:
    """Say whether something was seen, from when, and when it was seen to have gone."""
    if not taken:
        return None
    seen = [e for e in taken if holds(e)]
    if not seen:
        return Fact("no", numbers(taken))
    gone = next((e for e in taken if e.event.taken_at > seen[-1].event.taken_at), None)
    until = f"gone by {record.clock(gone.event.taken_at)}" if gone else "not seen to have gone"
    cited = [*seen, gone] if gone else seen
    return Fact(f"yes, from {record.clock(seen[0].event.taken_at)}, {until}", numbers(cited))


def _crosses(record: SessionRecord, entry: Entry, signals: set[str]) -> bool:
    crossed = crossings_of(entry.event, plan=record.plan, baseline=record.state.baseline, after_dose=True)
    return any(crossing.signal in signals for crossing in crossed)


def _acceptable(
    record: SessionRecord, entries: list[Entry], *, baseline: BloodPressure | None, after_dose: bool
) -> Fact | None:
    """Hold the last value of each vital sign against the limits; what was measured apart counts together."""
    latest = {signal: e for e in entries if isinstance(e.event, VitalTaken) for signal in values_of(e.event)}
    if not latest:
        return None
    crossed = [
        crossing
        for signal, entry in latest.items()
        for crossing in crossings_of(entry.event, plan=record.plan, baseline=baseline, after_dose=after_dose)
        if crossing.signal == signal
    ]
    cited = {entry.number: entry for entry in latest.values()}
    return Fact("no" if crossed else "yes", numbers(list(cited.values())))


def _pressure(taken: list[Entry]) -> Fact | None:
    """The last of these readings."""
    return Fact(pressure_in_words(taken[-1]), (taken[-1].number,)) if taken else None
