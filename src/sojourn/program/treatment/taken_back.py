"""What became since of entries that alarms came from: struck out, or told anew. Whoever answers an alarm must know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sojourn.clinical.monitoring import MonitoringPlan, monitoring_plan
from sojourn.clinical.protocols import course_protocol
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.sessions import EventRow, read_events


@dataclass(frozen=True)
class TakenBack:
    """How an entry was taken back last. `right` is what was told instead; None where it was struck out.

    `plan` is that of its session, for putting what was told into words.
    """

    visit_id: UUID
    by: str
    at: datetime
    why: str
    right: EventRow | None
    plan: MonitoringPlan


def taken_back(entry_ids: Iterable[UUID]) -> dict[UUID, TakenBack]:
    """Of these entries, give those that count no more, for whoever may see what came of them.

    What was told instead may have been taken back in its turn: the last word holds. One query, three more where any
    was taken back.
    """
    last: dict[UUID, EventRow] = {}
    cause_of = {entry_id: entry_id for entry_id in entry_ids}
    while cause_of:
        rows = read_events(SessionEvent.objects.filter(withdraws__in=list(cause_of)))
        took_back = {cause_of[row.withdraws_id]: row for row in rows if row.withdraws_id}
        last |= took_back
        cause_of = {UUID(told): cause for cause, row in took_back.items() if (told := _told_instead(row))}
    return _in_full(last) if last else {}


def _in_full(last: Mapping[UUID, EventRow]) -> dict[UUID, TakenBack]:
    wanted = [told for row in last.values() if (told := _told_instead(row))]
    right = {str(row.id): row for row in read_events(SessionEvent.objects.filter(pk__in=wanted))}
    visits = Visit.objects.filter(pk__in={row.visit_id for row in last.values()})
    plans = {
        visit_id: monitoring_plan(course_protocol(protocol_id).monitoring)
        for visit_id, protocol_id in visits.values_list("pk", "course__protocol_id")
    }
    return {
        cause: TakenBack(
            visit_id=row.visit_id,
            by=row.by,
            at=row.received_at,
            why=row.facts.get("words", ""),
            right=right.get(_told_instead(row)),
            plan=plans[row.visit_id],
        )
        for cause, row in last.items()
    }


def _told_instead(row: EventRow) -> str:
    return str(row.facts.get("replaced_by", ""))
