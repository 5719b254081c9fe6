"""The patient's session page without a network: what their browser keeps of it, sealed, and the shell that opens then."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sojourn.design.recording import service_worker
from sojourn.program.people.access import everyone
from sojourn.program.treatment.patients_session import PatientsSession
from sojourn.program.treatment.tokens import NEVER_ENDED

worker = everyone(service_worker)


@everyone
def shell(request: HttpRequest) -> HttpResponse:
    """Show the clock and the one button, about nobody; the browser keeps this page for when there is no network."""
    about = {"csrf_token": "", "scale": range(11)}  # no form of it is sent the plain way
    return render(request, "portal/session_day/offline.html", about)


def told_to_page(seen: PatientsSession, *, secret: str, now: datetime) -> dict[str, Any]:
    """What the page keeps in the browser: how to send, and when somebody looks in again."""
    return {
        "who": "patient",
        "of": f"{seen.visit_id} patient",
        "token": secret,
        "ends_at": seen.starts_at + NEVER_ENDED,
        "record": reverse("recording:record"),
        "tick": reverse("recording:tick"),
        "scope": reverse("portal:session_day"),
        "zone": seen.timezone,
        "now": now,
        "next_due_at": seen.next_look_at,
        "sound": "when-overdue",
        "chart": True,
        "ended": seen.ended_at is not None,
    }
