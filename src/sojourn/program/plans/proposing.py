"""Proposes visits: a whole series with free times, or what moving one visit does to the rest. Writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Final
from uuid import UUID

from sojourn.clinical import protocols
from sojourn.clinical.protocols.courses import LimitKind
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import require
from sojourn.program.plans.availability import Taken, clashes, taken_between
from sojourn.program.plans.checking import CLOSES, OPENS, Place, Problem, WantedVisit, as_taken, problems_with
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.desk import Desk, desk_for
from sojourn.program.plans.holidays import holidays_between
from sojourn.program.plans.queries import VisitRow, day_at, visit, visits_of_course

STEP: Final = timedelta(minutes=30)
A_DAY: Final = timedelta(days=1)
A_YEAR: Final = timedelta(days=365)
A_MONDAY: Final = date(2026, 1, 5)
FIRST_CHOICE: Final = time(9, 0)  # the hour a proposal begins to look at, where the site is


class VisitNotFound(Exception):
    """No such standing visit among the patients this actor may see."""


class VisitHasBegun(Exception):
    """A visit that has begun can no longer be moved."""


@dataclass(frozen=True)
class ProposedVisit:
    """One visit of a proposal. `wanted` is None when nobody is free that day."""

    kind: str
    number: int
    on: date
    wanted: WantedVisit | None

    @property
    def place(self) -> Place:
        return self.kind, self.number


@dataclass(frozen=True)
class Proposal:
    """`continues`: doses of the course are booked already, and only what is missing is proposed."""

    desk: Desk
    visits: tuple[ProposedVisit, ...]
    problems: tuple[Problem, ...]
    continues: bool


@dataclass(frozen=True)
class MovedVisit:
    """One visit of a move: where it stands, and where it would stand."""

    visit: VisitRow
    to: WantedVisit


@dataclass(frozen=True)
class MoveProposal:
    """What moving one visit does: the shifted series with its problems, and the problems of moving it alone."""

    desk: Desk
    visit: VisitRow
    shifted: tuple[MovedVisit, ...]
    shifted_problems: tuple[Problem, ...]
    alone: MovedVisit
    alone_problems: tuple[Problem, ...]


def propose(*, course_id: UUID, first_dose_on: date, actor: Actor, now: datetime) -> Proposal:
    """Propose a free time, clinician and chair for every visit of the course that is not booked yet.

    `first_dose_on` counts only while no dose of the course is booked; what is missing later goes where it belongs.

    Raises CourseNotFound, NotAllowed.
    """
    desk = desk_for(course_id, actor=actor)
    require(actor, "book visits", patient_id=desk.course.patient_id)
    standing = visits_of_course(course_id, actor=actor)
    today = day_at(now, desk.course.timezone)
    planned = [
        (row.kind.value, row.number, max(row.on, today))
        for row in protocols.complete_series(
            protocol=desk.protocol,
            standing=_as_planned(desk, standing),
            first_dose_on=first_dose_on,
            closed_on=_closed_around(first_dose_on),
        )
    ]
    taken = calendar_of(desk, [on for _, _, on in planned])
    visits = _with_times(desk, planned, taken, now)
    found = [v.wanted for v in visits if v.wanted is not None]
    return Proposal(
        desk=desk,
        visits=tuple(visits),
        problems=problems_with(desk, found, standing=standing, taken=taken, now=now),
        continues=any(row.is_dosing for row in standing),
    )


def propose_move(*, visit_id: UUID, to: datetime, actor: Actor, now: datetime) -> MoveProposal:
    """Propose the series shifted after one visit moves, and say what moving that visit alone would break.

    Raises VisitNotFound, VisitHasBegun, NotAllowed.
    """
    moving = visit(visit_id, actor=actor)
    if moving is None or moving.cancelled_at is not None:
        raise VisitNotFound
    require(actor, "book visits", patient_id=moving.patient_id)
    if moving.starts_at <= now:
        raise VisitHasBegun
    desk = desk_for(moving.course_id, actor=actor)
    series = visits_of_course(moving.course_id, actor=actor)
    coming = tuple(row for row in series if row.starts_at > now)
    days = _shifted_days(desk, series, moving, to)
    calendar = calendar_of(desk, [*days.values(), to.astimezone(desk.zone).date()], apart_from=coming)

    alone = MovedVisit(moving, _same(moving, at=to))
    others = tuple(row for row in series if row.id != moving.id)
    shifted = _shift(desk, calendar, coming, moving, to, days, now)
    still = tuple(row for row in series if row.id not in {moved.visit.id for moved in shifted})
    kept = [_standing_as_taken(desk, row) for row in coming]
    return MoveProposal(
        desk=desk,
        visit=moving,
        shifted=shifted,
        shifted_problems=problems_with(
            desk, [moved.to for moved in shifted], standing=still, now=now,
            taken=[*calendar, *(span for row, span in zip(coming, kept, strict=True) if row in still)],
        ),
        alone=alone,
        alone_problems=problems_with(
            desk, [alone.to], standing=others, now=now,
            taken=[*calendar, *(span for row, span in zip(coming, kept, strict=True) if row in others)],
        ),
    )  # fmt: skip


def places_of(protocol: protocols.CourseProtocol) -> tuple[Place, ...]:
    """Every visit of a series of this protocol, in the order it comes."""
    series = protocols.propose_series(protocol=protocol, first_dose_on=A_MONDAY)
    return tuple((row.kind.value, row.number) for row in series)


def find_time(
    desk: Desk,
    calendar: Sequence[Taken],
    *,
    kind: str,
    number: int,
    on: date,
    like: time,
    now: datetime,
    clinician_id: UUID | None = None,
    chair_id: UUID | None = None,
    not_before: datetime | None = None,
) -> WantedVisit | None:
    """Find the first time of that day when a fitting clinician (and chair) and the patient are free.

    The clinician named, or the patient's own, is tried at every hour of the day before another is: first from the
    hour it should be like onward, then before it. A named chair is tried first.
    """
    is_dosing = kind == VisitKind.DOSING
    starts = [
        starts_at
        for starts_at in _starts(desk, on, like, desk.lasting(kind))
        if starts_at > now and (not_before is None or starts_at >= not_before)
    ]
    if not starts:
        return None
    chairs: Sequence[UUID | None] = [None]
    if is_dosing and desk.uses_chairs:
        chairs = sorted((chair.id for chair in desk.chairs), key=lambda chair: chair != chair_id)
    clinicians = sorted(desk.clinicians_for(kind, starts_at=starts[0]), key=lambda c: c.id != clinician_id)
    for clinician, starts_at, chair in product(clinicians, starts, chairs):
        wanted = WantedVisit(kind, number, starts_at, clinician.id, chair)
        span = as_taken(desk, wanted, calendar)
        if not clashes(calendar, wanted=span, is_dosing=is_dosing, timezone=desk.course.timezone):
            return wanted
    return None


def calendar_of(
    desk: Desk, days: Sequence[date], *, apart_from: Sequence[VisitRow] = ()
) -> tuple[Taken, ...]:
    """Everything that stands in the days of a series for the people and chairs of the desk, in one query."""
    if not days:
        return ()
    return taken_between(
        begin=datetime.combine(min(days), time(), desk.zone),
        end=datetime.combine(max(days) + 2 * A_DAY, time(), desk.zone),  # a visit may go on past midnight
        patient_id=desk.course.patient_id,
        clinician_ids=[clinician.id for clinician in desk.clinicians],
        chair_ids=[chair.id for chair in desk.chairs],
        apart_from=[row.id for row in apart_from],
    )


def _with_times(
    desk: Desk, planned: Sequence[tuple[str, int, date]], taken: Sequence[Taken], now: datetime
) -> tuple[ProposedVisit, ...]:
    """Find times in order of days; on the day of a dose, the conversation about the dose before comes first."""
    hours = desk.protocol.limit(LimitKind.MIN_HOURS_BETWEEN_DOSES).value or 0
    dose_days = {on for kind, _, on in planned if kind == VisitKind.DOSING}
    calendar = list(taken)
    visits = []
    dose_like, not_before = FIRST_CHOICE, now
    for kind, number, on in sorted(planned, key=lambda row: (row[2], row[0] == VisitKind.DOSING)):
        is_dosing = kind == VisitKind.DOSING
        like = dose_like if is_dosing else time(OPENS) if on in dose_days else FIRST_CHOICE
        wanted = find_time(
            desk,
            calendar,
            kind=kind,
            number=number,
            on=on,
            like=like,
            now=now,
            not_before=not_before if is_dosing else None,
        )
        visits.append(ProposedVisit(kind, number, on, wanted))
        if wanted is None:
            continue
        calendar.append(as_taken(desk, wanted, calendar))
        if is_dosing:
            dose_like = wanted.starts_at.astimezone(desk.zone).time()
            not_before = wanted.starts_at + timedelta(hours=hours)
    return tuple(visits)


def _starts(desk: Desk, on: date, like: time, lasting: timedelta) -> Iterator[datetime]:
    opens = datetime.combine(on, time(OPENS), desk.zone)
    closes = datetime.combine(on, time(CLOSES), desk.zone)
    slots = [
        opens + STEP * n for n in range(int((closes - opens) / STEP)) if opens + STEP * n + lasting <= closes
    ]
    yield from (slot for slot in slots if slot.time() >= like)
    yield from (slot for slot in slots if slot.time() < like)


def _closed_around(day: date) -> frozenset[date]:
    return holidays_between(day - A_YEAR, day + A_YEAR)


def _shifted_days(
    desk: Desk, series: Sequence[VisitRow], moving: VisitRow, to: datetime
) -> dict[Place, date]:
    shifted = protocols.shift_series(
        protocol=desk.protocol,
        series=_as_planned(desk, series),
        moved=(protocols.VisitKind(moving.kind), moving.number),
        to=day_at(to, desk.course.timezone),
        closed_on=_closed_around(day_at(to, desk.course.timezone)),
    )
    return {(row.kind.value, row.number): row.on for row in shifted}


def _as_planned(desk: Desk, series: Sequence[VisitRow]) -> list[protocols.PlannedVisit]:
    return [
        protocols.PlannedVisit(
            kind=protocols.VisitKind(row.kind),
            number=row.number,
            on=day_at(row.starts_at, desk.course.timezone),
            duration=desk.lasting(row.kind),
        )
        for row in series
    ]


def _shift(
    desk: Desk, calendar: Sequence[Taken], coming: Sequence[VisitRow], moving: VisitRow, to: datetime,
    days: dict[Place, date], now: datetime,
) -> tuple[MovedVisit, ...]:  # fmt: skip
    filled = list(calendar)
    moved: list[MovedVisit] = []
    for row in coming:
        local = row.starts_at.astimezone(desk.zone)
        day = days.get((row.kind, row.number), local.date())
        if row.id == moving.id:
            wanted = _same(row, at=to)
        elif day == local.date():
            filled.append(_standing_as_taken(desk, row))
            continue
        else:
            wanted = find_time(
                desk, filled, kind=row.kind, number=row.number, on=day, like=local.time(), now=now,
                clinician_id=row.clinician_id, chair_id=row.chair_id,
            ) or _same(row, at=datetime.combine(day, local.time(), desk.zone))  # fmt: skip
        filled.append(as_taken(desk, wanted, filled))
        moved.append(MovedVisit(row, wanted))
    return tuple(moved)


def _same(row: VisitRow, *, at: datetime) -> WantedVisit:
    return WantedVisit(row.kind, row.number, at, row.clinician_id, row.chair_id)


def _standing_as_taken(desk: Desk, row: VisitRow) -> Taken:
    return as_taken(desk, _same(row, at=row.starts_at), ())
