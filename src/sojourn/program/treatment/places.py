"""The places on the floor: which sessions stand there now, and a mark of what each is made of. One statement says it all.

It is written by hand because every reading asks it: putting it together of parts cost four times its answer.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sojourn.program.audit.asking import Asked, answer_to
from sojourn.program.intake.practice_rules import LIMITS_ADOPTED_UNTIL
from sojourn.program.plans.queries import VisitRow
from sojourn.program.treatment.plan_in_force import limits_asked_for

A_DAY: Final = timedelta(days=1)
NOBODY_LEFT_BEHIND: Final = timedelta(days=3)  # so long a session that nobody ended is still looked for
Order = tuple[Decimal, Decimal | None]  # mg, kg
PLACES: Final = f"""
SELECT visit.id, visit.course_id, course.protocol_id, visit.patient_id, patient.name, patient.site_id, visit.kind,
       visit.number, lower(visit.during), upper(visit.during), visit.clinician_id, clinician.name, visit.chair_id,
       chair.name, course.site_id, site.name, site.timezone, visit.sitter_name, visit.sitter_phone, visit.cancelled_at,
       visit.cancelled_because,
       coalesce(told.head, 0), coalesce(told.is_running, false),
       ({LIMITS_ADOPTED_UNTIL} lower(visit.during)),
       holds.dose_mg, holds.weight_kg
FROM plans_visit visit
JOIN plans_course course ON course.id = visit.course_id
JOIN people_patient patient ON patient.id = visit.patient_id
JOIN people_staffmember clinician ON clinician.id = visit.clinician_id
JOIN people_site site ON site.id = course.site_id
LEFT JOIN plans_chair chair ON chair.id = visit.chair_id
LEFT JOIN LATERAL (
  SELECT max(sequence) AS head, bool_or(kind = 'cancelled') AS was_cancelled,
         min(taken_at) FILTER (WHERE stands AND kind = 'dosed')
         > coalesce(max(taken_at) FILTER (WHERE stands AND kind IN ('discharged', 'left')), '-infinity') AS is_running
  FROM (
    SELECT sequence, kind, taken_at,
           kind IN ('dosed', 'discharged', 'left')
           AND NOT EXISTS (SELECT 1 FROM treatment_sessionevent later WHERE later.withdraws_id = event.id) AS stands
    FROM treatment_sessionevent event WHERE event.visit_id = visit.id
  ) each_event
) told ON true
LEFT JOIN LATERAL (
  SELECT dose_mg, weight_kg FROM plans_doseorder WHERE course_id = visit.course_id ORDER BY ordered_at DESC LIMIT 1
) holds ON true
WHERE visit.kind = 'dosing'
  AND lower(visit.during) > %(now)s - %(left_behind)s AND lower(visit.during) < %(now)s + %(a_day)s
  AND (%(visits)s::uuid[] IS NULL OR visit.id = ANY(%(visits)s::uuid[]))
  AND (visit.cancelled_at IS NULL OR told.was_cancelled)
  AND (upper(visit.during) > %(now)s - %(a_day)s OR told.is_running)
ORDER BY visit.during, visit.id
"""  # noqa: S608 - of a constant
OF_A_VISIT: Final = 21  # columns


@dataclass(frozen=True)
class Place:
    """One session on the floor, not yet read. What it is made of changes only when its `mark` does, or with time."""

    visit: VisitRow
    head: int  # the number of its last event, 0 before the first
    is_running: bool
    limits: list[
        dict[str, Any]
    ]  # alarm limits the practice had adopted when the visit began, in order of time
    order: Order | None

    @property
    def mark(self) -> tuple[Any, ...]:
        return (self.visit, self.head, self.limits, self.order)


def places_now(*, now: datetime, visit_ids: Collection[UUID] | None = None) -> tuple[Place, ...]:
    """The dosing visits that may stand on a board now, all or of these: those of about a day, and older ones that still run.

    In order of their beginning. Without visits called off, but for those whose session had ended without a dose. One query.
    """
    given: dict[str, Any] = {
        "now": now,
        "a_day": A_DAY,
        "left_behind": NOBODY_LEFT_BEHIND,
        "limits": limits_asked_for(),
        "visits": None if visit_ids is None else list(visit_ids),
    }
    return answer_to(Asked(PLACES, given, lambda rows: tuple(_place(row) for row in rows)))


def _place(row: tuple[Any, ...]) -> Place:
    head, is_running, limits, mg, kg = row[OF_A_VISIT:]
    order = None if mg is None else (mg, kg)
    return Place(VisitRow(*row[:OF_A_VISIT]), head, is_running, limits or [], order)
