"""Deadlines as rows, by the database's clock alone: armed, moved on and settled in the transaction of what they are about.

`watch_now()` is the one clock. An application server whose clock jumps can neither bring a deadline forward nor lose it:
what is armed is a length of time from now, and now is the database's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import connection

from sojourn.program.audit.asking import Asked, answer_to

PRIORITIES: Final = {"red": 0, "amber": 1}
# What a running session is followed for, one row for each: the next look, a call for help, the next look of the sitter.
LOOK, CALL, SITTER_LOOK = FOLLOWED = ("look", "call", "sitter_look")
HOLD: Final = """
SELECT about_id, look_due_at, is_armed, is_urgent, rung + times > 0, due_at <= (SELECT watch_now())
FROM safety_deadline
WHERE kind = %s AND about_id = ANY(%s) ORDER BY about_id FOR UPDATE
"""
EARLIEST: Final = "(SELECT due_at FROM safety_deadline WHERE kind = %s AND is_armed ORDER BY due_at LIMIT 1)"


def moments_if_due(kinds: Sequence[str]) -> dict[str, datetime]:
    """Those of these kinds of which something is due, each with the database's clock. Costs a look into an index for each.

    The earliest deadline is asked for, not whether any is past: only so is the index of what is due sure to be used.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT watch_now(), {', '.join([EARLIEST] * len(kinds))}", list(kinds))
        now, *earliest = cursor.fetchone()
    return {
        kind: now
        for kind, due_at in zip(kinds, earliest, strict=True)
        if due_at is not None and due_at <= now
    }


def moment_if_due(kind: str) -> datetime | None:
    """The database's clock when something of this kind is due, None when nothing is."""
    return moments_if_due([kind]).get(kind)


def due_now(kind: str, *, now: datetime, at_once: int, but_not: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """The deadlines of this kind that are due, and what each is about, the one that is due longest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, about_id FROM safety_deadline
            WHERE kind = %s AND is_armed AND due_at <= %s AND NOT id = ANY(%s::uuid[])
            ORDER BY due_at LIMIT %s
            """,
            [kind, now, list(but_not), at_once],
        )
        return list(cursor.fetchall())


@dataclass(frozen=True)
class HeldLook:
    """The deadline of a session as it stands, its row locked. `has_begun`: a step was taken because a look was missed."""

    look_due_at: datetime
    is_armed: bool
    is_urgent: bool
    has_begun: bool
    is_overdue: bool


def hold_look(visit_id: UUID, *, kind: str = LOOK) -> HeldLook | None:
    """Lock the deadline of a session, so that no worker takes a step meanwhile; None when it never had one."""
    return answer_to(asking_to_hold([visit_id], kind=kind)).get(visit_id)


def asking_to_hold(visit_ids: Sequence[UUID], *, kind: str = LOOK) -> Asked[dict[UUID, HeldLook]]:
    """Lock the deadlines of these sessions, as far as they have one, in the order of their ids."""
    return Asked(
        HOLD, [kind, list(visit_ids)], lambda rows: {visit_id: HeldLook(*held) for visit_id, *held in rows}
    )


def arm_look(
    *,
    visit_id: UUID,
    patient_id: UUID,
    ladder: str,
    look_due_at: datetime,
    due_in: timedelta,
    is_urgent: bool,
    facts: Mapping[str, Any],
    kind: str = LOOK,
    first_after: timedelta = timedelta(),
    no_later: bool = False,
) -> None:
    """Say by when somebody must look at the patient of a session; what was said before holds no longer.

    The first step of the ladder is taken `first_after` that moment. With `no_later` the moment that was said before
    stands where it is the sooner one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO safety_deadline
                (id, kind, about_id, patient_id, ladder, look_due_at, is_urgent, facts, is_armed, began_at, due_at)
            SELECT %(id)s, %(kind)s, %(visit)s, %(patient)s, %(ladder)s, %(look_due_at)s, %(is_urgent)s, %(facts)s, true,
                   moment, moment + make_interval(secs => %(first_after_s)s)
            FROM (SELECT watch_now() + make_interval(secs => %(due_in_s)s) AS moment) AS clock
            ON CONFLICT (kind, about_id) DO UPDATE SET
                ladder = excluded.ladder, look_due_at = excluded.look_due_at, is_urgent = excluded.is_urgent,
                facts = excluded.facts, is_armed = true, rung = 0, times = 0,
                began_at = CASE WHEN %(no_later)s THEN least(safety_deadline.due_at, excluded.began_at)
                                ELSE excluded.began_at END,
                due_at = CASE WHEN %(no_later)s THEN least(safety_deadline.due_at, excluded.due_at)
                              ELSE excluded.due_at END
            """,
            {
                "id": uuid4(),
                "kind": kind,
                "first_after_s": first_after.total_seconds(),
                "visit": visit_id,
                "patient": patient_id,
                "ladder": ladder,
                "look_due_at": look_due_at,
                "is_urgent": is_urgent,
                "facts": json.dumps(dict(facts)),
                "due_in_s": due_in.total_seconds(),
                "no_later": no_later,
            },
        )


