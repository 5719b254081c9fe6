"""The plan by which a dosing session is watched: its protocol's, with the limits the practice had adopted by then."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from sojourn.clinical import monitoring, protocols
from sojourn.program.intake.practice_rules import LIMITS_ADOPTED_UNTIL, limits_in_force, names_of_limits

FIND: Final = f"""
SELECT course.protocol_id, visit.number, visit.cancelled_at IS NOT NULL,
       ({LIMITS_ADOPTED_UNTIL} lower(visit.during))
FROM plans_visit visit JOIN plans_course course ON course.id = visit.course_id
WHERE visit.id = %(visit)s AND visit.kind = 'dosing'
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class PlanInForce:
    """The plan of one session. `number` is the session's in its course."""

    plan: monitoring.MonitoringPlan
    number: int
    is_called_off: bool


def plan_in_force(visit_id: UUID) -> PlanInForce | None:
    """Find the plan of a dosing session, whoever asks; None where it is no such visit. One query."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"visit": visit_id, "limits": list(names_of_limits())})
        row = cursor.fetchone()
    if row is None:
        return None
    protocol_id, number, is_called_off, adopted = row
    plan = monitoring.monitoring_plan(protocols.course_protocol(protocol_id).monitoring)
    return PlanInForce(limits_in_force(plan, adopted or []), number, is_called_off)
