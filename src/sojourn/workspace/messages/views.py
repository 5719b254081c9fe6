from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sojourn.program.measures.messages import messages_for
from sojourn.program.people.access import only
from sojourn.program.people.roles import Role


@only(Role.COORDINATOR, Role.MEDICAL_DIRECTOR)
def messages(request: Any) -> HttpResponse:
    """Show the invitations and reminders written last, and whether each has left."""
    return render(request, "workspace/messages/messages.html", {"rows": messages_for(request.actor)})
