"""Escalates alarms that nobody took on in time: many in one statement, one by one where that fails."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import MACHINE
from sojourn.program.safety.deadlines import due_now, moment_if_due
from sojourn.program.safety.setting_aside import SetAside

log = logging.getLogger("sojourn.watch")

AT_ONCE: Final = 1000


def escalate_overdue(*, again_after: timedelta, at_once: int = AT_ONCE, aside: SetAside | None = None) -> int:
    """Escalate every alarm that nobody took on in time, and again after `again_after`; return how many were.

    Asked by any number of workers at once, each alarm is escalated once: a deadline another one holds is passed over.
    The story of an alarm keeps the first time. Whoever is next in line is told at once. When escalating many at once
    fails, they are escalated one by one, and the one that fails is set `aside`; its deadline stays, and the doctor
    names it.
    """
    now = moment_if_due("acknowledge")
    if now is None:
        return 0
    aside = aside or SetAside()
    try:
        return _escalate(again_after, now=now, at_once=at_once, but_not=aside.ids())
    except (OperationalError, InterfaceError):
        raise  # the database itself is in trouble: one by one would fare no better
    except DatabaseError:
        log.error("alarms cannot be escalated together; they are escalated one by one")  # noqa: TRY400 - no words of a row
    return sum(
        _escalate_alone(deadline_id, alarm_id, again_after, now=now, aside=aside)
        for deadline_id, alarm_id in due_now("acknowledge", now=now, at_once=at_once, but_not=aside.ids())
    )


def _escalate_alone(
    deadline_id: UUID, alarm_id: UUID, again_after: timedelta, *, now: datetime, aside: SetAside
) -> int:
    try:
        return _escalate(again_after, now=now, at_once=1, only=alarm_id)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError:
        log.error("alarm %s CANNOT BE ESCALATED: open the inbox", alarm_id)  # noqa: TRY400 - no words of a row
        aside.add(deadline_id)
        return 0


def _escalate(
    again_after: timedelta,
    *,
    now: datetime,
    at_once: int,
    only: UUID | None = None,
    but_not: Sequence[UUID] = (),
) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            OVERDUE,
            {
                "again_s": again_after.total_seconds(),
                "now": now,
                "at_once": at_once,
                "only": only,
                "but_not": list(but_not),
            },
        )
        overdue: list[tuple[UUID, UUID, datetime]] = cursor.fetchall()
        audit.record_all(
            audit.Line(
                by=MACHINE, did="escalated an alarm", about=("alarm", alarm_id), at=at, patient_id=patient_id
            )
            for alarm_id, patient_id, at in overdue
        )
    return len(overdue)


OVERDUE: Final = """
WITH due AS (
    SELECT * FROM safety_deadline
    WHERE kind = 'acknowledge' AND is_armed AND due_at <= %(now)s
      AND (%(only)s::uuid IS NULL OR about_id = %(only)s::uuid) AND NOT id = ANY(%(but_not)s::uuid[])
    ORDER BY due_at LIMIT %(at_once)s FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE safety_deadline SET rung = due.rung + 1, due_at = clock.now + make_interval(secs => %(again_s)s)
    FROM due CROSS JOIN (SELECT watch_now() AS now) AS clock WHERE safety_deadline.id = due.id
    RETURNING safety_deadline.about_id, safety_deadline.patient_id, clock.now
), told AS (
    UPDATE safety_deadline SET is_armed = true, due_at = moved.now, rung = 0, times = times + 1
    FROM moved WHERE safety_deadline.kind = 'deliver' AND safety_deadline.about_id = moved.about_id
), story AS (
    INSERT INTO safety_alarmevent (id, alarm_id, what, at, note)
    SELECT gen_random_uuid(), about_id, 'escalated', now, '' FROM moved
    ON CONFLICT DO NOTHING
)
SELECT about_id, patient_id, now FROM moved
"""
