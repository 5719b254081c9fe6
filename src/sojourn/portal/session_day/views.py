"""The patient's page while a session runs. It works by a token, so that no login can end in the middle of it."""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from uuid_utils.compat import uuid7

from sojourn.portal.session_day.offline import told_to_page
from sojourn.program.people.access import everyone
from sojourn.program.treatment import patients_session
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.pressing import press
from sojourn.program.treatment.tokens import TokenEnded, TokenUnknown, make_patient_token

COOKIE: Final = "__Host-session-day" if settings.SERVED_OVER_TLS else "sojourn_session_day"
KEPT_FOR: Final = timedelta(days=2)  # longer than any session; the token ends before
FACTS: Final = {EventKind.HELP_ASKED: (), EventKind.LOOKED: (), EventKind.RATED: ("dissociation",)}
SAID: Final[dict[str, str]] = {
    EventKind.HELP_ASKED: "Your call is with the practice.",
    EventKind.LOOKED: "Good. They know.",
    EventKind.RATED: "Thank you. They know.",
}


@everyone
@never_cache
def session_day(request: Any) -> HttpResponse:
    """Show a patient the session they are in, and record what they press; give a token to who is signed in."""
    secret = request.COOKIES.get(COOKIE, "")
    try:
        seen = patients_session.patients_session(secret, now=request.now)
        if request.method != "POST":
            return _page(request, seen, secret)
        return _pressed(request, seen, secret)
    except TokenUnknown:
        return _begin(request)
    except TokenEnded:
        return _begin(request, ended=True)


def _pressed(request: Any, seen: patients_session.PatientsSession, secret: str) -> HttpResponse:
    kind = request.POST.get("do", "")
    if kind not in FACTS:
        return _page(request, seen, secret, status=422)
    facts = {name: request.POST.get(name, "") for name in FACTS[EventKind(kind)]}
    form_id = request.POST.get("form_id", "")
    done = press(secret=secret, form_id=form_id, kind=kind, facts=facts, now=request.now)
    if done.is_recorded:
        messages.success(request, _(SAID[kind]))
        return redirect("portal:session_day")
    messages.error(request, done.why)
    return _page(request, seen, secret, status=422)


def _begin(request: Any, *, ended: bool = False) -> HttpResponse:
    """Give a signed-in patient the token of the session they are in; send others to where they belong."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})  # the page asks no more: it is loaded anew
    actor = request.actor
    found = patients_session.session_now(actor, now=request.now) if actor.patient_id else None
    if found is not None:
        secret = make_patient_token(visit_id=found.visit.id, actor=actor, now=request.now)
        seen = patients_session.patients_session(secret, now=request.now)
        response = _page(request, seen, secret)
        response.set_cookie(
            COOKIE,
            secret,
            max_age=KEPT_FOR,
            path="/",
            secure=settings.SERVED_OVER_TLS,
            httponly=True,
            samesite="Lax",
        )
        return response
    if actor.patient_id is not None:
        return redirect("portal:today")
    if ended or request.method == "POST" or actor.user_id is not None:
        return render(request, "portal/session_day/ended.html", status=410 if ended else 404)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")


def _page(
    request: Any, seen: patients_session.PatientsSession, secret: str, *, status: int = 200
) -> HttpResponse:
    shown = {
        "seen": seen,
        "secret": secret,
        "now": request.now,
        "form_ids": (uuid7(), uuid7(), uuid7()),
        "scale": range(11),
        "recording": told_to_page(seen, secret=secret, now=request.now),
    }
    return render(request, "portal/session_day/page.html", shown, status=status)
