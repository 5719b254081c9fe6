"""The one hand that adds events to the record of a session. Each is sealed to the one before it, and witnessed.

With an event the session's deadline moves: by when somebody must next look is on record in the same transaction.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring import sealing
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.treatment.arming import keep_deadline
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.folded import Folded
from sojourn.program.treatment.models import SessionEvent

seals = logging.getLogger("sojourn.seals")


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event about to be recorded. `form_id` is made where it was entered, so that a repeat is noticed."""

    event: monitoring.Event
    form_id: UUID
    source: EventSource = EventSource.ROOM
    device: str = ""
    id: UUID | None = None
    withdraws_id: UUID | None = None
    token_id: UUID | None = None
    clock_said: datetime | None = None

    @property
    def kind(self) -> str:
        return monitoring.kind_of(self.event)


def add_events(
    visit_id: UUID,
    events: Sequence[NewEvent],
    *,
    did: str,
    patient_id: UUID,
    actor: Actor,
    received_at: datetime,
    after: sealing.Witness | None = None,
    session: Folded | None = None,
) -> tuple[SessionEvent, ...]:
    """Add events in the order given, with one line in the log that witnesses the last seal.

    A caller that has read the session gives the last link as `after`, and the session as it is with these events.
    Inside the caller's transaction, which holds the visit's lock: two hands without it would claim the same number,
    and the constraint `event_numbers_are_used_once` refuses the second.
    """
    rows = [_row(visit_id, new, actor, received_at) for new in events]
    links = sealing.chain([told_by(row) for row in rows], after=after or _head(visit_id))
    for row, link in zip(rows, links, strict=True):
        row.sequence, row.seal = link.sequence, link.seal
    if len(rows) == 1:
        rows[0].save(force_insert=True)
    else:
        SessionEvent.objects.bulk_create(rows)
    last = links[-1]
    audit.record(
        actor,
        did,
        about=("visit", visit_id),
        at=received_at,
        patient_id=patient_id,
        witness=audit.SealSeen(last.sequence, last.seal),
    )
    keep_deadline(
        visit_id,
        [(new.event, new.source) for new in events],
        patient_id=patient_id,
        received_at=received_at,
        session=session,
    )
    transaction.on_commit(lambda: seals.info("%s %d %s", visit_id, last.sequence, last.seal))
    return tuple(rows)


def told_by(row: SessionEvent) -> dict[str, Any]:
    """Everything about an event that its seal covers, as JSON values."""
    told = {
        "id": str(row.id),
        "visit": str(row.visit_id),
        "form_id": str(row.form_id),
        "kind": str(row.kind),
        "facts": row.facts,
        "units": row.units,
        "taken_at": sealing.moment(row.taken_at),
        "received_at": sealing.moment(row.received_at),
        "recorded_by": str(row.recorded_by_id) if row.recorded_by_id else None,
        "source": str(row.source),
        "device": row.device,
        "withdraws": str(row.withdraws_id) if row.withdraws_id else None,
    }
    # Told only where there is something to tell: events sealed before these columns existed (and read by the migration
    # that sealed them, which knows neither) keep their seals.
    if token_id := getattr(row, "token_id", None):
        told["token"] = str(token_id)
    if clock_said := getattr(row, "clock_said", None):
        told["clock_said"] = sealing.moment(clock_said)
    return told


def links_of(visit_ids: Iterable[UUID]) -> dict[UUID, tuple[sealing.Link, ...]]:
    """The chains of these visits as they stand on record, in one query."""
    found: dict[UUID, list[sealing.Link]] = {visit_id: [] for visit_id in visit_ids}
    for row in SessionEvent.objects.filter(visit_id__in=list(found)).order_by("visit_id", "sequence"):
        link = sealing.Link(sequence=row.sequence, told=told_by(row), seal=row.seal)
        found[row.visit_id].append(link)
    return {visit_id: tuple(links) for visit_id, links in found.items()}


def _row(visit_id: UUID, new: NewEvent, actor: Actor, received_at: datetime) -> SessionEvent:
    facts = monitoring.facts_of(new.event)
    return SessionEvent(
        id=new.id or uuid7(),
        visit_id=visit_id,
        form_id=new.form_id,
        kind=EventKind(new.kind),
        facts=facts,
        units=monitoring.units_of(facts),
        taken_at=new.event.taken_at,
        received_at=received_at,
        recorded_by_id=actor.staff_id,
        source=new.source,
        device=new.device,
        withdraws_id=new.withdraws_id,
        token_id=new.token_id,
        clock_said=new.clock_said,
    )


def _head(visit_id: UUID) -> sealing.Witness | None:
    last = SessionEvent.objects.filter(visit_id=visit_id).order_by("-sequence")
    found = last.values_list("sequence", "seal").first()
    return sealing.Witness(*found) if found else None
