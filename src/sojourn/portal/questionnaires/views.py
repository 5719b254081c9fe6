"""Answering a questionnaire. A half-filled one raises its alarms and comes back with everything kept."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.portal.questionnaires.forms import QuestionnaireForm
from sojourn.program.measures import actions, queries
from sojourn.program.people.access import patients_only


@patients_only
def answer(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Show a questionnaire that is asked for, or record what was answered."""
    asked = queries.request(request_id, actor=request.actor)  # type: ignore[attr-defined]
    if asked is None:
        raise Http404
    if asked.answered_at is not None:
        return render(request, "portal/questionnaires/already.html", {"asked": asked})
    if not asked.is_open(request.now):  # type: ignore[attr-defined]
        return render(request, "portal/questionnaires/not_open.html", {"asked": asked})
    instrument = instruments.get(asked.instrument_id)
    if request.method != "POST":
        return _asked(request, asked, instrument, QuestionnaireForm(instrument=instrument))
    form = QuestionnaireForm(request.POST, instrument=instrument)
    if not form.is_valid():
        return _asked(request, asked, instrument, form, status=422)
    try:
        done = actions.submit_response(
            request_id=request_id,
            raw_answers=form.cleaned_data,
            answered_at=request.now,  # type: ignore[attr-defined]
            actor=request.actor,  # type: ignore[attr-defined]
            accept_blanks="as_it_is" in request.POST,
        )
    except actions.AlreadySubmitted:
        return render(request, "portal/questionnaires/already.html", {"asked": asked})
    except actions.WindowClosed:
        return render(request, "portal/questionnaires/not_open.html", {"asked": asked})
    if done.response_id is None:
        form.mark_blank(done.blank, _("You left this one out."))
        return _asked(request, asked, instrument, form, status=422, done=done)
    return redirect("portal:help_after_answers" if done.offer_crisis_help else "portal:today")


def _asked(
    request: HttpRequest,
    asked: queries.RequestRow,
    instrument: instruments.Instrument,
    form: QuestionnaireForm,
    status: int = 200,
    done: actions.Submission | None = None,
) -> HttpResponse:
    page = {"asked": asked, "instrument": instrument, "form": form, "incomplete": done}
    return render(request, "portal/questionnaires/answer.html", page, status=status)
