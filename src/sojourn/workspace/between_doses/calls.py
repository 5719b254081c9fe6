"""The call after a first dose: what the patient answered meanwhile, each attempt, and who made it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from sojourn.program.people.access import only
from sojourn.program.people.patients import patient_card
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.program.plans.queries import visit
from sojourn.program.treatment import following_up
from sojourn.workspace.between_doses.forms import CallForm

CALLERS = (Role.PRESCRIBER, Role.THERAPIST, Role.SESSION_MONITOR, Role.MEDICAL_DIRECTOR, Role.COORDINATOR)


@only(*CALLERS)
def follow_up(request: Any, visit_id: UUID) -> HttpResponse:
    """Show what is owed after a dose, and note an attempt."""
    row = visit(visit_id, actor=request.actor)
    if row is None or not row.is_dosing:
        raise Http404
    form = CallForm(request.POST or None, initial={"form_id": uuid7()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            following_up.follow_up(
                visit_id=visit_id,
                form_id=given["form_id"],
                reached=given["reached"] == "yes",
                words=given["words"],
                actor=request.actor,
                now=request.now,
            )
        except following_up.NothingToFollow:
            form.add_error(None, _("No dose is on record in this session."))
        else:
            messages.success(request, _("Noted, with your name and the time."))
            return redirect("workspace:follow_up", visit_id=visit_id)
    owed = {each.visit_id: each for each in following_up.owed_contacts(request.actor, now=request.now)}
    return render(
        request,
        "workspace/between_doses/follow_up.html",
        {
            "visit": row,
            "patient": patient_card(row.patient_id, actor=request.actor),
            "owed": owed.get(visit_id),
            "is_late": visit_id in owed and owed[visit_id].due_at < request.now,
            "attempts": following_up.attempts_of(visit_id, actor=request.actor),
            "form": form,
            "may_call": may_do(request.actor, "follow up after a dose"),
        },
        status=422 if form.is_bound else 200,
    )
