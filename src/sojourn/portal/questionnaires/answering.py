"""Answering a questionnaire. A half-filled one raises its alarms and comes back with everything kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.portal.goals.shown import ShownGoal, shown_goals
from sojourn.portal.questionnaires.forms import QuestionnaireForm
from sojourn.program.measures import actions, goals, queries
from sojourn.program.measures.links import token_of
from sojourn.program.measures.notices import link_for_follow_up
from sojourn.program.measures.wording import instrument_here, is_for_patients
from sojourn.program.people.actors import Actor
from sojourn.program.people.places import local_date, local_time

GOALS_AFTER_ANSWERS = timedelta(
    hours=1
)  # program policy: a link opens the goals only to whoever has just answered
NOT_ANSWERS = {"csrfmiddlewaretoken", "as_it_is", "later"}


@dataclass(frozen=True)
class Asking:
    """Which request is on the page, who answers it, and by which way they came."""

    request_id: UUID
    actor: Actor
    draft_url: str
    is_by_link: bool
    goal_url: str = ""


def page_of(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Show the questionnaire with what was chosen before, or say why it cannot be answered."""
    asked = _asked(asking)
    now: datetime = request.now  # type: ignore[attr-defined]
    if asked.answered_at is not None:
        return _said(request, "already", asking, asked)
    if not asked.is_open(now):
        return _said(request, "not_open", asking, asked)
    instrument = _instrument(asked)
    kept = queries.draft_of(asking.request_id, actor=asking.actor)
    form = QuestionnaireForm(instrument=instrument, chosen=kept.values if kept else {})
    saved = date_format(local_time(kept.saved_at, asked.timezone), "l, H:i") if kept else ""
    return _page(request, asking, asked, instrument, form, saved=saved)


