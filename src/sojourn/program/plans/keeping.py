"""What becomes of a visit whose reason is gone: kept by somebody's word, or put back after it was cancelled."""

from datetime import datetime
from typing import Final
from uuid import UUID

import pghistory
from django.db import IntegrityError, transaction
from psycopg.types.range import Range, TimestamptzRange

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.asking import ask_for_course
from sojourn.program.plans.booking import AlreadyBooked, locked_visit, open_desk, refuse, told
from sojourn.program.plans.checking import WantedVisit, as_taken, problems_with
from sojourn.program.plans.models import Visit
from sojourn.program.plans.proposing import VisitNotFound, calendar_of

KEPT: Final = "kept a visit"


def keep_visit(*, visit_id: UUID, actor: Actor, now: datetime) -> None:
    """Note that a visit stands by somebody's word. A cancelled one is left alone. Raises NotAllowed, VisitNotFound."""
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        row = locked_visit(visit_id, actor, "book visits")
        if row.cancelled_at is not None:
            return
        row.kept_at = now
        row.save(update_fields=["kept_at"])
        audit.record(actor, KEPT, about=("visit", visit_id), at=now, patient_id=row.patient_id)


def ask_anew(*, visit_id: UUID, actor: Actor, now: datetime) -> None:
    """Take back that a visit was kept: it is asked about again. Raises NotAllowed, VisitNotFound."""
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        row = locked_visit(visit_id, actor, "book visits")
        if row.kept_at is None:
            return
        row.kept_at = None
        row.save(update_fields=["kept_at"])
        audit.record(
            actor, "no longer kept a visit", about=("visit", visit_id), at=now, patient_id=row.patient_id
        )


def restore_visit(*, visit_id: UUID, actor: Actor, now: datetime) -> None:
    """Put a cancelled visit back at its time with its clinician and chair, as if it were booked now. Harmless twice.

    Raises NotAllowed, VisitNotFound, CourseEnded, AlreadyBooked, NotBookable, DoubleBooked.
    """
    with transaction.atomic(), pghistory.context(actor=str(actor.user_id)):
        seen = Visit.objects.filter(patients_visible_to(actor, "patient"), pk=visit_id).first()
        if seen is None:
            raise VisitNotFound
        desk, standing = open_desk(seen.course_id, [seen.clinician_id], actor)
        row = locked_visit(visit_id, actor, "book visits")
        if row.cancelled_at is None:
            return
        if (row.kind, row.number) in {(other.kind, other.number) for other in standing}:
            raise AlreadyBooked
        wanted = WantedVisit(row.kind, row.number, row.during.lower, row.clinician_id, row.chair_id)
        calendar = calendar_of(desk, [row.during.lower.astimezone(desk.zone).date()])
        refuse(problems_with(desk, [wanted], standing=standing, taken=calendar, now=now))
        span = as_taken(desk, wanted, calendar)
        row.during = TimestamptzRange(span.starts_at, span.ends_at, "[)")
        row.places = Range(*span.places, "[)")
        row.cancelled_at, row.cancelled_because = None, ""
        _saved(row, wanted)
        ask_for_course(row.course_id, actor=actor, now=now)
        audit.record(actor, "put a visit back", about=("visit", visit_id), at=now, patient_id=row.patient_id)


def _saved(row: Visit, wanted: WantedVisit) -> None:
    """Save a visit that stands again; the database has the last word on overlaps."""
    try:
        with transaction.atomic():
            row.save(update_fields=["during", "places", "cancelled_at", "cancelled_because"])
    except IntegrityError as clash:
        raise told(clash, wanted) from clash
