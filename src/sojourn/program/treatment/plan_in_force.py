"""The plan by which a dosing session is watched: its protocol's, with the limits the practice had adopted by then."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from sojourn.clinical import monitoring, protocols
from sojourn.program.intake.practice_rules import LIMITS_ADOPTED_UNTIL, limits_in_force, names_of_limits

# Of a `visit` and, where it is a dosing session, its `course`; for statements that read more of them.
COLUMNS: Final = f"""
course.protocol_id, visit.number, visit.cancelled_at IS NOT NULL, ({LIMITS_ADOPTED_UNTIL} lower(visit.during))
"""
COURSE: Final = "LEFT JOIN plans_course course ON course.id = visit.course_id AND visit.kind = 'dosing'"
FIND: Final = f"SELECT {COLUMNS} FROM plans_visit visit {COURSE} WHERE visit.id = %(visit)s"  # noqa: S608 - as above


@dataclass(frozen=True)
class PlanInForce:
    """The plan of one session. `number` is the session's in its course."""

    plan: monitoring.MonitoringPlan
    number: int
    is_called_off: bool


def plan_in_force(visit_id: UUID) -> PlanInForce | None:
    """Find the plan of a dosing session, whoever asks; None where it is no such visit. One query."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"visit": visit_id, "limits": limits_asked_for()})
        row = cursor.fetchone()
    return plan_told(*row) if row else None


def limits_asked_for() -> str:
    """The value of `limits` in a statement with `COLUMNS`."""
    return " ".join(names_of_limits())


def plan_told(
    protocol_id: str | None,
    number: int,
    is_called_off: bool,  # noqa: FBT001 - a row, as it comes
    adopted: list[dict[str, Any]] | None,
) -> PlanInForce | None:
    """Read `COLUMNS`."""
    if protocol_id is None:
        return None
    plan = monitoring.monitoring_plan(protocols.course_protocol(protocol_id).monitoring)
    return PlanInForce(limits_in_force(plan, adopted or []), number, is_called_off)
