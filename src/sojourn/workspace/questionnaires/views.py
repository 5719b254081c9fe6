"""All answers of a patient; entering them for a patient; correcting them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.clinical import instruments
from sojourn.program.measures import actions, queries, responses
from sojourn.program.measures.wording import instrument_here, instruments_here
from sojourn.program.people.access import only
from sojourn.program.people.patients import PatientCard, patient_cards
from sojourn.program.people.places import local_date
from sojourn.program.people.roles import CLINICIANS
from sojourn.workspace.questionnaires.forms import (
    OWN_FIELDS,
    AnswersForm,
    CorrectionForm,
    EntryForm,
    InstrumentChoice,
)


@only(*CLINICIANS)
def questionnaires_of(request: Any, patient_id: UUID) -> HttpResponse:
    """Show every answer of a patient with what came of it, what is open, and what was begun."""
    actor, now = request.actor, request.now
    patient = _patient(request, patient_id)
    asked = queries.requests_of(patient_id, actor=actor)
    known = instruments_here()
    titles = {one.id: one.title for one in known}
    return render(
        request,
        "workspace/questionnaires/questionnaires.html",
        {
            "patient": patient,
            "open": [(titles[row.instrument_id], row) for row in asked if row.is_open(now)],
            "coming": [
                (titles[row.instrument_id], row)
                for row in asked
                if row.answered_at is None and row.opens_on > local_date(now, patient.timezone)
            ][:12],
            "responses": responses.responses_of(patient_id, actor=actor),
            "begun": responses.begun_of(patient_id, actor=actor),
            "choice": InstrumentChoice(
                known=known, open_now={row.instrument_id for row in asked if row.is_open(now)}
            ),
        },
    )


@only(*CLINICIANS)
@require_POST
def enter(request: Any, patient_id: UUID) -> HttpResponse:
    """Show the form of the chosen instrument, or record what was entered; which one stands in the form's body only."""
    patient = _patient(request, patient_id)
    try:
        instrument = instrument_here(request.POST.get("instrument", ""))
    except instruments.UnknownInstrument as unknown:
        raise Http404 from unknown
    today = local_date(request.now, patient.timezone)
    if "begin" in request.POST:
        return _form_page(request, patient, instrument, EntryForm(instrument=instrument, today=today))
    form = EntryForm(request.POST, instrument=instrument, today=today)
    blank: tuple[str, ...] = ()
    if form.is_valid():
        try:
            done = actions.enter_response(
                patient_id=patient_id,
                instrument_id=instrument.id,
                raw_answers=_raw(request),
                answered_on=form.cleaned_data["answered_on"],
                stated_total=form.cleaned_data.get("stated_total", ""),
                accept_blanks="as_it_is" in request.POST,
                actor=request.actor,
                now=request.now,
            )
        except actions.NotYet:
            form.add_error("answered_on", _("This day has not come yet."))
        except actions.BeforeBirth:
            form.add_error("answered_on", _("The patient was not born yet on this day."))
        except instruments.AnswersInvalid as invalid:
            form.mark(invalid.problems)
        except instruments.TotalImpossible as impossible:
            form.add_error(
                "stated_total", _("No answers have this total: it %(why)s.") % {"why": impossible.reason}
            )
        else:
            if done.response_id is not None:
                messages.success(request, _("Answers recorded."))
                return redirect("workspace:questionnaires_of", patient_id=patient_id)
            blank = done.blank
            form.mark(dict.fromkeys(blank, _("Left blank.")))
    return _form_page(request, patient, instrument, form, blank=blank)


@only(*CLINICIANS)
def correct(request: Any, response_id: UUID) -> HttpResponse:
    """Put corrected answers beside the original."""
    original = responses.one_response(response_id, actor=request.actor)
    if original is None or original.answers is None:
        raise Http404
    patient = _patient(request, original.patient_id)
    instrument = instrument_here(original.instrument_id)
    if not original.may_be_corrected:
        messages.info(
            request, _("These answers cannot be corrected again here; see the list for what stands.")
        )
        return redirect("workspace:questionnaires_of", patient_id=original.patient_id)
    form = CorrectionForm(request.POST or None, instrument=instrument, chosen=original.answers)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_response(
                response_id=response_id,
                raw_answers=_raw(request),
                why=form.cleaned_data["why"],
                actor=request.actor,
                now=request.now,
            )
        except instruments.AnswersInvalid as invalid:
            form.mark(invalid.problems)
        except (actions.AlreadyCorrected, actions.AnotherEdition):
            messages.info(request, _("These answers were corrected a moment ago. Nothing was changed."))
            return redirect("workspace:questionnaires_of", patient_id=original.patient_id)
        else:
            messages.success(request, _("Correction recorded. The original stays on record."))
            return redirect("workspace:questionnaires_of", patient_id=original.patient_id)
    return _form_page(request, patient, instrument, form, original=original)


def _patient(request: Any, patient_id: UUID) -> PatientCard:
    patient = patient_cards({patient_id}, actor=request.actor).get(patient_id)
    if patient is None:
        raise Http404
    return patient


def _raw(request: Any) -> dict[str, str]:
    return {name: request.POST[name] for name in request.POST if name not in OWN_FIELDS}


def _form_page(
    request: Any,
    patient: PatientCard,
    instrument: instruments.Instrument,
    form: AnswersForm,
    *,
    blank: tuple[str, ...] = (),
    original: responses.ResponseDetail | None = None,
) -> HttpResponse:
    page = {"patient": patient, "instrument": instrument, "form": form, "blank": blank, "original": original}
    status = 422 if form.is_bound else 200
    return render(request, "workspace/questionnaires/answers.html", page, status=status)
