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
    done, problems = None, {}
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
    except actions.AlreadySubmitted:
        return render(
            request, "portal/questionnaires/already.html", {"asked": _asked_of(request, request_id)}
        )
    except actions.WindowClosed:
        return render(
            request, "portal/questionnaires/not_open.html", {"asked": _asked_of(request, request_id)}
        )
    except instruments.AnswersInvalid as invalid:
        problems = invalid.problems
    if done is not None and done.response_id is not None:
        return redirect("portal:help_after_answers" if done.offer_crisis_help else "portal:today")
    asked = _asked_of(request, request_id)
    instrument = instruments.get(asked.instrument_id)
    form = QuestionnaireForm(request.POST, instrument=instrument)
    form.is_valid()
    if done is not None:
        form.mark(dict.fromkeys(done.blank, _("You left this one out.")))
    else:
        form.mark(problems)
    return _page(request, asked, instrument, form, status=422, done=done)


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
    done: actions.Submission | None = None,
) -> HttpResponse:
    page = {"asked": asked, "instrument": instrument, "form": form, "incomplete": done}
    return render(request, "portal/questionnaires/answer.html", page, status=status)
