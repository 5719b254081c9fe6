"""Rights to add to one session without a login: made for a monitor, a patient, a sitter or a device gateway.

A login that expires locks the chart, never the monitoring. A token adds to its session and reads nothing of it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from sojourn.program.audit import actions as audit
from sojourn.program.audit.asking import Asked, answer_to
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.choices import EventSource, TokenRole
from sojourn.program.treatment.models import RecordingToken
from sojourn.program.treatment.plan_in_force import COLUMNS, COURSE, PlanInForce, limits_asked_for, plan_told
from sojourn.program.treatment.sessions import on_record

SECRET_BYTES: Final = 32
LONGEST_LABEL: Final = 80
# Program policy: how long after the session has ended a token still takes what was seen before; a sitter's goes on to
# the morning after. A session that nobody ended closes its tokens a day after the time it was booked for.
GRACE: Final = {
    TokenRole.MONITOR: timedelta(hours=12),
    TokenRole.PATIENT: timedelta(hours=12),
    TokenRole.DEVICE: timedelta(hours=12),
    TokenRole.SITTER: timedelta(hours=36),
}
NEVER_ENDED: Final = timedelta(hours=24)
SOURCES: Final = {
    TokenRole.MONITOR: EventSource.ROOM,
    TokenRole.PATIENT: EventSource.PATIENT,
    TokenRole.SITTER: EventSource.SITTER,
    TokenRole.DEVICE: EventSource.DEVICE,
}
_FIND: Final = f"""
SELECT token.secret_hash, token.id, token.role, token.staff_id, token.label, token.revoked_at, token.visit_id,
       visit.patient_id, upper(visit.during), {COLUMNS}
FROM treatment_recordingtoken token JOIN plans_visit visit ON visit.id = token.visit_id {COURSE}
WHERE token.secret_hash """  # noqa: S608 - put together from constants
# PostgreSQL keeps the plan for one token. For some of them it would make a new one each time, as it cannot know how many.
FIND: Final = _FIND + "= (%(hashes)s::text[])[1]"
LOCK: Final = FIND + " FOR NO KEY UPDATE OF visit"
LOCK_IF_FREE: Final = LOCK + " SKIP LOCKED"
LOCK_WHAT_IS_FREE: Final = _FIND + "= ANY(%(hashes)s) FOR NO KEY UPDATE OF visit SKIP LOCKED"


class TokenUnknown(Exception):
    """Nobody was given such a token."""


class TokenEnded(Exception):
    """The token was revoked, or its session is over for longer than the token lasts."""


class NotADosingSession(Exception):
    """No such dosing session among the patients this actor may see."""


class LabelMissing(Exception):
    """A gateway is named, so that its readings say where they come from."""


@dataclass(frozen=True)
class Token:
    """A right to add to one session. `booked_until` is when the visit was to end, `by` the plan it is watched by."""

    id: UUID
    role: TokenRole
    staff_id: UUID | None
    label: str
    revoked_at: datetime | None
    visit_id: UUID
    patient_id: UUID
    booked_until: datetime
    by: PlanInForce | None

    @property
    def actor(self) -> Actor:
        """Who adds by this token, as the log and the alarms name them. They have no role, and see nothing."""
        return Actor(roles=frozenset(), staff_id=self.staff_id, by_token=self.role.value)

    @property
    def source(self) -> EventSource:
        return SOURCES[self.role]

    def works_at(self, now: datetime, *, ended_at: datetime | None) -> bool:
        """True until the session has been over for the grace of its role, or was revoked."""
        until = self.booked_until + NEVER_ENDED if ended_at is None else ended_at + GRACE[self.role]
        return self.revoked_at is None and now < until


@dataclass(frozen=True)
class TokenRow:
    """A token as staff see it: never its secret."""

    id: UUID
    role: str
    label: str
    made_at: datetime
    by: str | None
    revoked_at: datetime | None

    @property
    def role_label(self) -> str:
        return str(TokenRole(self.role).label)


def hash_of(secret: str) -> str:
    """The form in which a secret is kept: it has 256 random bits, so one round of SHA-256 hides it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def token_of(secret: str, *, lock: bool = False) -> Token:
    """Find the token of a secret; with `lock`, hold its session until the transaction ends. Raises TokenUnknown."""
    found = _tokens([secret], LOCK if lock else FIND)
    if secret not in found:
        raise TokenUnknown
    return found[secret]


