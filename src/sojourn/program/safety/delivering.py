"""Tells people of alarms: by screen, then by email, then by text, the most urgent alarm first.

Each attempt is a row, written before it is made. A channel that fails, hangs or is seen by nobody leads to the next, and
when none is left the alarm escalates at once. An alarm somebody has taken on is told to nobody any more.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from sojourn.program.people.models import CareTeamMember, StaffMember
from sojourn.program.people.roles import Role
from sojourn.program.safety.deadlines import moment_if_due
from sojourn.program.safety.gateways import ANSWERS_WITHIN_S, gateways, refusal_of
from sojourn.program.safety.models import Alarm, Delivery
from sojourn.program.safety.ways import Gateway, Message, NoWay, Recipient

log = logging.getLogger("sojourn.watch")

SCREEN, EMAIL, TEXT = Delivery.Channel.SCREEN, Delivery.Channel.EMAIL, Delivery.Channel.TEXT
CHANNELS: Final = {"red": (SCREEN, EMAIL, TEXT), "amber": (SCREEN, EMAIL)}
LEASE: Final = timedelta(minutes=2)  # a worker that died in an attempt is followed by another after this
NO_GATEWAY: Final = "no gateway leads there"
NOBODY: Final = "nobody at work has this role"
UNSEEN: Final = "not opened in time"


@dataclass(frozen=True)
class Telling:
    """A claimed task: tell the people of `level` of an alarm by the channel of number `rung`."""

    deadline_id: UUID
    alarm_id: UUID
    patient_id: UUID
    rung: int
    level: int
    at: datetime


def deliver_next(
    *, seen_within: timedelta, ways: Mapping[str, Gateway] | None = None, within_s: float = ANSWERS_WITHIN_S
) -> bool:
    """Make the next attempt that is due, the most urgent alarm first; False when none is.

    `seen_within` is how long a screen is waited for before a letter is sent. No lock is held while a gateway works.
    """
    telling = _claimed()
    if telling is None:
        return False
    try:
        _deliver(telling, seen_within, ways, within_s)
    except (OperationalError, InterfaceError):
        raise
    except Exception as failure:
        log.exception("alarm %s could not be told", telling.alarm_id)
        _note_failure(telling, type(failure).__name__)
    return True


def _deliver(
    telling: Telling, seen_within: timedelta, ways: Mapping[str, Gateway] | None, within_s: float
) -> None:
    alarm = Alarm.objects.get(pk=telling.alarm_id)
    channels = CHANNELS[alarm.severity]
    if telling.rung > 0 and channels[telling.rung - 1] is SCREEN and _was_seen(telling, alarm):
        _settle(telling)
        return
    if telling.rung >= len(channels):
        _give_up(telling)
        return
    people = recipients(alarm, level=telling.level)
    channel = channels[telling.rung]
    if channel is SCREEN and _have_seen(telling, people):
        _wait(telling, seen_within)  # a board was faster than this round: whoever saw it is not waited for
        return
    gateway = (ways or gateways()).get(channel)
    for _try in range(getattr(gateway, "tries", 1)):
        attempts = _attempts(telling, channel, people)
        if channel is SCREEN and people:
            _wait(telling, seen_within)
            return
        people = _send(attempts, people, gateway, within_s, _message(alarm))
        if Delivery.objects.filter(pk__in=attempts, delivered_at__isnull=False).exists():
            _settle(telling)
            return
        if not people:
            break
    _wait(telling, timedelta())


def _note_failure(telling: Telling, why: str) -> None:
    """Put on record that an attempt could not even be made, and go on to the next channel."""
    channels = CHANNELS["red"]
    if telling.rung < len(channels):
        _attempt(telling, channels[telling.rung], failed_because=f"could not be tried: {why}").save()
        _wait(telling, timedelta())
    else:
        _give_up(telling)


def recipients(alarm: Alarm, *, level: int) -> tuple[Recipient, ...]:
    """Name who is told: at level 0 whoever has the owner's role, above it the medical directors.

    Whoever has the role on the patient's care team comes before everybody who has it at the site.
    """
    role = _role_of(alarm.owner) if level == 0 else Role.MEDICAL_DIRECTOR
    at_work = StaffMember.objects.filter(left_on=None, roles__contains=[role.value], user__is_active=True)
    if role is not Role.MEDICAL_DIRECTOR:
        on_team = at_work.filter(
            pk__in=CareTeamMember.objects.filter(
                patient_id=alarm.patient_id, role=role.value, until_at=None
            ).values("staff_member_id")
        )
        at_site = at_work.filter(sites__patients=alarm.patient_id)
        at_work = on_team if on_team.exists() else at_site
    found = at_work.distinct().order_by("name", "pk").values_list("pk", "user__email")
    return tuple(Recipient(staff_id, email) for staff_id, email in found)


def mark_shown(alarm_ids: Sequence[UUID], *, staff_id: UUID) -> None:
    """Note that a screen has shown these alarms to this staff member, while nobody has taken them on.

    An attempt that waits for them is made; where none does, one row for each alarm and person says that they saw it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Two boards of one person say it at the same moment: the second finds the row of the first.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('safety.shown' || %s))", [str(staff_id)])
        cursor.execute(SHOWN, {"staff": staff_id, "alarms": list(alarm_ids)})


