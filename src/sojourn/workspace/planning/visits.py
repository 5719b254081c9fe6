"""One booked visit: moving it (alone or with its series), cancelling it, naming the escort or sitter."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.program.plans import booking, proposing
from sojourn.program.plans.checking import Problem
from sojourn.program.plans.queries import VisitRow, visit
from sojourn.program.treatment import series
from sojourn.program.treatment import visits as treatment
from sojourn.workspace.planning.forms import CancelForm, MoveForm, SitterForm
from sojourn.workspace.planning.overview import PLANNERS


@only(*PLANNERS)
def move_visit(request: Any, visit_id: UUID) -> HttpResponse:
    """Propose the shifted series beside moving this visit alone; move what was chosen."""
    row = _standing(request, visit_id)
    zone = ZoneInfo(row.timezone)
    local = row.starts_at.astimezone(zone)
    form = MoveForm(
        request.POST or None,
        zone=zone,
        stands_at=row.starts_at,
        initial={"on": local.date(), "at": local.time()},
    )
    shown: dict[str, Any] = {"visit": row, "form": form}
    if row.starts_at <= request.now:
        return render(request, "workspace/planning/move_visit.html", {"visit": row, "has_begun": True})
    if request.method == "POST" and form.is_valid():
        to, choice = form.cleaned_data["to"], request.POST.get("do")
        if choice in {"series", "alone"}:
            try:
                series.move_visits(
                    visit_id=visit_id, to=to, whole_series=choice == "series",
                    actor=request.actor, now=request.now,
                )  # fmt: skip
            except booking.NotBookable as refusal:
                shown["refused"] = refusal.problems
            except (proposing.VisitHasBegun, booking.CourseEnded) as late:
                raise Http404 from late
            else:
                messages.success(request, _("Moved."))
                return redirect("workspace:course", course_id=row.course_id)
        plan = series.propose_move(visit_id=visit_id, to=to, actor=request.actor, now=request.now)
        shown |= {
            "plan": plan,
            "shifted": [_with_problems(moved, plan.shifted_problems) for moved in plan.shifted],
            "shift_refused": any(problem.refuses for problem in plan.shifted_problems),
            "alone_refused": any(problem.refuses for problem in plan.alone_problems),
            "talk_about": row.patient_id
            if any(
                problem.about == series.ABOUT for problem in (*plan.shifted_problems, *plan.alone_problems)
            )
            else None,
            "may_talk": may_do(request.actor, "record a stop conversation"),
        }
    return render(request, "workspace/planning/move_visit.html", shown)


@only(*PLANNERS)
def cancel_visit(request: Any, visit_id: UUID) -> HttpResponse:
    """Cancel a visit with a reason, unless something is on record in it."""
    row = visit(visit_id, actor=request.actor)
    if row is None:
        raise Http404
    if row.cancelled_at is not None:
        messages.info(request, _("This visit was cancelled already. Nothing was changed."))
        return redirect("workspace:course", course_id=row.course_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            treatment.call_off(
                visit_id=visit_id, because=form.cleaned_data["because"], actor=request.actor, now=request.now
            )
        except treatment.HasRecords:
            form.add_error(
                None, _("Something is on record in this visit. It happened and cannot be cancelled.")
            )
        else:
            messages.success(request, _("Visit cancelled. Its time is free again."))
            return redirect("workspace:course", course_id=row.course_id)
    return render(request, "workspace/planning/cancel_visit.html", {"visit": row, "form": form})


@only(*PLANNERS, Role.SESSION_MONITOR)
def name_sitter(request: Any, visit_id: UUID) -> HttpResponse:
    """Name who takes the patient home, or who sits with them there."""
    row = _standing(request, visit_id)
    if not row.is_dosing:
        raise Http404
    form = SitterForm(request.POST or None, initial={"name": row.sitter_name, "phone": row.sitter_phone})
    if request.method == "POST" and form.is_valid():
        try:
            treatment.name_companion(
                visit_id=visit_id, **form.cleaned_data, actor=request.actor, now=request.now
            )
        except treatment.SessionEnded:
            messages.info(request, _("This session has ended. Nothing was changed."))
        else:
            messages.success(request, _("Named. The session knows."))
        if Role.COORDINATOR in request.actor.roles:
            return redirect("workspace:planning")
        return redirect("workspace:session", visit_id=visit_id)
    return render(request, "workspace/planning/name_sitter.html", {"visit": row, "form": form})


def _standing(request: Any, visit_id: UUID) -> VisitRow:
    row = visit(visit_id, actor=request.actor)
    if row is None or row.cancelled_at is not None:
        raise Http404
    return row


def _with_problems(moved: proposing.MovedVisit, problems: Sequence[Problem]) -> dict[str, Any]:
    place = (moved.visit.kind, moved.visit.number)
    return {"moved": moved, "problems": [problem for problem in problems if problem.place == place]}
