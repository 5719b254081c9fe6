"""The front door: each person is led to the page where their day begins."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from sojourn.program.people.access import everyone
from sojourn.program.people.queries import the_practice
from sojourn.program.people.roles import Role

DAY_BEGINS_AT = {
    Role.PATIENT: "portal:today",
    Role.PRESCRIBER: "workspace:decisions",
    Role.THERAPIST: "workspace:between_doses",
    Role.SESSION_MONITOR: "workspace:sessions",
    Role.COORDINATOR: "workspace:planning",
    Role.MEDICAL_DIRECTOR: "workspace:practice",
}


@everyone
def home(request: HttpRequest) -> HttpResponseBase:
    """Lead the reader to where their day begins; a new practice is led to its first run."""
    for role, page in DAY_BEGINS_AT.items():
        if role in request.actor.roles:  # type: ignore[attr-defined]
            return redirect(page)
    return redirect("portal:welcome" if the_practice().exists else "workspace:first_run")
