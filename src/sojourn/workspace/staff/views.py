"""Who works here, and whether their papers hold."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.program.people import actions, roster
from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.program.plans.queries import count_visits_to_come
from sojourn.workspace.staff.forms import CredentialForm, StaffForm


@only(Role.COORDINATOR, Role.MEDICAL_DIRECTOR)
def staff(request: Any) -> HttpResponse:
    """List colleagues and their credentials: what has ended or ends soon stands first."""
    today = roster.today_for(request.actor, now=request.now)
    credentials = [
        {"row": row, "standing": row.standing(today), "days": (row.expires_on - today).days}
        for row in roster.credentials_seen_by(request.actor)
    ]
    return render(
        request,
        "workspace/staff/staff.html",
        {
            "staff": roster.staff_seen_by(request.actor),
            "ending": [entry for entry in credentials if entry["standing"] != "in force"],
            "in_force": [entry for entry in credentials if entry["standing"] == "in force"],
            "may_add": may_do(request.actor, "add staff"),
            "may_end": may_do(request.actor, "end somebody's work"),
        },
    )


@only(Role.MEDICAL_DIRECTOR)
def add_staff(request: Any) -> HttpResponse:
    """Add a colleague with roles, sites and a first password."""
    form = StaffForm(request.POST or None, sites=roster.all_sites())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            staff_id = actions.add_staff_member(
                name=given["name"],
                email=given["email"],
                password=given["password"],
                roles=[Role(value) for value in given["roles"]],
                site_ids=[UUID(value) for value in given["sites"]],
                actor=request.actor,
                now=request.now,
            )
        except actions.EmailTaken:
            form.add_error(
                "email",
                _("An account with this e-mail exists. Look at the staff list before adding another."),
            )
        except actions.PasswordTooWeak as weak:
            form.add_error("password", weak.messages)
        else:
            messages.success(
                request, _("Added. Record their license next: nothing can be booked without it.")
            )
            return redirect("workspace:credential_new", staff_id=staff_id)
    return render(request, "workspace/staff/add_staff.html", {"form": form})


@only(Role.MEDICAL_DIRECTOR)
def end_work(request: Any, staff_id: UUID) -> HttpResponse:
    """Close a colleague's account for good, after saying what still stands with them."""
    colleague = roster.colleague(staff_id, actor=request.actor)
    if colleague is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            actions.end_work(
                staff_id=staff_id,
                on=roster.today_for(request.actor, now=request.now),
                actor=request.actor,
                now=request.now,
            )
        except actions.LastDirector:
            refused = _("This is the only medical director. Add another one first.")
        except actions.StaffMemberNotFound as gone:
            raise Http404 from gone
        else:
            messages.success(request, _("Ended. Their account opens nothing from now on."))
            return redirect("workspace:staff")
    return render(
        request,
        "workspace/staff/end_work.html",
        {
            "colleague": colleague,
            "refused": refused,
            "to_come": count_visits_to_come(staff_id, now=request.now),
        },
    )


@only(Role.COORDINATOR, Role.MEDICAL_DIRECTOR)
def credential_new(request: Any, staff_id: UUID) -> HttpResponse:
    """Record a credential, new or renewed; the same one sent twice is recorded once."""
    colleague = roster.colleague(staff_id, actor=request.actor)
    if colleague is None:
        raise Http404
    today = roster.today_for(request.actor, now=request.now)
    form = CredentialForm(request.POST or None, today=today)
    if request.method == "POST" and form.is_valid():
        _record(request, staff_id, form.cleaned_data)
        return redirect("workspace:staff")
    held = [row for row in roster.credentials_seen_by(request.actor) if row.staff_id == staff_id]
    return render(
        request,
        "workspace/staff/credential_new.html",
        {"form": form, "colleague": colleague, "held": _with_standing(held, today)},
    )


def _record(request: HttpRequest, staff_id: UUID, given: dict[str, Any]) -> None:
    if roster.credential_is_recorded(staff_id=staff_id, **given):
        messages.info(request, _("This credential was recorded already. Nothing was changed."))
        return
    actions.record_credential(
        staff_id=staff_id,
        **given,
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
    )
    messages.success(request, _("Credential recorded."))


def _with_standing(held: list[roster.CredentialRow], today: date) -> list[dict[str, Any]]:
    return [{"row": row, "standing": row.standing(today)} for row in held]
