"""Adding a colleague, and recording a license, registration or training."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.program.people.places import STATES
from sojourn.program.people.roles import STAFF, Role
from sojourn.program.people.roster import SiteRow, credential_kinds

BOUND_TO_A_STATE = {"license", "controlled_substances"}
LONGEST_TERM = timedelta(days=3660)  # ten years; program policy, to catch a mistyped year


class CredentialForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("Holds in every state")), *STATES],
        help_text=gettext_lazy(
            "A state license and a controlled-substance registration belong to one state."
        ),
        widget=forms.Select(attrs={"data-optional": "hide"}),
    )
    number = forms.CharField(label=gettext_lazy("Number"), max_length=80)
    issued_on = forms.DateField(
        label=gettext_lazy("Issued on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Valid through"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The last day on which it counts."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        kinds = self.fields["kind"]
        kinds.choices = [("", _("Choose a kind")), *credential_kinds()]  # type: ignore[attr-defined]

    def clean_issued_on(self) -> date:
        """Refuse a day that has not come."""
        issued_on: date = self.cleaned_data["issued_on"]
        if issued_on > self.today:
            raise forms.ValidationError(_("This day has not come yet. Use the day it was issued."))
        if issued_on.year < self.today.year - 60:
            raise forms.ValidationError(_("This is more than 60 years ago. Check the year."))
        return issued_on

    def clean(self) -> dict[str, Any]:
        """Check what only several answers together can show."""
        given = self.cleaned_data
        if given.get("kind") in BOUND_TO_A_STATE and not given.get("state"):
            self.add_error("state", _("Choose the state that issued it."))
        issued_on, expires_on = given.get("issued_on"), given.get("expires_on")
        if issued_on and expires_on and expires_on <= issued_on:
            self.add_error("expires_on", _("It ends on or before the day it was issued. Check both days."))
        elif expires_on and expires_on > self.today + LONGEST_TERM:
            self.add_error("expires_on", _("This is more than ten years ahead. Check the year."))
        return given


class StaffForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=300)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, help_text=gettext_lazy("Used to sign in.")
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(role.value, role.label) for role in Role if role in STAFF],
        help_text=gettext_lazy("Each role opens its own pages. Give only what the work needs."),
    )
    sites = forms.MultipleChoiceField(label=gettext_lazy("Sites"), widget=forms.CheckboxSelectMultiple)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least 12 characters. Hand it over in person; they can change it after signing in."
        ),
    )

    def __init__(self, *args: Any, sites: tuple[SiteRow, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(site.id), f"{site.name} ({site.state})") for site in sites]
        self.fields["sites"].choices = choices  # type: ignore[attr-defined]
