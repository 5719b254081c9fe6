"""Changes of a patient's medicines: recorded with their day, struck when wrong, drawn beside the scores."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.program.people.access import only
from sojourn.program.people.patients import patient_card
from sojourn.program.people.places import local_date
from sojourn.program.people.roles import CLINICIANS
from sojourn.program.treatment import medicines as deeds

WHAT = (
    ("started", gettext_lazy("started")),
    ("stopped", gettext_lazy("stopped")),
    ("changed", gettext_lazy("changed")),
)


class MedicineForm(forms.Form):
    medicine = forms.CharField(
        label=gettext_lazy("Medicine"),
        max_length=120,
        error_messages={"required": gettext_lazy("Name the medicine.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    what = forms.ChoiceField(label=gettext_lazy("What happened"), choices=WHAT)
    on = forms.DateField(
        label=gettext_lazy("On"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Name the day.")},
    )
    detail = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("50 mg to 100 mg"),
    )


@only(*CLINICIANS)
def medicines(request: Any, patient_id: UUID) -> HttpResponse:
    """List the changes of a patient's medicines, and record or strike one."""
    patient = patient_card(patient_id, actor=request.actor)
    if patient is None:
        raise Http404
    form = MedicineForm(request.POST if request.POST.get("deed") == "record" else None)
    if request.POST.get("deed") == "strike":
        _struck(request)
        return redirect("workspace:medicines", patient_id=patient_id)
    if form.is_valid() and _recorded(request, patient_id, form):
        return redirect("workspace:medicines", patient_id=patient_id)
    page = {
        "patient": patient,
        "form": form,
        "lines": deeds.medicine_changes_of(patient_id, actor=request.actor),
        "today": local_date(request.now, patient.timezone),
    }
    status = 422 if form.errors else 200
    return render(request, "workspace/patients/medicines.html", page, status=status)


def _recorded(request: Any, patient_id: UUID, form: MedicineForm) -> bool:
    try:
        deeds.record_medicine_change(
            patient_id=patient_id, actor=request.actor, now=request.now, **form.cleaned_data
        )
    except deeds.DayImpossible:
        form.add_error("on", _("The day lies after today, or before the patient was born."))
        return False
    messages.success(request, _("Recorded. It stands as a mark beside the scores."))
    return True


def _struck(request: Any) -> None:
    try:
        change_id = UUID(request.POST.get("change", ""))
        because = request.POST.get("because", "")
        deeds.strike_medicine_change(
            change_id=change_id, because=because, actor=request.actor, now=request.now
        )
    except deeds.ReasonMissing:
        messages.error(request, _("Nothing was struck: say what was wrong with the line."))
    except (ValueError, deeds.NoSuchChange) as missing:
        raise Http404 from missing
    else:
        messages.success(request, _("Struck out. The line stays on record."))
