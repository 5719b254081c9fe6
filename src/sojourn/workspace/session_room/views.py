"""The session room: every session of today by what is due next, and one session from checklist to discharge."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from uuid_utils.compat import uuid7

from sojourn.clinical.monitoring import Alarm, SessionPhase
from sojourn.clinical.monitoring.discharge import Seen
from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.treatment import sessions as treatment
from sojourn.program.treatment.actions import BY_THE_PROGRAM
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.crossings import crossing_in_words
from sojourn.program.treatment.holding import holds_of
from sojourn.program.treatment.undoing import undoable
from sojourn.workspace.session_room.beside import beside
from sojourn.workspace.session_room.correcting import may_be_corrected
from sojourn.workspace.session_room.events_in_words import in_words
from sojourn.workspace.session_room.expected import expected_of
from sojourn.workspace.session_room.forms import EventForm
from sojourn.workspace.session_room.medicine import medicine_of
from sojourn.workspace.session_room.offline import told_to_page
from sojourn.workspace.session_room.recording import forms_for, record
from sojourn.workspace.session_room.roles import WATCHERS
from sojourn.workspace.session_room.taps import TAPS, TapRefused, tap
from sojourn.workspace.session_room.trends import sources_of, trends_of

PHASES = {
    SessionPhase.CHECKING: gettext_lazy("checks before the dose"),
    SessionPhase.HELD: gettext_lazy("held"),
    SessionPhase.READY: gettext_lazy("ready for the dose"),
    SessionPhase.DOSING: gettext_lazy("dosing"),
    SessionPhase.OBSERVING: gettext_lazy("observing"),
    SessionPhase.DISCHARGED: gettext_lazy("discharged"),
    SessionPhase.CANCELLED: gettext_lazy("ended without a dose"),
}
SIGNALS = (
    ("heart_rate", gettext_lazy("Heart rate"), "/min"),
    ("spo2", gettext_lazy("Oxygen"), "%"),
    ("respiratory_rate", gettext_lazy("Breaths"), "/min"),
    ("moaas", gettext_lazy("Sedation"), "of 5"),
    ("dissociation", gettext_lazy("Dissociation"), "of 10"),
)
ACT = {Alarm.RED, Alarm.EMERGENCY}


@dataclass(frozen=True)
class Told:
    """An event in words; `strike_id` names the form that would strike it out."""

    row: treatment.EventRow
    words: str
    strike_id: UUID
    may_be_corrected: bool

    @property
    def may_strike(self) -> bool:
        return self.row.is_standing and self.row.kind not in BY_THE_PROGRAM


@only(*WATCHERS)
def sessions(request: Any) -> HttpResponse:
    """List today's sessions, what is due next first."""
    lines = [
        {**_line(session, request.now), "trends": trends_of(session, request.now)}
        for session in treatment.sessions_today(request.actor, now=request.now)
    ]
    return render(request, "workspace/session_room/sessions.html", {"lines": lines})


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
            messages.success(request, said)
            return redirect("workspace:session", visit_id=visit_id)
    return _page(request, found, forms, forms.get(deed))


def _tapped(request: Any, visit_id: UUID, deed: str) -> HttpResponse:
    try:
        said = tap(deed, visit_id=visit_id, posted=request.POST, actor=request.actor, now=request.now)
        messages.success(request, said)
    except TapRefused as refused:
        messages.warning(request, str(refused))
    return redirect("workspace:session", visit_id=visit_id)


