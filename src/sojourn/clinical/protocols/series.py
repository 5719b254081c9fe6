"""Proposes the days of a whole series of visits, and of the rest of it when one visit moves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from sojourn.clinical.protocols.courses import CourseProtocol, LimitKind, VisitKind

DAY = timedelta(days=1)
SATURDAY = 5
DAYS_FROM_PREPARATION_TO_DOSE = 2  # program policy: time to think it over
Closed = frozenset[date]


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit on a day. `follows` is the number of the dosing session it comes after, if any."""

    kind: VisitKind
    number: int
    on: date
    duration: timedelta
    follows: int | None = None


class NoSuchVisit(LookupError):
    """The series holds no visit of that kind and number."""


def propose_series(
    *,
    protocol: CourseProtocol,
    start_on: date | None = None,
    first_dose_on: date | None = None,
    closed_on: Iterable[date] = (),
) -> tuple[PlannedVisit, ...]:
    """Propose all visits of the first phase, in order of days, on working days that are not in `closed_on`.

    Give either the day of the preparation (`start_on`) or of the first dose. Raises ValueError for both or
    neither.
    """
    if (start_on is None) == (first_dose_on is None):
        raise ValueError("give start_on or first_dose_on, one of the two")
    closed = frozenset(closed_on)
    if start_on is not None:
        prepared_on = _working_day_from(start_on, closed)
        first = _dose_day_from(protocol, prepared_on + DAYS_FROM_PREPARATION_TO_DOSE * DAY, closed)
    else:
        assert first_dose_on is not None
        first = _dose_day_from(protocol, first_dose_on, closed)
        prepared_on = _working_day_before(first - (DAYS_FROM_PREPARATION_TO_DOSE - 1) * DAY, closed)
    doses = _dose_days(protocol, first, closed)
    return _in_order(
        [
            _visit(protocol, VisitKind.PREPARATION, 1, prepared_on),
            *(
                visit
                for number, on in enumerate(doses, start=1)
                for visit in _dose_and_integration(protocol, number, on, closed)
            ),
        ]
    )


def complete_series(
    *,
    protocol: CourseProtocol,
    standing: Sequence[PlannedVisit],
    first_dose_on: date,
    closed_on: Iterable[date] = (),
) -> tuple[PlannedVisit, ...]:
    """Propose the visits a series lacks, in order of days, beside those that stand.

    A dose that is missing goes behind the one before it at its usual distance, an integration behind its dose.
    `first_dose_on` counts only while no dose stands.
    """
    closed = frozenset(closed_on)
    whole = propose_series(protocol=protocol, first_dose_on=first_dose_on, closed_on=closed)
    held = {(visit.kind, visit.number) for visit in standing}
    known = {visit.number: visit.on for visit in standing if visit.kind is VisitKind.DOSING}
    if known:
        days = _days_around(protocol, known, whole, closed)
        prepared_on = _working_day_before(days[0] - (DAYS_FROM_PREPARATION_TO_DOSE - 1) * DAY, closed)
        whole = _in_order(
            [
                _visit(protocol, VisitKind.PREPARATION, 1, prepared_on),
                *(
                    visit
                    for number, on in enumerate(days, start=1)
                    for visit in _dose_and_integration(protocol, number, on, closed)
                ),
            ]
        )
    return tuple(visit for visit in whole if (visit.kind, visit.number) not in held)


def shift_series(
    *,
    protocol: CourseProtocol,
    series: Sequence[PlannedVisit],
    moved: tuple[VisitKind, int],
    to: date,
    closed_on: Iterable[date] = (),
) -> tuple[PlannedVisit, ...]:
    """Propose the series with one visit moved: what came before stays, later doses keep their distances.

    The moved visit itself stands on the day asked for, even if that breaks a rule: `breaches` says which one.
    Raises NoSuchVisit.
    """
    kind, number = VisitKind(moved[0]), moved[1]
    closed = frozenset(closed_on)
    by_name = {(visit.kind, visit.number): visit for visit in series}
    if (kind, number) not in by_name:
        raise NoSuchVisit(f"{kind} {number}")
    if kind is VisitKind.DOSING:
        return _with_dose_on(protocol, by_name, number, to, closed=closed)
    by_name[kind, number] = replace(by_name[kind, number], on=to)
    first = by_name.get((VisitKind.DOSING, 1))
    if kind is VisitKind.PREPARATION and first is not None and first.on <= to:
        day = _working_day_from(to + DAYS_FROM_PREPARATION_TO_DOSE * DAY, closed)
        return _with_dose_on(protocol, by_name, 1, day, closed=closed)
    return _in_order(by_name.values())


