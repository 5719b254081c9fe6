"""Tomorrow and the clock: today's and tomorrow's visits with what they lack, courses to book, every deadline."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render

from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.program.people.roster import SiteRow, all_sites
from sojourn.program.plans import queries as plans
from sojourn.program.treatment.deadlines import deadlines_for
from sojourn.program.treatment.readiness import Readiness, readiness_between
from sojourn.program.treatment.without_dose import conversations_without_dose
from sojourn.workspace.planning.forms import DayForm

PLANNERS = (Role.COORDINATOR, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
A_DAY = timedelta(days=1)


@only(*PLANNERS)
def planning(request: Any) -> HttpResponse:
    """Show what the coming two days need, what is to be booked, and what has a day on it."""
    visits = readiness_between(
        request.actor, begin=request.now - A_DAY, end=request.now + 3 * A_DAY, now=request.now
    )
    days = [
        {"title": title, "visits": [ready for ready in visits if _days_ahead(ready, request.now) == ahead]}
        for ahead, title in enumerate(("today", "tomorrow"))
    ]
    may_start = may_do(request.actor, "start a course")
    return render(
        request,
        "workspace/planning/planning.html",
        {
            "days": days,
            "conversations": conversations_without_dose(request.actor, now=request.now),
            "to_book": plans.courses_to_book(request.actor),
            "to_start": plans.patients_to_start(request.actor) if may_start else (),
            "deadlines": deadlines_for(request.actor, now=request.now),
            "may_keep_credentials": may_do(request.actor, "keep credentials"),
        },
    )


@only(*PLANNERS)
def calendar(request: Any) -> HttpResponse:
    """Show one day at each site the reader works at, chair by chair."""
    form = DayForm(request.GET or None)
    chosen = form.cleaned_data["day"] if form.is_valid() else None
    sites = [site for site in all_sites() if _works_at(request.actor, site)]
    chairs = plans.chairs_of([site.id for site in sites])
    day = (
        chosen or request.now.astimezone(ZoneInfo(sites[0].timezone)).date() if sites else request.now.date()
    )
    midnight = datetime.combine(day, datetime.min.time(), ZoneInfo("UTC"))
    visits = plans.visits_between(request.actor, begin=midnight - A_DAY / 2, end=midnight + 2 * A_DAY)
    return render(
        request,
        "workspace/planning/calendar.html",
        {
            "form": DayForm(initial={"day": day}) if chosen is None else form,
            "day": day,
            "before": (day - A_DAY).isoformat(),
            "after": (day + A_DAY).isoformat(),
            "sites": [_site_day(site, day, chairs, visits) for site in sites],
        },
    )


def _site_day(
    site: SiteRow, day: date, chairs: tuple[plans.ChairRow, ...], visits: tuple[plans.VisitRow, ...]
) -> dict[str, Any]:
    here = [v for v in visits if v.site_id == site.id and plans.day_at(v.starts_at, site.timezone) == day]
    return {
        "row": site,
        "chairs": [
            {"name": chair.name, "visits": [v for v in here if v.chair_id == chair.id]}
            for chair in chairs
            if chair.site_id == site.id
        ],
        "elsewhere": [v for v in here if v.chair_id is None],
    }


def _days_ahead(ready: Readiness, now: datetime) -> int:
    row = ready.visit
    return (plans.day_at(row.starts_at, row.timezone) - plans.day_at(now, row.timezone)).days


def _works_at(actor: Any, site: SiteRow) -> bool:
    return site.id in actor.site_ids or Role.MEDICAL_DIRECTOR in actor.roles
