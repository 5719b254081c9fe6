"""The sitter's way in: a link that opens once, binds to the browser that opened it, and ends by itself.

A browser is given a mark when it looks at the link, before anything is spent. What it keeps from then on follows from
the link and its mark, so an opening whose answer was lost on the way is only repeated: nothing new has to reach it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from sojourn.clinical.monitoring.sitting import next_sitter_look
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.safety.watch import watch_state
from sojourn.program.treatment.choices import EventKind, EventSource, TokenRole
from sojourn.program.treatment.models import RecordingToken, SessionEvent, SitterLink
from sojourn.program.treatment.session_places import PlaceRow, place_of
from sojourn.program.treatment.sessions import EventRow, Session, on_record, session_by_token
from sojourn.program.treatment.tokens import SECRET_BYTES, Token, TokenEnded, TokenUnknown, hash_of, token_of

LOOKS: Final = {EventKind.LOOKED, EventKind.NOTICED, EventKind.HELP_ASKED, EventKind.ROLE_ACCEPTED}
CALLS: Final = {EventKind.NOTICED, EventKind.HELP_ASKED}
CALLS_SHOWN: Final = 2
SITTER: Final = Actor(roles=frozenset(), by_token=TokenRole.SITTER.value)


class LinkUnknown(Exception):
    """Nobody was sent such a link."""


class LinkEnded(Exception):
    """Another link took its place, or its session is over."""


class OpenedElsewhere(Exception):
    """The link was opened before, in another browser."""


class NotADosingSession(Exception):
    """No such dosing session among the patients this actor may see."""


@dataclass(frozen=True)
class LinkRow:
    """The link of a session as staff see it."""

    made_at: datetime
    opened_at: datetime | None


@dataclass(frozen=True)
class Call:
    """A call for help, and whether somebody has taken it on."""

    at: datetime
    is_taken: bool


@dataclass(frozen=True)
class Sitting:
    """All that a sitter sees of a session. `accepted` is what they said yes to themselves; `was_taken_on` by anybody."""

    visit_id: UUID
    starts_at: datetime
    timezone: str
    site_name: str
    is_at_home: bool
    patient_first_name: str
    signs: tuple[tuple[str, str], ...]
    place: PlaceRow | None
    accepted: str
    was_taken_on: bool
    dosed_at: datetime | None
    ended_at: datetime | None
    next_look_at: datetime | None
    said: tuple[EventRow, ...]
    calls: tuple[Call, ...]
    is_watched: bool

    def latest(self, kind: str) -> EventRow | None:
        """The sitter's last entry of a kind."""
        return next((row for row in reversed(self.said) if row.kind == kind), None)


def make_sitter_link(*, visit_id: UUID, actor: Actor, now: datetime) -> str:
    """Make a link for the sitter of a session and give its secret, once. The link before it ends, and its page too.

    Raises NotAllowed, NotADosingSession.
    """
    require(actor, "hand out a sitter link")
    assert actor.staff_id is not None  # the deed is of staff
    with transaction.atomic():
        visit = (
            Visit.objects.select_for_update(of=("self",), no_key=True)
            .filter(patients_visible_to(actor, "patient"), on_record(), pk=visit_id, kind=VisitKind.DOSING)
            .first()
        )
        if visit is None:
            raise NotADosingSession
        before = SitterLink.objects.filter(visit=visit, ended_at=None)
        RecordingToken.objects.filter(sitter_link__in=before, revoked_at=None).update(
            revoked_at=now, revoked_by_id=actor.staff_id
        )
        before.update(ended_at=now)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        SitterLink.objects.create(
            visit=visit, secret_hash=hash_of(secret), made_by_id=actor.staff_id, made_at=now
        )
        audit.record(
            actor, "made a sitter link", about=("visit", visit.id), at=now, patient_id=visit.patient_id
        )
    return secret


def sitter_link_of(visit_id: UUID, *, actor: Actor) -> LinkRow | None:
    """The link that stands for a session, or None."""
    found = SitterLink.objects.filter(
        patients_visible_to(actor, "visit__patient"), visit_id=visit_id, ended_at=None
    ).first()
    return LinkRow(found.made_at, found.opened_at) if found else None


def mark_for_a_browser() -> str:
    """Make the mark by which a browser that looks at a link is known when it opens it."""
    return secrets.token_urlsafe(SECRET_BYTES)


def look_at_link(link_secret: str, *, mark: str, now: datetime) -> str | None:
    """Give None where this browser may open the link, or the secret it keeps where it has opened it before.

    A use that comes to nothing is kept in the log. Raises LinkUnknown, LinkEnded, OpenedElsewhere.
    """
    link = _link(link_secret)
    secret = _secret_of(link_secret, mark)
    try:
        return None if _may_open(link, secret, now) else secret
    except (LinkEnded, OpenedElsewhere) as refusal:
        _note(link, refusal, now)
        raise


def open_link(link_secret: str, *, mark: str, now: datetime) -> str:
    """Open a link for good in the browser of this mark; give the secret that it keeps. Harmless twice.

    Raises LinkUnknown, LinkEnded, OpenedElsewhere.
    """
    link = _link(link_secret)
    secret = _secret_of(link_secret, mark)
    try:
        with transaction.atomic():
            link = SitterLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
            if not _may_open(link, secret, now):
                return secret
            link.token = RecordingToken.objects.create(
                visit_id=link.visit_id,
                role=TokenRole.SITTER,
                secret_hash=hash_of(secret),
                made_by_id=link.made_by_id,
                made_at=now,
            )
            link.opened_at = now
            link.save(update_fields=["opened_at", "token"])
            audit.record(
                SITTER,
                "opened a sitter link",
                about=("visit", link.visit_id),
                at=now,
                patient_id=link.visit.patient_id,
            )
            return secret
    except (LinkEnded, OpenedElsewhere) as refusal:
        _note(link, refusal, now)
        raise