def tokens_that_are_free(shown: Sequence[str]) -> dict[str, Token]:
    """Find the tokens of these secrets and hold their sessions, but for those that somebody else holds. One query."""
    return _tokens(shown, LOCK_IF_FREE if len(shown) == 1 else LOCK_WHAT_IS_FREE)


def _tokens(shown: Sequence[str], find: str) -> dict[str, Token]:
    by_hash = {hash_of(secret): secret for secret in shown}
    given = {"hashes": list(by_hash), "limits": limits_asked_for()}
    return answer_to(Asked(find, given, lambda rows: {by_hash[row[0]]: _token(row) for row in rows}))


def _token(row: Sequence[Any]) -> Token:
    _hash, token_id, role, staff_id, label, revoked_at, visit_id, patient_id, booked_until, *plan = row
    return Token(
        id=token_id,
        role=TokenRole(role),
        staff_id=staff_id,
        label=label,
        revoked_at=revoked_at,
        visit_id=visit_id,
        patient_id=patient_id,
        booked_until=booked_until,
        by=plan_told(*plan),
    )


def make_monitor_token(*, visit_id: UUID, actor: Actor, now: datetime) -> str:
    """Give the member of staff at a session the secret with which their page goes on when their login ends."""
    return _made(visit_id, TokenRole.MONITOR, actor, now, staff_id=actor.staff_id)


def make_gateway_token(*, visit_id: UUID, label: str, actor: Actor, now: datetime) -> str:
    """Give the secret for a device gateway, to be shown once. Raises LabelMissing, NotADosingSession, NotAllowed."""
    if not label.strip():
        raise LabelMissing
    return _made(visit_id, TokenRole.DEVICE, actor, now, label=label.strip()[:LONGEST_LABEL])


def make_patient_token(*, visit_id: UUID, actor: Actor, now: datetime) -> str:
    """Give a patient the secret of their own session. Raises NotADosingSession."""
    if actor.patient_id is None:
        raise NotADosingSession
    return _made(visit_id, TokenRole.PATIENT, actor, now)


def revoke_token(*, token_id: UUID, visit_id: UUID, actor: Actor, now: datetime) -> None:
    """End a token at once; what it has added stays. Doing it again changes nothing. Raises NotADosingSession."""
    require(actor, "run a dosing session")
    with transaction.atomic():
        visit = _visit(visit_id, actor)
        ended = RecordingToken.objects.filter(pk=token_id, visit=visit, revoked_at=None).update(
            revoked_at=now, revoked_by_id=actor.staff_id
        )
        if ended:
            audit.record(
                actor, "revoked a token", about=("visit", visit.id), at=now, patient_id=visit.patient_id
            )


def gateway_tokens(visit_id: UUID, *, actor: Actor) -> tuple[TokenRow, ...]:
    """The gateways of a session, the newest first."""
    rows = RecordingToken.objects.filter(
        patients_visible_to(actor, "visit__patient"), visit_id=visit_id, role=TokenRole.DEVICE
    ).order_by("-made_at")
    return tuple(
        TokenRow(**row)
        for row in rows.values("id", "role", "label", "made_at", "revoked_at", by=F("made_by__name"))
    )


def _visit(visit_id: UUID, actor: Actor) -> Visit:
    seen = Visit.objects.filter(patients_visible_to(actor, "patient"), on_record())
    found = seen.filter(pk=visit_id, kind=VisitKind.DOSING).first()
    if found is None:
        raise NotADosingSession
    return found


def _made(
    visit_id: UUID,
    role: TokenRole,
    actor: Actor,
    now: datetime,
    *,
    staff_id: UUID | None = None,
    label: str = "",
) -> str:
    if role in {TokenRole.MONITOR, TokenRole.DEVICE}:
        require(actor, "run a dosing session")
    with transaction.atomic():
        visit = _visit(visit_id, actor)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        RecordingToken.objects.create(
            visit=visit,
            role=role,
            staff_id=staff_id,
            label=label,
            secret_hash=hash_of(secret),
            made_by_id=actor.staff_id,
            made_at=now,
        )
        audit.record(
            actor, f"made a {role} token", about=("visit", visit.id), at=now, patient_id=visit.patient_id
        )
    return secret
