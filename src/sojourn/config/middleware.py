"""What every request carries: the moment it came in (`request.now`) and who sent it (`request.actor`)."""

from collections.abc import Callable
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import timezone

from sojourn.config import clock
from sojourn.program.people.actors import VISITOR, actor_of
from sojourn.program.safety.lookout import blindness

Answer = Callable[[HttpRequest], HttpResponseBase]
ASKED_BY_MACHINES: Final = ("/record/", "/workspace/sessions/rows/")


class WhoAndWhen:
    """Read the clock once and name the actor, so that nothing further in asks for either."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.now = clock.now()  # type: ignore[attr-defined]
        request.actor = actor_of(request.user)  # type: ignore[attr-defined]
        return self.get_response(request)


class TellWhetherAnybodyWatches:
    """Answer `/health/watch/` from the lookout's file, before anything asks a database that may be gone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path != "/health/watch/":
            return self.get_response(request)
        blind = blindness(now=timezone.now())
        since = blind.since.isoformat() if blind and blind.since else None
        answer = JsonResponse({"is_blind": blind is not None, "since": since})
        answer["Cache-Control"] = "no-store"
        return answer


class AnswerMachines:
    """Lead to its view what devices, recording pages and the hub ask for, a hundred times a second, and answer in JSON.

    They show a token of their own and no cookie: there is no login to look up, no language, no page to protect. What
    is not found here goes the way of every other request.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ASKED_BY_MACHINES):
            return self.get_response(request)
        request.get_host()  # refuses a name that is not ours
        request.now = clock.now()  # type: ignore[attr-defined]
        request.actor = VISITOR  # type: ignore[attr-defined]
        try:
            view, args, kwargs = resolve(request.path_info)
            answer: HttpResponse = view(request, *args, **kwargs)
        except Http404:
            return self.get_response(request)
        answer["Content-Length"] = str(
            len(answer.content)
        )  # else it goes out in pieces, which the hub does not put together
        return answer


class RefuseNulCharacters:
    """Refuse NUL before any form sees it: PostgreSQL cannot store it, and no keyboard types it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponse("The address holds a character that cannot be used.", status=400)
        return self.get_response(request)
