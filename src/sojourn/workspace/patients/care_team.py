"""Choosing who looks after a patient. A therapist sees a patient only from the care team."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sojourn.program.people import actions
from sojourn.program.people.access import only
from sojourn.program.people.patients import care_team_of, patient_card
from sojourn.program.people.roles import Role
from sojourn.program.people.roster import StaffRow, staff_of_site

ASKED = (Role.PRESCRIBER, Role.THERAPIST, Role.SESSION_MONITOR)


class CareTeamForm(forms.Form):
    """One question a role; who is chosen now stands in it, and nobody chosen leaves it as it is."""

    def __init__(self, *args: Any, staff: tuple[StaffRow, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in ASKED:
            fitting = [(str(member.id), member.name) for member in staff if role in member.roles]
            self.fields[role.value] = forms.ChoiceField(
                label=capfirst(role.label),
                required=False,
                choices=[("", _("Nobody yet")), *fitting],
                widget=forms.Select(attrs={"data-optional": "hide"}),
            )


@only(Role.COORDINATOR, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
def care_team(request: Any, patient_id: UUID) -> HttpResponse:
    """Show who looks after a patient, and let it be chosen."""
    patient = patient_card(patient_id, actor=request.actor)
    if patient is None or patient.is_research_record:
        raise Http404
    chosen = {row.role: str(row.staff_id) for row in care_team_of(patient_id, actor=request.actor)}
    form = CareTeamForm(
        request.POST or None,
        staff=staff_of_site(patient.site_id),
        initial={role.value: staff_id for role, staff_id in chosen.items()},
    )
    if request.method == "POST" and form.is_valid():
        for role in ASKED:
            staff_id = form.cleaned_data[role.value]
            if staff_id and staff_id != chosen.get(role):
                actions.put_on_care_team(
                    patient_id=patient_id,
                    staff_id=UUID(staff_id),
                    role=role,
                    actor=request.actor,
                    now=request.now,
                )
        messages.success(request, _("Care team kept."))
        return redirect("workspace:chart", patient_id=patient_id)
    return render(request, "workspace/patients/care_team.html", {"patient": patient, "form": form})
