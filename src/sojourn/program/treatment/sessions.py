"""Dosing sessions as they stand: their events on record, folded into a state by `clinical.monitoring`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from sojourn.clinical import monitoring, protocols
from sojourn.clinical.monitoring.events import Dosed
from sojourn.program.intake.practice_rules import session_limits_adopted
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import DoseOrder, Visit
from sojourn.program.plans.queries import VisitRow, day_at, visit_rows
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.given import dose_given
from sojourn.program.treatment.models import SessionEvent


@dataclass(frozen=True)
class EventRow:
    """One event on record. `struck_at` is when it was struck out, or None while it stands."""

    id: UUID
    visit_id: UUID
    kind: str
    facts: dict[str, Any]
    taken_at: datetime
    received_at: datetime
    by_id: UUID | None
    by: str
    source: str
    device: str
    sequence: int
    seal: str
    withdraws_id: UUID | None
    struck_at: datetime | None
    clock_said: datetime | None = None

    @property
    def told_by(self) -> str:
        """Where it came from, in a few words: a device, a person by name, paper, or who said it."""
        if self.device:
            return self.device
        if self.source == EventSource.PAPER:
            return f"paper, {self.by}"
        return self.by or str(EventSource(self.source).label)

    @property
    def clock_off_min(self) -> int:
        """By how many minutes the clock of what sent it was wrong; 0 where it was set right by nothing."""
        if self.clock_said is None:
            return 0
        return round((self.clock_said - self.taken_at).total_seconds() / 60)

    @property
    def kind_label(self) -> str:
        return str(EventKind(self.kind).label)

    @property
    def is_standing(self) -> bool:
        return self.struck_at is None and self.withdraws_id is None

    def as_event(self) -> monitoring.Event:
        """The event as a value; read once, however often a page asks."""
        return self._event

    @cached_property
    def _event(self) -> monitoring.Event:
        facts = self.facts | ({"struck_id": str(self.withdraws_id)} if self.withdraws_id else {})
        return monitoring.read_event(
            kind=self.kind, facts=facts, taken_at=self.taken_at, event_id=str(self.id)
        )


@dataclass(frozen=True)
class Recorded:
    """The events of a session on record, in order of the time they tell of, and what they tell."""

    events: tuple[EventRow, ...]
    told: monitoring.Telling


@dataclass(frozen=True)
class Session:
    """A dosing session: its visit, its plan, what happened, and the state that follows from it.

    `told` are its events as values, without those taken back.
    """

    visit: VisitRow
    protocol: protocols.CourseProtocol
    plan: monitoring.MonitoringPlan
    events: tuple[EventRow, ...]
    told: monitoring.Telling
    state: monitoring.SessionState
    ordered_mg: Decimal | None
    observes_longer: bool  # a first session, or a raised dose
    weight_kg: Decimal | None = None

    @property
    def is_over(self) -> bool:
        return self.state.ended_at is not None

    @property
    def due_at(self) -> datetime:
        """When somebody must next do something: the next look, or the beginning of the session."""
        if self.state.next_due is not None:
            return self.state.next_due.due_at
        return self.visit.starts_at

    @cached_property
    def rows_told(self) -> dict[str, EventRow]:
        """The entry of each event by the id of what is `told`."""
        return {row.as_event().event_id: row for row in self.events}

    @property
    def is_running(self) -> bool:
        """True from the dose until the patient has left."""
        return self.state.dosed_at is not None and not self.is_over


def session(visit_id: UUID, *, actor: Actor, now: datetime) -> Session | None:
    """One dosing session, or None where the actor may not see it; three queries, four at home."""
    return _one(patients_visible_to(actor, "patient"), visit_id, now)


def session_by_token(visit_id: UUID, *, now: datetime) -> Session | None:
    """One dosing session for whoever holds a token of it, and may add to it without seeing it; four queries."""
    return _one(Q(), visit_id, now)


def _one(seen: Q, visit_id: UUID, now: datetime) -> Session | None:
    rows = visit_rows(Visit.objects.filter(seen, on_record(), pk=visit_id, kind=VisitKind.DOSING))
    found = _sessions(rows, now)
    return found[0] if found else None


def on_record() -> Q:
    """Filter for the visits that stand, and for those called off after their session had ended without a dose."""
    ended = SessionEvent.objects.filter(visit=OuterRef("pk"), kind=EventKind.CANCELLED)
    return Q(cancelled_at=None) | Q(Exists(ended))


def telling_of(events: Iterable[EventRow]) -> monitoring.Telling:
    """What these events tell."""
    return monitoring.in_order(event.as_event() for event in events)


def events_of(visit_ids: Iterable[UUID]) -> dict[UUID, tuple[EventRow, ...]]:
    """The events of these visits in order of the time they tell of, in one query."""
    found: dict[UUID, list[EventRow]] = {visit_id: [] for visit_id in visit_ids}
    for row in read_events(SessionEvent.objects.filter(visit_id__in=list(found))):
        found[row.visit_id].append(row)
    return {visit_id: tuple(events) for visit_id, events in found.items()}


def read_events(which: QuerySet[SessionEvent]) -> Iterator[EventRow]:
    """Read these events in order of the time they tell of, in one query."""
    for row in which.order_by("taken_at", "received_at", "id").values(
        "id",
        "visit_id",
        "kind",
        "facts",
        "taken_at",
        "received_at",
        "source",
        "device",
        "sequence",
        "seal",
        "withdraws_id",
        "clock_said",
        by_id=F("recorded_by"),
        by=Coalesce("recorded_by__name", Value("")),
        struck_at=F("withdrawn_by__received_at"),
    ):
        yield EventRow(**row)


def _sessions(rows: Iterable[VisitRow], now: datetime) -> tuple[Session, ...]:
    rows = tuple(rows)
    if not rows:
        return ()
    limits = session_limits_adopted()
    plans = {row.id: limits.in_force(plan_as_shipped(row), at=row.starts_at) for row in rows}
    events = events_of(row.id for row in rows)
    recorded = {visit_id: Recorded(some, telling_of(some)) for visit_id, some in events.items()}
    return sessions_of(rows, plans, orders_that_hold(rows), recorded, doses_before(rows, plans), now=now)


def plan_as_shipped(row: VisitRow) -> monitoring.MonitoringPlan:
    """The monitoring plan of a visit's protocol, before what the practice has set."""
    return monitoring.monitoring_plan(protocols.course_protocol(row.protocol_id).monitoring)


