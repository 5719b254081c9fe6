"""Takes the steps of the ladders whose time has come: deadline, step and alarm in one statement, many at once."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from sojourn.program.audit.statements import ENTRIES_BY_THE_MACHINE
from sojourn.program.safety.deadlines import FOLLOWED, LOOK, PRIORITIES, due_now, moments_if_due
from sojourn.program.safety.models import MissedStep
from sojourn.program.safety.setting_aside import SetAside

log = logging.getLogger("sojourn.watch")

AT_ONCE: Final = 1000
LONGEST: Final = timedelta(
    days=1
)  # program policy: a session nobody ended is no longer followed up after a day


@dataclass(frozen=True)
class Rung:
    """One step of a ladder as the watch takes it. `then_after` is None for the last one, which comes `again_after`."""

    ladder: str
    number: int
    is_last: bool
    reason: str
    severity: str
    owner: str
    says: str
    within: timedelta
    then_after: timedelta | None
    then_after_urgent: timedelta | None
    again_after: timedelta


def take_due_steps(
    rungs: Callable[[], Sequence[Rung]], *, at_once: int = AT_ONCE, aside: SetAside | None = None
) -> int:
    """Take each step that is due, with its alarm, and arm the next; return how many were taken.

    The steps are asked for when one is due, as the practice has set them by then.
    Any number of workers may ask at once: a deadline that another one holds is passed over, so each step is taken
    once. What is due was due by the database's clock. Costs what is due, not what is open. When taking many at once
    fails, they are taken one by one, and the one that fails is set `aside`.
    """
    aside = aside or SetAside()
    due = moments_if_due(FOLLOWED)
    if not due:
        return 0
    steps = rungs()
    return sum(_take_of(kind, steps, now=now, at_once=at_once, aside=aside) for kind, now in due.items())


def _take_of(kind: str, rungs: Sequence[Rung], *, now: datetime, at_once: int, aside: SetAside) -> int:
    try:
        return _take(rungs, kind=kind, now=now, at_once=at_once, but_not=aside.ids())
    except (OperationalError, InterfaceError):
        raise  # the database itself is in trouble: one by one would fare no better
    except DatabaseError:
        log.exception("steps for missed looks cannot be taken together; they are taken one by one")
    return sum(
        _take_alone(deadline_id, visit_id, rungs, kind=kind, now=now, aside=aside)
        for deadline_id, visit_id in due_now(kind, now=now, at_once=at_once, but_not=aside.ids())
    )


def take_first_step(visit_id: UUID, rungs: Sequence[Rung], *, kind: str = LOOK) -> None:
    """Take the first step for a look that is recorded late, before the watch came to it: it was missed all the same."""
    _take(rungs, kind=kind, only=visit_id, at_once=1)


def _take_alone(
    deadline_id: UUID, visit_id: UUID, rungs: Sequence[Rung], *, kind: str, now: datetime, aside: SetAside
) -> int:
    try:
        return _take(rungs, kind=kind, now=now, only=visit_id, at_once=1)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError:
        log.exception("NO STEP CAN BE TAKEN for the missed look of session %s: look at the patient", visit_id)
        aside.add(deadline_id)
        return 0


def _take(
    rungs: Sequence[Rung],
    *,
    kind: str,
    at_once: int,
    now: datetime | None = None,
    only: UUID | None = None,
    but_not: Sequence[UUID] = (),
) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                **_columns(rungs),
                "kind": kind,
                "longest_s": LONGEST.total_seconds(),
                "at_once": at_once,
                "now": now,
                "only": only,
                "but_not": list(but_not),
            },
        )
        taken: int = cursor.rowcount
    return taken


def mark_told(step_id: UUID) -> None:
    """Note that the record of the session tells of this step."""
    MissedStep.objects.filter(pk=step_id, told_at=None).update(told_at=F("taken_at"))


def steps_not_told(*, by: timedelta) -> tuple[UUID, ...]:
    """The sessions of steps that were taken so long ago and are not on the session's record yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT visit_id FROM safety_missedstep WHERE told_at IS NULL"
            " AND taken_at < (SELECT watch_now()) - make_interval(secs => %s)",
            [by.total_seconds()],
        )
        return tuple(row[0] for row in cursor.fetchall())


