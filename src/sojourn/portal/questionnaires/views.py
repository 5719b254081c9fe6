"""Two ways to one page: signed in, or by a link that opens one questionnaire and nothing else."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sojourn.portal.questionnaires.answering import Asking, keep_draft, page_of, rate_by_link, record
from sojourn.program.measures import links
from sojourn.program.people.access import everyone, patients_only


@patients_only
def answer(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Show a questionnaire that is asked for, or record what was answered."""
    asking = _signed_in(request, request_id)
    return record(request, asking) if request.method == "POST" else page_of(request, asking)


@patients_only
@require_POST
def draft(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Keep what has been chosen so far."""
    return keep_draft(request, _signed_in(request, request_id))


def _by_link(view: Callable[[HttpRequest, Asking], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Open what a link stands for, or say why it opens nothing; never let the address travel on."""

    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            linked = links.follow_link(token, now=request.now)  # type: ignore[attr-defined]
        except links.LinkUnknown:
            response = _ended(request, 404)
        except links.LinkExpired:
            response = _ended(request, 410)
        except links.LinkUsedTooOften:
            response = _ended(request, 429)
        else:
            response = view(request, _linked(linked, token))
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return everyone(never_cache(opened))


@_by_link
def answer_by_link(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Show or record one questionnaire without a login."""
    return record(request, asking) if request.method == "POST" else page_of(request, asking)


@_by_link
def draft_by_link(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Keep what has been chosen so far, without a login."""
    return keep_draft(request, asking) if request.method == "POST" else HttpResponse(status=405)


@_by_link
def goal_by_link(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Keep how near a goal was this week, for a patient who came by a link; the goals come back with what is kept."""
    if request.method != "POST":
        return HttpResponse(status=405)
    return rate_by_link(request, asking)


def _ended(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "portal/questionnaires/link_ended.html", {"status": status}, status=status)


def _signed_in(request: HttpRequest, request_id: UUID) -> Asking:
    return Asking(
        request_id=request_id,
        actor=request.actor,  # type: ignore[attr-defined]
        draft_url=reverse("portal:questionnaire_draft", args=[request_id]),
        is_by_link=False,
    )


def _linked(linked: links.Linked, token: str) -> Asking:
    return Asking(
        request_id=linked.request_id,
        actor=linked.actor,
        draft_url=reverse("portal:questionnaire_draft_by_link", args=[token]),
        is_by_link=True,
        goal_url=reverse("portal:goal_by_link", args=[token]),
    )