def _with_dose_on(
    protocol: CourseProtocol,
    by_name: dict[tuple[VisitKind, int], PlannedVisit],
    number: int,
    to: date,
    *,
    closed: Closed,
) -> tuple[PlannedVisit, ...]:
    """Set a dose to a day, later ones behind it at their old distances, and integrations behind each."""
    shifted = dict(by_name)
    doses = sorted(held for kind, held in by_name if kind is VisitKind.DOSING)
    days = [by_name[VisitKind.DOSING, earlier].on for earlier in doses if earlier < number]
    for place, dose in enumerate(doses):
        if dose < number:
            continue
        if dose == number:
            days.append(to)
        else:
            was, before = by_name[VisitKind.DOSING, dose].on, by_name[VisitKind.DOSING, doses[place - 1]].on
            days.append(_next_dose_day(protocol, days, days[-1] + (was - before), closed))
        for visit in _dose_and_integration(protocol, dose, days[-1], closed):
            if (visit.kind, dose) in by_name:
                shifted[visit.kind, dose] = replace(by_name[visit.kind, dose], on=visit.on)
    preparation = by_name.get((VisitKind.PREPARATION, 1))
    if preparation is not None and doses[0] == 1 and preparation.on >= days[0]:
        shifted[VisitKind.PREPARATION, 1] = replace(preparation, on=_working_day_before(days[0], closed))
    return _in_order(shifted.values())


def _days_around(
    protocol: CourseProtocol, known: dict[int, date], whole: Iterable[PlannedVisit], closed: Closed
) -> list[date]:
    """Give the day of every dose, those that stand and those proposed between, before and behind them."""
    usual = {visit.number: visit.on for visit in whole if visit.kind is VisitKind.DOSING}
    days: list[date] = []
    for number in sorted(usual):
        if number in known:
            days.append(known[number])
        elif days:
            wanted = days[-1] + (usual[number] - usual[number - 1])
            days.append(_next_dose_day(protocol, days, wanted, closed))
        else:
            later = min(known)
            wanted = known[later] - (usual[later] - usual[number])
            days.append(_working_day_before(wanted + DAY, closed))
    return days


def _dose_days(protocol: CourseProtocol, first: date, closed: Closed) -> list[date]:
    phase = protocol.phases[0]
    days = [first]
    for place in range(1, phase.doses):
        week, turn = divmod(place, len(phase.weekdays))
        wanted = first + timedelta(weeks=week, days=phase.weekdays[turn] - phase.weekdays[0])
        days.append(_next_dose_day(protocol, days, wanted, closed))
    return days


def _next_dose_day(protocol: CourseProtocol, days: Sequence[date], wanted: date, closed: Closed) -> date:
    least_days = ceil((protocol.limit(LimitKind.MIN_HOURS_BETWEEN_DOSES).value or 0) / 24)
    most_a_week = protocol.limit(LimitKind.MAX_DOSES_IN_7_DAYS).value or 1
    integrated_on = _working_day_from(days[-1] + DAY, closed)
    earliest = max(wanted, days[-1] + least_days * DAY, integrated_on + DAY)
    if len(days) >= most_a_week:
        earliest = max(earliest, days[-most_a_week] + 7 * DAY)
    return _dose_day_from(protocol, earliest, closed)


def _dose_day_from(protocol: CourseProtocol, day: date, closed: Closed) -> date:
    """Find the first working day that has another one soon enough after it for integration."""
    soon = (protocol.limit(LimitKind.INTEGRATION_WITHIN_DAYS).value or 0) * DAY
    day = _working_day_from(day, closed)
    while _working_day_from(day + DAY, closed) - day > soon:
        day = _working_day_from(day + DAY, closed)
    return day


def _dose_and_integration(
    protocol: CourseProtocol, number: int, on: date, closed: Closed
) -> list[PlannedVisit]:
    dosing = _visit(protocol, VisitKind.DOSING, number, on, follows=number - 1 or None)
    return [
        dosing,
        _visit(protocol, VisitKind.INTEGRATION, number, _working_day_from(on + DAY, closed), follows=number),
    ]


def _visit(
    protocol: CourseProtocol, kind: VisitKind, number: int, on: date, follows: int | None = None
) -> PlannedVisit:
    return PlannedVisit(
        kind=kind, number=number, on=on, duration=protocol.visit(kind).duration, follows=follows
    )


def _in_order(visits: Iterable[PlannedVisit]) -> tuple[PlannedVisit, ...]:
    kinds = list(VisitKind)
    return tuple(sorted(visits, key=lambda visit: (visit.on, kinds.index(visit.kind), visit.number)))


def _working_day_from(day: date, closed: Closed) -> date:
    while day.weekday() >= SATURDAY or day in closed:
        day += DAY
    return day


def _working_day_before(day: date, closed: Closed) -> date:
    day -= DAY
    while day.weekday() >= SATURDAY or day in closed:
        day -= DAY
    return day
