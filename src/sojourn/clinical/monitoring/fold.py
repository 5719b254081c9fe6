"""Folds the events of a session into its state. The order in which events arrive does not matter."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sojourn.clinical.monitoring.checklist import (
    BASELINE_SIGNALS,
    holds_before,
    needs_baseline,
    unanswered_items,
)
from sojourn.clinical.monitoring.courses import Course
from sojourn.clinical.monitoring.discharge import Leaving, Missing, Said, Seen, discharge_missing
from sojourn.clinical.monitoring.events import (
    Acknowledged,
    Alarmed,
    Cancelled,
    Confirmed,
    Discharged,
    Dosed,
    Event,
    HelpAsked,
    Left,
    Looked,
    Medicated,
    Noticed,
    Rated,
    VitalTaken,
)
from sojourn.clinical.monitoring.limits import SIGN, Crossing, crossings_of, quiet_ranges
from sojourn.clinical.monitoring.plans import PRESSURES, SIGNALS, Alarm, ChecklistItem, MonitoringPlan
from sojourn.clinical.monitoring.schedule import missed_minutes, next_look
from sojourn.clinical.monitoring.session import Bearings, Departure, Hold, SessionPhase, SessionState
from sojourn.clinical.monitoring.telling import Telling, in_order, place_of
from sojourn.clinical.quantities import BloodPressure

LOOKS = (VitalTaken, Rated, Looked, Noticed)


def state_of(
    *, events: Iterable[Event], plan: MonitoringPlan, now: datetime, observe_longer: bool = False
) -> SessionState:
    """Derive the state of a session from its events, in any order of arrival.

    `observe_longer` is True for a first session and when the dose was raised: some plans then observe longer.
    Events taken after `now` count: a device's clock may run ahead, and a dose must not disappear.
    """
    told = in_order(events)
    dosed_at = _dosed_at(told)
    ended_at = _ended_at(told, dosed_at)
    as_of = ended_at if ended_at is not None and ended_at < now else now
    before = _before(told, dosed_at)
    minutes = None if dosed_at is None else max(0, int((as_of - dosed_at).total_seconds() // 60))
    observe_minutes = plan.observe_longer if observe_longer else plan.observe_at_least
    baseline = _baseline(told, dosed_at)
    crossed = _marked(_crossings(told, plan, baseline, dosed_at), told)
    troubles = _troubles(told, crossed)
    holds, open_items = holds_before(before, plan=plan), unanswered_items(before, plan=plan)
    lacking = needs_baseline(before)
    is_over = ended_at is not None
    is_ready = not (holds or open_items or lacking)
    looks = () if dosed_at is None else _pressures(told).since(dosed_at).times
    return SessionState(
        phase=_phase(plan, minutes, is_over=is_over, is_held=bool(holds), is_ready=is_ready),
        held_by=() if dosed_at is not None or is_over else holds,
        unanswered=open_items,
        needs_baseline=lacking,
        next_due=None
        if dosed_at is None or is_over
        else next_look(looks, crossed, plan=plan, dosed_at=dosed_at, now=now),
        missed=() if dosed_at is None else missed_minutes(looks, plan=plan, dosed_at=dosed_at, now=as_of),
        minutes_since_dose=minutes,
        observe_minutes=observe_minutes,
        dosed_at=dosed_at,
        dose_mg=sum(event.mg for event in told.of(Dosed)),
        baseline=baseline,
        seen=tuple(_seen(told.courses).values()),
        limits_crossed=tuple(reversed(crossed)),
        discharge_missing=_missing(told, troubles, plan, as_of=as_of, observe_minutes=observe_minutes),
        departures=_departures(
            told,
            troubles,
            plan,
            dosed_at=dosed_at,
            observe_minutes=observe_minutes,
            not_passed=() if is_ready else _not_passed(holds, open_items, lacking),
        ),
        ended_at=ended_at,
        looked_at=max((told.of(kind)[-1].taken_at for kind in LOOKS if told.of(kind)), default=None),
        unacknowledged=_unacknowledged(told),
    )


def bearings_of(events: Iterable[Event]) -> Bearings:
    """Derive from the events of a session, in any order of arrival, what is so whatever the time is."""
    told = in_order(events)
    dosed_at = _dosed_at(told)
    return Bearings(
        dosed_at=dosed_at,
        ended_at=_ended_at(told, dosed_at),
        baseline=_baseline(told, dosed_at),
        needs_baseline=needs_baseline(_before(told, dosed_at)),
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


def _dosed_at(told: Telling) -> datetime | None:
    return next((event.taken_at for event in told.of(Dosed)), None)


def _before(told: Telling, dosed_at: datetime | None) -> Sequence[Event]:
    """Give what was told of until the dose."""
    return (
        told if dosed_at is None else told[: bisect_right(told, dosed_at, key=lambda event: event.taken_at)]
    )


def _ended_at(told: Telling, dosed_at: datetime | None) -> datetime | None:
    """A session that had a dose ends by discharge, or when the patient leaves; one without by being cancelled.

    Whoever went out before the dose and came back has ended nothing.
    """
    if dosed_at is None:
        return next((event.taken_at for event in told.of(Cancelled)), None)
    ends = (event.taken_at for kind in (Discharged, Left) for event in told.of(kind))
    return min((ended_at for ended_at in ends if ended_at >= dosed_at), default=None)


def _unacknowledged(told: Telling) -> tuple[Alarmed, ...]:
    """Give the alarms on record that nobody has taken on, whenever the taking on arrived."""
    taken = {(event.about_id, event.limit_id) for event in told.of(Acknowledged)}
    return tuple(
        event
        for event in told.of(Alarmed)
        if told.stands(event.about_id) and (event.about_id, event.limit_id) not in taken
    )


def _pressures(told: Telling) -> Course:
    return told.courses.get("systolic", Course())


def _baseline(told: Telling, dosed_at: datetime | None) -> BloodPressure | None:
    taken = _pressures(told) if dosed_at is None else _pressures(told).until(dosed_at)
    return taken.events[-1].blood_pressure if taken.events else None  # type: ignore[union-attr]


def _seen(courses: Mapping[str, Course]) -> dict[str, Seen]:
    return {
        signal: Seen(signal, courses[signal].values[-1], courses[signal].times[-1])
        for signal in SIGNALS
        if signal in courses and courses[signal].values
    }


def _crossings(
    told: Telling, plan: MonitoringPlan, baseline: BloodPressure | None, dosed_at: datetime | None
) -> list[Crossing]:
    """Hold against the limits, since the dose or until then, what does not lie in the quiet range of its signal."""
    after_dose = dosed_at is not None
    quiet = quiet_ranges(plan.limits_after if after_dose else plan.limits_before, baseline)
    suspects: dict[int, Event] = {}
    for signal, course in told.courses.items():
        since = course if dosed_at is None else course.since(dosed_at)
        suspects.update((id(event), event) for event in since.outside(*quiet[signal]))
    signs = [sign for sign in told.of(Noticed) if dosed_at is None or sign.taken_at > dosed_at]
    found: list[Crossing] = []
    earlier: list[str] = []
    for event in sorted((*suspects.values(), *signs), key=place_of):
        found += crossings_of(
            event, plan=plan, baseline=baseline, after_dose=after_dose, earlier_signs=earlier
        )
        if isinstance(event, Noticed):
            earlier.append(event.sign)
    return found


def _marked(crossed: Sequence[Crossing], told: Telling) -> list[Crossing]:
    """Mark as past each crossing whose signal was measured again; a sign, when vital signs were taken."""
    latest = {signal: course.times[-1] for signal, course in told.courses.items()}
    if looks := _pressures(told).times:
        latest[SIGN] = looks[-1]
    return [
        replace(
            crossing, is_current=(again := latest.get(crossing.signal)) is None or again <= crossing.taken_at
        )
        for crossing in crossed
    ]


def _troubles(told: Telling, crossed: Sequence[Crossing]) -> list[datetime]:
    """When something spoke against what was confirmed of the patient: a sign, a red value, a call for help."""
    seen = [each for each in crossed if each.signal == SIGN or each.severity is not Alarm.AMBER]
    return [*(each.taken_at for each in seen), *(event.taken_at for event in told.of(HelpAsked))]


def _missing(
    told: Telling,
    troubles: Sequence[datetime],
    plan: MonitoringPlan,
    *,
    as_of: datetime,
    observe_minutes: int,
) -> tuple[Missing, ...]:
    dosed_at = _dosed_at(told)
    since = (
        {}
        if dosed_at is None
        else {signal: course.since(dosed_at).until(as_of) for signal, course in told.courses.items()}
    )
    said = [
        event for event in told.of(Confirmed) if dosed_at is not None and dosed_at < event.taken_at <= as_of
    ]
    leaving = Leaving(
        at=as_of,
        minutes_since_dose=None if dosed_at is None else int((as_of - dosed_at).total_seconds() // 60),
        observe_minutes=observe_minutes,
        seen=_seen(since),
        beside={signal: course.latest() for signal, course in since.items()},
        confirmed={event.criterion: Said(event.words, event.taken_at) for event in said},
        baseline=None if dosed_at is None else _baseline(told, dosed_at),
        pressures=tuple(since.get(signal, Course()) for signal in PRESSURES),
        troubled_at=max((at for at in troubles if at <= as_of), default=None),
        oxygen_given_at=max(
            (each.taken_at for each in told.of(Medicated) if each.is_oxygen and each.taken_at <= as_of),
            default=None,
        ),
    )
    return discharge_missing(plan=plan, leaving=leaving)


def _departures(
    told: Telling,
    troubles: Sequence[datetime],
    plan: MonitoringPlan,
    *,
    dosed_at: datetime | None,
    observe_minutes: int,
    not_passed: Sequence[str],
) -> tuple[Departure, ...]:
    if dosed_at is None:
        return ()
    found = []
    if not_passed:
        says = f"The dose was given before every check was passed: {'; '.join(not_passed)}."
        found.append(Departure("dosed-early", says, dosed_at, told.of(Dosed)[0].event_id))
    for event in told.of(Discharged):
        if event.taken_at < dosed_at:
            continue
        missing = _missing(told, troubles, plan, as_of=event.taken_at, observe_minutes=observe_minutes)
        if missing:
            lacking = "; ".join(each.says.rstrip(".") for each in missing)
            says = f"The patient was discharged, and not on record was: {lacking}."
            found.append(Departure("left-early", says, event.taken_at, event.event_id))
    return (*found, *_gone_early(told, dosed_at))


def _not_passed(
    holds: Sequence[Hold], open_items: Sequence[ChecklistItem], lacking: Sequence[str]
) -> tuple[str, ...]:
    """Name in words what held the dose, what was not answered and what was not measured."""
    return (
        *(each.says.rstrip(".") for each in holds),
        *(f"not answered: {item.asks}" for item in open_items),
        *(f"not measured: {BASELINE_SIGNALS[signal]}" for signal in lacking),
    )


def _gone_early(told: Telling, dosed_at: datetime) -> list[Departure]:
    left = next((event for event in told.of(Left) if event.taken_at >= dosed_at), None)
    discharged = next((event.taken_at for event in told.of(Discharged) if event.taken_at >= dosed_at), None)
    if left is None or (discharged is not None and discharged <= left.taken_at):
        return []
    says = "The patient left without a discharge."
    return [Departure("left-undischarged", says, left.taken_at, left.event_id)]
