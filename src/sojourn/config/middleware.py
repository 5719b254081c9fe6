"""What every request carries: the moment it came in (`request.now`) and who sent it (`request.actor`)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from sojourn.config import clock
from sojourn.program.people.actors import actor_of
from sojourn.program.safety.lookout import blindness

Answer = Callable[[HttpRequest], HttpResponseBase]


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


class RefuseNulCharacters:
    """Refuse NUL before any form sees it: PostgreSQL cannot store it, and no keyboard types it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponse("The address holds a character that cannot be used.", status=400)
        return self.get_response(request)
