"""The practice at a glance: who is where, what is overdue, what is open, what runs now."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sojourn.clinical import instruments, protocols
from sojourn.design.charts.values import FlowBar, FlowRow
from sojourn.program.people import roster
from sojourn.program.people.access import only
from sojourn.program.people.roles import Role
from sojourn.program.safety.queries import count_open_alarms, open_alarms_for
from sojourn.program.treatment import glance
from sojourn.program.treatment.phases import Phase, patients_by_phase
from sojourn.workspace.wording import DISPOSITIONS

LOOK_BACK = timedelta(days=7)
NAMED_ALARMS = 5


@only(Role.MEDICAL_DIRECTOR)
def practice(request: Any) -> HttpResponse:
    """Show the medical director the state of the practice in one page."""
    actor, now = request.actor, request.now
    today = roster.today_for(actor, now=now)
    phases = patients_by_phase(actor)
    return render(
        request,
        "workspace/practice/practice.html",
        {
            "flow": _flow(phases),
            "research": phases[Phase.RESEARCH],
            "patients": sum(n for phase, n in phases.items() if phase != Phase.RESEARCH),
            "overdue": (
                _late(_("Alarms nobody has"), glance.alarms_overdue(actor, now=now), str, today),
                _late(
                    _("Decisions, after 3 days"),
                    glance.decisions_overdue(actor, now=now),
                    _disposition,
                    today,
                ),
                _late(
                    _("Integration, after 72 h"), glance.integrations_overdue(actor, now=now), _dose, today
                ),
                _late(
                    _("Questionnaires"), glance.questionnaires_overdue(actor, today=today), _instrument, today
                ),
            ),
            "alarms": open_alarms_for(actor)[:NAMED_ALARMS],
            "alarms_in_all": count_open_alarms(actor),
            "week": glance.alarm_times(actor, since=now - LOOK_BACK),
            "running": [
                {"session": session, "protocol": protocols.course_protocol(session.protocol_id).title}
                for session in glance.sessions_running(actor, now=now)
            ],
            "credentials": [
                {"row": row, "standing": row.standing(today), "days": (row.expires_on - today).days}
                for row in roster.credentials_ending(actor, on=today)
            ],
        },
    )


def _flow(phases: dict[Phase, int]) -> FlowBar:
    """One bar for each phase of a patient; research records are no patients and have none."""
    patients = reverse("workspace:patients")
    counted = {phase: n for phase, n in phases.items() if phase != Phase.RESEARCH}
    return FlowBar(
        title=_("Patients by phase"),
        rows=tuple(
            FlowRow(label=str(capfirst(phase.label)), count=n, href=f"{patients}?phase={phase}")
            for phase, n in counted.items()
        ),
        total=sum(counted.values()),
        source=_("records of this practice, now"),
    )


def _late(title: str, overdue: glance.Overdue, say: Callable[[str], str], today: date) -> dict[str, Any]:
    return {
        "title": title,
        "in_all": overdue.in_all,
        "rows": [
            {"row": row, "what": say(row.what)} | _how_late(row.since, today) for row in overdue.longest
        ],
        "more": overdue.in_all - len(overdue.longest),
    }


def _how_late(since: date | datetime, today: date) -> dict[str, Any]:
    """Give a moment as it is, for its age to be written; a day as the number of days since."""
    return {"late_at": since} if isinstance(since, datetime) else {"late_days": (today - since).days}


def _instrument(instrument_id: str) -> str:
    return instruments.get(instrument_id).title


def _dose(number: str) -> str:
    return _("integration %(number)s") % {"number": number}


def _disposition(value: str) -> str:
    return str(DISPOSITIONS[value].label)
