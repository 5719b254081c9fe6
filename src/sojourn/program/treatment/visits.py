"""Calling a visit off: only where nothing is on record in it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from sojourn.program.people.actors import Actor
from sojourn.program.plans.booking import cancel_visit
from sojourn.program.treatment.models import SessionEvent, VisitNote


class HasRecords(Exception):
    """Something is on record in the visit: it happened, and what happened is not cancelled."""


def call_off(*, visit_id: UUID, because: str, actor: Actor, now: datetime) -> None:
    """Cancel a visit in which nothing is on record. Raises HasRecords and whatever `cancel_visit` raises."""
    with transaction.atomic():
        cancel_visit(visit_id=visit_id, because=because, actor=actor, now=now)  # locks the visit first
        events = SessionEvent.objects.filter(visit_id=visit_id, withdrawn_by=None).exclude(
            withdraws__isnull=False
        )
        if events.exists() or VisitNote.objects.filter(visit_id=visit_id).exists():
            raise HasRecords
