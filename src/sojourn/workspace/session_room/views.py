"""One session from checklist to discharge, and what is done in it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.treatment import sessions as treatment
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.held import held_visits_of
from sojourn.program.treatment.holding import holds_of
from sojourn.program.treatment.undoing import undoable
from sojourn.workspace.inbox.shown import watching_screen
from sojourn.workspace.session_room.beside import beside
from sojourn.workspace.session_room.board import row_as_told
from sojourn.workspace.session_room.expected import expected_of
from sojourn.workspace.session_room.forms import EventForm
from sojourn.workspace.session_room.happened import SHOW_EACH, happened, is_check
from sojourn.workspace.session_room.lines import line_of
from sojourn.workspace.session_room.medicine import medicine_of
from sojourn.workspace.session_room.offline import told_to_page
from sojourn.workspace.session_room.recording import forms_for, level_of, record
from sojourn.workspace.session_room.roles import WATCHERS
from sojourn.workspace.session_room.taps import TAPS, TapRefused, tap


@only(*WATCHERS)
def session(request: Any, visit_id: UUID) -> HttpResponse:
    """Show one session as it stands, and record what the reader does in it."""
    found = treatment.session(visit_id, actor=request.actor, now=request.now)
    if found is None:
        raise Http404
    deed = request.POST.get("do", "")
    forms = forms_for(found, posted=request.POST, deed=deed)
    if deed in TAPS:
        return _tapped(request, visit_id, deed)
    if deed in forms:
        said = record(found, forms[deed], actor=request.actor, now=request.now)
        if said:
            return _done(request, visit_id, said)
        if _is_from_board_script(request):
            return JsonResponse({"ok": False, "said": " ".join(_refusals(forms[deed]))}, status=422)
    return _page(request, found, forms, forms.get(deed))


def _tapped(request: Any, visit_id: UUID, deed: str) -> HttpResponse:
    try:
        said = tap(deed, visit_id=visit_id, posted=request.POST, actor=request.actor, now=request.now)
    except TapRefused as refused:
        return _done(request, visit_id, str(refused), is_done=False)
    return _done(request, visit_id, said)


def _done(request: Any, visit_id: UUID, said: str, *, is_done: bool = True) -> HttpResponse:
    """Say what became of it: to the board's script with the row anew, or on the page the form came from."""
    if _is_from_board_script(request):
        found = treatment.session(visit_id, actor=request.actor, now=request.now)
        last = undoable(found.events, staff_id=request.actor.staff_id, now=request.now) if found else None
        undo = ""
        if found is not None and last is not None:
            about = {"undoable": last, "visit": found.visit, "from_board": True}
            undo = render_to_string("workspace/session_room/undo.html", about, request)
        row = row_as_told(visit_id, request)
        return JsonResponse(
            {"ok": is_done, "said": said, "row": row, "undo": undo},
            status=200 if is_done else 409,
        )
    messages.add_message(request, level_of(said) if is_done else messages.WARNING, said)
    if request.POST.get("back") == "board":
        return redirect("workspace:sessions")
    return redirect("workspace:session", visit_id=visit_id)


def _is_from_board_script(request: Any) -> bool:
    return bool(request.headers.get("Accept", "") == "application/json")


def _refusals(form: EventForm) -> list[str]:
    return [str(message) for messages_of in form.errors.values() for message in messages_of]


def _page(
    request: Any, found: treatment.Session, forms: dict[str, EventForm], sent: EventForm | None
) -> HttpResponse:
    state = found.state
    before_dose = state.dosed_at is None and not found.is_over
    may_record = may_do(request.actor, "run a dosing session")
    shows_each = request.GET.get("readings") == SHOW_EACH
    events = happened(found, may_record=may_record, shows_each=shows_each)
    return render(
        request,
        "workspace/session_room/session.html",
        {
            **line_of(found, request.now),
            "screen": watching_screen(request, [alarm.event_id for alarm in state.unacknowledged]),
            "forms": forms,
            "sent": sent,
            "before_dose": before_dose,
            "holds": holds_of(found, actor=request.actor, now=request.now) if before_dose else (),
            "is_at_home": found.plan.at_home,
            "elapsed_s": int((request.now - state.dosed_at).total_seconds()) if state.dosed_at else None,
            "events": [told for told in events if not is_check(told)],
            "checks": [told for told in events if is_check(told)],
            "measured": [
                each
                for each in state.discharge_missing
                if each.criterion not in forms[EventKind.CONFIRMED].fields
            ],
            "may_record": may_record,
            "recording": told_to_page(found, staff_id=request.actor.staff_id, now=request.now)
            if may_record
            else None,
            "undoable": undoable(found.events, staff_id=request.actor.staff_id, now=request.now),
            "medicine": medicine_of(found),
            "expected": expected_of(
                found, held=held_visits_of(found.visit.patient_id, actor=request.actor), now=request.now
            ),
            **beside(found, now=request.now),
        },
        status=422 if sent is not None else 200,
    )