def sitting(browser_secret: str, *, now: datetime) -> Sitting:
    """Everything for the sitter's page. Raises TokenUnknown, TokenEnded; a page used after its end is logged."""
    token = token_of(browser_secret)
    if token.role is not TokenRole.SITTER:
        raise TokenUnknown
    of = session_by_token(token.visit_id, now=now)
    if of is None or not token.works_at(now, ended_at=of.state.ended_at):
        _log("used a sitter page after its end", token.visit_id, token.patient_id, now)
        raise TokenEnded
    said = sitters_entries(of)
    names = sitters_by_entry(of)
    accepted = (
        row for row in said if row.kind == EventKind.ROLE_ACCEPTED and names[row.id].token_id == token.id
    )
    role = next(accepted, None)
    return Sitting(
        visit_id=of.visit.id,
        starts_at=of.visit.starts_at,
        timezone=of.visit.timezone,
        site_name=of.visit.site_name,
        is_at_home=of.plan.at_home,
        patient_first_name=(of.visit.patient_name.split() or [""])[0],
        signs=tuple((sign.id, sign.label) for sign in of.plan.signs),
        place=place_of(of.visit.id, now=now),
        accepted=str(role.facts["words"]) if role else "",
        was_taken_on=any(row.kind == EventKind.ROLE_ACCEPTED for row in said),
        dosed_at=of.state.dosed_at,
        ended_at=of.state.ended_at,
        next_look_at=sitter_look_due(of),
        said=said,
        calls=calls_of(of, EventSource.SITTER),
        is_watched=watch_state().is_living,
    )


def calls_of(of: Session, source: EventSource) -> tuple[Call, ...]:
    """The last calls for help from one side, the newest first."""
    waiting = {alarm.about_id for alarm in of.state.unacknowledged}
    made = [row for row in of.events if row.kind in CALLS and row.source == source and row.is_standing]
    return tuple(Call(row.taken_at, str(row.id) not in waiting) for row in reversed(made[-CALLS_SHOWN:]))


def sitters_entries(of: Session) -> tuple[EventRow, ...]:
    """What the sitter has recorded in a session, in order of time."""
    return tuple(row for row in of.events if row.source == EventSource.SITTER and row.is_standing)


@dataclass(frozen=True)
class SaidBy:
    """Which sitter an entry is of: by the page it came from, and by the name with which the role was taken on there."""

    token_id: UUID | None
    name: str


def sitters_by_entry(of: Session) -> dict[UUID, SaidBy]:
    """Whose each entry of a sitter is: one may have relieved another. One query, none where no sitter said anything."""
    said = {row.id: row for row in sitters_entries(of)}
    if not said:
        return {}
    tokens = dict(SessionEvent.objects.filter(pk__in=said).values_list("pk", "token_id"))
    names = {
        tokens[row.id]: str(row.facts["words"]).partition(":")[0]
        for row in said.values()
        if row.kind == EventKind.ROLE_ACCEPTED
    }
    return {entry_id: SaidBy(token_id, names.get(token_id, "")) for entry_id, token_id in tokens.items()}


def sitter_look_due(of: Session) -> datetime | None:
    """When the sitter's next look is due: only at home, from the dose on, once somebody has taken the role on."""
    said = sitters_entries(of)
    has_sitter = any(row.kind == EventKind.ROLE_ACCEPTED for row in said)
    if not (of.plan.at_home and of.is_running and has_sitter and of.state.dosed_at):
        return None
    looks = (row.taken_at for row in said if row.kind in LOOKS)
    return next_sitter_look(looks, dosed_at=of.state.dosed_at)


def _link(secret: str) -> SitterLink:
    found = SitterLink.objects.select_related("visit", "token").filter(secret_hash=hash_of(secret)).first()
    if found is None:
        raise LinkUnknown
    return found


def _secret_of(link_secret: str, mark: str) -> str:
    """The secret of a page: only who holds both the link and the mark can tell it."""
    return hash_of(f"{link_secret} {mark}")


def _may_open(link: SitterLink, secret: str, now: datetime) -> bool:
    of = session_by_token(link.visit_id, now=now)
    as_token = Token(
        link.id, TokenRole.SITTER, None, "", link.ended_at, link.visit_id, link.visit.patient_id,
        link.visit.during.upper, None,
    )  # fmt: skip
    if of is None or not as_token.works_at(now, ended_at=of.state.ended_at):
        raise LinkEnded
    if link.token is None:
        return True
    if hash_of(secret) == link.token.secret_hash:
        return False
    raise OpenedElsewhere


def _note(link: SitterLink, refusal: Exception, now: datetime) -> None:
    ended = isinstance(refusal, LinkEnded)
    did = "used a sitter link after its end" if ended else "opened a sitter link elsewhere"
    _log(did, link.visit_id, link.visit.patient_id, now)


def _log(did: str, visit_id: UUID, patient_id: UUID, now: datetime) -> None:
    audit.record(SITTER, did, about=("visit", visit_id), at=now, patient_id=patient_id)
