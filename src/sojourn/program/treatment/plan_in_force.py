"""The plan by which a dosing session is watched: its protocol's, with the limits the practice had adopted by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from sojourn.clinical import monitoring, protocols
from sojourn.program.intake.practice_rules import LIMITS_ADOPTED_UNTIL, limits_in_force, names_of_limits

FIND: Final = f"""
SELECT visit.id, course.protocol_id, visit.number, visit.cancelled_at IS NOT NULL,
       ({LIMITS_ADOPTED_UNTIL} lower(visit.during))
FROM plans_visit visit JOIN plans_course course ON course.id = visit.course_id
WHERE visit.id = ANY(%(visits)s) AND visit.kind = 'dosing'
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class PlanInForce:
    """The plan of one session. `number` is the session's in its course."""

    plan: monitoring.MonitoringPlan
    number: int
    is_called_off: bool


def plan_in_force(visit_id: UUID) -> PlanInForce | None:
    """Find the plan of a dosing session, whoever asks; None where it is no such visit. One query."""
    return plans_in_force([visit_id]).get(visit_id)


def plans_in_force(visit_ids: Sequence[UUID]) -> dict[UUID, PlanInForce]:
    """Find the plans of those of these visits that are dosing sessions. One query."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"visits": list(visit_ids), "limits": " ".join(names_of_limits())})
        return {
            visit_id: PlanInForce(
                limits_in_force(_plan_of(protocol_id), adopted or []), number, is_called_off
            )
            for visit_id, protocol_id, number, is_called_off, adopted in cursor.fetchall()
        }


def _plan_of(protocol_id: str) -> monitoring.MonitoringPlan:
    return monitoring.monitoring_plan(protocols.course_protocol(protocol_id).monitoring)
