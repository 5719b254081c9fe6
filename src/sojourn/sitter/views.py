"""The sitter's door: a link that opens once, and the page behind it."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from uuid_utils.compat import uuid7

from sojourn.program.people.access import everyone
from sojourn.program.treatment import sitting
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.tokens import TokenEnded, TokenUnknown
from sojourn.sitter.offline import told_to_page
from sojourn.sitter.taps import tap

COOKIE: Final = "__Host-sitter" if settings.SERVED_OVER_TLS else "sojourn_sitter"
MARK: Final = "__Secure-sitter-mark" if settings.SERVED_OVER_TLS else "sojourn_sitter_mark"  # per link
KEPT_FOR: Final = timedelta(days=4)  # longer than any session with its morning after; the token ends before
MORNING_FROM: Final = 5  # o'clock, where the session is
A_HAND_TREMBLES_FOR: Final = timedelta(seconds=3)  # program policy
SLEPT_FOR: Final = timedelta(hours=4)  # program policy: nobody is asked how the night was sooner than that


@everyone
@never_cache
def link(request: Any, token: str) -> HttpResponse:
    """Offer to open a link, or open it. Only the button opens: what a message shows as a preview spends nothing."""
    mark = request.COOKIES.get(MARK, "")
    try:
        if request.method != "POST":
            return _offered(request, token, mark)
        if not mark:
            sitting.look_at_link(token, mark="", now=request.now)
            return _ended(request, "no_cookies", 400)
        return _opened(sitting.open_link(token, mark=mark, now=request.now))
    except sitting.LinkUnknown:
        return _ended(request, "unknown", 404)
    except sitting.OpenedElsewhere:
        return _ended(request, "elsewhere", 409)
    except sitting.LinkEnded:
        return _ended(request, "ended", 410)


def _offered(request: Any, token: str, mark: str) -> HttpResponse:
    """Show the button, and mark the browser; one that has opened the link before goes to its page."""
    opened = sitting.look_at_link(token, mark=mark, now=request.now)
    if opened is not None:
        return _opened(opened)
    response = render(request, "sitter/open.html")
    _keep(response, MARK, mark or sitting.mark_for_a_browser(), path=request.path)
    return _private(response)


def _opened(secret: str) -> HttpResponse:
    response = redirect("sitter:page")
    _keep(response, COOKIE, secret, path="/")
    return _private(response)


def _keep(response: HttpResponse, name: str, secret: str, *, path: str) -> None:
    response.set_cookie(
        name,
        secret,
        max_age=KEPT_FOR,
        path=path,
        secure=settings.SERVED_OVER_TLS,
        httponly=True,
        samesite="Lax",
    )


@everyone
@never_cache
def page(request: Any) -> HttpResponse:
    """Show the sitter what they need now, and record what they press."""
    secret = request.COOKIES.get(COOKIE, "")
    try:
        seen = sitting.sitting(secret, now=request.now)
        if request.method == "POST" and _bounced(seen, request):
            messages.error(
                request,
                _(
                    "You called for help a moment ago, and only that is on record. If all is calm, press again."
                ),
            )
        elif request.method == "POST":
            done = tap(request.POST, secret=secret, now=request.now)
            if done.is_recorded:
                messages.success(request, done.says)
                return redirect("sitter:page")
            messages.error(request, done.says)
        shown = render(request, "sitter/page.html", _shown(seen, secret, request), status=_status(request))
    except TokenUnknown:
        return _ended(request, "no_link", 404)
    except TokenEnded:
        return _ended(request, "ended", 410)
    return _private(shown)


def _bounced(seen: sitting.Sitting, request: Any) -> bool:
    """Whether a hand that pressed for help came down again where, in the page made anew, all is said to be calm."""
    called_at = max((call.at for call in seen.calls), default=None)
    is_calm = request.POST.get("do") == EventKind.LOOKED
    return is_calm and called_at is not None and request.now - called_at < A_HAND_TREMBLES_FOR


def _status(request: Any) -> int:
    return 422 if request.method == "POST" else 200


def _shown(seen: sitting.Sitting, secret: str, request: Any) -> dict[str, Any]:
    now = request.now
    return {
        "seen": seen,
        "secret": secret,
        "now": now,
        "step": _step(seen, now),
        "form_ids": {name: uuid7() for name in ("one", "two", "three", "four", "five", "six")},
        "is_late": seen.next_look_at is not None and now > seen.next_look_at,
        "last_look": seen.latest(EventKind.LOOKED),
        "has_picked_up": seen.latest(EventKind.PICKED_UP) is not None,
        "is_morning": seen.ended_at is not None and _morning_after(seen.ended_at, seen.timezone) <= now,
        "told_morning": seen.latest(EventKind.NEXT_MORNING) is not None,
        "posted": request.POST,
        "recording": told_to_page(seen, secret=secret, now=now) if seen.accepted else None,
    }


def _step(seen: sitting.Sitting, now: datetime) -> str:
    """Which page it is: the role, before the dose, while they are watched, or after."""
    if not seen.accepted and (seen.ended_at is None or not seen.was_taken_on):
        return "role"  # who relieves another takes it on in their own name
    if seen.ended_at is not None:
        return "after"
    return "watch" if seen.dosed_at is not None else "before"


def _morning_after(ended_at: datetime, timezone: str) -> datetime:
    """The morning that follows, after some sleep; on the same day for a session that ends after midnight."""
    there = ended_at.astimezone(ZoneInfo(timezone))
    morning = there.replace(hour=MORNING_FROM, minute=0, second=0, microsecond=0)
    if there >= morning:
        morning += timedelta(days=1)
    return max(morning, ended_at + SLEPT_FOR)


def _ended(request: Any, why: str, status: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(
            headers={"HX-Refresh": "true"}
        )  # the page asks no more: it is loaded anew, and says why
    words = {
        "unknown": _("Nobody was sent this link. Look whether all of it was copied."),
        "no_link": _("No session is open in this browser. Open the link that the practice sent you."),
        "elsewhere": _(
            "This link was opened before, in another browser or on another phone. It opens once. "
            "Ask the practice for a new one."
        ),
        "no_cookies": _(
            "This browser keeps no cookies, so it could not be told from another one. Nothing was opened. "
            "Allow cookies, or open the link in the browser you use every day."
        ),
        "ended": _(
            "This link has ended: the session is over, or a new link took its place. Nothing was recorded."
        ),
    }
    return _private(render(request, "sitter/ended.html", {"why": why, "says": words[why]}, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """Let the address of a link travel nowhere, and no search engine keep it."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
