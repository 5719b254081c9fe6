"""Folds the events of a session into its state. The order in which events arrive does not matter."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sojourn.clinical.monitoring.checklist import holds_before, needs_baseline, unanswered_items
from sojourn.clinical.monitoring.discharge import Leaving, Missing, Seen, discharge_missing
from sojourn.clinical.monitoring.events import (
    Acknowledged,
    Alarmed,
    Cancelled,
    Confirmed,
    Discharged,
    Dosed,
    Event,
    Left,
    Looked,
    Noticed,
    Rated,
    VitalTaken,
)
from sojourn.clinical.monitoring.limits import SIGN, Crossing, crossings_of, quiet_ranges, values_of
from sojourn.clinical.monitoring.plans import MonitoringPlan
from sojourn.clinical.monitoring.schedule import missed_minutes, next_look
from sojourn.clinical.monitoring.session import Bearings, Departure, SessionPhase, SessionState
from sojourn.clinical.monitoring.telling import in_order
from sojourn.clinical.quantities import BloodPressure

LOOKS = (VitalTaken, Rated, Looked, Noticed)
Measured = Sequence[tuple[Event, Mapping[str, float]]]  # each event, with the values it measured, by signal


def state_of(
    *, events: Iterable[Event], plan: MonitoringPlan, now: datetime, observe_longer: bool = False
) -> SessionState:
    """Derive the state of a session from its events, in any order of arrival.

    `observe_longer` is True for a first session and when the dose was raised: some plans then observe longer.
    Events taken after `now` count: a device's clock may run ahead, and a dose must not disappear.
    """
    told = in_order(events)
    measured = _measured(told)
    seen = _seen(measured)
    dosed_at = _dosed_at(told)
    ended_at = _ended_at(told, dosed_at)
    as_of = ended_at if ended_at is not None and ended_at < now else now
    before = _before(told, dosed_at)
    until, since = measured[: len(before)], measured[len(before) :]
    after = told[len(before) :]
    baseline = _baseline(before)
    minutes = None if dosed_at is None else max(0, int((as_of - dosed_at).total_seconds() // 60))
    observe_minutes = plan.observe_longer if observe_longer else plan.observe_at_least
    crossed = _crossings(until, plan, baseline, after_dose=False) if dosed_at is None else []
    crossed += _crossings(since, plan, baseline, after_dose=True)
    missing = _missing(told, measured, plan, as_of=as_of, observe_minutes=observe_minutes)
    holds, open_items = holds_before(before, plan=plan), unanswered_items(before, plan=plan)
    lacking = needs_baseline(before)
    is_over = ended_at is not None
    is_ready = not (holds or open_items or lacking)
    return SessionState(
        phase=_phase(plan, minutes, is_over=is_over, is_held=bool(holds), is_ready=is_ready),
        held_by=() if dosed_at is not None or is_over else holds,
        unanswered=open_items,
        needs_baseline=lacking,
        next_due=None
        if dosed_at is None or is_over
        else next_look(after, crossed, plan=plan, dosed_at=dosed_at, now=now),
        missed=() if dosed_at is None else missed_minutes(after, plan=plan, dosed_at=dosed_at, now=as_of),
        minutes_since_dose=minutes,
        observe_minutes=observe_minutes,
        dosed_at=dosed_at,
        dose_mg=sum(event.mg for event in told if isinstance(event, Dosed)),
        baseline=baseline,
        seen=tuple(seen.values()),
        limits_crossed=tuple(reversed(_marked(crossed, measured, seen))),
        discharge_missing=missing,
        departures=_departures(
            told, measured, plan, dosed_at=dosed_at, observe_minutes=observe_minutes, is_ready=is_ready
        ),
        ended_at=ended_at,
        looked_at=max((event.taken_at for event in told if isinstance(event, LOOKS)), default=None),
        unacknowledged=_unacknowledged(told),
    )


def bearings_of(events: Iterable[Event]) -> Bearings:
    """Derive from the events of a session, in any order of arrival, what is so whatever the time is."""
    told = in_order(events)
    dosed_at = _dosed_at(told)
    before = _before(told, dosed_at)
    return Bearings(
        dosed_at=dosed_at,
        ended_at=_ended_at(told, dosed_at),
        baseline=_baseline(before),
        needs_baseline=needs_baseline(before),
    )


def _phase(
    plan: MonitoringPlan, minutes: int | None, *, is_over: bool, is_held: bool, is_ready: bool
) -> SessionPhase:
    if is_over:
        return SessionPhase.CANCELLED if minutes is None else SessionPhase.DISCHARGED
    if minutes is not None:
        return SessionPhase.DOSING if minutes < plan.dosing_minutes else SessionPhase.OBSERVING
    if is_held:
        return SessionPhase.HELD
    return SessionPhase.READY if is_ready else SessionPhase.CHECKING


def _dosed_at(told: Sequence[Event]) -> datetime | None:
    return next((event.taken_at for event in told if isinstance(event, Dosed)), None)


def _before(told: Sequence[Event], dosed_at: datetime | None) -> Sequence[Event]:
    """Give what was told of until the dose, of events in order of time."""
    return (
        told if dosed_at is None else told[: bisect_right(told, dosed_at, key=lambda event: event.taken_at)]
    )


def _ended_at(told: Sequence[Event], dosed_at: datetime | None) -> datetime | None:
    """A session that had a dose ends by discharge, or when the patient leaves; one without by being cancelled."""
    ends = Cancelled if dosed_at is None else Discharged | Left
    return next((event.taken_at for event in told if isinstance(event, ends)), None)


def _unacknowledged(told: Sequence[Event]) -> tuple[Alarmed, ...]:
    """Give the alarms on record that nobody has taken on, whenever the taking on arrived."""
    taken = {(event.about_id, event.limit_id) for event in told if isinstance(event, Acknowledged)}
    standing = {event.event_id for event in told}
    return tuple(
        event
        for event in told
        if isinstance(event, Alarmed)
        and event.about_id in standing
        and (event.about_id, event.limit_id) not in taken
    )


def _baseline(before: Sequence[Event]) -> BloodPressure | None:
    taken = [
        event.blood_pressure for event in before if isinstance(event, VitalTaken) and event.blood_pressure
    ]
    return taken[-1] if taken else None


def _measured(told: Sequence[Event]) -> Measured:
    return [(event, values_of(event)) for event in told]


def _seen(measured: Measured) -> dict[str, Seen]:
    latest: dict[str, tuple[Event, Mapping[str, float]]] = {}
    for each in measured:
        if each[1]:
            latest.update(dict.fromkeys(each[1], each))
    return {
        signal: Seen(signal, values[signal], event.taken_at) for signal, (event, values) in latest.items()
    }


def _crossings(
    measured: Measured, plan: MonitoringPlan, baseline: BloodPressure | None, *, after_dose: bool
) -> list[Crossing]:
    """Hold every event against the limits. What lies in the quiet range of its signal need not be held against each."""
    found: list[Crossing] = []
    signs: list[str] = []
    quiet = quiet_ranges(plan.limits_after if after_dose else plan.limits_before, baseline)
    for event, values in measured:
        if isinstance(event, Noticed):
            found += crossings_of(
                event, plan=plan, baseline=baseline, after_dose=after_dose, earlier_signs=signs
            )
            signs.append(event.sign)
        elif values and not _is_quiet(values, quiet):
            found += crossings_of(event, plan=plan, baseline=baseline, after_dose=after_dose)
    return found


def _is_quiet(values: Mapping[str, float], quiet: Mapping[str, tuple[float, float]]) -> bool:
    for signal, value in values.items():
        low, high = quiet[signal]
        if not low < value < high:
            return False
    return True


def _marked(crossed: Sequence[Crossing], measured: Measured, seen: Mapping[str, Seen]) -> list[Crossing]:
    """Mark as past each crossing whose signal was measured again; a sign, when vital signs were taken."""
    latest = {signal: each.taken_at for signal, each in seen.items()}
    if looks := [
        event.taken_at for event, _ in measured if isinstance(event, VitalTaken) and event.blood_pressure
    ]:
        latest[SIGN] = looks[-1]
    return [
        replace(
            crossing, is_current=(again := latest.get(crossing.signal)) is None or again <= crossing.taken_at
        )
        for crossing in crossed
    ]


def _missing(
    told: Sequence[Event], measured: Measured, plan: MonitoringPlan, *, as_of: datetime, observe_minutes: int
) -> tuple[Missing, ...]:
    dosed_at = _dosed_at(told)
    after = [each for each in measured if dosed_at is not None and dosed_at < each[0].taken_at <= as_of]
    pressures = [
        event.blood_pressure for event, _ in after if isinstance(event, VitalTaken) and event.blood_pressure
    ]
    said = [
        event
        for event in told
        if isinstance(event, Confirmed) and dosed_at is not None and dosed_at < event.taken_at <= as_of
    ]
    before = () if dosed_at is None else _before(told, dosed_at)
    leaving = Leaving(
        at=as_of,
        minutes_since_dose=None if dosed_at is None else int((as_of - dosed_at).total_seconds() // 60),
        observe_minutes=observe_minutes,
        seen=_seen(after),
        confirmed={event.criterion: event.words for event in said},
        baseline=_baseline(before),
        highest=_highest(pressures),
    )
    return discharge_missing(plan=plan, leaving=leaving)


def _highest(pressures: Sequence[BloodPressure]) -> tuple[float, float] | None:
    if not pressures:
        return None
    return max(each.systolic_mmhg for each in pressures), max(each.diastolic_mmhg for each in pressures)


def _departures(
    told: Sequence[Event],
    measured: Measured,
    plan: MonitoringPlan,
    *,
    dosed_at: datetime | None,
    observe_minutes: int,
    is_ready: bool,
) -> tuple[Departure, ...]:
    found = []
    if dosed_at is not None and not is_ready:
        found.append(Departure("dosed-early", "The dose was given before every check was passed.", dosed_at))
    for event in told:
        if isinstance(event, Discharged) and dosed_at is not None:
            missing = _missing(told, measured, plan, as_of=event.taken_at, observe_minutes=observe_minutes)
            if missing:
                names = ", ".join(each.criterion for each in missing)
                found.append(
                    Departure("left-early", f"The patient left while missing: {names}.", event.taken_at)
                )
    found += _gone_early(told, dosed_at)
    return tuple(found)


def _gone_early(told: Sequence[Event], dosed_at: datetime | None) -> list[Departure]:
    left = next((event.taken_at for event in told if isinstance(event, Left)), None)
    discharged = next((event.taken_at for event in told if isinstance(event, Discharged)), None)
    if dosed_at is None or left is None or (discharged is not None and discharged <= left):
        return []
    return [Departure("left-undischarged", "The patient left without a discharge.", left)]
