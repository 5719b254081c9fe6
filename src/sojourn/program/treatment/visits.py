"""Calling a visit off, and naming who comes along: only while the visit is still to be."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from sojourn.program.people.actors import Actor
from sojourn.program.plans import booking
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.given import end_of_dosing
from sojourn.program.treatment.models import SessionEvent, VisitNote


class HasRecords(Exception):
    """Something is on record in the visit: it happened, and what happened is not cancelled."""


class SessionEnded(Exception):
    """The session has ended; who came along stands in its record."""


def call_off(*, visit_id: UUID, because: str, actor: Actor, now: datetime) -> None:
    """Cancel a visit in which nothing is on record. Raises HasRecords and whatever `cancel_visit` raises.

    A session that ended without a dose is called off, too, so that its dose can be booked again; its record stays.
    """
    with transaction.atomic():
        booking.cancel_visit(
            visit_id=visit_id, because=because, actor=actor, now=now
        )  # locks the visit first
        if _standing(visit_id).exists() and not _has(visit_id, EventKind.CANCELLED):
            raise HasRecords
        if _has(visit_id, EventKind.DOSED) or VisitNote.objects.filter(visit_id=visit_id).exists():
            raise HasRecords


def name_companion(*, visit_id: UUID, name: str, phone: str, actor: Actor, now: datetime) -> None:
    """Name the escort or sitter of a session that has not ended. Raises SessionEnded and what `name_sitter` raises."""
    with transaction.atomic():
        booking.name_sitter(visit_id=visit_id, name=name, phone=phone, actor=actor, now=now)
        if _has(visit_id, EventKind.CANCELLED) or end_of_dosing(visit_id=visit_id).exists():
            raise SessionEnded


def _standing(visit_id: UUID) -> QuerySet[SessionEvent]:
    return SessionEvent.objects.filter(visit_id=visit_id, withdrawn_by=None, withdraws=None)


def _has(visit_id: UUID, *kinds: EventKind) -> bool:
    return _standing(visit_id).filter(kind__in=kinds).exists()
