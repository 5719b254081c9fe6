"""Booking a whole series: a proposal with free times, each of which can be changed, and what stands against it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.plans import booking, checking, proposing
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.desk import CourseNotFound, Desk, desk_for
from sojourn.program.plans.queries import day_at, visits_of_course
from sojourn.program.treatment import series
from sojourn.workspace.planning.forms import FirstDoseForm, VisitForm
from sojourn.workspace.planning.overview import PLANNERS

LEAD = timedelta(days=7)  # a proposal begins a week ahead unless somebody names the day
SATURDAY = 5


@only(*PLANNERS)
def book_series(request: Any, course_id: UUID) -> HttpResponse:
    """Propose a series, check changed times, or book it: all of it or nothing."""
    try:
        desk = desk_for(course_id, actor=request.actor)
    except CourseNotFound as missing:
        raise Http404 from missing
    if not desk.course.is_open:
        messages.info(request, _("This course has ended; nothing more is booked in it."))
        return redirect("workspace:course", course_id=course_id)
    deed = request.POST.get("do", "propose")
    if request.method == "POST" and deed in {"check", "book"}:
        return _typed(request, desk, deed)
    return _proposed(request, desk)


def _proposed(request: Any, desk: Desk) -> HttpResponse:
    first = FirstDoseForm(request.POST if request.method == "POST" else None)
    on = first.cleaned_data["first_dose_on"] if first.is_valid() else _a_week_ahead(request, desk)
    proposal = proposing.propose(
        course_id=desk.course.id, first_dose_on=on, actor=request.actor, now=request.now
    )
    if not proposal.visits:
        messages.info(request, _("Every visit of this course is booked."))
        return redirect("workspace:course", course_id=desk.course.id)
    wanted = [visit.wanted for visit in proposal.visits if visit.wanted is not None]
    forms = [_form_of(desk, visit) for visit in proposal.visits]
    shown = first if first.is_bound else FirstDoseForm(initial={"first_dose_on": on})
    problems = (*_held(request, desk, wanted), *proposal.problems)
    return _page(request, desk, None if proposal.continues else shown, forms, problems)


def _typed(request: Any, desk: Desk, deed: str) -> HttpResponse:
    first = FirstDoseForm(request.POST)
    standing = visits_of_course(desk.course.id, actor=request.actor)
    booked = {(row.kind, row.number) for row in standing}
    places = [place for place in _places(desk) if place not in booked]
    forms = [VisitForm(request.POST, desk=desk, kind=kind, number=number) for kind, number in places]
    if not places:
        messages.info(request, _("This series was booked already. Nothing was changed."))
        return redirect("workspace:course", course_id=desk.course.id)
    problems: Sequence[checking.Problem] = ()
    invalid = [
        form for form in forms if not form.is_valid()
    ]  # every form is asked, so that every error is shown
    if not invalid:
        wanted = [form.wanted for form in forms]
        if deed == "book":
            try:
                series.book_visits(
                    course_id=desk.course.id, visits=wanted, actor=request.actor, now=request.now
                )
            except booking.NotBookable as refusal:
                problems = refusal.problems
                messages.error(request, _("Nothing was booked. What stands against it is marked below."))
            except booking.AlreadyBooked:
                messages.info(request, _("This series was booked already. Nothing was changed."))
                return redirect("workspace:course", course_id=desk.course.id)
            else:
                messages.success(request, _("Series booked."))
                return redirect("workspace:course", course_id=desk.course.id)
        else:
            taken = proposing.calendar_of(desk, [v.starts_at.astimezone(desk.zone).date() for v in wanted])
            problems = (
                *_held(request, desk, wanted),
                *checking.problems_with(desk, wanted, standing=standing, taken=taken, now=request.now),
            )
    continues = any(row.is_dosing for row in standing)
    return _page(
        request, desk, None if continues else first, forms, problems, status=422 if deed == "book" else 200
    )


def _page(
    request: Any,
    desk: Desk,
    first: FirstDoseForm | None,
    forms: Sequence[VisitForm],
    problems: Sequence[checking.Problem],
    status: int = 200,
) -> HttpResponse:
    rows = [
        {
            "form": form,
            "problems": [problem for problem in problems if problem.place == (form.kind, form.number)],
        }
        for form in forms
    ]
    shown = {(form.kind, form.number) for form in forms}
    return render(
        request,
        "workspace/planning/book_series.html",
        {
            "desk": desk,
            "first": first,
            "rows": rows,
            "other_problems": [
                {"problem": problem, "visit": _visit_label(problem.place)}
                for problem in problems
                if problem.place not in shown
            ],
            "refusing": sum(problem.refuses for problem in problems),
            "marked": sum(not problem.refuses for problem in problems),
            "talk_about": desk.course.patient_id
            if any(problem.about == series.ABOUT for problem in problems)
            else None,
            "may_talk": may_do(request.actor, "record a stop conversation"),
            "wrong": sum(bool(form.errors) for form in forms if form.is_bound),
        },
        status=status,
    )


def _held(request: Any, desk: Desk, wanted: Sequence[checking.WantedVisit]) -> tuple[checking.Problem, ...]:
    rule = series.rule_of_course(desk.course.id, actor=request.actor, now=request.now)
    return series.held_by(rule, wanted)


def _form_of(desk: Desk, visit: proposing.ProposedVisit) -> VisitForm:
    initial: dict[str, Any] = {"on": visit.on}
    if visit.wanted is not None:
        initial |= {
            "at": visit.wanted.starts_at.astimezone(desk.zone).time(),
            "clinician": str(visit.wanted.clinician_id),
            "chair": str(visit.wanted.chair_id) if visit.wanted.chair_id else "",
        }
    return VisitForm(desk=desk, kind=visit.kind, number=visit.number, initial=initial)


def _visit_label(place: checking.Place) -> str:
    """Name a visit that stands already, so that what is said of it is not taken for a visit being booked."""
    kind, number = place
    return f"{VisitKind(kind).label} {number}".capitalize() if kind else ""


def _places(desk: Desk) -> list[checking.Place]:
    return list(proposing.places_of(desk.protocol))


def _a_week_ahead(request: Any, desk: Desk) -> date:
    day = day_at(request.now, desk.course.timezone) + LEAD
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= SATURDAY else day
