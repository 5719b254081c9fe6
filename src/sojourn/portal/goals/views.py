"""The page of goals, and the tap that says how near one was this week."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.portal.goals.shown import shown_goals
from sojourn.program.measures import goals as deeds
from sojourn.program.people.access import patients_only
from sojourn.program.people.patients import patient_card
from sojourn.program.people.places import local_date

NO_ANSWER = -1  # refused like any number that is none of the five
HERE = {"today": "portal:today", "goals": "portal:goals"}


@patients_only
def goals(request: HttpRequest) -> HttpResponse:
    """Show a patient's goals with their weeks; name, mend, replace or let one go."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        _changed(request)
        return redirect("portal:goals")
    card = patient_card(actor.patient_id, actor=actor)
    assert card is not None
    today = local_date(request.now, card.timezone)  # type: ignore[attr-defined]
    shown = shown_goals(actor.patient_id, actor=actor, today=today)
    page = {
        "standing": [one for one in shown if one.goal.stands],
        "ended": [one for one in shown if not one.goal.stands],
        "may_name": sum(one.goal.stands for one in shown) < deeds.MOST_GOALS,
        "longest": deeds.LONGEST_WORDS,
    }
    return render(request, "portal/goals/goals.html", page)


@patients_only
@require_POST
def rate(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """Keep how near a goal is this week, and go back to where the patient was."""
    value = request.POST.get("value", "")
    try:
        near = int(value) if value.isascii() and value.isdigit() and len(value) == 1 else NO_ANSWER
        deeds.rate_goal(goal_id=goal_id, value=near, actor=request.actor, now=request.now)  # type: ignore[attr-defined]
    except deeds.GoalNotFound as missing:
        raise Http404 from missing
    except deeds.NoSuchNearness:
        messages.error(request, _("Nothing was kept: choose one of the five."))
    else:
        messages.success(request, _("Kept for this week. You can change it until Sunday."))
    return redirect(reverse(HERE.get(request.POST.get("back", ""), "portal:today")))


def _changed(request: Any) -> None:
    deed, goal_id, words = (request.POST.get(name, "") for name in ("deed", "goal", "words"))
    who = {"actor": request.actor, "now": request.now}
    try:
        if deed == "name":
            deeds.name_goal(patient_id=request.actor.patient_id, words=words, **who)
        elif deed == "reword":
            deeds.reword_goal(goal_id=_id(goal_id), words=words, **who)
        elif deed == "replace":
            if not words.strip():
                raise deeds.WordsMissing  # noqa: TRY301
            deeds.replace_goal(goal_id=_id(goal_id), words=words, **who)
        elif deed == "end":
            deeds.replace_goal(goal_id=_id(goal_id), words="", **who)
    except deeds.WordsMissing:
        messages.error(request, _("Nothing was kept: write it in your own words."))
    except deeds.ThreeStand:
        messages.error(request, _("Nothing was kept: you have three. Replace one or let one go first."))
    except deeds.GoalNotFound as missing:
        raise Http404 from missing
    else:
        messages.success(request, _("Kept."))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise deeds.GoalNotFound from wrong
