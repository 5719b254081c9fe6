"""Lets a page of the session room into the live hub: a ticket for its reader, and where the hub is."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse

from sojourn.live.tickets import Ticket, signed
from sojourn.program.people.access import only
from sojourn.program.people.actors import Actor
from sojourn.program.people.roles import Role
from sojourn.program.treatment.sessions import session
from sojourn.workspace.session_room.roles import WATCHERS


@only(*WATCHERS)
def board_ticket(request: Any) -> HttpResponse:
    """Give a ticket for the sessions this reader may see."""
    return _answer(_ticket(request.actor, request.now.timestamp(), visit_id=""))


@only(*WATCHERS)
def session_ticket(request: Any, visit_id: UUID) -> HttpResponse:
    """Give a ticket for one session."""
    if session(visit_id, actor=request.actor, now=request.now) is None:
        raise Http404
    return _answer(_ticket(request.actor, request.now.timestamp(), visit_id=str(visit_id)))


def _ticket(actor: Actor, now_s: float, *, visit_id: str) -> Ticket:
    """As `people.policy` has it: a medical director sees every site, the others of this room their own."""
    sees_all = Role.MEDICAL_DIRECTOR in actor.roles
    return Ticket(
        user_id=str(actor.user_id),
        roles=tuple(role.value for role in actor.roles),
        sites=None if sees_all else tuple(map(str, actor.site_ids)),
        visit_id=visit_id,
        given_at=now_s,
    )


def _answer(ticket: Ticket) -> HttpResponse:
    word = signed(ticket, secret=settings.SECRET_KEY)
    return JsonResponse({"ticket": word, "port": settings.LIVE_PORT, "path": settings.LIVE_PATH})
