"""Quick entry from the board: vital signs, a sign seen, a look. A plain page, and what a board opens in place."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from sojourn.program.people.access import only
from sojourn.program.people.policy import require
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.sessions import session
from sojourn.workspace.session_room.lines import line_of
from sojourn.workspace.session_room.recording import forms_for, level_of, record
from sojourn.workspace.session_room.roles import WATCHERS

QUICK = (EventKind.VITAL_TAKEN, EventKind.NOTICED, EventKind.LOOKED)


@only(*WATCHERS)
def quick(request: Any, visit_id: UUID) -> HttpResponse:
    """Show the few forms that are needed while walking past, and record one; then back to the board."""
    found = session(visit_id, actor=request.actor, now=request.now)
    if found is None:
        raise Http404
    require(request.actor, "run a dosing session", patient_id=found.visit.patient_id)
    deed = request.POST.get("do", "")
    forms = forms_for(found, posted=request.POST, deed=deed)
    sent = forms[deed] if deed in QUICK else None
    if sent is not None:
        said = record(found, sent, actor=request.actor, now=request.now)
        if said:
            messages.add_message(request, level_of(said), f"{found.visit.patient_name}: {said}")
            return redirect("workspace:sessions")
    return render(
        request,
        "workspace/session_room/quick.html",
        {**line_of(found, request.now), "forms": forms, "sent": sent, "may_record": True},
        status=422 if sent is not None else 200,
    )
