"""Lets the real screens run at /rehearsal/<drill>/... : in the world of rehearsals, by the clock of that drill.

The rest of the address is that of the practice's own page, and every link of the page keeps the beginning.
"""

import re
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse, set_script_prefix

from sojourn.program.people.policy import may_do
from sojourn.program.rehearsals import actions
from sojourn.program.rehearsals.front_door import Knock
from sojourn.program.rehearsals.queries import Bedside, played
from sojourn.program.rehearsals.world import NoRehearsal, in_rehearsal

Answer = Callable[[HttpRequest], HttpResponseBase]
ADDRESS: Final = re.compile(r"/rehearsal/(?P<drill>[0-9a-f-]{36})/(?P<rest>.*)", re.DOTALL)
BEDSIDE: Final = "workspace/rehearsal/bedside/"
SCREENS: Final = ("workspace/sessions/", "workspace/inbox/", "workspace/patients/", BEDSIDE)
# Open without a login, as in the practice: what a token of the rehearsal records, and a shell that is about nobody.
WITHOUT_LOGIN: Final = ("record/", "sitter/", "workspace/sessions/offline/", "workspace/sessions/worker.js")
ATTEMPTS: Final = {"dosed", "discharged"}
REFUSED: Final = 422


class Rehearsals:
    """Take requests for a drill into its world, and leave every other alone. Stands after WhoAndWhen."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = ADDRESS.fullmatch(request.path_info)
        if found is None:
            return self.get_response(request)
        try:
            knock = getattr(request, "knocked", None)
            if knock is not None:
                return self._for_simulated(request, UUID(found["drill"]), found["rest"], knock)
            return self._in_drill(request, UUID(found["drill"]), found["rest"])
        except (ValueError, NoRehearsal, actions.DrillNotFound) as missing:
            raise Http404 from missing

    def _in_drill(self, request: Any, drill_id: UUID, rest: str) -> HttpResponseBase:
        needs_login = not rest.startswith(WITHOUT_LOGIN)
        if needs_login and request.actor.user_id is None:
            return redirect_to_login(request.path, settings.LOGIN_URL)
        if needs_login and not may_do(request.actor, "rehearse"):
            raise PermissionDenied("rehearsing is for those who watch sessions")
        shown = actions.catch_up(drill_id=drill_id, now=request.now)
        stand = played(drill_id, shown=shown)
        assert stand is not None
        if stand.bedside.is_over and needs_login:
            return _to_report(request, drill_id)
        if not rest.startswith((*SCREENS, *WITHOUT_LOGIN)):
            return _to_session(drill_id, stand.bedside)
        request.now, request.rehearsal = shown, stand.bedside
        if needs_login:
            request.actor = stand.actor
        return self._served(request, drill_id, rest, stand.bedside)

    def _for_simulated(self, request: Any, drill_id: UUID, rest: str, knock: Knock) -> HttpResponseBase:
        """Let a simulated person in, in the moment in which they knock: they are a part of how time passes."""
        stand = played(drill_id, shown=knock.shown)
        if stand is None:
            raise Http404
        request.now = knock.shown
        if knock.actor is not None:
            request.actor = knock.actor
        return self._served(request, drill_id, rest, stand.bedside)

    def _served(self, request: Any, drill_id: UUID, rest: str, bedside: Bedside) -> HttpResponseBase:
        """Let the practice's own page answer, as if it stood at the beginning of the address."""
        prefix = get_script_prefix()
        request.path_info = f"/{rest}"
        set_script_prefix(f"{prefix}rehearsal/{drill_id}/")
        try:
            with in_rehearsal(shown=bedside.shown):
                if bedside.network_is_lost and rest != BEDSIDE:
                    return render(request, "workspace/rehearsal/no_network.html", status=503)
                response = self.get_response(request)
                if response.streaming:  # its rest would be read outside, from the practice
                    raise Http404
                if request.method == "POST" and response.status_code == REFUSED:
                    _note_attempt(request, drill_id, bedside)
                return response
        finally:
            set_script_prefix(prefix)


def _note_attempt(request: Any, drill_id: UUID, bedside: Bedside) -> None:
    kind = request.POST.get("do", "")
    if kind in ATTEMPTS:
        sent = {name.removeprefix(f"{kind}-"): value for name, value in request.POST.items()}
        actions.note_refusal(drill_id=drill_id, kind=kind, facts=sent, shown=bedside.shown)


def _to_report(request: Any, drill_id: UUID) -> HttpResponse:
    """Lead to the report of a drill that has ended; a part of a page that asks for itself leads the whole page there."""
    url = reverse("workspace:drill", kwargs={"drill_id": drill_id})
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _to_session(drill_id: UUID, bedside: Bedside) -> HttpResponse:
    """Pages that are no part of a rehearsal lead back to its session."""
    path = reverse("workspace:session", kwargs={"visit_id": bedside.visit_id})
    return redirect(f"{get_script_prefix()}rehearsal/{drill_id}/{path.removeprefix(get_script_prefix())}")