def record(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Record the answers; the page is put together again only when something in them needs another look."""
    if "later" in request.POST:
        return _for_later(request, asking)
    try:
        done = actions.submit_response(
            request_id=asking.request_id,
            raw_answers=_raw(request),
            answered_at=request.now,  # type: ignore[attr-defined]
            actor=asking.actor,
            accept_blanks="as_it_is" in request.POST,
        )
    except actions.NotThisPatients as nothing:
        raise Http404 from nothing
    except (actions.AlreadySubmitted, actions.WindowClosed) as refused:
        return _not_taken(request, asking, refused)
    except actions.AnswersRefused as refused:
        return _another_look(request, asking, refused.problems, refused)
    if done.response_id is None:
        blank = dict.fromkeys(done.blank, _("You left this one out."))
        return _another_look(request, asking, blank, done, is_blank=True)
    return _sent(request, asking, done)


def keep_draft(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Keep what was chosen so far, for the script of the page; it is told whether to show help."""
    try:
        offer_help = _kept(request, asking)
    except (actions.AlreadySubmitted, actions.WindowClosed) as refused:
        return JsonResponse({"kept": False, "offer_help": refused.offer_crisis_help}, status=409)
    return JsonResponse({"kept": True, "offer_help": offer_help})


def _kept(request: HttpRequest, asking: Asking) -> bool:
    """Keep what was chosen so far; tell whether to show help. Raises AlreadySubmitted, WindowClosed."""
    try:
        return actions.save_draft(
            request_id=asking.request_id,
            raw_answers=_raw(request),
            now=request.now,  # type: ignore[attr-defined]
            actor=asking.actor,
        )
    except actions.NotThisPatients as nothing:
        raise Http404 from nothing


def _for_later(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Keep the answers for a patient without scripts who wants to go on another time."""
    try:
        offer_help = _kept(request, asking)
    except (actions.AlreadySubmitted, actions.WindowClosed) as refused:
        return _not_taken(request, asking, refused)
    page = {"asked": _asked(asking), "asking": asking, "offer_help": offer_help}
    return render(request, "portal/questionnaires/kept.html", page)


def _sent(request: HttpRequest, asking: Asking, done: actions.Submission) -> HttpResponse:
    """Show help first where it is needed, then what the answers led to; otherwise go back to the day."""
    if asking.is_by_link:
        further = _further_link(done, now=request.now)  # type: ignore[attr-defined]
        page = {
            "offer_help": done.offer_crisis_help,
            "further": further,
            "goals": [] if done.offer_crisis_help or further else _goals(request, asking),
            "goal_url": asking.goal_url,
        }
        return render(request, "portal/questionnaires/sent.html", page)
    if done.leads_to is None:
        return redirect("portal:help_after_answers" if done.offer_crisis_help else "portal:today")
    if done.offer_crisis_help:
        return redirect("portal:help_before_more", request_id=done.leads_to)
    return redirect("portal:questionnaire", request_id=done.leads_to)


def rate_by_link(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Rate one goal of the patient behind a link, in the hour after it was used to answer, and show the goals again."""
    answered_at = _asked(asking).answered_at
    if answered_at is None or request.now - answered_at > GOALS_AFTER_ANSWERS:  # type: ignore[attr-defined]
        raise Http404
    try:
        goals.rate_goal(
            goal_id=UUID(request.POST.get("goal", "")),
            value=int(request.POST.get("value", "")),
            actor=asking.actor,
            now=request.now,  # type: ignore[attr-defined]
        )
    except (ValueError, goals.GoalNotFound, goals.NoSuchNearness) as wrong:
        raise Http404 from wrong
    return render(
        request,
        "portal/questionnaires/sent.html",
        {"goals": _goals(request, asking), "goal_url": asking.goal_url, "rated": True},
    )


def _goals(request: HttpRequest, asking: Asking) -> list[ShownGoal]:
    """The standing goals of the patient behind a link, with this week's taps and without the weeks before."""
    assert asking.actor.patient_id is not None
    asked = _asked(asking)
    today = local_date(request.now, asked.timezone)  # type: ignore[attr-defined]
    shown = shown_goals(asking.actor.patient_id, actor=asking.actor, today=today)
    return [one for one in shown if one.goal.stands]


def _further_link(done: actions.Submission, *, now: datetime) -> str:
    if done.leads_to is None:
        return ""
    token = token_of(link_for_follow_up(done.leads_to, now=now))
    return reverse("portal:questionnaire_by_link", args=[token])


def _raw(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST[name] for name in request.POST if name not in NOT_ANSWERS}


def _asked(asking: Asking) -> queries.RequestRow:
    asked = queries.request(asking.request_id, actor=asking.actor)
    if asked is None:
        raise Http404
    return asked


def _instrument(asked: queries.RequestRow) -> instruments.Instrument:
    instrument = instrument_here(asked.instrument_id)
    if not is_for_patients(instrument):
        raise Http404
    return instrument


def _said(
    request: HttpRequest,
    what: str,
    asking: Asking,
    asked: queries.RequestRow,
    *,
    offer_crisis_help: bool = False,
) -> HttpResponse:
    page = {"asked": asked, "asking": asking, "offer_crisis_help": offer_crisis_help}
    return render(request, f"portal/questionnaires/{what}.html", page)


def _not_taken(
    request: HttpRequest, asking: Asking, refused: actions.AlreadySubmitted | actions.WindowClosed
) -> HttpResponse:
    """Say that nothing was recorded, with help where what was said in passing asks for it."""
    what = "already" if isinstance(refused, actions.AlreadySubmitted) else "not_open"
    return _said(request, what, asking, _asked(asking), offer_crisis_help=refused.offer_crisis_help)


def _another_look(
    request: HttpRequest,
    asking: Asking,
    problems: Mapping[str, str],
    ending: actions.Submission | actions.AnswersRefused,
    *,
    is_blank: bool = False,
) -> HttpResponse:
    """Give the page back with everything chosen, a message beside each question, and help where it is wanted."""
    asked = _asked(asking)
    instrument = _instrument(asked)
    form = QuestionnaireForm(request.POST, instrument=instrument)
    form.is_valid()
    form.mark(problems)
    return _page(
        request, asking, asked, instrument, form,
        status=422, is_blank=is_blank, offer_crisis_help=ending.offer_crisis_help,
    )  # fmt: skip


def _page(
    request: HttpRequest,
    asking: Asking,
    asked: queries.RequestRow,
    instrument: instruments.Instrument,
    form: QuestionnaireForm,
    *,
    status: int = 200,
    saved: str = "",
    is_blank: bool = False,
    offer_crisis_help: bool = False,
) -> HttpResponse:
    page = {
        "asked": asked,
        "asking": asking,
        "instrument": instrument,
        "form": form,
        "saved": saved,
        "is_blank": is_blank,
        "offer_crisis_help": offer_crisis_help,
    }
    return render(request, "portal/questionnaires/answer.html", page, status=status)
