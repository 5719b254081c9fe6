"""The sites of the practice and their chairs."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.program.people import actions
from sojourn.program.people.access import only
from sojourn.program.people.places import STATES, TIME_ZONES
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.program.people.roster import SiteRow, all_sites
from sojourn.program.plans.actions import ChairNameTaken, add_chair
from sojourn.program.plans.queries import chairs_of


class SiteForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the site"), max_length=300)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=[("", gettext_lazy("Choose a state")), *STATES]
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=[("", gettext_lazy("Choose a time zone")), *TIME_ZONES],
        help_text=gettext_lazy("Visits are booked and shown in this time."),
    )


class ChairForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the chair"),
        max_length=80,
        help_text=gettext_lazy("As the ward calls it: a room, a number, a tree."),
    )


@only(Role.COORDINATOR, Role.MEDICAL_DIRECTOR)
def places(request: Any) -> HttpResponse:
    """List the reader's sites with the chairs of each."""
    sites = _sites_of(request)
    chairs = chairs_of([site.id for site in sites])
    return render(
        request,
        "workspace/staff/places.html",
        {
            "sites": [
                {"row": site, "chairs": [chair.name for chair in chairs if chair.site_id == site.id]}
                for site in sites
            ],
            "may_add": may_do(request.actor, "add a site"),
        },
    )


@only(Role.MEDICAL_DIRECTOR)
def add_site(request: Any) -> HttpResponse:
    """Add a site."""
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_site(**form.cleaned_data, actor=request.actor, now=request.now)
        except actions.SiteNameTaken:
            form.add_error("name", _("There is a site of this name. Nothing was added."))
        else:
            messages.success(request, _("Site added. Give it a chair next: doses in the clinic need one."))
            return redirect("workspace:places")
    return render(request, "workspace/staff/add_place.html", {"form": form, "site": None})


@only(Role.COORDINATOR, Role.MEDICAL_DIRECTOR)
def add_chair_to(request: Any, site_id: UUID) -> HttpResponse:
    """Add a chair to a site the reader works at."""
    site = next((site for site in _sites_of(request) if site.id == site_id), None)
    if site is None:
        raise Http404
    form = ChairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_chair(site_id=site_id, name=form.cleaned_data["name"], actor=request.actor, now=request.now)
        except ChairNameTaken:
            form.add_error("name", _("This site has a chair of this name. Nothing was added."))
        else:
            messages.success(request, _("Chair added. It can be booked at once."))
            return redirect("workspace:places")
    return render(request, "workspace/staff/add_place.html", {"form": form, "site": site})


def _sites_of(request: Any) -> list[SiteRow]:
    actor = request.actor
    return [site for site in all_sites() if site.id in actor.site_ids or Role.MEDICAL_DIRECTOR in actor.roles]
