"""The patient's own page: where they are, the one next action, what is missing, and what is coming."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sojourn.portal.consent.stop_rule import own_rule
from sojourn.portal.goals.shown import shown_goals
from sojourn.portal.today.course_of_hours import coming_hours
from sojourn.portal.today.day import day_of
from sojourn.portal.today.standing import standing_of
from sojourn.portal.today.steps import asked_before_dose, next_step_of, ready_lines
from sojourn.portal.wording import visit_name
from sojourn.program.people.access import patients_only
from sojourn.program.treatment.driving import driving_of
from sojourn.program.treatment.patients_session import session_now

VISITS_SHOWN = 4
READINGS_SHOWN = 3


@patients_only
def today(request: HttpRequest) -> HttpResponse:
    """Show a patient their day; from the dose on, and until they may leave, the page of their session."""
    actor = request.actor  # type: ignore[attr-defined]
    day = day_of(actor.patient_id, actor=actor, now=request.now)  # type: ignore[attr-defined]
    session = session_now(actor, now=day.now) if day.is_near_a_session else None
    if session is not None and session.is_running:
        return redirect("portal:session_day")
    page = {
        "day": day,
        "session": session,
        "standing": standing_of(day),
        "next_step": next_step_of(day),
        "ready": ready_lines(day),
        "asked_before_dose": asked_before_dose(day),
        "hours": coming_hours(day),
        "own_rule": own_rule(request),
        "driving": driving_of(actor.patient_id, actor=actor, now=request.now),  # type: ignore[attr-defined]
        "goals": [
            one for one in shown_goals(actor.patient_id, actor=actor, today=day.today) if one.goal.stands
        ],
        "asks_goals": not day.is_session_time,
        "visits": [
            (visit_name(visit.kind, visit.number), visit, "now" if visit.starts_at <= day.now else "planned")
            for visit in day.coming[:VISITS_SHOWN]
        ],
        "more_visits": max(0, len(day.coming) - VISITS_SHOWN),
        "read_by": day.read_since_answers[:READINGS_SHOWN],
    }
    return render(request, "portal/today/today.html", page)
