"""Between doses: whose conversation is due, the shared note of it, and the therapist's own notes, kept apart."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sojourn.design.templatetags.moments import at_site
from sojourn.program.audit import actions as audit
from sojourn.program.people.access import only
from sojourn.program.people.patients import PatientCard, patient_card
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.program.plans.queries import day_at, visits_of
from sojourn.program.treatment import between, notes
from sojourn.workspace.between_doses.forms import NoteForm, PrivateForm

READERS = (Role.THERAPIST, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)


@only(*READERS)
def between_doses(request: Any) -> HttpResponse:
    """List the reader's patients by what is owed to them."""
    rows = [
        {
            "row": row,
            "days_since": _days(row.last_dose_at, request.now, row.timezone),
            "days_until": _days(request.now, row.next_dose_at, row.timezone),
            "is_late": row.owed is not None and row.owed.due_on < day_at(request.now, row.timezone),
        }
        for row in between.patients_between_doses(request.actor, now=request.now)
    ]
    return render(request, "workspace/between_doses/between_doses.html", {"rows": rows})


@only(*READERS)
def between_patient(request: Any, patient_id: UUID) -> HttpResponse:
    """Show one patient's conversations; write the shared note of one, or keep a private note."""
    patient = patient_card(patient_id, actor=request.actor)
    if patient is None:
        raise Http404
    deed = request.POST.get("do", "")
    waiting = between.conversations_to_note(patient_id, actor=request.actor, now=request.now)
    labeled = [
        (visit, f"{capfirst(visit.label)}, {at_site(visit.starts_at, visit.timezone)}") for visit in waiting
    ]
    note = NoteForm(request.POST if deed == "note" else None, visits=labeled)
    private = PrivateForm(request.POST if deed == "private" else None)
    if deed == "note" and _write(request, note):
        return redirect("workspace:between_patient", patient_id=patient_id)
    if deed == "private" and private.is_valid():
        notes.write_private_note(
            patient_id=patient_id, text=private.cleaned_data["text"], actor=request.actor, now=request.now
        )
        messages.success(request, _("Kept. Only you can read it."))
        return redirect("workspace:between_patient", patient_id=patient_id)
    return _page(request, patient, note, private)


def _write(request: Any, form: NoteForm) -> bool:
    """Write the shared note; False puts the reason beside its field."""
    posted = request.POST.get("note-visit", "")
    if not form.is_valid():
        if posted and posted not in dict(form.fields["visit"].choices):  # type: ignore[attr-defined]
            messages.info(request, _("This conversation has its note already. Nothing was changed."))
        return False
    given = form.cleaned_data
    try:
        notes.write_visit_note(
            visit_id=UUID(given["visit"]),
            shared=given["shared"],
            to_prescriber=given["to_prescriber"],
            actor=request.actor,
            now=request.now,
        )
    except notes.DoseNotGiven:
        form.add_error(
            "visit", _("No dose of that number is on record; an integration note is tied to its dose.")
        )
        return False
    except notes.AlreadyWritten:
        messages.info(request, _("This conversation has its note already. Nothing was changed."))
        return True
    messages.success(request, _("Note written. The visit counts as held."))
    return True


def _page(request: Any, patient: PatientCard, note: NoteForm, private: PrivateForm) -> HttpResponse:
    audit.record(
        request.actor, "saw the notes", about=("patient", patient.id), at=request.now, patient_id=patient.id
    )
    written = notes.notes_of(patient.id, actor=request.actor)
    held = {row.visit_id: row for row in written}
    return render(
        request,
        "workspace/between_doses/between_patient.html",
        {
            "patient": patient,
            "visits": [
                {"row": row, "note": held.get(row.id), "is_past": row.ends_at <= request.now}
                for row in visits_of(patient.id, actor=request.actor)
            ],
            "note": note if may_do(request.actor, "write a visit note") else None,
            "may_note": bool(note.fields["visit"].choices),  # type: ignore[attr-defined]
            "private": private if may_do(request.actor, "write a private note") else None,
            "private_notes": notes.private_notes_of(patient.id, actor=request.actor),
        },
        status=422 if note.errors or private.errors else 200,
    )


def _days(since: Any, until: Any, timezone: str) -> int | None:
    if since is None or until is None:
        return None
    span: timedelta = day_at(until, timezone) - day_at(since, timezone)
    return span.days
