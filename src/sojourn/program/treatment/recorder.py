"""The one hand that adds events to the record of a session. Each is sealed to the one before it, and witnessed.

With an event the session's deadline moves: by when somebody must next look is on record in the same transaction.
What is added to many sessions at once costs as many statements as what is added to one.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial, reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from uuid_utils.compat import uuid7

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring import sealing
from sojourn.program.audit import actions as audit
from sojourn.program.audit.asking import Asked, put
from sojourn.program.people.actors import Actor
from sojourn.program.treatment.arming import Looks, Moved, keep_deadlines
from sojourn.program.treatment.choices import EventSource
from sojourn.program.treatment.folded import Folded
from sojourn.program.treatment.models import SessionEvent

seals = logging.getLogger("sojourn.seals")

# What is sealed is what is written: the rows come as the very JSON that their seals cover.
WRITE: Final = """
INSERT INTO treatment_sessionevent
    (id, visit_id, form_id, kind, facts, units, taken_at, received_at, recorded_by_id, source, device, withdraws_id,
     token_id, clock_said, sequence, seal)
SELECT id, visit, form_id, kind, facts, units, taken_at, received_at, recorded_by, source, device, withdraws,
       token, clock_said, sequence, seal
FROM json_to_recordset(%s) AS told
    (id uuid, visit uuid, form_id uuid, kind text, facts jsonb, units jsonb, taken_at timestamptz,
     received_at timestamptz, recorded_by uuid, source text, device text, withdraws uuid, token uuid,
     clock_said timestamptz, sequence int, seal text)
"""

# Moments that PostgreSQL keeps and Python cannot read ("infinity"): no event of ours bears one.
_YEARS: Final = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
OUT_OF_TIME: Final = reduce(
    or_,
    (
        Q(**{f"{moment}__lt": _YEARS[0]}) | Q(**{f"{moment}__gt": _YEARS[1]})
        for moment in ("taken_at", "received_at", "clock_said")
    ),
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An event as it was added; a `SessionEvent` without the ways to the rest of the database."""

    id: UUID
    visit_id: UUID
    form_id: UUID
    kind: str
    facts: dict[str, Any]
    units: dict[str, str]
    taken_at: datetime
    received_at: datetime
    recorded_by_id: UUID | None
    source: str
    device: str
    withdraws_id: UUID | None
    token_id: UUID | None
    clock_said: datetime | None


@dataclass(frozen=True, kw_only=True)
class Addition:
    """What is added to one session, in the order given. `did` is what the log says of it.

    A caller that has read the session gives the last link as `after`, and the session as it is with these events.
    """

    visit_id: UUID
    patient_id: UUID
    events: Sequence[NewEvent]
    did: str
    actor: Actor
    received_at: datetime
    after: sealing.Witness | None = None
    session: Folded | None = None


@dataclass(frozen=True)
class Added:
    """What was added to one session, and the last link of its chain since."""

    rows: tuple[Row, ...]
    head: sealing.Witness


def add_events(
    visit_id: UUID,
    events: Sequence[NewEvent],
    *,
    did: str,
    patient_id: UUID,
    actor: Actor,
    received_at: datetime,
) -> tuple[Row, ...]:
    """Add events to one session; see `add_to_sessions`."""
    addition = Addition(
        visit_id=visit_id,
        patient_id=patient_id,
        events=events,
        did=did,
        actor=actor,
        received_at=received_at,
    )
    return add_to_sessions([addition])[0].rows


def add_to_sessions(additions: Sequence[Addition], *, looks: Looks | None = None) -> tuple[Added, ...]:
    """Add to each session what is new of it, with a line in the log that witnesses the last seal. Each session once.

    Inside the caller's transaction, which holds the lock of each visit: two hands without it would claim the same number,
    and the constraint `event_numbers_are_used_once` refuses the second. `looks` are the deadlines, where the caller
    holds them.
    """
    if not additions:
        return ()
    rows = [_rows(addition) for addition in additions]
    links = [
        sealing.chain([told_by(row) for row in some], after=addition.after or _head(addition.visit_id))
        for addition, some in zip(additions, rows, strict=True)
    ]
    heads = [sealing.Witness(some[-1].sequence, some[-1].seal) for some in links]
    put(
        _to_write([link for some in links for link in some]),
        audit.to_record(_line(addition, head) for addition, head in zip(additions, heads, strict=True)),
    )
    keep_deadlines([_moved(addition) for addition in additions], looks=looks)
    for addition, head in zip(additions, heads, strict=True):
        transaction.on_commit(partial(seals.info, "%s %d %s", addition.visit_id, head.sequence, head.seal))
    return tuple(Added(tuple(some), head) for some, head in zip(rows, heads, strict=True))


def _to_write(links: Sequence[sealing.Link]) -> Asked[None]:
    told = [{**link.told, "sequence": link.sequence, "seal": link.seal} for link in links]
    return Asked(WRITE, [json.dumps(told, separators=(",", ":"))], lambda _rows: None)


def _line(addition: Addition, head: sealing.Witness) -> audit.Line:
    return audit.Line(
        by=addition.actor,
        did=addition.did,
        about=("visit", addition.visit_id),
        at=addition.received_at,
        patient_id=addition.patient_id,
        witness=audit.SealSeen(head.sequence, head.seal),
    )


def _moved(addition: Addition) -> Moved:
    return Moved(
        visit_id=addition.visit_id,
        patient_id=addition.patient_id,
        added=[(new.event, new.source) for new in addition.events],
        received_at=addition.received_at,
        session=addition.session,
    )


def told_by(row: SessionEvent | Row) -> dict[str, Any]:
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
    """The chains of these visits as they stand on record, in two queries."""
    found: dict[UUID, list[sealing.Link]] = {visit_id: [] for visit_id in visit_ids}
    rows = SessionEvent.objects.filter(visit_id__in=list(found)).order_by("visit_id", "sequence")
    for row in rows.exclude(OUT_OF_TIME):
        link = sealing.Link(sequence=row.sequence, told=told_by(row), seal=row.seal)
        found[row.visit_id].append(link)
    for visit_id, sequence, seal in rows.filter(OUT_OF_TIME).values_list("visit_id", "sequence", "seal"):
        found[visit_id].append(sealing.Link(sequence=sequence, told={}, seal=seal))
    return {visit_id: tuple(links) for visit_id, links in found.items()}


def _rows(addition: Addition) -> list[Row]:
    return [_row(addition, new, monitoring.facts_of(new.event)) for new in addition.events]


def _row(addition: Addition, new: NewEvent, facts: dict[str, Any]) -> Row:
    return Row(
        id=new.id or uuid7(),
        visit_id=addition.visit_id,
        form_id=new.form_id,
        kind=new.kind,
        facts=facts,
        units=monitoring.units_of(facts),
        taken_at=new.event.taken_at,
        received_at=addition.received_at,
        recorded_by_id=addition.actor.staff_id,
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
