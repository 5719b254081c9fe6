"""The practice's own numbers: which there are, and adopting one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.protocols.thresholds import Adopted, ThresholdRefused
from sojourn.program.intake.actions import ReasonMissing
from sojourn.program.intake.practice_rules import (
    AdoptedMeanwhile,
    OwnThreshold,
    adopt_threshold,
    adoptions,
    own_thresholds,
)
from sojourn.program.intake.signing import NameDiffers
from sojourn.program.people.access import only
from sojourn.program.people.roles import Role


class AdoptForm(forms.Form):
    limit = forms.FloatField(
        label=gettext_lazy("New number"), widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stays with the number, and cannot be edited."),
        error_messages={"required": gettext_lazy("Say why. Without it nothing is adopted.")},
    )
    signed_name = forms.CharField(
        label=gettext_lazy("Your name, as your signature"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen = forms.FloatField(widget=forms.HiddenInput)


@only(Role.MEDICAL_DIRECTOR)
def list_thresholds(request: Any) -> HttpResponse:
    """List every number the practice may set, and what was adopted so far."""
    return render(
        request,
        "workspace/rules/thresholds.html",
        {"own": own_thresholds(), "adoptions": adoptions()},
    )


@only(Role.MEDICAL_DIRECTOR)
def adopt(request: Any, rule_id: str, fact: str, relation: str) -> HttpResponse:
    """Set one number for this practice, with reason and signature."""
    own = _own(rule_id, fact, relation)
    if own is None:
        raise Http404
    form = AdoptForm(request.POST or None, initial={"seen": own.limit})
    if request.method == "POST" and form.is_valid() and _adopted(request, own, form):
        return redirect("workspace:thresholds")
    return render(request, "workspace/rules/adopt.html", {"own": own, "form": form})


def _own(rule_id: str, fact: str, relation: str) -> OwnThreshold | None:
    asked = (rule_id, fact, relation)
    return next(
        (
            own
            for own in own_thresholds()
            if (own.threshold.rule_id, own.threshold.fact, own.threshold.relation) == asked
        ),
        None,
    )


def _adopted(request: Any, own: OwnThreshold, form: AdoptForm) -> bool:
    """Adopt the number; False leaves the page open with a message and everything that was typed."""
    given, threshold = form.cleaned_data, own.threshold
    try:
        adopt_threshold(
            wanted=Adopted(*threshold.key, given["limit"]),
            seen=given["seen"],
            reason=given["reason"],
            signed_name=given["signed_name"],
            actor=request.actor,
            now=request.now,
        )
    except ThresholdRefused as refused:
        form.add_error("limit", str(refused))
    except NameDiffers:
        form.add_error("signed_name", _("Type your name as it stands in the staff list."))
    except ReasonMissing:
        form.add_error("reason", _("Say why. Without it nothing is adopted."))
    except AdoptedMeanwhile:
        form.add_error(
            None, _("Another number was adopted while this page was open. Open it again and read that first.")
        )
    else:
        messages.success(
            request, _("Adopted. Patients whose findings change appear in the list within minutes.")
        )
        return True
    return False
