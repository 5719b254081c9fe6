"""What the doors may ask about alarms."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from sojourn.program.audit.asking import Asked
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.safety.delivering import CHANNELS
from sojourn.program.safety.models import Alarm, AlarmEvent, Delivery

# Written by hand: it is asked at every reading of every session.
OPEN_FOR: Final = """
SELECT DISTINCT patient_id FROM safety_alarm alarm
WHERE patient_id = ANY(%s) AND reason = ANY(string_to_array(%s, ' ')) AND NOT EXISTS (
    SELECT FROM safety_alarmevent WHERE alarm_id = alarm.id AND what = 'closed')
"""

NEXT: Final = """
SELECT alarm.id, deadline.kind, deadline.rung, deadline.due_at, alarm.severity
FROM safety_deadline deadline JOIN safety_alarm alarm ON alarm.id = deadline.about_id
WHERE deadline.kind IN ('acknowledge', 'deliver') AND deadline.is_armed AND deadline.about_id = ANY(%s::uuid[])
ORDER BY deadline.due_at
"""


@dataclass(frozen=True)
class AlarmRow:
    """One alarm, ready to print. Moments are None while the step has not been taken."""

    id: UUID
    patient_id: UUID
    patient_name: str
    severity: str
    says: str
    owner: str
    reason: str
    facts: dict[str, Any]
    about_kind: str
    about_id: UUID
    raised_at: datetime
    acknowledge_by: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    escalated_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    closed_because: str | None

    @property
    def is_unacknowledged(self) -> bool:
        return self.acknowledged_at is None and self.closed_at is None

    def is_late(self, now: datetime) -> bool:
        """True when nobody has taken it on and its time has passed."""
        return self.is_unacknowledged and self.acknowledge_by <= now


@dataclass(frozen=True)
class DeliveryRow:
    """One attempt to tell one person. `to` is None where nobody could be told."""

    alarm_id: UUID
    channel: str
    to: str | None
    attempted_at: datetime
    delivered_at: datetime | None
    failed_because: str


def deliveries_of(alarm_ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, tuple[DeliveryRow, ...]]:
    """Who was told of these alarms, by which way and with what success, in order of time; one query."""
    found: dict[UUID, list[DeliveryRow]] = {alarm_id: [] for alarm_id in alarm_ids}
    rows = Delivery.objects.filter(patients_visible_to(actor, "alarm__patient"), alarm_id__in=list(found))
    named = rows.order_by("attempted_at", "channel", "id").annotate(to_name=F("to__name"))
    for row in named:
        found[row.alarm_id].append(
            DeliveryRow(
                row.alarm_id, row.channel, row.to_name, row.attempted_at, row.delivered_at, row.failed_because
            )
        )
    return {alarm_id: tuple(rows) for alarm_id, rows in found.items()}


@dataclass(frozen=True)
class CauseTold:
    """One attempt to tell one person of the alarm that a cause raised for a reason. `way` is in words."""

    about_id: UUID
    reason: str
    way: str
    to: str | None
    attempted_at: datetime
    delivered_at: datetime | None
    failed_because: str


def told_of_causes(about_ids: Iterable[UUID]) -> tuple[CauseTold, ...]:
    """Who was told of the alarms of these causes, in order of time, for whoever may see the causes; one query."""
    rows = Delivery.objects.filter(alarm__about_id__in=set(about_ids)).order_by(
        "attempted_at", "channel", "id"
    )
    return tuple(
        CauseTold(
            about_id=row.about_id,
            reason=row.reason,
            way=str(Delivery.Channel(row.channel).label),
            to=row.to_name,
            attempted_at=row.attempted_at,
            delivered_at=row.delivered_at,
            failed_because=row.failed_because,
        )
        for row in rows.annotate(
            about_id=F("alarm__about_id"), reason=F("alarm__reason"), to_name=F("to__name")
        )
    )


@dataclass(frozen=True)
class NextTelling:
    """What comes next when nobody takes the alarm on. `channel` is None where the medical directors are told anew."""

    alarm_id: UUID
    channel: str | None
    at: datetime


def next_tellings(alarm_ids: Iterable[UUID]) -> dict[UUID, NextTelling]:
    """What is tried next for each of these alarms that nobody has taken on, and when; one query."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [list(alarm_ids)])
        rows = cursor.fetchall()
    found: dict[UUID, NextTelling] = {}
    for alarm_id, kind, rung, due_at, severity in rows:
        channels = CHANNELS[severity]
        if kind == "acknowledge":
            found.setdefault(alarm_id, NextTelling(alarm_id, None, due_at))
        elif rung < len(channels):
            found[alarm_id] = NextTelling(alarm_id, channels[rung].value, due_at)
    return found


