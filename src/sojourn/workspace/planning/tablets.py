"""The tablets of a course at home: what must remain, counted on video, and the next shipment or what holds it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.monitoring.shipping import shipping_rules
from sojourn.clinical.protocols import course_protocol
from sojourn.design.fields import DayField
from sojourn.program.people.access import only
from sojourn.program.people.roles import Role
from sojourn.program.plans.queries import course
from sojourn.program.treatment.tablets import ShipmentHeld, count_tablets, ship_tablets, tablets_of
from sojourn.workspace.planning.overview import PLANNERS


def _few(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=1000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class CountForm(forms.Form):
    counted = _few(gettext_lazy("Tablets counted on video"))
    words = forms.CharField(label=gettext_lazy("In words"), required=False, max_length=1000)


class ShipForm(forms.Form):
    tablets = _few(gettext_lazy("Tablets"))
    doses = _few(gettext_lazy("For how many doses"))
    lot = forms.CharField(label=gettext_lazy("Lot number"), max_length=80)
    expires_on = DayField(label=gettext_lazy("Expires on"))


@only(*PLANNERS, Role.SESSION_MONITOR)
def tablets(request: Any, course_id: UUID) -> HttpResponse:
    """Show what is at home; note a count or a shipment."""
    found = course(course_id, actor=request.actor)
    if found is None:
        raise Http404
    deed = request.POST.get("do", "")
    counting = CountForm(request.POST if deed == "count" else None)
    shipping = ShipForm(request.POST if deed == "ship" else None)
    refused: tuple[Any, ...] = ()
    if counting.is_valid():
        differs = count_tablets(
            course_id=course_id, **counting.cleaned_data, actor=request.actor, now=request.now
        )
        messages.add_message(request, _level(differs), _said(differs))
        return redirect("workspace:tablets", course_id=course_id)
    if shipping.is_valid():
        try:
            ship_tablets(course_id=course_id, **shipping.cleaned_data, actor=request.actor, now=request.now)
        except ShipmentHeld as held:
            refused = held.breaches
        else:
            messages.success(request, _("Shipment noted."))
            return redirect("workspace:tablets", course_id=course_id)
    rows = tablets_of(course_id, actor=request.actor)
    return render(
        request,
        "workspace/planning/tablets.html",
        {
            "course": found,
            "title": course_protocol(found.protocol_id).title,
            "rows": rows,
            "remains": rows[0].remains if rows else None,
            "counting": counting,
            "shipping": shipping,
            "refused": refused,
        },
        status=422 if deed else 200,
    )


def _level(differs: int) -> int:
    """Say how a count is shown: what holds dose and shipment is no success."""
    if differs == 0:
        return messages.SUCCESS
    return messages.WARNING if abs(differs) <= shipping_rules().may_differ_by else messages.ERROR


def _said(differs: int) -> str:
    if differs == 0:
        return _("Counted: as many as must remain.")
    return _("Counted: %(n)d more or fewer than must remain. More than 1 holds dose and shipment.") % {
        "n": abs(differs)
    }