def sessions_of(
    rows: Iterable[VisitRow],
    plans: Mapping[UUID, monitoring.MonitoringPlan],
    orders: Mapping[UUID, tuple[Decimal, Decimal | None]],
    recorded: Mapping[UUID, Recorded],
    before: Mapping[UUID, Sequence[tuple[UUID, datetime, float]]],
    *,
    now: datetime,
) -> tuple[Session, ...]:
    """Fold the events of these visits, by visit and by course; without a query. `before` is what `doses_before` gives."""
    found = []
    for row in rows:
        ordered_mg, weight_kg = orders.get(row.course_id, (None, None))
        plan, told = plans[row.id], recorded[row.id].told
        longer = _is_first_or_raised(row.id, ordered_mg, told.of(Dosed), before.get(row.course_id, ()))
        found.append(
            Session(
                visit=row,
                protocol=protocols.course_protocol(row.protocol_id),
                plan=plan,
                events=recorded[row.id].events,
                told=told,
                state=monitoring.state_of(events=told, plan=plan, now=now, observe_longer=longer),
                ordered_mg=ordered_mg,
                observes_longer=longer,
                weight_kg=weight_kg,
            )
        )
    return tuple(found)


def doses_before(
    rows: Iterable[VisitRow], plans: Mapping[UUID, monitoring.MonitoringPlan]
) -> dict[UUID, list[tuple[UUID, datetime, float]]]:
    """The doses given in the courses of these visits: of which visit, when and how many mg, by course, in order of time.

    Only of those whose plan observes a first or raised dose for longer; one query, none where no plan does.
    """
    courses = {
        row.course_id for row in rows if plans[row.id].observe_longer != plans[row.id].observe_at_least
    }
    if not courses:
        return {}
    found: dict[UUID, list[tuple[UUID, datetime, float]]] = {}
    given = dose_given(visit__course__in=courses).order_by("taken_at")
    for course_id, *dose in given.values_list(
        "visit__course", "visit_id", "taken_at", Cast(KeyTextTransform("mg", "facts"), FloatField())
    ):
        found.setdefault(course_id, []).append(tuple(dose))
    return found


def _is_first_or_raised(
    visit_id: UUID,
    ordered_mg: Decimal | None,
    given: Sequence[Dosed],
    of_course: Iterable[tuple[UUID, datetime, float]],
) -> bool:
    """Whether the dose of a session, given or still ordered, is the first of its course or above that of the session before.

    Portions of one session are one dose. An order of later says nothing about it.
    """
    begun_at = given[0].taken_at if given else None
    earlier: dict[UUID, float] = {}
    for of, at, given_mg in of_course:
        if of != visit_id and (begun_at is None or at < begun_at):
            earlier[of] = earlier.get(of, 0.0) + given_mg
    if not earlier:
        return True
    mg = sum(dose.mg for dose in given) or ordered_mg
    return mg is not None and float(mg) > [*earlier.values()][-1]


def orders_that_hold(rows: Iterable[VisitRow]) -> dict[UUID, tuple[Decimal, Decimal | None]]:
    """The dose that holds for each course, and the weight it is for."""
    newest = DoseOrder.objects.filter(course=OuterRef("course")).order_by("-ordered_at")
    standing = DoseOrder.objects.filter(
        course_id__in={row.course_id for row in rows}, pk=Subquery(newest.values("pk")[:1])
    )
    return {
        course_id: (dose_mg, weight_kg)
        for course_id, dose_mg, weight_kg in standing.values_list("course_id", "dose_mg", "weight_kg")
    }


def is_today(row: VisitRow, now: datetime) -> bool:
    """True on the day of the session where the site is, and through a night it is booked for."""
    return (
        day_at(row.starts_at, row.timezone) == day_at(now, row.timezone) or row.starts_at <= now < row.ends_at
    )