def open_alarms_for(actor: Actor, *, limit: int = 200) -> tuple[AlarmRow, ...]:
    """Alarms nobody has closed, of the patients this actor may see: unacknowledged red ones first, oldest first."""
    rows = _rows(_open(_visible(actor)).order_by("raised_at")[:limit])
    return tuple(
        sorted(rows, key=lambda row: (not row.is_unacknowledged, row.severity != "red", row.raised_at))
    )


def closed_alarms_for(actor: Actor, *, limit: int = 30) -> tuple[AlarmRow, ...]:
    """The alarms closed last, newest first."""
    closed = _visible(actor).filter(_has(AlarmEvent.What.CLOSED))
    return _rows(closed.order_by("-raised_at")[:limit])


def count_open_alarms(actor: Actor) -> int:
    """How many alarms are open among the patients this actor may see."""
    return _open(_visible(actor)).count()


def alarms_of(patient_id: UUID, *, actor: Actor) -> tuple[AlarmRow, ...]:
    """All alarms of one patient the actor may see, newest first."""
    return _rows(_visible(actor).filter(patient_id=patient_id).order_by("-raised_at"))


def asking_for_open_alarms(
    patient_ids: Collection[UUID], *, reasons: Collection[str]
) -> Asked[frozenset[UUID]]:
    """Those of these patients with an open alarm for one of these reasons; for the program itself, which acts on it."""
    given = [list(patient_ids), " ".join(reasons)]
    return Asked(OPEN_FOR, given, lambda rows: frozenset(patient_id for (patient_id,) in rows))


def one_alarm(alarm_id: UUID, *, actor: Actor) -> AlarmRow | None:
    """One alarm, or None where the actor may not see it."""
    rows = _rows(_visible(actor).filter(pk=alarm_id))
    return rows[0] if rows else None


def _visible(actor: Actor) -> QuerySet[Alarm]:
    return Alarm.objects.filter(patients_visible_to(actor, "patient"))


def _has(what: str) -> Exists:
    return Exists(AlarmEvent.objects.filter(alarm=OuterRef("pk"), what=what))


def _open(alarms: QuerySet[Alarm]) -> QuerySet[Alarm]:
    return alarms.exclude(_has(AlarmEvent.What.CLOSED))


def _rows(alarms: QuerySet[Alarm]) -> tuple[AlarmRow, ...]:
    def step(what: str, field: str) -> Subquery:
        return Subquery(AlarmEvent.objects.filter(alarm=OuterRef("pk"), what=what).values(field)[:1])

    what = AlarmEvent.What
    told = alarms.annotate(
        acknowledged_at=step(what.ACKNOWLEDGED, "at"),
        acknowledged_by=step(what.ACKNOWLEDGED, "by__name"),
        escalated_at=step(what.ESCALATED, "at"),
        closed_at=step(what.CLOSED, "at"),
        closed_by=step(what.CLOSED, "by__name"),
        closed_because=step(what.CLOSED, "note"),
    )
    return tuple(
        AlarmRow(**row)
        for row in told.values(
            "id", "patient_id", "severity", "says", "owner", "reason", "facts", "about_kind", "about_id", "raised_at",
            "acknowledge_by", "acknowledged_at", "acknowledged_by", "escalated_at", "closed_at", "closed_by",
            "closed_because", patient_name=F("patient__name"),
        )
    )  # fmt: skip