SHOWN: Final = """
WITH shown AS (
    SELECT about_id AS alarm_id, times AS level, clock.now FROM safety_deadline
    CROSS JOIN (SELECT watch_now() AS now) AS clock
    WHERE kind = 'deliver' AND about_id = ANY(%(alarms)s::uuid[]) AND NOT EXISTS (
        SELECT FROM safety_alarmevent WHERE alarm_id = about_id AND what IN ('acknowledged', 'closed'))
), waited AS (
    UPDATE safety_delivery SET delivered_at = shown.now FROM shown
    WHERE safety_delivery.alarm_id = shown.alarm_id AND channel = 'screen' AND to_id = %(staff)s
      AND delivered_at IS NULL AND failed_because = ''
    RETURNING safety_delivery.alarm_id
)
INSERT INTO safety_delivery (id, alarm_id, channel, to_id, level, attempted_at, delivered_at)
SELECT gen_random_uuid(), alarm_id, 'screen', %(staff)s, level, now, now FROM shown
WHERE NOT EXISTS (SELECT FROM waited WHERE waited.alarm_id = shown.alarm_id) AND NOT EXISTS (
    SELECT FROM safety_delivery made WHERE made.alarm_id = shown.alarm_id AND made.to_id = %(staff)s
       AND made.channel = 'screen' AND made.delivered_at IS NOT NULL)
"""


def _role_of(owner: str) -> Role:
    return next((role for role in Role if role.label == owner), Role.PRESCRIBER)


def _claimed() -> Telling | None:
    """Take the most urgent task that is due, on a lease: should this worker die, another takes it up after that."""
    now = moment_if_due("deliver")
    if now is None:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE safety_deadline SET due_at = clock.now + make_interval(secs => %s)
            FROM (
                SELECT id FROM safety_deadline
                WHERE kind = 'deliver' AND is_armed AND due_at <= %s
                ORDER BY priority, due_at LIMIT 1 FOR UPDATE SKIP LOCKED
            ) AS due CROSS JOIN (SELECT watch_now() AS now) AS clock
            WHERE safety_deadline.id = due.id
            RETURNING safety_deadline.id, about_id, patient_id, rung, times, clock.now
            """,
            [LEASE.total_seconds(), now],
        )
        row = cursor.fetchone()
    return Telling(*row) if row else None


def _attempts(telling: Telling, channel: str, people: Sequence[Recipient]) -> tuple[UUID, ...]:
    """Write down whom the attempt goes to, before it is made; nobody to tell is a failure on record."""
    if people:
        rows = [_attempt(telling, channel, to_id=person.staff_id) for person in people]
    else:
        rows = [_attempt(telling, channel, failed_because=NOBODY)]
    return tuple(row.id for row in Delivery.objects.bulk_create(rows))


def _attempt(telling: Telling, channel: str, **outcome: object) -> Delivery:
    return Delivery(
        alarm_id=telling.alarm_id, channel=channel, level=telling.level, attempted_at=telling.at, **outcome
    )


def _send(
    attempts: Sequence[UUID],
    people: Sequence[Recipient],
    gateway: Gateway | None,
    within_s: float,
    message: Message,
) -> tuple[Recipient, ...]:
    """Make each attempt and note how it ended; return those for whom another try might end better."""
    again = []
    for attempt, person in zip(attempts, people, strict=False):
        refusal = refusal_of(gateway, person, message, within_s=within_s) if gateway else NoWay(NO_GATEWAY)
        _outcome(attempt, "" if refusal is None else str(refusal))
        if refusal is not None and not isinstance(refusal, NoWay):
            again.append(person)
    return tuple(again)


def _outcome(attempt_id: UUID, why: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE safety_delivery SET failed_because = %s, delivered_at = CASE WHEN %s = '' THEN watch_now() END"
            " WHERE id = %s AND delivered_at IS NULL",
            [why[:200], why, attempt_id],
        )
    if why:
        log.warning("delivery %s failed", attempt_id)


def _was_seen(telling: Telling, alarm: Alarm) -> bool:
    """Whether a screen showed the alarm to somebody who answers for it; what nobody saw has failed."""
    if _have_seen(telling, recipients(alarm, level=telling.level)):
        return True
    waited = Delivery.objects.filter(alarm_id=telling.alarm_id, channel=SCREEN, level=telling.level)
    waited.filter(delivered_at=None, failed_because="").update(failed_because=UNSEEN)
    return False


def _have_seen(telling: Telling, people: Sequence[Recipient]) -> bool:
    return Delivery.objects.filter(
        alarm_id=telling.alarm_id,
        channel=SCREEN,
        level=telling.level,
        delivered_at__isnull=False,
        to_id__in=[person.staff_id for person in people],
    ).exists()


def _wait(telling: Telling, length: timedelta) -> None:
    """Go on to the next channel after a length of time, unless the alarm was taken on or escalated meanwhile."""
    _move(
        telling, "rung = rung + 1, due_at = watch_now() + make_interval(secs => %s)", [length.total_seconds()]
    )


def _settle(telling: Telling) -> None:
    _move(telling, "is_armed = false", [])


def _give_up(telling: Telling) -> None:
    """Every channel failed: the alarm does not wait for its time, it escalates now. The directors' ways are the last."""
    _settle(telling)
    if telling.level == 0:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE safety_deadline SET due_at = least(due_at, watch_now())"
                " WHERE kind = 'acknowledge' AND about_id = %s AND is_armed",
                [telling.alarm_id],
            )


def _move(telling: Telling, change: str, values: Sequence[float]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE safety_deadline SET {change} WHERE id = %s AND rung = %s AND times = %s",  # noqa: S608 - our words
            [*values, telling.deadline_id, telling.rung, telling.level],
        )


def _message(alarm: Alarm) -> Message:
    """Say that an alarm waits, and where. Nothing of what it is about leaves the house."""
    what = _("A red alarm waits") if alarm.severity == Alarm.Severity.RED else _("An alarm waits")
    words = _("%(what)s in Sojourn. Open %(address)s") % {
        "what": what,
        "address": f"{settings.ADDRESS}/workspace/inbox/",
    }
    return Message(subject=f"Sojourn: {what}", words=words)
