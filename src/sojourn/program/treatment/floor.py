"""The sessions on the floor now, each with a mark of what its row is made of: a board reads only what changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.models import Visit
from sojourn.program.plans.queries import VisitRow, visit_rows
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.sessions import (
    Session,
    events_of,
    is_today,
    orders_that_hold,
    sessions_of,
    visits_now,
)
from sojourn.program.treatment.undoing import UNDO_WITHIN, undoable

LISTED_AT_MOST: Final = 1000
HEADS = """
SELECT visit_id, max(sequence),
       coalesce(bool_or(stands AND kind = 'dosed'), false)
       AND NOT coalesce(bool_or(stands AND kind IN ('discharged', 'left')), false)
FROM (
  SELECT visit_id, sequence, kind,
         kind IN ('dosed', 'discharged', 'left')
         AND NOT EXISTS (SELECT 1 FROM treatment_sessionevent later WHERE later.withdraws_id = event.id) AS stands
  FROM treatment_sessionevent event WHERE visit_id = ANY(%s)
) told GROUP BY visit_id
"""


@dataclass(frozen=True)
class Place:
    """One session on the floor, not yet read. What it is made of changes only when its `mark` does, or with time."""

    visit: VisitRow
    head: int  # the number of its last event, 0 before the first
    is_running: bool
    order: Any

    @property
    def mark(self) -> tuple[Any, ...]:
        return (self.visit, self.head, self.order)


@dataclass(frozen=True)
class Floor:
    """The places somebody may see; `left_out` is how many more there are than could be listed."""

    places: tuple[Place, ...]
    left_out: int = 0


def floor_of(actor: Actor, *, now: datetime, site_id: UUID | None = None) -> Floor:
    """The floor as this actor may see it, of all their sites or of one; three queries."""
    seen = visits_now(now).filter(patients_visible_to(actor, "patient"))
    return _floor(seen if site_id is None else seen.filter(patient__site=site_id), now)


def whole_floor(*, now: datetime, visit_ids: Collection[UUID] | None = None) -> Floor:
    """The whole floor, or these visits of it, for the hub, which passes each on to those who may see its site."""
    seen = visits_now(now)
    return _floor(seen if visit_ids is None else seen.filter(pk__in=visit_ids), now)


def sessions_at(places: Iterable[Place], *, now: datetime) -> tuple[Session, ...]:
    """Read and fold the sessions of these places, in two queries."""
    places = tuple(places)
    orders = {place.visit.course_id: place.order for place in places if place.order is not None}
    return sessions_of((place.visit for place in places), orders, now=now) if places else ()


def undoable_of(actor: Actor, places: Iterable[Place], *, now: datetime) -> tuple[VisitRow, Any] | None:
    """What this person recorded last on the floor, while it can be taken back, with its visit; at most two queries."""
    of_visit = {place.visit.id: place.visit for place in places}
    last = (
        SessionEvent.objects.filter(
            visit_id__in=list(of_visit), recorded_by=actor.staff_id, received_at__gte=now - UNDO_WITHIN
        )
        .exclude(kind__in=(EventKind.STRUCK, EventKind.CORRECTED))
        .order_by("-received_at", "-sequence")
        .values_list("visit_id", flat=True)
        .first()
    )
    if last is None:
        return None
    row = undoable(events_of([last])[last], staff_id=actor.staff_id, now=now)
    return None if row is None else (of_visit[last], row)


def _floor(visits: QuerySet[Visit], now: datetime) -> Floor:
    rows = visit_rows(visits.order_by("during", "id")[: LISTED_AT_MOST + 1])
    heads = _heads([row.id for row in rows])
    orders = orders_that_hold(rows)
    places = [Place(row, *heads.get(row.id, (0, False)), orders.get(row.course_id)) for row in rows]
    shown = [place for place in places if place.is_running or is_today(place.visit, now)]
    left_out = visits.count() - LISTED_AT_MOST if len(rows) > LISTED_AT_MOST else 0
    return Floor(tuple(shown[:LISTED_AT_MOST]), left_out)


def _heads(visit_ids: list[UUID]) -> dict[UUID, tuple[int, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [visit_ids])
        return {visit_id: (head, is_running) for visit_id, head, is_running in cursor.fetchall()}
