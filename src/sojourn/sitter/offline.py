"""The sitter's page without a network: what their browser keeps of it, sealed, and the shell that stands in for it."""

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sojourn.clinical.monitoring.sitting import LOOK_EVERY
from sojourn.design.recording import service_worker
from sojourn.program.people.access import everyone
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.sitting import Sitting
from sojourn.program.treatment.tokens import NEVER_ENDED

LOOKED: Final = (EventKind.LOOKED, EventKind.NOTICED, EventKind.HELP_ASKED, EventKind.ROLE_ACCEPTED)

worker = everyone(service_worker)


@everyone
def shell(request: HttpRequest) -> HttpResponse:
    """Show the buttons of a sitter, about nobody; the browser keeps this page for when there is no network."""
    return render(request, "sitter/offline.html", {"csrf_token": ""})  # no form of it is sent the plain way


def told_to_page(seen: Sitting, *, secret: str, now: datetime) -> dict[str, Any]:
    """What the page keeps in the browser: how to send, the next look, and the address to read to 911."""
    place = seen.place
    return {
        "who": "sitter",
        "of": f"{seen.visit_id} sitter",
        "name": seen.patient_first_name,
        "token": secret,
        "ends_at": seen.starts_at + NEVER_ENDED,
        "record": reverse("recording:record"),
        "tick": reverse("recording:tick"),
        "scope": reverse("sitter:page"),
        "zone": seen.timezone,
        "now": now,
        "next_due_at": seen.next_look_at,
        "every_s": int(LOOK_EVERY.total_seconds()),
        "looked_kinds": LOOKED,
        "choices": {"signs": seen.signs},
        "fills": {
            "address": place.address if place else "",
            "callback": place.callback if place else "",
            "department": place.emergency_department if place else "",
            "wishes": place.wishes if place else "",
        },
        "sound": "yes",
        "chart": True,
        "ended": seen.ended_at is not None,
    }
