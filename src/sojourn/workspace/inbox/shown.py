"""Notes that a screen has shown an alarm: the page says so once it stands before somebody's eyes.

A browser with scripts names each alarm that came into view. One without loads a picture that names those of its page,
signed for its reader, so that nothing else can ask for it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sojourn.program.people.access import only
from sojourn.program.people.roles import CLINICIANS
from sojourn.program.treatment.answering import show_alarms

AT_ONCE: Final = 200
IN_A_PICTURE: Final = 40  # an address of some 2,000 characters
LOADED_WITHIN: Final = timedelta(minutes=10)
PIXEL: Final = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b"
)


@dataclass(frozen=True)
class Screen:
    """Where a page says what it has shown; `picture` is empty where it shows nothing."""

    says_to: str
    picture: str


def watching_screen(request: Any, shows: Sequence[str]) -> Screen:
    """Give a page what it needs to say which alarms it has shown; `shows` are those on it as it is made."""
    if not shows:
        return Screen(reverse("workspace:alarms_shown"), "")
    signed = signing.dumps(list(shows[:IN_A_PICTURE]), salt=_salt(request), compress=True)
    return Screen(
        reverse("workspace:alarms_shown"), f"{reverse('workspace:alarms_shown_picture')}?shows={signed}"
    )


@only(*CLINICIANS)
@require_POST
def shown(request: Any) -> HttpResponse:
    """Take in which alarms came into view. What the reader may not see or take on is passed over."""
    try:
        named = json.loads(request.body)
        ids = [UUID(each) for each in named["alarms"][:AT_ONCE]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return HttpResponse(status=400)
    show_alarms(ids, actor=request.actor)
    return HttpResponse(status=204)


@only(*CLINICIANS)
@never_cache
def picture(request: Any) -> HttpResponse:
    """Give a picture of one point to a page without scripts, which has shown its alarms by loading it."""
    try:
        named = signing.loads(request.GET.get("shows", ""), salt=_salt(request), max_age=LOADED_WITHIN)
    except signing.BadSignature:
        return HttpResponse(status=400, content_type="text/plain")
    show_alarms([UUID(each) for each in named], actor=request.actor)
    return HttpResponse(PIXEL, content_type="image/gif")


def _salt(request: Any) -> str:
    return f"alarms shown to {request.actor.user_id}"
