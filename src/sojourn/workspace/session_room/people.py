"""Who and what is with the patient: the address for emergency services, the sitter's link, the device gateways."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.program.plans.queries import VisitRow, visit
from sojourn.program.treatment import session_places, sitting, tokens
from sojourn.workspace.session_room.roles import WATCHERS

NEEDED: Final = {"required": gettext_lazy("This is needed for emergency services.")}
WATCH: Final = "run a dosing session"


class PlaceForm(forms.Form):
    address = forms.CharField(
        label=gettext_lazy("Address of the session"),
        max_length=500,
        error_messages=NEEDED,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("As it is read to 911: street, number, floor, city, how to get in."),
    )
    callback = forms.RegexField(
        label=gettext_lazy("Number to call back"),
        regex=r"^[0-9+() .\-]{7,40}$",
        error_messages=NEEDED
        | {"invalid": gettext_lazy("Give a telephone number: 7 to 40 digits, spaces and + ( ) . -")},
    )
    emergency_department = forms.CharField(
        label=gettext_lazy("Nearest emergency department"), max_length=300, error_messages=NEEDED
    )
    wishes = forms.CharField(
        label=gettext_lazy("What the patient wishes from the sitter"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("In their words: hold my hand: yes; music: off when I say so."),
    )
    read_back = forms.BooleanField(
        label=gettext_lazy("I read address and number back, and they were right"),
        error_messages={
            "required": gettext_lazy("Read them back first: a wrong address sends help elsewhere.")
        },
    )


class GatewayForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("Name of the gateway"),
        max_length=tokens.LONGEST_LABEL,
        help_text=gettext_lazy("It stands beside each of its readings."),
    )


@only(*WATCHERS, Role.COORDINATOR)
def people(request: Any, visit_id: UUID) -> HttpResponse:
    """Show who and what is with the patient, and take down or hand out what is asked for."""
    row = visit(visit_id, actor=request.actor)
    if row is None or not row.is_dosing:
        raise Http404
    deed = DEEDS.get(request.POST.get("do", ""))
    return deed(request, row) if deed else _page(request, row)


def _tell_place(request: Any, row: VisitRow) -> HttpResponse:
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _page(request, row, place_form=form)
    try:
        session_places.tell_place(visit_id=row.id, **form.cleaned_data, actor=request.actor, now=request.now)
    except session_places.SessionNotFound:
        messages.info(request, _("This visit was cancelled. Nothing was recorded."))
    else:
        messages.success(request, _("Taken down. The sitter sees it until midnight."))
    return _back(row)


def _make_link(request: Any, row: VisitRow) -> HttpResponse:
    try:
        secret = sitting.make_sitter_link(visit_id=row.id, actor=request.actor, now=request.now)
    except sitting.NotADosingSession:
        messages.info(request, _("This visit was cancelled. No link was made."))
        return _back(row)
    return _page(request, row, link=settings.ADDRESS + reverse("sitter:link", kwargs={"token": secret}))


def _make_gateway(request: Any, row: VisitRow) -> HttpResponse:
    form = GatewayForm(request.POST)
    if not form.is_valid():
        return _page(request, row, gateway_form=form)
    try:
        secret = tokens.make_gateway_token(
            visit_id=row.id, label=form.cleaned_data["label"], actor=request.actor, now=request.now
        )
    except tokens.NotADosingSession:
        messages.info(request, _("This visit was cancelled. No token was made."))
        return _back(row)
    return _page(request, row, gateway_secret=secret)


def _revoke(request: Any, row: VisitRow) -> HttpResponse:
    try:
        token_id = UUID(request.POST.get("token", ""))
    except ValueError:
        raise Http404 from None
    tokens.revoke_token(token_id=token_id, visit_id=row.id, actor=request.actor, now=request.now)
    messages.success(request, _("Revoked. It records nothing from now on; what it has recorded stays."))
    return _back(row)


DEEDS: Final[dict[str, Callable[[Any, VisitRow], HttpResponse]]] = {
    "place": _tell_place,
    "link": _make_link,
    "gateway": _make_gateway,
    "revoke": _revoke,
}


def _back(row: VisitRow) -> HttpResponse:
    return redirect("workspace:session_people", visit_id=row.id)


def _page(request: Any, row: VisitRow, **given: Any) -> HttpResponse:
    refused = any(form.errors for form in given.values() if isinstance(form, forms.Form))
    place = session_places.place_of(row.id, now=request.now)
    said = {"wishes": place.wishes} if place else {}
    shown = {
        "visit": row,
        "place": place,
        "place_form": PlaceForm(initial=said),
        "link_row": sitting.sitter_link_of(row.id, actor=request.actor),
        "gateways": tokens.gateway_tokens(row.id, actor=request.actor),
        "gateway_form": GatewayForm(),
        "may_watch": may_do(request.actor, WATCH),
        **given,
    }
    return render(request, "workspace/session_room/people.html", shown, status=422 if refused else 200)
