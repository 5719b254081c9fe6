"""Signs that a patient's medicine may not go where it should: each with its day and evidence; noting one, settling one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from uuid_utils.compat import uuid7

from sojourn.clinical.monitoring.diversion_files import diversion_rules
from sojourn.program.people.access import only
from sojourn.program.people.patients import patient_card
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import CLINICIANS
from sojourn.program.treatment import diversion as deeds


def _noted_by_staff() -> list[tuple[str, str]]:
    signs = diversion_rules().signs.values()
    return [
        ("", _("Choose")),
        *((sign.id, f"{sign.label}. {sign.counts}") for sign in signs if sign.is_noted),
    ]


class SignForm(forms.Form):
    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    sign = forms.ChoiceField(
        label=gettext_lazy("Sign"),
        choices=_noted_by_staff,
        error_messages={"required": gettext_lazy("Choose what was seen.")},
    )
    seen_on = forms.DateField(
        label=gettext_lazy("Seen or told on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Name the day.")},
    )
    due_on = forms.DateField(
        label=gettext_lazy("More was due on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Only where more was asked for early."),
    )
    words = forms.CharField(
        label=gettext_lazy("What was seen, and by whom it was told"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what was seen.")},
    )


@only(*CLINICIANS)
def medicine_signs(request: Any, patient_id: UUID) -> HttpResponse:
    """Show the signs of a patient with their evidence; note one, or settle one."""
    patient = patient_card(patient_id, actor=request.actor)
    found = deeds.signs_of(patient_id, actor=request.actor, now=request.now)
    if patient is None or found is None:
        raise Http404
    if request.POST.get("deed") == "settle":
        _settled(request, patient_id)
        return redirect("workspace:medicine_signs", patient_id=patient_id)
    form = SignForm(request.POST if request.POST.get("deed") == "note" else None)
    if form.is_valid() and _noted(request, patient_id, form):
        return redirect("workspace:medicine_signs", patient_id=patient_id)
    page = {
        "patient": patient,
        "signs": found,
        "form": form,
        "rules": diversion_rules(),
        "today": local_date(request.now, patient.timezone),
        "may_settle": may_do(request.actor, "settle a sign"),
    }
    status = 422 if form.errors else 200
    return render(request, "workspace/patients/medicine_signs.html", page, status=status)


def _noted(request: Any, patient_id: UUID, form: SignForm) -> bool:
    try:
        deeds.note_sign(patient_id=patient_id, actor=request.actor, now=request.now, **form.cleaned_data)
    except deeds.DayImpossible:
        form.add_error("seen_on", _("The day lies after today, or before the patient was born."))
    except deeds.NotEarly:
        form.add_error(
            "due_on",
            _("Name the day more was due. Five days or fewer before it are no sign: nothing to note."),
        )
    else:
        messages.success(request, _("Noted."))
        return True
    return False


def _settled(request: Any, patient_id: UUID) -> None:
    why = request.POST.get("why", "")
    try:
        deeds.settle_sign(
            patient_id=patient_id,
            key=request.POST.get("key", ""),
            why=why,
            actor=request.actor,
            now=request.now,
        )
    except deeds.WordsMissing:
        messages.error(request, _("Nothing was settled: say what was found out and agreed."))
    except deeds.NoSuchSign as missing:
        raise Http404 from missing
    else:
        messages.success(request, _("Settled. The sign stays on record and does not count any more."))
