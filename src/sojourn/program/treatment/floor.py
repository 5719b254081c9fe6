"""The sessions on the floor now, each with a mark of what its row is made of: a board reads only what changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sojourn.program.intake.practice_rules import limits_in_force
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.plans.queries import VisitRow
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.floor_memory import recorded_at
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.places import A_DAY, NOBODY_LEFT_BEHIND, Place, places_now
from sojourn.program.treatment.sessions import (
    Session,
    doses_before,
    events_of,
    is_today,
    plan_as_shipped,
    sessions_of,
)
from sojourn.program.treatment.undoing import UNDO_WITHIN, undoable

LISTED_AT_MOST: Final = 1000


@dataclass(frozen=True)
class Floor:
    """The places somebody may see; `left_out` is how many more there are than could be listed."""

    places: tuple[Place, ...]
    left_out: int = 0


def floor_of(actor: Actor, *, now: datetime) -> Floor:
    """The floor as this actor may see it; two queries."""
    near = Visit.objects.filter(
        patients_visible_to(actor, "patient"),
        kind=VisitKind.DOSING,
        during__startswith__gt=now - NOBODY_LEFT_BEHIND,
        during__startswith__lt=now + A_DAY,
    )
    return _floor(places_now(now=now, visit_ids=near.values_list("id", flat=True)), now)


def whole_floor(*, now: datetime, visit_ids: Collection[UUID] | None = None) -> Floor:
    """The whole floor, or these visits of it, for the hub, which passes each on to those who may see its site."""
    return _floor(places_now(now=now, visit_ids=visit_ids), now)


def sessions_today(actor: Actor, *, now: datetime) -> tuple[Session, ...]:
    """Today's dosing sessions of the patients this actor may see: running ones by what is due next, then those to come.

    A session that goes on past midnight, or past the time it was booked for, stays until the patient has left.
    Three queries, however many sessions there are.
    """
    listed = sessions_at(floor_of(actor, now=now).places, now=now)
    return tuple(sorted(listed, key=lambda s: (s.is_over, not s.is_running, s.due_at)))


def sessions_at(places: Iterable[Place], *, now: datetime) -> tuple[Session, ...]:
    """Read what is new of the sessions of these places, and fold them; one query, two where some are observed longer."""
    places = tuple(places)
    if not places:
        return ()
    orders = {place.visit.course_id: place.order for place in places if place.order is not None}
    plans = {each.visit.id: limits_in_force(plan_as_shipped(each.visit), each.limits) for each in places}
    recorded = recorded_at([place.visit.id for place in places])
    rows = tuple(place.visit for place in places)
    return sessions_of(rows, plans, orders, recorded, doses_before(rows, plans), now=now)


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


def _floor(places: Iterable[Place], now: datetime) -> Floor:
    shown = tuple(place for place in places if place.is_running or is_today(place.visit, now))
    return Floor(shown[:LISTED_AT_MOST], max(0, len(shown) - LISTED_AT_MOST))
