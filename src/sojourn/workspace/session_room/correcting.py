"""Tells one entry of a session anew. What was recorded stands beside what it should have been."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.program.people.access import only
from sojourn.program.people.policy import require
from sojourn.program.treatment import actions
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.session_refusals import LATE_AT_MOST, TURNING_POINTS
from sojourn.program.treatment.sessions import EventRow, Session, session
from sojourn.workspace.session_room.care_forms import CARE_FORMS
from sojourn.workspace.session_room.events_in_words import in_words
from sojourn.workspace.session_room.forms import (
    DischargeForm,
    DoseForm,
    EndForm,
    EventForm,
    NoteForm,
    RatingForm,
    SignForm,
    VitalsForm,
)
from sojourn.workspace.session_room.recording import judged
from sojourn.workspace.session_room.roles import WATCHERS

# A checklist answer is given again, and a criterion confirmed again: neither needs a correction.
TOLD_ANEW: tuple[type[EventForm], ...] = (
    *(VitalsForm, RatingForm, SignForm, NoteForm, DoseForm, DischargeForm, EndForm),
    *CARE_FORMS,
)
YES_OR_NO: dict[str, tuple[str, ...]] = {
    EventKind.CALLED: ("reached",),
    EventKind.SERIOUS: ("happened", "hospital"),
}
FORM_OF: dict[str, Callable[..., EventForm]] = {form.kind: form for form in TOLD_ANEW}


def may_be_corrected(row: EventRow, *, is_over: bool) -> bool:
    """True for a standing entry of a person that a form of this room can tell anew.

    Once the session is over, its dose and its end stand for good.
    """
    if is_over and row.kind in TURNING_POINTS:
        return False
    return row.is_standing and row.kind in FORM_OF and row.source != EventSource.PROGRAM


@only(*WATCHERS)
def correct(request: Any, visit_id: UUID, event_id: UUID) -> HttpResponse:
    """Show the entry and a form with what it says; what is sent takes its place, with the reason."""
    found = session(visit_id, actor=request.actor, now=request.now)
    wrong = next((row for row in found.events if row.id == event_id), None) if found else None
    if found is None or wrong is None or wrong.kind not in FORM_OF:
        raise Http404
    require(request.actor, "run a dosing session", patient_id=found.visit.patient_id)
    form = _form(found, wrong, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        said = judged(form, lambda: _correct(found, wrong, form, request))
        if said:
            messages.success(request, said)
            return redirect("workspace:session", visit_id=visit_id)
    return render(
        request,
        "workspace/session_room/correct.html",
        {
            "visit": found.visit,
            "row": wrong,
            "words": in_words(wrong, found.plan),
            "form": form,
            "stands": may_be_corrected(wrong, is_over=found.is_over),
        },
        status=422 if request.method == "POST" else 200,
    )


def _form(found: Session, wrong: EventRow, posted: Any) -> EventForm:
    """The form that recorded the entry, filled with it, and a field for the reason."""
    zone = ZoneInfo(found.visit.timezone)
    more = {"plan": found.plan} if wrong.kind == EventKind.NOTICED else {}
    there = wrong.taken_at.astimezone(zone)
    said = {**wrong.facts, "at": there.time().replace(second=0, microsecond=0), "on": there.date()}
    said |= {name: "yes" if wrong.facts.get(name) else "no" for name in YES_OR_NO.get(wrong.kind, ())}
    form = FORM_OF[wrong.kind](posted, zone=zone, initial=said, **more)
    form.fields["at"].help_text = gettext_lazy("Leave as it is if the time was right.")
    form.fields["why"] = forms.CharField(
        label=gettext_lazy("What was wrong"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"data-optional": "hide"}),
    )
    return form


def _correct(found: Session, wrong: EventRow, form: EventForm, request: Any) -> str:
    facts = {name: value for name, value in form.facts.items() if name != "why"}
    why = form.cleaned_data["why"].strip()
    if not why:
        form.add_error("why", _("Please say what was wrong."))
        return ""
    done = actions.correct_event(
        visit_id=found.visit.id,
        form_id=form.cleaned_data["form_id"],
        wrong_id=wrong.id,
        facts=facts,
        taken_at=_taken_at(wrong, form, request.now),
        why=why,
        actor=request.actor,
        now=request.now,
    )
    return _("Corrected.") if done.is_new else _("This was recorded already. Nothing was added.")


def _taken_at(wrong: EventRow, form: EventForm, now: datetime) -> datetime:
    """The moment on record, to the second, unless another time of day was typed: then the one of the session's day."""
    typed = {name: form.cleaned_data.get(name) for name in ("on", "at")}
    if all(value in (None, form.initial[name]) for name, value in typed.items()):
        return wrong.taken_at
    return form.taken_at(min(now, wrong.taken_at + LATE_AT_MOST))
