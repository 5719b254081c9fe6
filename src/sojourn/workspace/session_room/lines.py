"""What a board and a session's page both say of a session: where it stands, what is due, its last values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.monitoring import HELP_ASKED, Alarm, SessionPhase
from sojourn.clinical.monitoring.discharge import Seen
from sojourn.clinical.monitoring.events import Alarmed
from sojourn.program.treatment.crossings import crossing_in_words
from sojourn.program.treatment.sessions import Session
from sojourn.workspace.session_room.trends import sources_of

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
SAID_AT_MOST = 3  # of what nobody has taken on, each kind once; the rest is counted


def line_of(found: Session, now: datetime) -> dict[str, Any]:
    """Give templates everything that is said of a session in a few words."""
    state = found.state
    due = state.next_due
    alarms = state.alarms
    waiting = sorted(state.unacknowledged, key=_calls_then_gravest_then_newest)
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
        "waiting": waiting,
        "waiting_said": tuple({alarm.limit_id: alarm for alarm in reversed(waiting)}.values())[::-1][
            :SAID_AT_MOST
        ],
        "must_act": any(alarm.severity in ACT for alarm in alarms)
        or any(alarm.severity in ACT for alarm in state.unacknowledged)
        or (due is not None and due.overdue)
        or state.phase == SessionPhase.HELD,
        "values": _values(found, now),
        "has_values": bool(state.seen),
        "may_leave": state.may_discharge,
    }


def _calls_then_gravest_then_newest(alarm: Alarmed) -> tuple[bool, int, float]:
    return alarm.limit_id != HELP_ASKED, Alarm(alarm.severity).rank, -alarm.taken_at.timestamp()


@dataclass(frozen=True)
class Value:
    """The last value of a signal, ready to print; `state` is "old" once it no longer counts for leaving."""

    label: str
    number: str
    unit: str
    at: datetime | None
    state: str
    source: str


def _values(found: Session, now: datetime) -> list[Value]:
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


def _due_words(found: Session, now: datetime) -> str:
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
