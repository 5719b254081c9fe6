"""The session page without a network: what it is told to go on with, its token, and the shell that stands in for it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sojourn.clinical.monitoring import EARLY_MINUTES, looks_to_come
from sojourn.design.recording import service_worker
from sojourn.program.people.access import everyone, only
from sojourn.program.treatment import tokens
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.sessions import Session, session
from sojourn.workspace.session_room.care_forms import CARE_FORMS
from sojourn.workspace.session_room.forms import EventForm, NoteForm, RatingForm, SignForm, VitalsForm
from sojourn.workspace.session_room.roles import WATCHERS

COUNTED_ON = timedelta(hours=4)  # how far the page knows the looks to come without the practice
SHELL_FORMS: tuple[type[EventForm], ...] = (VitalsForm, RatingForm, NoteForm, *CARE_FORMS)

worker = everyone(service_worker)


@only(*WATCHERS)
@require_POST
def session_token(request: Any, visit_id: UUID) -> HttpResponse:
    """Give the page the secret with which it records when the login of its reader has ended."""
    found = session(visit_id, actor=request.actor, now=request.now)
    if found is None:
        raise Http404
    secret = tokens.make_monitor_token(visit_id=visit_id, actor=request.actor, now=request.now)
    return JsonResponse({"token": secret, "ends_at": found.visit.ends_at + tokens.NEVER_ENDED})


@everyone
def shell(request: Any) -> HttpResponse:
    """Show the forms that record, about nobody; the browser keeps this page for when there is no network."""
    bare: dict[str, Any] = {"zone": ZoneInfo("UTC"), "initial": {"form_id": ""}}
    forms: dict[str, EventForm] = {form.kind: form(**bare) for form in SHELL_FORMS}
    forms[EventKind.NOTICED] = SignForm(plan=None, **bare)
    about = {
        "forms": forms,
        "may_record": True,
        "csrf_token": "",
    }  # no form of it is sent the plain way
    return render(request, "workspace/session_room/offline.html", about)


def told_to_page(found: Session, *, staff_id: UUID | None, now: datetime) -> dict[str, Any]:
    """What the page keeps in the browser, sealed: whom it is about, how to send, and the looks to come."""
    state = found.state
    return {
        "who": "monitor",
        "of": f"{found.visit.id} {staff_id}",
        "name": found.visit.patient_name,
        "record": reverse("recording:record"),
        "tick": reverse("recording:tick"),
        "token_address": reverse("workspace:session_token", kwargs={"visit_id": found.visit.id}),
        "scope": reverse("workspace:sessions"),
        "zone": found.visit.timezone,
        "now": now,
        "next_due_at": state.next_due.due_at if state.next_due else None,
        "looks": looks_to_come(plan=found.plan, dosed_at=state.dosed_at, until=now + COUNTED_ON)
        if state.dosed_at
        else (),
        "early_s": EARLY_MINUTES * 60,
        "looked_kinds": [EventKind.VITAL_TAKEN],
        "choices": {"signs": [[sign.id, sign.label] for sign in found.plan.signs]},
        "sound": "yes",
        "chart": True,
        "ended": found.is_over,
    }
