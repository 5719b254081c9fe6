"""A patient's goals for the staff who may write them down or rate them on the patient's behalf."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.design.charts.goals import nearness
from sojourn.program.measures import goals as deeds
from sojourn.program.people.access import only
from sojourn.program.people.patients import patient_card
from sojourn.program.people.places import local_date
from sojourn.program.people.roles import Role


@only(Role.THERAPIST, Role.COORDINATOR)
def goals(request: Any, patient_id: UUID) -> HttpResponse:
    """Show the standing goals; name, replace or rate one as the patient said it, signed with the reader's name."""
    patient = patient_card(patient_id, actor=request.actor)
    if patient is None:
        raise Http404
    if request.method == "POST":
        _written(request, patient_id)
        return redirect("workspace:goals", patient_id=patient_id)
    week = deeds.week_of(local_date(request.now, patient.timezone))
    rows = deeds.goals_of(patient_id, actor=request.actor)
    standing = [goal for goal in rows if goal.stands]
    page = {
        "patient": patient,
        "standing": [(goal, goal.rated_in(week)) for goal in standing],
        "may_name": len(standing) < deeds.MOST_GOALS,
        "nearness": [(n, nearness(n)) for n in deeds.NEARNESS],
        "longest": deeds.LONGEST_WORDS,
    }
    return render(request, "workspace/patients/goals.html", page)


def _written(request: Any, patient_id: UUID) -> None:
    words, who = request.POST.get("words", ""), {"actor": request.actor, "now": request.now}
    try:
        match request.POST.get("deed", ""):
            case "name":
                deeds.name_goal(patient_id=patient_id, words=words, **who)
            case "rate":
                deeds.rate_goal(
                    goal_id=_of(request, patient_id), value=int(request.POST.get("value", "")), **who
                )
            case "replace":
                deeds.replace_goal(goal_id=_of(request, patient_id), words=words, **who)
    except deeds.WordsMissing:
        messages.error(request, _("Nothing was kept: write the goal in the patient's own words."))
    except deeds.ThreeStand:
        messages.error(request, _("Nothing was kept: three goals stand. Replace one."))
    except (ValueError, deeds.NoSuchNearness):
        messages.error(request, _("Nothing was kept: choose how near the goal is."))
    except deeds.GoalNotFound as missing:
        raise Http404 from missing
    else:
        messages.success(request, _("Kept, with your name."))


def _of(request: Any, patient_id: UUID) -> UUID:
    """The goal a form is about, if it is one of this patient's."""
    goals = {str(goal.id): goal.id for goal in deeds.goals_of(patient_id, actor=request.actor)}
    found = goals.get(request.POST.get("goal", ""))
    if found is None:
        raise deeds.GoalNotFound
    return found
