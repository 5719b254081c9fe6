"""Lets a page of the staff into the live hub: a ticket for its reader, and where the hub is."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse

from sojourn.live.tickets import Ticket, signed
from sojourn.program.people.roles import Role


def ticket_answer(request: Any, *, visit_id: str = "", is_inbox: bool = False) -> HttpResponse:
    """Answer with a ticket for one session, for the inbox, or else for the board of sessions.

    As `people.policy` has it: a medical director sees every site, the others their own.
    """
    actor = request.actor
    sees_all = Role.MEDICAL_DIRECTOR in actor.roles
    ticket = Ticket(
        user_id=str(actor.user_id),
        roles=tuple(role.value for role in actor.roles),
        sites=None if sees_all else tuple(map(str, actor.site_ids)),
        visit_id=visit_id,
        is_inbox=is_inbox,
        given_at=time.time(),  # the hub's own clock: a page's may go on where that was set back
    )
    word = signed(ticket, secret=settings.SECRET_KEY)
    return JsonResponse({"ticket": word, "port": settings.LIVE_PORT, "path": settings.LIVE_PATH})