def hasten_looks(visit_id: UUID) -> None:
    """Let the ladders of a session wait for nothing from now on: what they would still wait for comes at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE safety_deadline SET is_urgent = true, due_at = least(due_at, greatest(began_at, watch_now()))
            WHERE kind = ANY(%s) AND about_id = %s AND is_armed AND NOT is_urgent
            """,
            [list(FOLLOWED), visit_id],
        )


def let_wait(visit_id: UUID) -> None:
    """Let what a session is followed for beside the next look wait between its steps again; what is due stays due."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE safety_deadline SET is_urgent = false WHERE kind IN (%s, %s) AND about_id = %s AND is_urgent",
            [CALL, SITTER_LOOK, visit_id],
        )


def settle_look(visit_id: UUID, *, kind: str = LOOK) -> None:
    """Nobody needs to look any more: the session has ended, or the call was taken on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE safety_deadline SET is_armed = false WHERE kind = %s AND about_id = %s", [kind, visit_id]
        )


def arm_alarm(*, alarm_id: UUID, patient_id: UUID, severity: str, within: timedelta) -> None:
    """Say by when an alarm must be taken on, and that somebody is told of it at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO safety_deadline (id, kind, about_id, patient_id, priority, facts, is_armed, began_at, due_at)
            SELECT gen_random_uuid(), kind, %(alarm)s, %(patient)s, %(priority)s, '{}', true, now, now + within
            FROM (SELECT watch_now() AS now) AS clock,
                 (VALUES ('acknowledge', make_interval(secs => %(within_s)s)), ('deliver', interval '0'))
                 AS needed (kind, within)
            """,
            {
                "alarm": alarm_id,
                "patient": patient_id,
                "priority": PRIORITIES[severity],
                "within_s": within.total_seconds(),
            },
        )


def settle_alarm(alarm_id: UUID) -> None:
    """Nobody needs to be told of an alarm any more: somebody has taken it on or closed it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE safety_deadline SET is_armed = false
            WHERE kind IN ('acknowledge', 'deliver') AND about_id = %s AND is_armed
            """,
            [alarm_id],
        )


def watched(visit_ids: list[UUID], *, kind: str = LOOK) -> frozenset[UUID]:
    """Those of these sessions whose next look, or what `kind` says, has an armed deadline."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT about_id FROM safety_deadline WHERE kind = %s AND is_armed AND about_id = ANY(%s)",
            [kind, visit_ids],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def armed_looks(*, at_most: int) -> tuple[tuple[UUID, datetime], ...]:
    """The sessions that are watched and by when somebody must look, the soonest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT about_id, min(due_at) AS due_at FROM safety_deadline
            WHERE kind = ANY(%s) AND is_armed GROUP BY about_id ORDER BY due_at LIMIT %s
            """,
            [list(FOLLOWED), at_most],
        )
        return tuple(cursor.fetchall())


def overdue(kinds: Sequence[str], *, by: timedelta) -> tuple[UUID, ...]:
    """What the watch should have followed up so long ago, and has not; there must be none.

    For what sessions are followed for these are sessions, for "acknowledge" alarms that were not escalated.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT about_id FROM safety_deadline
            WHERE kind = ANY(%s) AND is_armed AND due_at < (SELECT watch_now()) - make_interval(secs => %s)
            ORDER BY due_at
            """,
            [list(kinds), by.total_seconds()],
        )
        return tuple(dict.fromkeys(row[0] for row in cursor.fetchall()))


def alarms_told_to_nobody(*, by: timedelta) -> tuple[UUID, ...]:
    """The alarms that nobody has taken on and of which not one attempt to tell anybody was made so long after."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT about_id FROM safety_deadline
            WHERE kind = 'acknowledge' AND is_armed AND began_at < (SELECT watch_now()) - make_interval(secs => %s)
              AND NOT EXISTS (SELECT FROM safety_delivery WHERE alarm_id = about_id)
            ORDER BY began_at
            """,
            [by.total_seconds()],
        )
        return tuple(row[0] for row in cursor.fetchall())
