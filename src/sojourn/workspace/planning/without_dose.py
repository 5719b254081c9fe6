"""What a planner says of conversations whose dose nobody had: called off or kept, and either undone."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sojourn.program.people.access import only
from sojourn.program.plans import booking
from sojourn.program.plans.queries import visit
from sojourn.program.treatment import without_dose
from sojourn.program.treatment.visits import HasRecords
from sojourn.workspace.planning.overview import PLANNERS


@only(*PLANNERS)
@require_POST
def decide(request: Any) -> HttpResponse:
    """Call off or keep the conversations that were ticked."""
    try:
        chosen = [UUID(each) for each in request.POST.getlist("visit")]
    except ValueError as malformed:
        raise Http404 from malformed
    deed = request.POST.get("do", "")
    if deed not in {"call off", "keep"}:
        raise Http404
    if not chosen:
        messages.info(request, _("No conversation was ticked. Nothing was changed."))
        return redirect("workspace:planning")
    decided = without_dose.call_off_conversations if deed == "call off" else without_dose.keep_conversations
    try:
        count = decided(visit_ids=chosen, actor=request.actor, now=request.now)
    except (without_dose.NoSuchConversation, HasRecords):
        messages.info(request, _("The list had changed meanwhile. Nothing was changed; look at it again."))
    else:
        messages.success(request, _said(deed, count))
    return redirect("workspace:planning")


@only(*PLANNERS)
@require_POST
def undo(request: Any, visit_id: UUID) -> HttpResponse:
    """Take back what was decided about one conversation."""
    if visit(visit_id, actor=request.actor) is None:
        raise Http404
    try:
        without_dose.undo_decision(visit_id=visit_id, actor=request.actor, now=request.now)
    except without_dose.NoSuchConversation:
        messages.info(request, _("This can be undone no more. Nothing was changed."))
    except (booking.AlreadyBooked, booking.CourseEnded):
        messages.info(request, _("Another visit stands in its place, or the course has ended."))
    except booking.NotBookable as refusal:
        because = " ".join(problem.says for problem in refusal.problems)
        messages.error(request, _("It cannot be put back: %(why)s") % {"why": because})
    else:
        messages.success(request, _("Undone. The conversation waits for your word again."))
    return redirect("workspace:planning")


def _said(deed: str, count: int) -> str:
    if deed == "keep":
        return ngettext(
            "Kept. The conversation stands as booked.",
            "Kept. The %(n)d conversations stand as booked.",
            count,
        ) % {"n": count}
    return ngettext(
        "Called off. Its time is free again; the patient is told by you.",
        "%(n)d conversations called off. Their time is free again; the patient is told by you.",
        count,
    ) % {"n": count}
