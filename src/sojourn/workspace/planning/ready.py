"""One session of the coming days: what it still needs, what to do about each, and what was said on the telephone."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.design.readiness_forms import READINESS_FORMS
from sojourn.program.people.access import only
from sojourn.program.people.patients import patient_card
from sojourn.program.people.roles import Role
from sojourn.program.treatment.preparing import SAY, NotSaid, SessionNotToCome
from sojourn.program.treatment.readiness import Readiness, readiness_of
from sojourn.program.treatment.visits import SessionEnded
from sojourn.workspace.planning.overview import PLANNERS


@only(*PLANNERS, Role.SESSION_MONITOR)
def readiness(request: Any, visit_id: UUID) -> HttpResponse:
    """Show a session's readiness item by item, and keep what was said about one."""
    found = readiness_of(visit_id, actor=request.actor, now=request.now)
    if found is None or not found.visit.is_dosing:
        raise Http404
    kind = request.POST.get("kind", "")
    sent = READINESS_FORMS[kind](request.POST, auto_id=f"{kind}_%s") if kind in READINESS_FORMS else None
    if sent is not None and sent.is_valid():
        refused = _say(kind, sent, found, request)
        if not refused:
            messages.success(request, _("Noted, with your name and the time."))
            return redirect("workspace:readiness", visit_id=visit_id)
        sent.add_error(None, refused)
    rows = [
        {
            "item": item,
            "form": sent if item.kind == kind else _form(item.kind),
            "is_sent": sent is not None and item.kind == kind,
        }
        for item in found.by_urgency
    ]
    return render(
        request,
        "workspace/planning/readiness.html",
        {
            "visit": found.visit,
            "rows": rows,
            "patient": patient_card(found.visit.patient_id, actor=request.actor),
            "has_begun": found.visit.starts_at <= request.now,
            "is_held": found.is_held,
        },
        status=422 if sent is not None else 200,
    )


def _form(kind: str) -> forms.Form | None:
    return READINESS_FORMS[kind](auto_id=f"{kind}_%s") if kind in READINESS_FORMS else None


def _say(kind: str, form: forms.Form, found: Readiness, request: Any) -> str:
    """Keep what was said; return why it was not, or ""."""
    try:
        SAY[kind](visit_id=found.visit.id, **form.cleaned_data, actor=request.actor, now=request.now)
    except NotSaid as refused:
        return str(refused)
    except (SessionNotToCome, SessionEnded):
        return _("This session is over. Nothing was changed.")
    return ""
