"""Ways to one questionnaire without a password. A link is checked by its signature; the database cannot give it away."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac

from sojourn.clinical import instruments
from sojourn.program.measures.models import AnswerLink
from sojourn.program.people.actors import Actor
from sojourn.program.people.roles import Role

SALT: Final = "sojourn.measures.links"
ID_LENGTH: Final = 32  # hexadecimal digits
USE: Final = """
UPDATE measures_answerlink link
SET hour_began_at = CASE WHEN link.hour_began_at <= %(now)s - interval '1 hour' THEN %(now)s ELSE link.hour_began_at END,
    uses_in_hour = CASE WHEN link.hour_began_at <= %(now)s - interval '1 hour' THEN 1 ELSE link.uses_in_hour + 1 END
FROM measures_questionnairerequest request
WHERE link.id = %(id)s AND request.id = link.request_id
RETURNING request.id, request.patient_id, link.expires_at, link.uses_in_hour
"""


class LinkUnknown(Exception):
    """Nobody was sent such a link."""


class LinkExpired(Exception):
    """The link has worked for as long as it does."""


class LinkUsedTooOften(Exception):
    """The link was used more often in this hour than a person would."""


@dataclass(frozen=True)
class Linked:
    """The one request a link opens, and the patient as who it may be answered. They may do nothing else."""

    request_id: UUID
    actor: Actor


def make_link(request_id: UUID, *, now: datetime) -> AnswerLink:
    """Make a link to a request; it works for as long as the calendar says."""
    return AnswerLink.objects.create(
        request_id=request_id,
        made_at=now,
        expires_at=now + instruments.calendar().link.valid,
        hour_began_at=now,
    )


def token_of(link_id: UUID) -> str:
    """Give the part of the address that stands for a link: its id and a signature over it."""
    return f"{link_id.hex}-{_signature(link_id)}"


def follow_link(token: str, *, now: datetime) -> Linked:
    """Find what a link opens, and count the use. Raises LinkUnknown, LinkExpired, LinkUsedTooOften.

    A made-up link is refused by its signature before the database is asked.
    """
    link_id = _checked(token)
    with connection.cursor() as cursor:
        cursor.execute(USE, {"id": link_id, "now": now})
        row = cursor.fetchone()
    if row is None:
        raise LinkUnknown
    request_id, patient_id, expires_at, uses = row
    if expires_at <= now:
        raise LinkExpired
    if uses > instruments.calendar().link.uses_an_hour:
        raise LinkUsedTooOften
    return Linked(request_id, Actor(roles=frozenset({Role.PATIENT}), patient_id=patient_id))


def _checked(token: str) -> UUID:
    digits, dash, signature = token[:ID_LENGTH], token[ID_LENGTH : ID_LENGTH + 1], token[ID_LENGTH + 1 :]
    try:
        link_id = UUID(hex=digits)
    except ValueError:
        raise LinkUnknown from None
    if dash != "-" or not constant_time_compare(signature, _signature(link_id)):
        raise LinkUnknown
    return link_id


def _signature(link_id: UUID) -> str:
    digest = salted_hmac(SALT, link_id.hex, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
