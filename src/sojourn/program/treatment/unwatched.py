"""Finds running sessions that have no deadline. There must be none: each is a fault, shown and mended."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef

from sojourn.clinical import monitoring, protocols
from sojourn.program.people.actors import MACHINE
from sojourn.program.plans.models import Visit
from sojourn.program.safety import deadlines
from sojourn.program.safety.actions import raise_alarm
from sojourn.program.treatment.arming import arm_from_record
from sojourn.program.treatment.calls_and_sitters import FOLLOWED_FOR, arm_sitter
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.folded import spoke_of_suicide
from sojourn.program.treatment.given import end_of_dosing
from sojourn.program.treatment.models import SessionEvent

log = logging.getLogger("sojourn.watch")

UNWATCHED = "SESSION-UNWATCHED"
SAYS = "This session ran without a deadline: nobody would have been told of a missed look. It has one again."


def unwatched_sessions(*, now: datetime) -> tuple[UUID, ...]:
    """The sessions with a dose of the last day and no end on record whose next look nobody waits for; three queries.

    Those at home with a sitter among them, where nobody waits for the sitter's.
    """
    events = SessionEvent.objects.filter(visit=OuterRef("pk"), withdrawn_by=None)
    running = list(
        Visit.objects.filter(
            Exists(events.filter(kind=EventKind.DOSED, taken_at__range=(now - FOLLOWED_FOR, now))),
            ~Exists(end_of_dosing(visit=OuterRef("pk"))),
            during__overlap=(now - 2 * FOLLOWED_FOR, now + FOLLOWED_FOR),
        )
        .annotate(has_sitter=Exists(events.filter(kind=EventKind.ROLE_ACCEPTED, source=EventSource.SITTER)))
        .values_list("pk", "has_sitter", "course__protocol_id")
    )
    watched = deadlines.watched([visit_id for visit_id, *_ in running])
    with_sitter = [
        visit_id for visit_id, has_sitter, protocol_id in running if has_sitter and _is_at_home(protocol_id)
    ]
    sitter_watched = deadlines.watched(with_sitter, kind=deadlines.SITTER_LOOK)
    unwatched = {visit_id for visit_id, *_ in running} - watched | set(with_sitter) - sitter_watched
    return tuple(visit_id for visit_id, *_ in running if visit_id in unwatched)


def _is_at_home(protocol_id: str) -> bool:
    return monitoring.monitoring_plan(protocols.course_protocol(protocol_id).monitoring).at_home


def arm_unwatched(*, now: datetime) -> int:
    """Give each such session its deadline, with an amber alarm that says it had none; return how many were."""
    return sum(_armed(visit_id, now) for visit_id in unwatched_sessions(now=now))


def _armed(visit_id: UUID, now: datetime) -> bool:
    try:
        return _arm(visit_id, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("session %s HAS NO DEADLINE and can be given none: look at the patient", visit_id)
        return False


def _arm(visit_id: UUID, now: datetime) -> bool:
    with transaction.atomic():
        visit = Visit.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        found = visit.filter(pk=visit_id).values_list("patient_id", flat=True).first()
        if found is None:
            return False
        arm_from_record(
            visit_id,
            patient_id=found,
            now=now,
            held=deadlines.hold_look(visit_id),
            is_suicidal=spoke_of_suicide(found),
        )
        arm_sitter(visit_id, patient_id=found, now=now)
        if visit_id not in deadlines.watched([visit_id]):
            return False
        raise_alarm(
            patient_id=found,
            reason=UNWATCHED,
            severity="amber",
            says=SAYS,
            owner="session monitor",
            facts={},
            about_kind="visit",
            about_id=visit_id,
            acknowledge_within=protocols.policy("alarm-acknowledge-red").within,
            raised_at=now,
            actor=MACHINE,
        )
    log.error("session %s had no deadline", visit_id)
    return True
