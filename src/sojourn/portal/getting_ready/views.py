"""What the next session still needs, one thing at a time, with a form for each that the patient can say."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sojourn.design.readiness_forms import READINESS_FORMS
from sojourn.portal.wording import visit_name
from sojourn.program.people.access import patients_only
from sojourn.program.plans.queries import visits_of
from sojourn.program.treatment.preparing import SAY, NotSaid, SessionNotToCome
from sojourn.program.treatment.readiness import Readiness, ReadyItem, readiness_of
from sojourn.program.treatment.visits import SessionEnded

PAGES = {"consent": "portal:consents", "forms": "portal:today"}


@dataclass(frozen=True)
class Thing:
    """One thing of the list: its item, a form where the patient can say it, or a page where it is done."""

    item: ReadyItem
    form: forms.Form | None
    url: str


@patients_only
def getting_ready(request: Any) -> HttpResponse:
    """Show what the next session needs; keep what the patient says about one of it."""
    readiness = _next(request)
    kind = request.POST.get("kind", "")
    sent = READINESS_FORMS[kind](request.POST) if kind in READINESS_FORMS else None
    if readiness is not None and sent is not None and sent.is_valid():
        refused = _say(kind, sent, readiness.visit.id, request)
        if not refused:
            messages.success(request, _("Thank you. The practice sees it."))
            return redirect(f"{reverse('portal:getting_ready')}#{kind}")
        sent.add_error(None, refused)
    page = {
        "readiness": readiness,
        "name": visit_name(readiness.visit.kind, readiness.visit.number) if readiness else "",
        "things": [_thing(item, kind, sent) for item in readiness.by_urgency if item.patient_title]
        if readiness
        else [],
        "sent": sent,
    }
    return render(request, "portal/getting_ready/getting_ready.html", page, status=422 if sent else 200)


def _next(request: Any) -> Readiness | None:
    """The next session that has not begun."""
    visits = visits_of(request.actor.patient_id, actor=request.actor)
    coming = next((each for each in visits if each.is_dosing and each.starts_at > request.now), None)
    return readiness_of(coming.id, actor=request.actor, now=request.now) if coming else None


def _say(kind: str, form: forms.Form, visit_id: UUID, request: Any) -> str:
    """Keep what was said; return why it was not, or ""."""
    try:
        SAY[kind](visit_id=visit_id, **form.cleaned_data, actor=request.actor, now=request.now)
    except NotSaid as refused:
        return str(refused)
    except (SessionNotToCome, SessionEnded):
        return _("This session has begun. Tell the person who is with you.")
    return ""


def _thing(item: ReadyItem, kind: str, sent: forms.Form | None) -> Thing:
    may_say = item.patient_acts and item.kind in READINESS_FORMS
    form = None
    if may_say:
        form = (
            sent
            if sent is not None and item.kind == kind
            else READINESS_FORMS[item.kind](auto_id=f"{item.kind}_%s")
        )
    url = reverse(PAGES[item.kind]) if item.kind in PAGES and not item.is_ready else ""
    return Thing(item, form, url)
