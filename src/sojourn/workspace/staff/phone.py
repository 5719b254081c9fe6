"""The number that patients and sitters call, and the numbers before it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.design.readiness_forms import NOT_A_PHONE, PHONE
from sojourn.program.people.access import only
from sojourn.program.people.actions import set_practice_phone
from sojourn.program.people.queries import practice_phones
from sojourn.program.people.roles import Role


class PhoneForm(forms.Form):
    phone = forms.RegexField(
        label=gettext_lazy("Number"),
        regex=PHONE,
        required=False,
        help_text=gettext_lazy(
            "One that somebody answers while sessions run. Leave it empty when there is none."
        ),
        error_messages={"invalid": NOT_A_PHONE},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


@only(Role.MEDICAL_DIRECTOR)
def practice_phone(request: Any) -> HttpResponse:
    """Show the number of the practice, and set another."""
    numbers = practice_phones()
    held = numbers[0].phone if numbers else ""
    form = PhoneForm(request.POST or None, initial={"phone": held})
    if request.method == "POST" and form.is_valid():
        set_practice_phone(phone=form.cleaned_data["phone"], actor=request.actor, now=request.now)
        messages.success(
            request, _("Every page that says “call the practice” has this number within a minute.")
        )
        return redirect("workspace:practice_phone")
    return render(request, "workspace/staff/phone.html", {"form": form, "numbers": numbers, "held": held})