def _page(
    request: Any, found: treatment.Session, forms: dict[str, EventForm], sent: EventForm | None
) -> HttpResponse:
    state = found.state
    before_dose = state.dosed_at is None and not found.is_over
    may_record = may_do(request.actor, "run a dosing session")
    events = [
        Told(row, in_words(row, found.plan), uuid7(), may_record and may_be_corrected(row))
        for row in reversed(found.events)
    ]
    return render(
        request,
        "workspace/session_room/session.html",
        {
            **_line(found, request.now),
            "forms": forms,
            "sent": sent,
            "before_dose": before_dose,
            "holds": holds_of(found, actor=request.actor, now=request.now) if before_dose else (),
            "is_at_home": found.plan.at_home,
            "elapsed_s": int((request.now - state.dosed_at).total_seconds()) if state.dosed_at else None,
            "events": [told for told in events if told.row.kind != EventKind.CHECKED],
            "checks": [told for told in events if told.row.kind == EventKind.CHECKED],
            "measured": [
                each
                for each in state.discharge_missing
                if each.criterion not in forms[EventKind.CONFIRMED].fields
            ],
            "may_record": may_record,
            "recording": told_to_page(found, now=request.now) if may_record else None,
            "undoable": undoable(found.events, staff_id=request.actor.staff_id, now=request.now),
            "medicine": medicine_of(found),
            "expected": expected_of(found, now=request.now),
            **beside(found, now=request.now),
        },
        status=422 if sent is not None else 200,
    )


def _line(found: treatment.Session, now: datetime) -> dict[str, Any]:
    state = found.state
    due = state.next_due
    alarms = state.alarms
    return {
        "session": found,
        "visit": found.visit,
        "state": state,
        "phase": PHASES[state.phase],
        "due": due,
        "due_words": _due_words(found, now),
        "alarms": [
            {"crossing": alarm, "says": crossing_in_words(alarm)}
            for alarm in alarms
            if alarm.limit_id not in {waiting.limit_id for waiting in state.unacknowledged}
        ],
        "waiting": state.unacknowledged,
        "must_act": any(alarm.severity in ACT for alarm in alarms)
        or any(alarm.severity in ACT for alarm in state.unacknowledged)
        or (due is not None and due.overdue)
        or state.phase == SessionPhase.HELD,
        "values": _values(found, now),
        "has_values": bool(state.seen),
        "may_leave": state.may_discharge,
    }


@dataclass(frozen=True)
class Value:
    """The last value of a signal, ready to print; `state` is "old" once it no longer counts for leaving."""

    label: str
    number: str
    unit: str
    at: datetime | None
    state: str
    source: str


def _values(found: treatment.Session, now: datetime) -> list[Value]:
    seen = {each.signal: each for each in found.state.seen}
    sources = sources_of(found)
    fresh = timedelta(minutes=found.plan.fresh_minutes)

    def value(label: Any, unit: str, last: Seen | None, number: str) -> Value:
        is_old = last is not None and now - last.taken_at > fresh
        source = sources.get(last.signal, "") if last else ""
        return Value(
            str(label), number, unit, last.taken_at if last else None, "old" if is_old else "", source
        )

    upper, lower = seen.get("systolic"), seen.get("diastolic")
    pressure = f"{upper.value:g}/{lower.value:g}" if upper and lower else ""
    return [
        value(_("Blood pressure"), "mmHg", upper, pressure),
        *(
            value(label, unit, seen.get(signal), f"{seen[signal].value:g}" if signal in seen else "")
            for signal, label, unit in SIGNALS
        ),
    ]


def _due_words(found: treatment.Session, now: datetime) -> str:
    """What is due next, in a few words; the countdown stands beside it."""
    state = found.state
    match state.phase:
        case SessionPhase.DISCHARGED | SessionPhase.CANCELLED:
            return str(PHASES[state.phase])
        case SessionPhase.HELD:
            return _("Held: somebody must act")
        case SessionPhase.READY:
            return _("Dose")
        case SessionPhase.CHECKING:
            return _("Checks begin") if found.visit.starts_at > now else _("Checks")
        case _:
            if state.next_due is not None and state.next_due.what == "recheck":
                return _("Look again")
            minute = state.next_due.minute if state.next_due else None
            return _("Vital signs, minute %(minute)s") % {"minute": minute}
