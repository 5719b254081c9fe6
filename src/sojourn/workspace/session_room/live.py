"""Tickets for the live hub: for the floor board, and for one session."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from sojourn.program.people.access import only
from sojourn.program.treatment.sessions import session
from sojourn.workspace.live_tickets import ticket_answer
from sojourn.workspace.session_room.roles import WATCHERS


@only(*WATCHERS)
def board_ticket(request: Any) -> HttpResponse:
    """Give a ticket for the sessions this reader may see."""
    return ticket_answer(request)


@only(*WATCHERS)
def session_ticket(request: Any, visit_id: UUID) -> HttpResponse:
    """Give a ticket for one session."""
    if session(visit_id, actor=request.actor, now=request.now) is None:
        raise Http404
    return ticket_answer(request, visit_id=str(visit_id))
