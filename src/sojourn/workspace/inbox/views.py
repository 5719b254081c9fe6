"""What a clinician must look at: open alarms, the most urgent first."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.program.measures.responses import corrected_causes
from sojourn.program.people.access import only
from sojourn.program.people.patients import patient_cards
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import CLINICIANS
from sojourn.program.safety import queries
from sojourn.program.treatment import answering as actions
from sojourn.program.treatment.stop_rules import stop_rules_for
from sojourn.workspace.inbox.deliveries import tellings_of
from sojourn.workspace.inbox.facts import told
from sojourn.workspace.inbox.forms import CloseForm
from sojourn.workspace.inbox.groups import grouped
from sojourn.workspace.inbox.shown import watching_screen
from sojourn.workspace.inbox.since import Looked, Since, looked_since, since_of
from sojourn.workspace.live_tickets import ticket_answer


@only(*CLINICIANS)
def inbox(request: Any) -> HttpResponse:
    """Show open alarms of the patients the reader may see, and the ones closed last."""
    return _page(request)


@only(*CLINICIANS)
def inbox_ticket(request: Any) -> HttpResponse:
    """Give a ticket with which the page hears of alarms as they come."""
    return ticket_answer(request, is_inbox=True)


@only(*CLINICIANS)
@require_POST
def acknowledge_alarm(request: Any, alarm_id: UUID) -> HttpResponse:
    """Take an alarm on, and those of its session that stood beside it. Pressing twice changes nothing."""
    try:
        taken = actions.acknowledge_alarms(
            alarm_ids=_meant(request, alarm_id), actor=request.actor, now=request.now
        )
    except actions.AlarmNotFound as missing:
        raise Http404 from missing
    if taken > 1:
        messages.success(
            request, _("You have these %(n)s alarms. They stay open until you close them.") % {"n": taken}
        )
    elif taken:
        messages.success(request, _("You have this alarm. It stays open until you close it."))
    else:
        messages.info(request, _("Somebody has this alarm already. Nothing was changed."))
    return redirect("workspace:inbox")


@only(*CLINICIANS)
@require_POST
def close_alarm(request: Any, alarm_id: UUID) -> HttpResponse:
    """Close an alarm, and those of its session that stood beside it, with what was done. Twice changes nothing."""
    if queries.one_alarm(alarm_id, actor=request.actor) is None:
        raise Http404
    form = CloseForm(request.POST, auto_id=_ids_of(alarm_id))
    if not form.is_valid():
        return _page(request, wrong={alarm_id: form})
    try:
        closed = actions.close_alarms(
            alarm_ids=_meant(request, alarm_id),
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=request.now,
        )
    except actions.AlarmNotFound as missing:
        raise Http404 from missing
    if closed > 1:
        messages.success(request, _("%(n)s alarms closed.") % {"n": closed})
    elif closed:
        messages.success(request, _("Alarm closed."))
    else:
        messages.info(request, _("This alarm was closed already. The first reason stands."))
    return redirect("workspace:inbox")


def _meant(request: Any, alarm_id: UUID) -> tuple[UUID, ...]:
    """The alarm of the address, and those that stood with it on the page: never one that came after."""
    try:
        return (alarm_id, *map(UUID, request.POST.getlist("also")))
    except ValueError as malformed:
        raise Http404 from malformed


def _page(request: Any, wrong: dict[UUID, CloseForm] | None = None) -> HttpResponse:
    wrong = wrong or {}
    open_alarms = queries.open_alarms_for(request.actor)
    closed = queries.closed_alarms_for(request.actor)
    tellings = tellings_of(open_alarms, actor=request.actor, now=request.now)
    corrected = corrected_causes(row.about_id for row in open_alarms)
    since, looked = since_of(open_alarms), looked_since(open_alarms)
    cards = patient_cards({row.patient_id for row in (*open_alarms, *closed)}, actor=request.actor)
    alarms = [
        {
            "row": group.head,
            "more": [
                {"row": row, "since": since.get(row.about_id), "looked": looked.get(row.about_id)}
                for row in group.more
            ],
            "in_all": len(group.more) + 1,
            "waiting": len(group.waiting),
            "also_waiting": [row.id for row in group.waiting if row.id != group.head.id],
            "patient": cards[group.head.patient_id],
            "told": told(group.head.facts, timezone=cards[group.head.patient_id].timezone),
            "tellings": tellings[group.head.id],
            "is_late": group.head.is_late(request.now),
            "is_superseded": group.head.about_id in corrected,
            "since": since.get(group.head.about_id),
            "looked": looked.get(group.head.about_id),
            "form": wrong.get(group.head.id) or CloseForm(auto_id=_ids_of(group.head.id)),
        }
        for group in grouped(open_alarms)
        if group.head.patient_id in cards
    ]
    return render(
        request,
        "workspace/inbox/inbox.html",
        {
            "alarms": alarms,
            "mark": _mark_of(open_alarms, closed, since, looked),
            "screen": watching_screen(request, [str(row.id) for row in open_alarms if row.is_unacknowledged]),
            "waiting": sum(row.is_unacknowledged for row in open_alarms),
            "rules": [rule for rule in stop_rules_for(request.actor, now=request.now) if rule.is_due],
            "may_open_rule": may_do(request.actor, "record a stop conversation"),
            "on_page": sum(entry["in_all"] for entry in alarms),
            "in_all": queries.count_open_alarms(request.actor),
            "closed": [
                {"row": row, "patient": cards[row.patient_id]} for row in closed if row.patient_id in cards
            ],
        },
    )


def _mark_of(
    open_alarms: Iterable[queries.AlarmRow],
    closed: Iterable[queries.AlarmRow],
    since: Mapping[UUID, Since],
    looked: Mapping[UUID, Looked],
) -> str:
    """Stand for what the lists hold: equal marks, equal lists."""
    told = [
        (row.id.hex, row.acknowledged_at, row.escalated_at, row.closed_at) for row in (*open_alarms, *closed)
    ]
    taken_back = sorted((cause.hex, each.at) for cause, each in since.items())
    taken = sorted((cause.hex, each.taken_at) for cause, each in looked.items())
    return sha256(repr((told, taken_back, taken)).encode()).hexdigest()[:16]


def _ids_of(alarm_id: UUID) -> str:
    """Ids that differ between the forms of one page."""
    return f"id_{alarm_id}_%s"