def _columns(rungs: Sequence[Rung]) -> dict[str, list[Any]]:
    return {
        "ladders": [rung.ladder for rung in rungs],
        "numbers": [rung.number for rung in rungs],
        "lasts": [rung.is_last for rung in rungs],
        "reasons": [rung.reason for rung in rungs],
        "severities": [rung.severity for rung in rungs],
        "priorities": [PRIORITIES[rung.severity] for rung in rungs],
        "owners": [rung.owner for rung in rungs],
        "says": [rung.says for rung in rungs],
        "withins": [rung.within for rung in rungs],
        "thens": [rung.then_after for rung in rungs],
        "then_urgents": [rung.then_after_urgent for rung in rungs],
        "agains": [rung.again_after for rung in rungs],
    }


TAKE: Final = """
WITH rung AS (
    SELECT * FROM unnest(
        %(ladders)s::text[], %(numbers)s::int[], %(lasts)s::bool[], %(reasons)s::text[], %(severities)s::text[],
        %(priorities)s::int[], %(owners)s::text[], %(says)s::text[], %(withins)s::interval[], %(thens)s::interval[],
        %(then_urgents)s::interval[], %(agains)s::interval[]
    ) AS r (ladder, number, is_last, reason, severity, priority, owner, says, within, then_after, then_urgent, again)
), due AS (
    SELECT * FROM safety_deadline
    WHERE kind = %(kind)s AND is_armed AND due_at <= coalesce(%(now)s::timestamptz, watch_now())
      AND (%(only)s::uuid IS NULL OR about_id = %(only)s::uuid)
      AND NOT id = ANY(%(but_not)s::uuid[]) AND ladder = ANY(%(ladders)s::text[])
    ORDER BY due_at LIMIT %(at_once)s FOR UPDATE SKIP LOCKED
), taken AS MATERIALIZED (
    SELECT due.id AS deadline_id, due.about_id AS visit_id, due.patient_id, due.look_due_at, due.began_at, due.due_at,
           -- The ladder of one look may begin anew, as when a look is struck out: a step is counted on, never taken twice.
           coalesce((SELECT max(step.times) + 1 FROM safety_missedstep step
                     WHERE (step.visit_id, step.look_due_at, step.ladder, step.rung)
                         = (due.about_id, due.look_due_at, due.ladder, rung.number)), 0) AS times,
           due.is_urgent, due.facts, rung.*, clock.now,
           gen_random_uuid() AS step_id, gen_random_uuid() AS alarm_id
    FROM due
    JOIN rung ON rung.ladder = due.ladder AND (rung.number = due.rung OR (rung.is_last AND rung.number < due.rung))
    CROSS JOIN (SELECT watch_now() AS now) AS clock
), moved AS (
    UPDATE safety_deadline SET
        rung = CASE WHEN taken.is_last THEN taken.number ELSE taken.number + 1 END,
        times = CASE WHEN taken.is_last THEN taken.times + 1 ELSE 0 END,
        due_at = CASE WHEN taken.is_last THEN taken.now + taken.again
                      WHEN taken.is_urgent THEN taken.began_at + taken.then_urgent
                      ELSE taken.began_at + taken.then_after END,
        is_armed = taken.now - taken.began_at < make_interval(secs => %(longest_s)s)
    FROM taken WHERE safety_deadline.id = taken.deadline_id
), alarm AS (
    INSERT INTO safety_alarm
        (id, patient_id, reason, severity, says, owner, facts, about_kind, about_id, raised_at, acknowledge_by)
    SELECT alarm_id, patient_id, reason, severity, says, owner,
           facts || jsonb_build_object('look_due_at', look_due_at), 'session event', step_id, now, now + within
    FROM taken
), story AS (
    INSERT INTO safety_alarmevent (id, alarm_id, what, at, note)
    SELECT gen_random_uuid(), alarm_id, 'raised', now, '' FROM taken
), step AS (
    INSERT INTO safety_missedstep
        (id, visit_id, patient_id, alarm_id, look_due_at, ladder, rung, times, due_at, taken_at)
    SELECT step_id, visit_id, patient_id, alarm_id, look_due_at, ladder, number, times, due_at, now FROM taken
), needed AS (
    INSERT INTO safety_deadline (id, kind, about_id, patient_id, priority, facts, is_armed, began_at, due_at)
    SELECT gen_random_uuid(), need.kind, taken.alarm_id, taken.patient_id, taken.priority, '{}', true, taken.now,
           CASE need.kind WHEN 'acknowledge' THEN taken.now + taken.within ELSE taken.now END
    FROM taken CROSS JOIN (VALUES ('acknowledge'), ('deliver')) AS need (kind)
), log AS (
    {lines}
    SELECT gen_random_uuid(), now, '', 'raised an alarm', 'alarm', alarm_id, patient_id FROM taken
)
SELECT 1 FROM taken
""".replace("{lines}", ENTRIES_BY_THE_MACHINE)
