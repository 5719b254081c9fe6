from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sojourn.portal.my_record.record import own_record
from sojourn.program.people.access import patients_only


@patients_only
def my_record(request: HttpRequest) -> HttpResponse:
    """Show a patient everything that is kept about them in plain words, and who looked at it."""
    actor = request.actor  # type: ignore[attr-defined]
    record = own_record(actor.patient_id, actor=actor, now=request.now)  # type: ignore[attr-defined]
    return render(request, "portal/my_record/my_record.html", {"record": record})
