"""A running session as its deadlines ask for it, and whether its ladders may wait between their steps."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sojourn.clinical import instruments, monitoring
from sojourn.clinical.monitoring.events import Event
from sojourn.program.audit.asking import Asked, answer_to
from sojourn.program.safety.queries import asking_for_open_alarms
from sojourn.program.treatment.plan_in_force import PlanInForce, plan_in_force
from sojourn.program.treatment.remembered import record_of


@dataclass(frozen=True)
class Folded:
    """A session as its deadlines ask for it. `events` are in order of time, without those taken back."""

    plan: monitoring.MonitoringPlan
    number: int
    events: tuple[Event, ...]
    state: monitoring.SessionState


def folded(events: Iterable[Event], *, by: PlanInForce, now: datetime) -> Folded:
    """Fold the events of a session, in any order of arrival, by the plan in force."""
    told = monitoring.in_order(events)
    return Folded(by.plan, by.number, told, monitoring.state_of(events=told, plan=by.plan, now=now))


def read_session(visit_id: UUID, *, now: datetime) -> Folded | None:
    """Read a session as it stands; None where it is no dosing session. Two queries."""
    by = plan_in_force(visit_id)
    return folded(record_of(visit_id).told, by=by, now=now) if by else None


def spoke_of_suicide(patient_id: UUID) -> bool:
    """True while an alarm about suicide is open: then nothing is waited for."""
    return bool(answer_to(asking_who_spoke_of_suicide([patient_id])))


def asking_who_spoke_of_suicide(patient_ids: Collection[UUID]) -> Asked[frozenset[UUID]]:
    """Those of these patients of whom an alarm about suicide is open."""
    return asking_for_open_alarms(patient_ids, reasons=reasons_about_suicide())


@cache
def reasons_about_suicide() -> frozenset[str]:
    """The reasons of alarms after which nothing is waited for."""
    return instruments.reasons_about_suicide(instruments.all_instruments()) | {"assessment.danger"}
