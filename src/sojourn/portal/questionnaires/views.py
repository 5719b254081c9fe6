"""Answering a questionnaire. A half-filled one raises its alarms and comes back with everything kept."""

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.portal.questionnaires.forms import QuestionnaireForm
from sojourn.program.measures import actions, queries
from sojourn.program.people.access import patients_only

NOT_ANSWERS = {"csrfmiddlewaretoken", "as_it_is"}


@patients_only
def answer(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Show a questionnaire that is asked for, or record what was answered."""
    if request.method == "POST":
        return _record(request, request_id)
    asked = _asked_of(request, request_id)
    if asked.answered_at is not None:
        return render(request, "portal/questionnaires/already.html", {"asked": asked})
    if not asked.is_open(request.now):  # type: ignore[attr-defined]
        return render(request, "portal/questionnaires/not_open.html", {"asked": asked})
    instrument = instruments.get(asked.instrument_id)
    return _page(request, asked, instrument, QuestionnaireForm(instrument=instrument))


def _record(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Record the answers; the page is put together again only when something in them needs another look."""
    try:
        done = actions.submit_response(
            request_id=request_id,
            raw_answers={name: request.POST[name] for name in request.POST if name not in NOT_ANSWERS},
            answered_at=request.now,  # type: ignore[attr-defined]
            actor=request.actor,  # type: ignore[attr-defined]
            accept_blanks="as_it_is" in request.POST,
        )
    except actions.NotThisPatients as nothing:
        raise Http404 from nothing
    except actions.AlreadySubmitted as refused:
        return _not_taken(request, request_id, "already", refused)
    except actions.WindowClosed as refused:
        return _not_taken(request, request_id, "not_open", refused)
    except actions.AnswersRefused as refused:
        return _another_look(request, request_id, refused.problems, refused)
    if done.response_id is None:
        blank = dict.fromkeys(done.blank, _("You left this one out."))
        return _another_look(request, request_id, blank, done, is_blank=True)
    return redirect("portal:help_after_answers" if done.offer_crisis_help else "portal:today")


def _not_taken(
    request: HttpRequest,
    request_id: UUID,
    page: str,
    refused: actions.AlreadySubmitted | actions.WindowClosed,
) -> HttpResponse:
    facts = {"asked": _asked_of(request, request_id), "offer_crisis_help": refused.offer_crisis_help}
    return render(request, f"portal/questionnaires/{page}.html", facts)


def _another_look(
    request: HttpRequest,
    request_id: UUID,
    problems: Mapping[str, str],
    ending: actions.Submission | actions.AnswersRefused,
    *,
    is_blank: bool = False,
) -> HttpResponse:
    """Give the page back with everything chosen, a message beside each question, and help where it is wanted."""
    asked = _asked_of(request, request_id)
    instrument = instruments.get(asked.instrument_id)
    form = QuestionnaireForm(request.POST, instrument=instrument)
    form.is_valid()
    form.mark(problems)
    page = {"is_blank": is_blank, "offer_crisis_help": ending.offer_crisis_help}
    return _page(request, asked, instrument, form, 422, **page)


def _asked_of(request: HttpRequest, request_id: UUID) -> queries.RequestRow:
    asked = queries.request(request_id, actor=request.actor)  # type: ignore[attr-defined]
    if asked is None:
        raise Http404
    return asked


def _page(
    request: HttpRequest,
    asked: queries.RequestRow,
    instrument: instruments.Instrument,
    form: QuestionnaireForm,
    status: int = 200,
    **more: bool,
) -> HttpResponse:
    page = {"asked": asked, "instrument": instrument, "form": form, **more}
    return render(request, "portal/questionnaires/answer.html", page, status=status)
